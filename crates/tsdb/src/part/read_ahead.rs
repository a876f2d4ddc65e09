//! Reading the pages of a part for one selection: what lies close together is read at once, and what pages have in
//! common is decoded once.

use std::sync::{Arc, Mutex, PoisonError};

use model::SampleBlock;

use super::{
    Part,
    page::{Extent, PageRef, regular},
};
use crate::{
    codec::{page::PAGE_SAMPLES_MAX, time},
    error::Error,
};

/// Read at once while pages follow each other: enough for some ten to hundred of them, and little to hold.
const STRIDE_MAX: usize = 16 << 10;
/// The first stride, once a page has followed another.
const STRIDE_MIN: usize = 2 << 10;
/// Bytes that may lie between two pages that follow each other: reading over them costs less than a call.
const GAP_MAX: u64 = 4 << 10;

/// A part as one selection reads it.
pub(crate) struct PartPages {
    pub(super) part: Arc<Part>,
    ahead: Mutex<ReadAhead>,
}

impl PartPages {
    /// The most bytes that it holds beside the part.
    pub(crate) const BYTES_MAX: usize =
        2 * STRIDE_MAX + PAGE_SAMPLES_MAX * (size_of::<i64>() + size_of::<f64>());

    pub(super) fn new(part: Arc<Part>) -> Self {
        Self { part, ahead: Mutex::default() }
    }

    /// Appends the samples of a page within a range of time. A damaged page gives none and is counted.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails.
    pub(crate) fn read_page(
        &self,
        page: &PageRef,
        range_ms: (i64, i64),
        block: &mut SampleBlock,
    ) -> Result<(), Error> {
        // A panic while the lock was held leaves at worst bytes whose checksum is wrong.
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        self.part.read_page(page, range_ms, &mut ahead, block)
    }
}

/// What is kept from one page of a part to the next.
#[derive(Debug, Default)]
pub(super) struct ReadAhead {
    bytes: Vec<u8>,
    /// Where `bytes` are in the part.
    start: u64,
    stride: usize,
    /// A page that does not follow the others.
    aside: Vec<u8>,
    times_ms: Vec<i64>,
    /// The page that `times_ms` are of, by what they depend on.
    times_of: Option<(Option<Extent>, i64, i64, u32)>,
    /// Room for the values of a page.
    pub(super) values: Vec<f64>,
}

impl ReadAhead {
    /// The bytes of a page, once their checksum has been found right.
    pub(super) fn page(&mut self, part: &Part, extent: Extent) -> Result<&[u8], Error> {
        let len = extent.checked_bytes();
        let end = self.start + self.bytes.len() as u64;
        let bytes = if extent.offset < self.start || extent.offset > end + GAP_MAX {
            if !self.bytes.is_empty() && extent.offset < self.start {
                // A page that several series share lies further in front; the others go on where they were.
                part.read_into(extent.offset, len, &mut self.aside)?;
                return part.checked(extent, &self.aside);
            }
            self.stride = 0;
            self.fill(part, extent.offset, len)?;
            &self.bytes
        } else {
            if extent.offset + len as u64 > end {
                self.stride = (self.stride * 2).clamp(STRIDE_MIN, STRIDE_MAX);
                self.fill(part, extent.offset, len.max(self.stride))?;
            }
            let at = (extent.offset - self.start) as usize;
            self.bytes.get(at..at.saturating_add(len)).unwrap_or_default()
        };
        part.checked(extent, bytes)
    }

    fn fill(&mut self, part: &Part, offset: u64, len: usize) -> Result<(), Error> {
        let left = part.bytes.saturating_sub(offset);
        self.start = offset;
        let read = part.read_into(offset, at_most(len, left), &mut self.bytes);
        if read.is_err() {
            self.bytes.clear();
        }
        read
    }

    /// The timestamps of a page.
    pub(super) fn times_ms(&mut self, part: &Part, page: &PageRef) -> Result<&[i64], Error> {
        let key = (page.times, page.min_ms, page.max_ms, page.samples);
        if self.times_of != Some(key) {
            self.times_of = None;
            let mut times_ms = std::mem::take(&mut self.times_ms);
            times_ms.clear();
            match page.times {
                None => times_ms.extend(regular(page)),
                Some(extent) => {
                    let bytes = self.page(part, extent)?;
                    time::decode(bytes, page.min_ms, page.samples as usize, &mut times_ms)
                        .map_err(|_| part.corrupt(extent.offset, "the times do not decode"))?;
                }
            }
            (self.times_ms, self.times_of) = (times_ms, Some(key));
        }
        Ok(&self.times_ms)
    }
}

/// The smaller one; on a machine of 32 bits the rest of a file may be more than an address can say.
fn at_most(len: usize, left: u64) -> usize {
    usize::try_from(left).map_or(len, |left| left.min(len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_long_file_is_not_cut_to_an_address() {
        assert_eq!(
            [0, 100, 5000, 1 << 32, (1 << 32) + 5].map(|left| at_most(4096, left)),
            [0, 100, 4096, 4096, 4096]
        );
    }
}
