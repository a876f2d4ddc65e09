//! One series of an answer: the chunks that may hold its samples, read in the order of time.

use std::{collections::VecDeque, sync::Arc};

use model::{LabelSet, SampleBlock, Series, querier::QueryError};

use super::{cut_piece, sort_samples};
use crate::{
    error::Error,
    head::HeadChunk,
    part::{Deleted, PageRef, PartPages},
};

/// A place where samples of a series are.
pub(crate) enum Chunk {
    /// In memory.
    Head(HeadChunk),
    /// In memory, samples out of order.
    OutOfOrder(Box<SampleBlock>),
    /// A page of a part, and what is deleted of it.
    Page(Arc<PartPages>, PageRef, Deleted),
}

impl Chunk {
    /// Samples out of order, in the order in which they came.
    pub(crate) fn out_of_order(mut samples: Box<SampleBlock>) -> Self {
        sort_samples(&mut samples);
        Self::OutOfOrder(samples)
    }

    fn range_ms(&self) -> (i64, i64) {
        match self {
            Self::Head(chunk) => chunk.range_ms(),
            Self::OutOfOrder(samples) => {
                let times = &samples.timestamps_ms;
                times.first().copied().zip(times.last().copied()).unwrap_or_default()
            }
            Self::Page(_, page, _) => (page.min_ms, page.max_ms),
        }
    }

    /// Appends the samples within a range of time, whose end comes nearer where they would take too much memory at once;
    /// samples beyond that end may be among those appended.
    fn read(&mut self, range_ms: &mut (i64, i64), block: &mut SampleBlock) -> Result<(), Error> {
        let own_range_ms = self.range_ms();
        match self {
            Self::Head(chunk) => chunk.read(range_ms, block),
            Self::OutOfOrder(samples) => {
                let before = |limit_ms| samples.timestamps_ms.partition_point(|&time| time < limit_ms);
                let end = samples.timestamps_ms.partition_point(|&time| time <= range_ms.1);
                block.extend_from(samples, before(range_ms.0)..end);
            }
            Self::Page(part, page, deleted) => {
                let position = block.len();
                part.read_page(page, *range_ms, block)?;
                deleted.remove_from(block, position, own_range_ms);
            }
        }
        Ok(())
    }
}

/// A series over all its chunks.
pub(crate) struct StoredSeries {
    labels: LabelSet,
    range_ms: (i64, i64),
    /// By first timestamp, each with its place in the order of storage.
    chunks: VecDeque<(usize, Chunk)>,
    /// Chunks that overlap and are being read, in the order of storage.
    run: Vec<(usize, Chunk)>,
    /// From where on they are not read yet.
    from_ms: i64,
    scratch: SampleBlock,
}

impl StoredSeries {
    /// `chunks` in order of storage: what is earlier counts where timestamps are the same.
    pub(crate) fn new(labels: LabelSet, range_ms: (i64, i64), chunks: Vec<Chunk>) -> Self {
        let overlaps = |chunk: &Chunk| chunk.range_ms().0 <= range_ms.1 && chunk.range_ms().1 >= range_ms.0;
        let mut chunks: Vec<_> = chunks.into_iter().filter(overlaps).enumerate().collect();
        chunks.sort_by_key(|(_, chunk)| chunk.range_ms().0);
        let (chunks, scratch) = (chunks.into(), SampleBlock::default());
        Self { labels, range_ms, chunks, run: Vec::new(), from_ms: range_ms.0, scratch }
    }

    /// True when nothing is left to read.
    pub(crate) fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Appends the next run of samples; false when there is none left.
    pub(crate) fn read_run(&mut self, block: &mut SampleBlock) -> Result<bool, Error> {
        loop {
            if self.run.is_empty() {
                (self.run, self.from_ms) = (self.next_run(), self.range_ms.0);
            }
            if let [(_, page @ Chunk::Page(..))] = &mut self.run[..] {
                // Its samples are in order, and most of what is asked for lies in pages alone.
                let before = block.len();
                let mut range_ms = self.range_ms;
                page.read(&mut range_ms, block)?;
                self.run.clear();
                if block.len() > before {
                    return Ok(true);
                }
                continue;
            }
            if self.run.is_empty() {
                return Ok(false);
            }
            self.read_merged()?;
            if !self.scratch.is_empty() {
                block.append(&mut self.scratch);
                return Ok(true);
            }
        }
    }

    /// Reads the chunks of the run, as far as memory goes.
    fn read_merged(&mut self) -> Result<(), Error> {
        let mut range_ms = (self.from_ms, self.range_ms.1);
        self.scratch.clear();
        for (_, chunk) in &mut self.run {
            chunk.read(&mut range_ms, &mut self.scratch)?;
        }
        sort_samples(&mut self.scratch);
        if range_ms != self.range_ms {
            cut_piece(&mut self.scratch, range_ms.1, self.run.len() > 1);
        }
        if range_ms.1 < self.range_ms.1 {
            self.from_ms = range_ms.1 + 1;
        } else {
            self.run.clear();
        }
        Ok(())
    }

    /// Takes the next chunk and all that overlap with it or with one of these.
    fn next_run(&mut self) -> Vec<(usize, Chunk)> {
        let mut run = Vec::new();
        let mut end_ms = i64::MIN;
        while let Some((order, next)) =
            self.chunks.pop_front_if(|(_, next)| run.is_empty() || next.range_ms().0 <= end_ms)
        {
            end_ms = end_ms.max(next.range_ms().1);
            run.push((order, next));
        }
        run.sort_unstable_by_key(|(order, _)| *order);
        run
    }
}

impl Series for StoredSeries {
    fn labels(&self) -> &LabelSet {
        &self.labels
    }

    fn read(&mut self, block: &mut SampleBlock) -> Result<bool, QueryError> {
        self.read_run(block).map_err(|error| QueryError::Storage(error.into()))
    }
}
