//! The rows of the series that have a label: ascending, as varints of their distance.

use crate::codec::varint::{Reader, put_u64};

/// An ascending list of rows that only grows at its end.
#[derive(Debug, Default)]
pub(super) struct Postings {
    bytes: Vec<u8>,
    /// The last row plus one, so that an empty list starts at 0.
    next: u32,
    len: u32,
}

impl Postings {
    /// Adds a row above all that are there; returns the bytes by which the list grew in memory.
    pub(super) fn push(&mut self, row: u32) -> usize {
        let before = self.bytes.capacity();
        if self.bytes.len() + 5 > before {
            // Growth by a quarter instead of doubling: many lists are long and few grow at once.
            self.bytes.reserve_exact((before / 4).max(8));
        }
        put_u64(&mut self.bytes, u64::from(row - self.next));
        self.next = row + 1;
        self.len += 1;
        self.bytes.capacity() - before
    }

    /// The rows in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let mut reader = Reader::new(&self.bytes);
        let mut next = 0;
        std::iter::from_fn(move || {
            let row = next + reader.u32().ok()?;
            next = row + 1;
            Some(row)
        })
    }

    pub(super) fn len(&self) -> usize {
        self.len as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_in_order() {
        let rows = [0, 1, 5, 300, 70_000, u32::MAX - 1];
        let mut postings = Postings::default();
        let bytes: usize = rows.iter().map(|&row| postings.push(row)).sum();
        assert!(postings.iter().eq(rows) && postings.len() == rows.len());
        assert_eq!(bytes, postings.bytes.capacity());
    }
}
