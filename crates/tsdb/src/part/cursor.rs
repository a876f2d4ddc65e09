//! Series of a part, one after the other, block by block.

use std::{iter::Peekable, sync::Arc, vec};

use model::{LabelSet, Projection};

use super::{
    BLOCK_SERIES, Part, PartPages, PartTombstones,
    page::{PageContext, PageRef},
};
use crate::{
    codec::{
        labels,
        varint::{Decoded, Malformed, Reader},
    },
    error::Error,
    query::{Chunk, postings::Rows},
};

/// A series of a part: its labels and where its pages are.
pub(crate) type SeriesEntry = (LabelSet, Vec<PageRef>);

/// Goes through chosen series of a part in label order.
pub(crate) struct PartCursor {
    pages: Arc<PartPages>,
    tombstones: PartTombstones,
    projection: Option<Projection>,
    rows: Peekable<vec::IntoIter<u32>>,
    /// Those of the block at hand.
    series: vec::IntoIter<SeriesEntry>,
    current: Option<SeriesEntry>,
}

impl PartCursor {
    /// At the first of the series with these numbers, which ascend; what `tombstones` say is left out.
    ///
    /// # Errors
    /// As [`PartCursor::take`].
    pub(crate) fn new(part: Arc<Part>, rows: Rows, tombstones: PartTombstones) -> Result<Self, Error> {
        Self::projected(part, rows, tombstones, None)
    }

    /// As [`PartCursor::new`]; the labels are only those of the projection, unless the tombstones need all.
    ///
    /// # Errors
    /// As [`PartCursor::take`].
    pub(crate) fn projected(
        part: Arc<Part>,
        rows: Rows,
        tombstones: PartTombstones,
        projection: Option<&Projection>,
    ) -> Result<Self, Error> {
        let projection = projection.filter(|_| tombstones.len() == 0).cloned();
        let (rows, series) = (rows.into_iter().peekable(), Vec::new().into_iter());
        let pages = Arc::new(PartPages::new(part));
        let mut cursor = Self { pages, tombstones, projection, rows, series, current: None };
        cursor.current = cursor.read_next()?;
        Ok(cursor)
    }

    /// The labels of the series at hand; `None` past the last.
    pub(crate) fn labels(&self) -> Option<&LabelSet> {
        self.current.as_ref().map(|(labels, _)| labels)
    }

    /// Appends the pages of the series at hand to `chunks`, those apart of which all is deleted, and goes to the
    /// next one. Series in damaged blocks are passed over and counted.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails.
    pub(crate) fn take(&mut self, chunks: &mut Vec<Chunk>) -> Result<(), Error> {
        let next = self.read_next()?;
        if let Some((labels, pages)) = std::mem::replace(&mut self.current, next) {
            let deleted = self.tombstones.deleted(&labels);
            let left = pages.into_iter().filter(|page| !deleted.cover((page.min_ms, page.max_ms)));
            chunks.extend(left.map(|page| Chunk::Page(Arc::clone(&self.pages), page, deleted.clone())));
        }
        Ok(())
    }

    fn read_next(&mut self) -> Result<Option<SeriesEntry>, Error> {
        loop {
            if let Some(entry) = self.series.next() {
                return Ok(Some(entry));
            }
            let Some(&first) = self.rows.peek() else { return Ok(None) };
            let block = first as usize / BLOCK_SERIES;
            let mut wanted = Vec::new();
            while let Some(row) = self.rows.next_if(|&row| row as usize / BLOCK_SERIES == block) {
                wanted.push(row as usize % BLOCK_SERIES);
            }
            match self.pages.part.series_block(block, &wanted, self.projection.as_ref()) {
                Ok(series) => self.series = series.into_iter(),
                Err(error @ Error::Corrupt { .. }) => self.pages.part.note_damage(&error),
                Err(error) => return Err(error),
            }
        }
    }
}

/// The series at some places of a block, which ascend; pages end before `end`.
pub(super) fn decode_series(
    bytes: &[u8],
    end: u64,
    wanted: &[usize],
    projection: Option<&Projection>,
) -> Decoded<Vec<SeriesEntry>> {
    let mut reader = Reader::new(bytes);
    let count = reader.count()?;
    if count > BLOCK_SERIES {
        return Err(Malformed);
    }
    let mut places = wanted.iter().copied().peekable();
    let is_wanted = |at| places.next_if_eq(&at).is_some();
    let sets = labels::decode_projected(&mut reader, count, is_wanted, projection)?;
    let (mut context, mut sets) = (PageContext::default(), sets.into_iter());
    let (mut series, mut places) = (Vec::with_capacity(wanted.len()), wanted.iter().copied().peekable());
    for at in 0..count {
        let count = reader.count()?;
        let mut pages = (0..count).map(|_| context.decode(&mut reader, end));
        if places.next_if_eq(&at).is_some() {
            series.push((sets.next().ok_or(Malformed)?, pages.collect::<Decoded<_>>()?));
        } else {
            pages.try_for_each(|page| page.map(|_| ()))?;
        }
    }
    Ok(series)
}
