//! `POST /api/batch`: many questions in one request, for pages behind a slow link, where each request costs a round trip.
//!
//! The body is a JSON list of addresses, as a GET would have them: `/api/v1/query?query=up`, or below
//! `/api/datasources/proxy/uid/UID`. Answers come in frames, each as soon as it is there, so that a slow question holds
//! up no other: a line `INDEX STATUS BYTES`, then so many bytes of that answer's body. A frame of no bytes ends it; with the
//! status 0 where the answer broke off.

use std::{
    collections::VecDeque,
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    Extension, Router,
    body::{Body, Bytes},
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use dashboard::data_source::Key;
use http::{Method, StatusCode, Uri, header};
use hyper::body::{Body as HttpBody, Frame};
use model::Reservation;

use super::{Asking, Viewer, message, path, proxy::forward};
use crate::handler::post;

/// Bytes of a request: as many as one query may have.
const BODY_BYTES_MAX: usize = 1 << 20;
/// The addresses are held beside the text that they were read from.
const READ_FACTOR: usize = 1;
/// Questions of a request; a page has fewer in view.
const QUESTIONS_MAX: usize = 200;
/// Questions that are answered at once: what a browser asks one server at a time.
const RUNNING_MAX: usize = 6;

/// Instead of the status, of an answer that broke off.
const BROKEN: u16 = 0;

const OWN: &str = "/api/v1/";
const PROXY: &str = "/api/datasources/proxy/uid/";

pub(super) fn routes() -> Router<Asking> {
    Router::new().route("/api/batch", post(batch))
}

async fn batch(
    State(asking): State<Asking>,
    Extension(viewer): Extension<Viewer>,
    request: Request,
) -> Response {
    let (body, account) = match asking.held(request.into_body(), BODY_BYTES_MAX, READ_FACTOR).await {
        Ok(held) => held,
        Err(refusal) => return refusal.into_response(),
    };
    let waiting: VecDeque<String> = match serde_json::from_slice(&body) {
        Ok(waiting) => waiting,
        Err(error) => return message(StatusCode::BAD_REQUEST, &format!("bad request data: {error}")),
    };
    if waiting.len() > QUESTIONS_MAX {
        let text = format!("{} questions in a request, at most {QUESTIONS_MAX} are answered", waiting.len());
        return message(StatusCode::BAD_REQUEST, &text);
    }
    let answers = Answers { asking, viewer, waiting, next: 0, running: Vec::new(), _account: account };
    ([(header::CONTENT_TYPE, "text/x-gnomon-batch")], Body::new(answers)).into_response()
}

/// The answer to one question. Nothing but what reads is asked.
async fn answer(asking: Asking, viewer: Viewer, address: String) -> Response {
    let Ok(uri) = address.parse::<Uri>() else {
        return message(StatusCode::BAD_REQUEST, "the address is no address");
    };
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = uri.clone();
    if uri.path().starts_with(OWN) {
        let path = uri.path().trim_start_matches('/');
        if path::only_reads(&Method::GET, path) {
            return asking.own(path, request).await;
        }
    } else if let Some((uid, _)) = uri.path().strip_prefix(PROXY).and_then(|rest| rest.split_once('/')) {
        // `/api/datasources/proxy/uid/UID/...`
        return forward(&asking, &viewer, Key::Uid(uid), 6, request).await;
    }
    message(StatusCode::BAD_REQUEST, "the address is none of a data source's queries")
}

/// The answers, frame by frame.
struct Answers {
    asking: Asking,
    viewer: Viewer,
    waiting: VecDeque<String>,
    /// The index of the first that waits.
    next: usize,
    running: Vec<Running>,
    _account: Reservation,
}

struct Running {
    index: usize,
    state: Progress,
}

enum Progress {
    Asked(Pin<Box<dyn Future<Output = Response> + Send>>),
    Answered(StatusCode, Body),
}

impl Answers {
    fn start_next(&mut self) {
        while self.running.len() < RUNNING_MAX {
            let Some(address) = self.waiting.pop_front() else { return };
            let asked = Box::pin(answer(self.asking.clone(), self.viewer.clone(), address));
            self.running.push(Running { index: self.next, state: Progress::Asked(asked) });
            self.next += 1;
        }
    }
}

impl Running {
    /// The next frame, and whether it is the last one.
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<(Bytes, bool)> {
        loop {
            match &mut self.state {
                Progress::Asked(asked) => {
                    let Poll::Ready(response) = asked.as_mut().poll(cx) else { return Poll::Pending };
                    self.state = Progress::Answered(response.status(), response.into_body());
                }
                Progress::Answered(status, body) => {
                    let Poll::Ready(frame) = Pin::new(body).poll_frame(cx) else { return Poll::Pending };
                    let data = match frame {
                        None => return Poll::Ready((written(self.index, status.as_u16(), &[]), true)),
                        // The others go on.
                        Some(Err(_)) => return Poll::Ready((written(self.index, BROKEN, &[]), true)),
                        Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
                    };
                    if !data.is_empty() {
                        return Poll::Ready((written(self.index, status.as_u16(), &data), false));
                    }
                }
            }
        }
    }
}

fn written(index: usize, status: u16, data: &[u8]) -> Bytes {
    let mut out = format!("{index} {status} {}\n", data.len()).into_bytes();
    out.extend_from_slice(data);
    out.into()
}

impl HttpBody for Answers {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.start_next();
        if self.running.is_empty() {
            return Poll::Ready(None);
        }
        for at in 0..self.running.len() {
            let polled = self.running.get_mut(at).map(|one| one.poll_frame(cx));
            let Some(Poll::Ready((bytes, is_last))) = polled else { continue };
            // Who has just been heard comes last, so that long answers take turns.
            let heard = self.running.remove(at);
            if !is_last {
                self.running.push(heard);
            }
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        Poll::Pending
    }
}
