//! Gzip for answers that gain from it.

use std::{
    io::Write,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::Response,
};
use flate2::{Compression, write::GzEncoder};
use hyper::body::{Body as HttpBody, Frame};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Below this an answer fits into a packet anyway.
const PLAIN_BYTES_MAX: u64 = 1024;

/// Bytes given to the encoder at a time, and in one turn of the task: some milliseconds on a small machine.
const STEP_BYTES: usize = 16 << 10;
const TURN_BYTES: usize = 128 << 10;

/// Compressed bytes handed on at once.
const FRAME_BYTES: usize = 8 << 10;

/// Compresses what clients accept compressed, at most `at_once` answers at a time.
pub(super) fn compress(router: Router, at_once: usize) -> Router {
    router.layer(middleware::from_fn_with_state(Arc::new(Semaphore::new(at_once)), encode))
}

async fn encode(State(slots): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let accepted = request.method() != Method::HEAD && accepts_gzip(request.headers());
    let mut response = next.run(request).await;
    if !is_worth_it(&response) {
        return response;
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
    match slots.try_acquire_owned() {
        Ok(slot) if accepted => gzip(response, slot),
        _ => response,
    }
}

fn gzip(response: Response, slot: OwnedSemaphorePermit) -> Response {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::ACCEPT_RANGES);
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    let encoder = GzEncoder::new(Vec::with_capacity(FRAME_BYTES), Compression::fast());
    let body = GzipBody { body, encoder: Some(encoder), rest: Bytes::new(), _slot: slot };
    Response::from_parts(parts, Body::new(body))
}

/// True when `Accept-Encoding` names gzip, or `*` without excluding gzip.
pub fn accepts_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING);
    let codings = values.iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','));
    let (mut named, mut any) = (None, false);
    for coding in codings {
        let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
        let quality = parameters.trim().strip_prefix("q=").map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
        match name.trim() {
            name if name.eq_ignore_ascii_case("gzip") => named = Some(quality > 0.0),
            "*" => any = quality > 0.0,
            _ => {}
        }
    }
    named.unwrap_or(any)
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
struct GzipBody {
    body: Body,
    /// Taken when the end has been written.
    encoder: Option<GzEncoder<Vec<u8>>>,
    /// Of the current frame, what the encoder has not seen.
    rest: Bytes,
    _slot: OwnedSemaphorePermit,
}

impl HttpBody for GzipBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let mut turn = 0;
        loop {
            let Some(encoder) = &mut this.encoder else { return Poll::Ready(None) };
            if encoder.get_ref().len() >= FRAME_BYTES {
                let full = std::mem::replace(encoder.get_mut(), Vec::with_capacity(FRAME_BYTES));
                return Poll::Ready(Some(Ok(Frame::data(full.into()))));
            }
            if turn >= TURN_BYTES {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if this.rest.is_empty() {
                match ready!(Pin::new(&mut this.body).poll_frame(cx)) {
                    // Trailers have no place in a compressed answer; nothing here sends any.
                    Some(Ok(frame)) => this.rest = frame.into_data().unwrap_or_default(),
                    Some(Err(e)) => return Poll::Ready(Some(Err(e))),
                    None => return Poll::Ready(this.encoder.take().map(finish)),
                }
            }
            let step = this.rest.split_to(this.rest.len().min(STEP_BYTES));
            turn += step.len();
            if let Err(e) = encoder.write_all(&step) {
                return Poll::Ready(Some(Err(axum::Error::new(e))));
            }
        }
    }
}

fn finish(encoder: GzEncoder<Vec<u8>>) -> Result<Frame<Bytes>, axum::Error> {
    encoder.finish().map(|last| Frame::data(last.into())).map_err(axum::Error::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(value: &'static str) -> bool {
        accepts_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]))
    }

    #[test]
    fn gzip_is_accepted_by_name_or_star() {
        assert!(accepts("gzip") && accepts("deflate, GZIP;q=0.5, br") && accepts("*"));
        assert!(
            !accepts("gzip;q=0, *") && !accepts("identity") && !accepts("gzip; q=0") && !accepts("*;q=0")
        );
    }

    #[test]
    fn only_text_is_compressed() {
        assert!(
            is_text("text/plain; version=0.0.4") && is_text("application/json") && is_text("image/svg+xml")
        );
        assert!(!is_text("text/event-stream") && !is_text("image/png") && !is_text("font/woff2"));
    }
}
