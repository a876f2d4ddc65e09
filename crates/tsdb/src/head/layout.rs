//! Where the series of a sample group are: the groups and columns, found once and remembered.

use std::sync::Arc;

use super::group::Group;
use crate::wal::record::encode_coverage;
use model::SeriesRef;

/// What an appender remembers of a list of series.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) series: Box<[SeriesRef]>,
    pub(super) parts: Vec<Part>,
    /// Positions whose series is not known.
    pub(super) unknown: Vec<usize>,
}

impl Layout {
    pub(super) fn bytes(&self) -> usize {
        let part = |part: &Part| size_of::<Part>() + size_of_val(&*part.runs) + part.coverage.len();
        size_of_val(&*self.series)
            + self.parts.iter().map(part).sum::<usize>()
            + size_of::<usize>() * self.unknown.capacity()
    }
}

/// The series of a list that are in one group.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) group: Arc<Group>,
    pub(super) epoch: u64,
    /// By column. A target's scrape is one run unless its series change.
    pub(super) runs: Box<[Run]>,
    /// The columns as the log writes them.
    pub(super) coverage: Box<[u8]>,
}

/// Neighbours in the list that are neighbours in the group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    column: u32,
    position: u32,
    len: u32,
}

impl Run {
    pub(super) fn columns(self) -> std::ops::Range<usize> {
        self.column as usize..(self.column + self.len) as usize
    }

    /// The position of a column of the run.
    pub(super) fn position(self, column: usize) -> usize {
        column - self.column as usize + self.position as usize
    }
}

impl Part {
    /// The positions of the part's series.
    pub(super) fn positions(&self) -> impl Iterator<Item = usize> + '_ {
        self.runs.iter().flat_map(|run| run.columns().map(|column| run.position(column)))
    }

    /// A part of columns and positions.
    pub(super) fn new(group: Arc<Group>, epoch: u64, mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable();
        // A series that stands in a list twice counts once, by its first position.
        pairs.dedup_by_key(|(column, _)| *column);
        let mut coverage = Vec::new();
        encode_coverage(pairs.iter().map(|(column, _)| *column), &mut coverage);
        let mut runs: Vec<Run> = Vec::new();
        for (column, position) in pairs {
            match runs.last_mut() {
                Some(run) if (run.column + run.len, run.position + run.len) == (column, position) => {
                    run.len += 1
                }
                _ => runs.push(Run { column, position, len: 1 }),
            }
        }
        Self { group, epoch, runs: runs.into(), coverage: coverage.into() }
    }
}
