//! Answers written piece by piece as the client takes them, never as one text.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes},
    response::{IntoResponse, Response},
};
use http::header;
use hyper::body::{Body as HttpBody, Frame};

use super::answer;

/// Bytes handed to the connection at a time. Large enough for few system calls, small enough for many clients.
const CHUNK_BYTES: usize = 16 << 10;

/// Writes an answer in pieces of at most some kilobytes.
pub(crate) trait Pieces: Send + Unpin + 'static {
    /// Appends the next piece; false when there was none left.
    fn write_next(&mut self, out: &mut String) -> bool;
}

/// Answers with the pieces of a JSON text. What fits into one chunk goes out with its length.
pub(crate) fn respond(pieces: impl Pieces) -> Response {
    respond_as(answer::MEDIA_TYPE, pieces)
}

/// Answers with the pieces of a text of some type.
pub(super) fn respond_as(content_type: &'static str, mut pieces: impl Pieces) -> Response {
    let (first, more) = chunk(&mut pieces);
    let headers = [(header::CONTENT_TYPE, content_type)];
    if more {
        (headers, Body::new(PiecesBody { first: Some(first), pieces: Some(pieces) })).into_response()
    } else {
        (headers, first).into_response()
    }
}

/// Collects a chunk; the second value is false when it was the last one.
fn chunk(pieces: &mut impl Pieces) -> (Bytes, bool) {
    let mut text = String::with_capacity(CHUNK_BYTES + CHUNK_BYTES / 4);
    while text.len() < CHUNK_BYTES {
        if !pieces.write_next(&mut text) {
            text.shrink_to_fit();
            return (text.into(), false);
        }
    }
    (text.into(), true)
}

struct PiecesBody<P> {
    first: Option<Bytes>,
    /// Dropped, with the memory that it accounts for, as soon as its last piece is written.
    pieces: Option<P>,
}

impl<P: Pieces> HttpBody for PiecesBody<P> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        let Some(pieces) = &mut self.pieces else { return Poll::Ready(None) };
        let (text, more) = chunk(pieces);
        if !more {
            self.pieces = None;
        }
        Poll::Ready((!text.is_empty()).then(|| Ok(Frame::data(text))))
    }
}

/// An array as the data of a successful answer.
pub(super) struct List<I, F, H> {
    items: I,
    write: F,
    closing: String,
    state: ListState,
    /// What has to live as long as the items: their account.
    _held: H,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ListState {
    Opening,
    First,
    Further,
    Done,
}

impl<I, F, H> List<I, F, H> {
    /// The items as `write` writes them, and the warnings behind them.
    pub(super) fn new(items: I, write: F, warnings: &[String], held: H) -> Self {
        Self { items, write, closing: answer::closing(warnings, &[]), state: ListState::Opening, _held: held }
    }
}

impl<I, F, H> Pieces for List<I, F, H>
where
    I: Iterator + Send + Unpin + 'static,
    F: FnMut(&mut String, I::Item) + Send + Unpin + 'static,
    H: Send + Unpin + 'static,
{
    fn write_next(&mut self, out: &mut String) -> bool {
        match self.state {
            ListState::Opening => {
                out.push_str(&answer::opening());
                out.push('[');
                self.state = ListState::First;
            }
            ListState::First | ListState::Further => match self.items.next() {
                Some(item) => {
                    if self.state == ListState::Further {
                        out.push(',');
                    }
                    (self.write)(out, item);
                    self.state = ListState::Further;
                }
                None => {
                    out.push(']');
                    out.push_str(&self.closing);
                    self.state = ListState::Done;
                }
            },
            ListState::Done => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::write_str;
    use axum::body::to_bytes;

    async fn answered(items: usize) -> (bool, String) {
        let names = (0..items).map(|i| format!("name{i}"));
        let list = List::new(names, |out: &mut String, name: String| write_str(out, &name), &[], ());
        let response = respond(list);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
        let whole = HttpBody::size_hint(response.body()).exact().is_some();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (whole, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn short_answers_have_a_length_and_long_ones_come_in_chunks() {
        assert_eq!(answered(0).await, (true, r#"{"status":"success","data":[]}"#.into()));
        assert_eq!(answered(2).await, (true, r#"{"status":"success","data":["name0","name1"]}"#.into()));
        let (whole, text) = answered(10_000).await;
        assert!(!whole && text.ends_with(r#","name9999"]}"#));
    }
}
