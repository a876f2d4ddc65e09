//! One series of an answer: the chunks that may hold its samples, read in the order of time.

use std::collections::VecDeque;

use model::{LabelSet, SampleBlock, Series, querier::QueryError};

use super::sort_samples;
use crate::head::HeadChunk;

/// A place where samples of a series are.
pub(super) enum Chunk {
    /// In memory.
    Head(HeadChunk),
}

impl Chunk {
    fn range_ms(&self) -> (i64, i64) {
        match self {
            Self::Head(chunk) => chunk.range_ms(),
        }
    }

    fn read(&self, range_ms: (i64, i64), block: &mut SampleBlock) -> Result<(), QueryError> {
        match self {
            Self::Head(chunk) => chunk.read(range_ms, block),
        }
        Ok(())
    }
}

/// A series over all its chunks.
pub(super) struct StoredSeries {
    labels: LabelSet,
    range_ms: (i64, i64),
    /// By first timestamp; of chunks with the same one, newer storage comes later.
    chunks: VecDeque<Chunk>,
    scratch: SampleBlock,
}

impl StoredSeries {
    /// `chunks` in order of storage: what is later counts where timestamps are the same.
    pub(super) fn new(labels: LabelSet, range_ms: (i64, i64), mut chunks: Vec<Chunk>) -> Self {
        chunks.sort_by_key(|chunk| chunk.range_ms().0);
        Self { labels, range_ms, chunks: chunks.into(), scratch: SampleBlock::default() }
    }

    /// Takes the next chunk and all that overlap with it or with one of these.
    fn next_run(&mut self) -> Vec<Chunk> {
        let mut run: Vec<Chunk> = Vec::new();
        let mut end_ms = i64::MIN;
        while let Some(next) = self.chunks.pop_front_if(|next| run.is_empty() || next.range_ms().0 <= end_ms)
        {
            end_ms = end_ms.max(next.range_ms().1);
            run.push(next);
        }
        run
    }
}

impl Series for StoredSeries {
    fn labels(&self) -> &LabelSet {
        &self.labels
    }

    fn read(&mut self, block: &mut SampleBlock) -> Result<bool, QueryError> {
        loop {
            let run = self.next_run();
            if run.is_empty() {
                return Ok(false);
            }
            self.scratch.clear();
            for chunk in &run {
                chunk.read(self.range_ms, &mut self.scratch)?;
            }
            sort_samples(&mut self.scratch);
            if !self.scratch.is_empty() {
                block.timestamps_ms.append(&mut self.scratch.timestamps_ms);
                block.values.append(&mut self.scratch.values);
                return Ok(true);
            }
        }
    }
}
