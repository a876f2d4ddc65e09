//! Checking a part: every checksum, whether everything decodes, and whether index and series agree.

use std::collections::BTreeMap;

use model::{LabelSet, SampleBlock};

use super::{BLOCK_SERIES, Part, index::read_values, page::PageRef, read_ahead::ReadAhead};
use crate::error::Error;

/// The rows of each label, by name and value.
type Postings = BTreeMap<(String, String), Vec<u32>>;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct PartCheck {
    /// Series that can be read.
    pub(crate) series: u64,
    /// Samples that can be read.
    pub(crate) samples: u64,
    /// All that is wrong, as [`Error::Corrupt`].
    pub(crate) faults: Vec<Error>,
}

impl PartCheck {
    /// Notes a fault; other failures end the check.
    fn note<T>(&mut self, result: Result<T, Error>) -> Result<Option<T>, Error> {
        match result {
            Ok(found) => Ok(Some(found)),
            Err(error @ Error::Corrupt { .. }) => {
                self.faults.push(error);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

impl Part {
    /// Reads all of the part.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails.
    pub(crate) fn check(&self) -> Result<PartCheck, Error> {
        let mut check = PartCheck::default();
        let whole = self.verify();
        check.note(whole)?;
        let Some((blocks, _)) = check.note(self.read_directories())? else { return Ok(check) };
        let (mut postings, mut last) = (Postings::new(), None);
        for block in 0..blocks.len() {
            let wanted: Vec<usize> = (0..self.rows_in(block)).collect();
            let Some(series) = check.note(self.series_block(block, &wanted, None))? else { continue };
            for (at, (labels, pages)) in series.into_iter().enumerate() {
                let row = (block * BLOCK_SERIES + at) as u32;
                if last.as_ref().is_some_and(|last| *last >= labels) {
                    check.faults.push(self.corrupt(0, "series are not in the order of their labels"));
                }
                for (name, value) in &labels {
                    postings.entry((name.to_owned(), value.to_owned())).or_default().push(row);
                }
                self.check_pages(&pages, &mut check)?;
                check.series += 1;
                last = Some::<LabelSet>(labels);
            }
        }
        if check.faults.is_empty() {
            self.check_index(&postings, &mut check)?;
            if (check.series, check.samples) != (self.footer.series, self.footer.samples) {
                check.faults.push(self.corrupt(0, "the footer counts other series or samples"));
            }
        }
        Ok(check)
    }

    /// Series of a block: all but the last one are full.
    fn rows_in(&self, block: usize) -> usize {
        let before = (block * BLOCK_SERIES) as u64;
        self.footer.series.saturating_sub(before).min(BLOCK_SERIES as u64) as usize
    }

    fn check_pages(&self, pages: &[PageRef], check: &mut PartCheck) -> Result<(), Error> {
        let (mut ahead, mut block) = (ReadAhead::default(), SampleBlock::default());
        let mut before_ms = None;
        for page in pages {
            block.clear();
            if check.note(self.decode_page(page, (i64::MIN, i64::MAX), &mut ahead, &mut block))?.is_none() {
                continue;
            }
            check.samples += block.len() as u64;
            let times = &block.timestamps_ms;
            let range = times.first().copied().zip(times.last().copied());
            let whole = times.len() == page.samples as usize && range == Some((page.min_ms, page.max_ms));
            let ascend =
                times.is_sorted_by(|a, b| a < b) && before_ms.is_none_or(|before| before < page.min_ms);
            if !whole || !ascend {
                let offset = page.times.map_or(page.values_at.offset, |times| times.offset);
                check.faults.push(self.corrupt(offset, "the times of a page are not those of its reference"));
            }
            before_ms = Some(page.max_ms);
        }
        Ok(())
    }

    fn check_index(&self, postings: &Postings, check: &mut PartCheck) -> Result<(), Error> {
        let mut found = 0;
        for (name, blocks) in &self.directories()?.names.names {
            for block in blocks {
                let Some(bytes) = check.note(self.read_checked(block.offset, u64::from(block.len)))? else {
                    continue;
                };
                let mut agrees = true;
                let read = read_values(&bytes, |value, list| {
                    let mut rows = Vec::new();
                    let listed = list.collect(self.footer.series, &mut rows);
                    let key = (name.to_string(), value.to_owned());
                    agrees = listed.is_ok() && postings.get(&key) == Some(&rows);
                    found += 1;
                    agrees
                });
                if read.is_err() || !agrees {
                    check.faults.push(self.corrupt(block.offset, "the index names other series"));
                }
            }
        }
        if check.faults.is_empty() && found != postings.len() {
            check.faults.push(self.corrupt(0, "the index has other labels than the series"));
        }
        Ok(())
    }
}
