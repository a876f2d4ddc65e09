//! The answer of another server on its way to a client, as it comes.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use hyper::body::{Body as HttpBody, Frame, Incoming};
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Instant, Sleep, sleep},
};

/// Bytes of an answer: more than any page can draw.
const BODY_BYTES_MAX: u64 = 64 << 20;

/// Headers of an answer that clients may see; cookies and all that is about the connection are not among them.
const HEADERS: [HeaderName; 7] = [
    header::CACHE_CONTROL,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::DATE,
    header::ETAG,
    header::LAST_MODIFIED,
    header::RETRY_AFTER,
];

/// Why an answer breaks off.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("the answer of the data source has more than {BODY_BYTES_MAX} bytes")]
    TooLong,
    #[error("the data source stopped in the middle of its answer")]
    Stalled,
    #[error(transparent)]
    Connection(#[from] hyper::Error),
}

/// Hands an answer on. It may pause as long as `patience`; `place` is free again when it has ended.
pub(in crate::grafana) fn relay(
    answer: http::Response<Incoming>,
    patience: Duration,
    place: OwnedSemaphorePermit,
) -> Response {
    let (parts, body) = answer.into_parts();
    let body = Relayed {
        body,
        left: BODY_BYTES_MAX,
        patience,
        pause: Box::pin(sleep(patience)),
        waiting: false,
        _place: place,
    };
    let mut response = Response::new(Body::new(body));
    *response.status_mut() = status(parts.status);
    let known = HEADERS.iter().filter_map(|name| Some((name.clone(), parts.headers.get(name)?.clone())));
    response.headers_mut().extend(known);
    response.headers_mut().insert(header::CONTENT_TYPE, content_type(&parts.headers));
    response
}

/// What another server says about its own clients must not read as if it were about ours.
fn status(status: StatusCode) -> StatusCode {
    if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED { StatusCode::BAD_GATEWAY } else { status }
}

/// JSON or plain text: nothing that another server sends may run in a page of this one.
fn content_type(headers: &HeaderMap) -> HeaderValue {
    let given = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    let json = essence.eq_ignore_ascii_case("application/json");
    HeaderValue::from_static(if json { "application/json" } else { "text/plain; charset=utf-8" })
}

struct Relayed {
    body: Incoming,
    left: u64,
    patience: Duration,
    pause: Pin<Box<Sleep>>,
    /// Whether the pause has begun.
    waiting: bool,
    _place: OwnedSemaphorePermit,
}

impl HttpBody for Relayed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(frame) => frame,
            Poll::Pending => {
                // A client that reads slowly is no pause of the server.
                if !std::mem::replace(&mut self.waiting, true) {
                    let end = Instant::now() + self.patience;
                    self.pause.as_mut().reset(end);
                }
                let stalled = |()| Some(Err(axum::Error::new(Broken::Stalled)));
                return self.pause.as_mut().poll(cx).map(stalled);
            }
        };
        self.waiting = false;
        Poll::Ready(frame.map(|frame| {
            let frame = frame.map_err(|error| axum::Error::new(Broken::from(error)))?;
            let bytes = frame.data_ref().map_or(0, |data| data.len() as u64);
            self.left = self.left.checked_sub(bytes).ok_or_else(|| axum::Error::new(Broken::TooLong))?;
            Ok(frame)
        }))
    }
}
