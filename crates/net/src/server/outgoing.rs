//! What an answer holds while it goes out: room in the memory budget, and on a connection of HTTP/1.1 one piece at a
//! time, however slowly the client reads.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use hyper::body::{Frame, SizeHint};
use model::{Budget, Reservation, budget::Part};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::deadline::Serving;

/// A shorter answer is not counted: it takes no more than its connection.
const SHORT_BYTES: u64 = 4 << 10;
/// What an answer that is made while it goes out holds at most: its longest piece.
const PIECE_BYTES: usize = 80 << 10;
/// Answers at a time that go out though the budget has nothing left: who looks why is told.
const SPARE_ANSWERS: usize = 16;

/// Where answers get their room.
#[derive(Clone)]
pub(super) struct Outgoing {
    budget: Option<Arc<Budget>>,
    spare: Arc<Semaphore>,
}

/// The room of an answer, given back when dropped.
#[derive(Default)]
struct Room {
    _counted: Option<Reservation>,
    _spare: Option<OwnedSemaphorePermit>,
}

impl Outgoing {
    /// Without a budget answers are bound by the number of connections alone.
    pub(super) fn new(budget: Option<Arc<Budget>>) -> Self {
        Self { budget, spare: Arc::new(Semaphore::new(SPARE_ANSWERS)) }
    }

    /// Gives an answer room, or another answer that says that there is none.
    pub(super) fn admit(&self, response: Response) -> Response<OutgoingBody> {
        match self.room(response.body()) {
            Some(room) => response.map(|body| OutgoingBody { body, room, paced_by: None }),
            None => {
                let refused = (StatusCode::SERVICE_UNAVAILABLE, "no memory left to answer with\n");
                refused.into_response().map(|body| OutgoingBody {
                    body,
                    room: Room::default(),
                    paced_by: None,
                })
            }
        }
    }

    fn room(&self, body: &Body) -> Option<Room> {
        let bytes = match body.size_hint().exact() {
            Some(bytes) if bytes <= SHORT_BYTES => return Some(Room::default()),
            Some(bytes) => usize::try_from(bytes).unwrap_or(usize::MAX),
            None => PIECE_BYTES,
        };
        let Some(budget) = &self.budget else { return Some(Room::default()) };
        let mut account = budget.open(Part::Answer);
        if account.grow(bytes) {
            return Some(Room { _counted: Some(account), ..Room::default() });
        }
        let spare = Arc::clone(&self.spare).try_acquire_owned().ok()?;
        Some(Room { _spare: Some(spare), ..Room::default() })
    }
}

/// A body on its way, with its room.
pub(super) struct OutgoingBody {
    body: Body,
    room: Room,
    paced_by: Option<Serving>,
}

impl OutgoingBody {
    /// Has each piece wait until the one before has left.
    pub(super) fn paced_by(self, serving: Serving) -> Self {
        Self { paced_by: Some(serving), ..self }
    }
}

/// Bytes that have their room with them.
struct LastPiece {
    bytes: Bytes,
    _room: Room,
}

impl AsRef<[u8]> for LastPiece {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl HttpBody for OutgoingBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Some(serving) = &self.paced_by {
            ready!(serving.poll_sent(cx));
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if let (Some(serving), Some(Ok(frame))) = (&self.paced_by, &frame) {
            serving.hand_out(frame.data_ref().map_or(0, Bytes::len));
        }
        if !self.body.is_end_stream() {
            return Poll::Ready(frame);
        }
        // The body goes as soon as its last piece is handed out: that one has the room from now on.
        let room = std::mem::take(&mut self.room);
        let held = |bytes: Bytes| Bytes::from_owner(LastPiece { bytes, _room: room });
        Poll::Ready(frame.map(|frame| frame.map(|frame| frame.map_data(held))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    #[test]
    fn a_piece_waits_until_the_one_before_has_left() {
        let budget = Budget::new(PIECE_BYTES);
        let outgoing = Outgoing::new(Some(Arc::clone(&budget)));
        let serving = Serving::new(Arc::default());
        let response = Response::new(vec![0; PIECE_BYTES].into());
        let mut body = outgoing.admit(response).into_body().paced_by(serving.clone());
        let cx = &mut Context::from_waker(Waker::noop());
        let Poll::Ready(Some(Ok(piece))) = Pin::new(&mut body).poll_frame(cx) else { panic!("no piece") };
        for (sent, is_ready) in [(0, false), (PIECE_BYTES - 1, false), (1, true)] {
            serving.sent(sent);
            assert_eq!(Pin::new(&mut body).poll_frame(cx).is_ready(), is_ready, "after {sent} bytes");
        }
        drop(body);
        assert_eq!(budget.used_bytes(), PIECE_BYTES, "the piece is on its way");
        drop(piece);
        assert_eq!(budget.used_bytes(), 0);
    }

    #[test]
    fn when_the_budget_has_nothing_left_a_few_answers_go_out() {
        let budget = Budget::new(PIECE_BYTES);
        let outgoing = Outgoing::new(Some(Arc::clone(&budget)));
        let admit = |bytes: usize| outgoing.admit(Response::new(vec![0; bytes].into()));
        let counted = admit(PIECE_BYTES);
        assert_eq!(budget.part_bytes(Part::Answer), PIECE_BYTES);
        let spare: Vec<_> = (0..SPARE_ANSWERS).map(|_| admit(PIECE_BYTES)).collect();
        assert!(spare.iter().all(|answer| answer.status() == StatusCode::OK));
        assert_eq!(admit(PIECE_BYTES).status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(admit(SHORT_BYTES as usize).status(), StatusCode::OK);
        drop(counted);
        assert_eq!(admit(PIECE_BYTES).status(), StatusCode::OK);
        assert_eq!(budget.used_bytes(), 0);
    }
}
