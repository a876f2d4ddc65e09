//! Compresses answers that gain from it.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::Response,
};
use hyper::body::{Body as HttpBody, Frame};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::{JoinHandle, spawn_blocking},
};

use super::coding::{Coding, Encoder};

/// Below this an answer fits into a packet anyway.
const PLAIN_BYTES_MAX: u64 = 1024;

/// Bytes given to the encoder at a time: a millisecond or less on a small machine.
const STEP_BYTES: usize = 16 << 10;

/// Bytes of an answer that are compressed on the network thread; the others are on the blocking pool, so many at
/// a time.
const SHORT_BYTES: usize = 128 << 10;
const BATCH_BYTES: usize = 128 << 10;

/// Compressed bytes handed on at once.
const FRAME_BYTES: usize = 8 << 10;

/// Compresses what clients accept compressed, at most `at_once` answers at a time.
pub(super) fn compress(router: Router, at_once: usize) -> Router {
    router.layer(middleware::from_fn_with_state(Arc::new(Semaphore::new(at_once)), encode))
}

async fn encode(State(slots): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let wanted = Coding::wanted(request.headers()).filter(|_| request.method() != Method::HEAD);
    let mut response = next.run(request).await;
    if !is_worth_it(&response) {
        return response;
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
    let Some(coding) = wanted else { return response };
    match (slots.try_acquire_owned(), Encoder::new(coding, Vec::with_capacity(FRAME_BYTES))) {
        (Ok(slot), Ok(encoder)) => encoded(response, coding, encoder, slot),
        _ => response,
    }
}

fn encoded(response: Response, coding: Coding, encoder: Encoder, slot: OwnedSemaphorePermit) -> Response {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::ACCEPT_RANGES);
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.as_str()));
    let state = Encoding::Here(encoder);
    let body =
        EncodedBody { body, state, rest: Bytes::new(), ended: false, taken: 0, flushed: true, _slot: slot };
    Response::from_parts(parts, Body::new(body))
}

/// Text of some length that is not compressed yet, and whole.
fn is_worth_it(response: &Response) -> bool {
    let headers = response.headers();
    let size = response.body().size_hint();
    response.status() != StatusCode::PARTIAL_CONTENT
        && size.exact().is_none_or(|bytes| bytes >= PLAIN_BYTES_MAX)
        && !headers.contains_key(header::CONTENT_ENCODING)
        // A strong validator stands for these very bytes.
        && headers.get(header::ETAG).is_none_or(|tag| tag.as_bytes().starts_with(b"W/"))
        && headers.get(header::CONTENT_TYPE).and_then(|t| t.to_str().ok()).is_some_and(is_text)
}

fn is_text(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    match essence.split_once('/') {
        Some(("text", subtype)) => subtype != "event-stream",
        Some(("application", subtype)) => {
            matches!(subtype, "json" | "javascript" | "openmetrics-text" | "yaml" | "xml")
                || subtype.ends_with("+json")
        }
        Some(("image", subtype)) => subtype == "svg+xml",
        _ => false,
    }
}

/// Compresses as the client reads.
struct EncodedBody {
    body: Body,
    state: Encoding,
    /// Of the current frame, what the encoder has not seen.
    rest: Bytes,
    /// Whether the body has come to its end.
    ended: bool,
    /// Bytes that the encoder has seen.
    taken: usize,
    /// Whether all of them have come out.
    flushed: bool,
    _slot: OwnedSemaphorePermit,
}

/// Where the encoder is.
enum Encoding {
    Here(Encoder),
    /// On the blocking pool, with a batch.
    Away(JoinHandle<io::Result<Encoder>>),
    /// The end has been written, or cannot be.
    Done,
}

impl EncodedBody {
    /// The next frame once enough came out, or the last one.
    fn poll_encoded(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        loop {
            let mut encoder = match std::mem::replace(&mut self.state, Encoding::Done) {
                Encoding::Here(encoder) => encoder,
                Encoding::Away(mut batch) => match Pin::new(&mut batch).poll(cx) {
                    Poll::Ready(encoder) => encoder.map_err(io::Error::other)??,
                    Poll::Pending => {
                        self.state = Encoding::Away(batch);
                        return Poll::Pending;
                    }
                },
                Encoding::Done => return Poll::Ready(None),
            };
            if encoder.out().len() >= FRAME_BYTES {
                let full = std::mem::replace(encoder.out(), Vec::with_capacity(FRAME_BYTES));
                self.state = Encoding::Here(encoder);
                return Poll::Ready(Some(Ok(Frame::data(full.into()))));
            }
            match self.poll_input(cx) {
                Poll::Pending => return self.paused(encoder),
                Poll::Ready(Some(input)) => {
                    self.state = self.encode(encoder, input?)?;
                    self.flushed = false;
                }
                Poll::Ready(None) => {
                    return Poll::Ready(Some(encoder.finish().map(|e| Frame::data(e.into()))));
                }
            }
        }
    }

    /// While the body pauses, the client has all that came before.
    fn paused(&mut self, mut encoder: Encoder) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if !std::mem::replace(&mut self.flushed, true) {
            encoder.flush()?;
        }
        let out = std::mem::take(encoder.out());
        self.state = Encoding::Here(encoder);
        if out.is_empty() { Poll::Pending } else { Poll::Ready(Some(Ok(Frame::data(out.into())))) }
    }

    /// What the encoder gets next: what is there of the body, up to a bound.
    fn poll_input(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Vec<Bytes>>>> {
        let mut room = if self.taken < SHORT_BYTES { STEP_BYTES } else { BATCH_BYTES };
        let mut input = Vec::new();
        while room > 0 {
            if self.rest.is_empty() && !self.ended {
                match Pin::new(&mut self.body).poll_frame(cx) {
                    // Trailers have no place in a compressed answer; nothing here sends any.
                    Poll::Ready(Some(Ok(frame))) => self.rest = frame.into_data().unwrap_or_default(),
                    Poll::Ready(Some(Err(e))) => return Poll::Ready(Some(Err(io::Error::other(e)))),
                    Poll::Ready(None) => self.ended = true,
                    Poll::Pending if input.is_empty() => return Poll::Pending,
                    Poll::Pending => break,
                }
            }
            if self.rest.is_empty() && self.ended {
                break;
            }
            let piece = self.rest.split_to(self.rest.len().min(room));
            room -= piece.len();
            input.push(piece);
        }
        Poll::Ready((!input.is_empty()).then_some(Ok(input)))
    }

    fn encode(&mut self, mut encoder: Encoder, input: Vec<Bytes>) -> io::Result<Encoding> {
        let is_short = self.taken < SHORT_BYTES;
        self.taken += input.iter().map(Bytes::len).sum::<usize>();
        let work = move || input.iter().try_for_each(|piece| encoder.write(piece)).map(|()| encoder);
        if is_short { work().map(Encoding::Here) } else { Ok(Encoding::Away(spawn_blocking(work))) }
    }
}

impl HttpBody for EncodedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.poll_encoded(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_is_compressed() {
        assert!(
            is_text("text/plain; version=0.0.4") && is_text("application/json") && is_text("image/svg+xml")
        );
        assert!(!is_text("text/event-stream") && !is_text("image/png") && !is_text("font/woff2"));
    }
}
