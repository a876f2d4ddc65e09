//! Buffers for bodies: taken from the memory budget, used again.

use std::sync::{Arc, Mutex};

use model::{Budget, Part, Reservation};

use crate::lock::lock;

/// Buffers that wait for use; few scrapes are under way at once.
const KEPT_MAX: usize = 2;

/// A buffer larger than this is not kept: it was for one large target, and its next scrape is seconds away.
const KEPT_BYTES_MAX: usize = 256 * 1024;

/// Buffers grow by this at least.
const STEP_BYTES: usize = 16 * 1024;

/// Set aside from the start: however full the store is, the targets whose series it holds can be read.
const FLOOR_BYTES: usize = 256 * 1024;

/// Hands out buffers.
#[derive(Clone, Debug)]
pub(crate) struct BufferPool {
    budget: Arc<Budget>,
    kept: Arc<Mutex<Vec<Kept>>>,
    floor: Arc<Mutex<Reservation>>,
}

/// The memory of a buffer and its account.
type Kept = (Vec<u8>, Reservation);

impl BufferPool {
    pub(crate) fn new(budget: Arc<Budget>) -> Self {
        let floor = Arc::new(Mutex::new(budget.open(Part::Scrape)));
        let pool = Self { budget, kept: Arc::default(), floor };
        pool.refill_floor();
        pool
    }

    /// A small budget has a small floor.
    fn refill_floor(&self) {
        let floor_bytes = FLOOR_BYTES.min(self.budget.limit_bytes() / 16);
        // When there is no room now, there may be after the next scrape.
        let _ = lock(&self.floor).resize(floor_bytes);
    }

    /// An empty buffer, with room for `expected_bytes` if there is memory for it.
    pub(crate) fn take(&self, expected_bytes: usize) -> Buffer {
        let kept = lock(&self.kept).pop();
        let (bytes, account) = kept.unwrap_or_else(|| (Vec::new(), self.budget.open(Part::Scrape)));
        let mut buffer = Buffer { bytes, account, pool: self.clone() };
        buffer.grow_to(expected_bytes);
        buffer
    }
}

/// A body; back in the pool when dropped.
#[derive(Debug)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    account: Reservation,
    pool: BufferPool,
}

impl Buffer {
    /// The body so far.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Appends a piece; false, and nothing appended, when the budget has no room for it.
    pub(crate) fn push(&mut self, piece: &[u8]) -> bool {
        let needed = self.bytes.len() + piece.len();
        let roomy = needed + (needed / 2).clamp(STEP_BYTES, 64 * STEP_BYTES);
        let fits = needed <= self.bytes.capacity() || self.grow_to(roomy) || self.grow_to(needed);
        if fits {
            self.bytes.extend_from_slice(piece);
        }
        fits
    }

    fn grow_to(&mut self, capacity: usize) -> bool {
        if capacity <= self.bytes.capacity() {
            return true;
        }
        let taken = self.account.resize(capacity) || self.resize_from_floor(capacity);
        if taken {
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
        taken
    }

    fn resize_from_floor(&mut self, capacity: usize) -> bool {
        let mut floor = lock(&self.pool.floor);
        let wanted = capacity.saturating_sub(self.account.bytes());
        if floor.bytes() < wanted {
            return false;
        }
        floor.shrink(wanted);
        self.account.resize(capacity)
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut kept = lock(&self.pool.kept);
        if kept.len() < KEPT_MAX && self.bytes.capacity() <= KEPT_BYTES_MAX {
            self.bytes.clear();
            let account = std::mem::replace(&mut self.account, self.pool.budget.open(Part::Scrape));
            kept.push((std::mem::take(&mut self.bytes), account));
        } else {
            self.account.shrink(usize::MAX);
        }
        self.pool.refill_floor();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_bounded_by_the_budget_and_used_again() {
        let budget = Budget::new(160_000);
        let pool = BufferPool::new(Arc::clone(&budget));
        let mut buffer = pool.take(1_000);
        assert_eq!(budget.part_bytes(Part::Scrape), 11_000);
        assert!(buffer.push(&[1; 100_000]) && buffer.push(&[2; 60_000]));
        assert!(!buffer.push(&[3]));
        assert_eq!((buffer.bytes().len(), budget.used_bytes()), (160_000, 160_000));
        drop(buffer);
        assert_eq!((pool.take(0).bytes().len(), budget.used_bytes()), (0, 160_000));
    }

    #[test]
    fn there_is_room_for_a_body_when_others_have_the_rest() {
        let budget = Budget::new(160_000);
        let pool = BufferPool::new(Arc::clone(&budget));
        let mut head = budget.open(Part::Head);
        assert!(head.grow(150_000));
        for _ in 0..2 {
            let mut buffer = pool.take(0);
            assert!(buffer.push(&[1; 10_000]) && !buffer.push(&[1]));
        }
    }
}
