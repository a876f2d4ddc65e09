//! Answers that are read from the store while the client takes them.
//!
//! Each chunk is made on the blocking pool in a turn of its own, like a query, and the next one not before the
//! client has taken it: a slow client holds neither a thread nor a query's place.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{
    body::{Body, Bytes},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use hyper::body::{Body as HttpBody, Frame};

use crate::{
    error::ApiError,
    evaluator::{Evaluator, Job},
};

/// Bytes of a chunk: a turn that makes more costs less in all, and keeps others waiting for longer.
pub(super) const CHUNK_BYTES: usize = 64 << 10;

/// Makes an answer chunk by chunk.
pub(super) trait Export: Send + 'static {
    /// Appends some [`CHUNK_BYTES`] to an empty chunk; false when that was the last one.
    ///
    /// # Errors
    /// Those of the store; the answer breaks off there.
    fn write_chunk(&mut self, job: &Job, out: &mut Vec<u8>) -> Result<bool, ApiError>;
}

/// Answers with an export. What is wrong before its first chunk is there is the answer's error.
pub(super) async fn respond(
    evaluator: Arc<Evaluator>,
    content_type: HeaderValue,
    export: impl Export,
) -> Result<Response, ApiError> {
    let Turn { export, chunk, more } = take_turn(Arc::clone(&evaluator), export).await?;
    let first = Bytes::from(chunk);
    let headers = [(header::CONTENT_TYPE, content_type)];
    if !more {
        return Ok((headers, first).into_response());
    }
    let next = take_turn(Arc::clone(&evaluator), export);
    let body = ExportBody { evaluator, first: Some(first), next: Some(Box::pin(next)) };
    Ok((headers, Body::new(body)).into_response())
}

struct Turn<E> {
    export: E,
    chunk: Vec<u8>,
    more: bool,
}

async fn take_turn<E: Export>(evaluator: Arc<Evaluator>, mut export: E) -> Result<Turn<E>, ApiError> {
    let work = move |job: &Job| {
        let mut chunk = Vec::with_capacity(CHUNK_BYTES + CHUNK_BYTES / 4);
        let more = export.write_chunk(job, &mut chunk)?;
        chunk.shrink_to_fit();
        Ok(Turn { export, chunk, more })
    };
    evaluator.run(None, work).await
}

type NextTurn<E> = Pin<Box<dyn Future<Output = Result<Turn<E>, ApiError>> + Send>>;

struct ExportBody<E> {
    evaluator: Arc<Evaluator>,
    first: Option<Bytes>,
    next: Option<NextTurn<E>>,
}

impl<E: Export> HttpBody for ExportBody<E> {
    type Data = Bytes;
    type Error = ApiError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ApiError>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        let Some(next) = &mut self.next else { return Poll::Ready(None) };
        let turn = ready!(next.as_mut().poll(cx));
        self.next = None;
        match turn {
            Ok(Turn { export, chunk, more }) => {
                if more {
                    self.next = Some(Box::pin(take_turn(Arc::clone(&self.evaluator), export)));
                }
                Poll::Ready((!chunk.is_empty()).then(|| Ok(Frame::data(chunk.into()))))
            }
            Err(error) => {
                tracing::warn!(%error, "an answer breaks off");
                Poll::Ready(Some(Err(error)))
            }
        }
    }
}
