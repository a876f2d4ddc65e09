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

/// The series of a list that are in one group.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) group: Arc<Group>,
    pub(super) epoch: u64,
    order: Order,
    coverage: Box<[u8]>,
}

/// Columns and the positions of their values, by column.
#[derive(Debug)]
enum Order {
    /// Neighbours in the list are neighbours in the group.
    Straight {
        column: usize,
        position: usize,
        len: usize,
    },
    Scattered(Box<[(u32, u32)]>),
}

impl Part {
    pub(super) fn new(group: Arc<Group>, epoch: u64, mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable();
        // A series that stands in a list twice counts once, by its first position.
        pairs.dedup_by_key(|(column, _)| *column);
        let mut coverage = Vec::new();
        encode_coverage(pairs.iter().map(|(column, _)| *column), &mut coverage);
        let &(column, position) = pairs.first().unwrap_or(&(0, 0));
        let straight = (0..).zip(&pairs).all(|(i, &pair)| pair == (column + i, position + i));
        let order = if straight {
            Order::Straight { column: column as usize, position: position as usize, len: pairs.len() }
        } else {
            Order::Scattered(pairs.into())
        };
        Self { group, epoch, order, coverage: coverage.into() }
    }

    /// Column and position of each value, by column.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let (straight, scattered) = match &self.order {
            Order::Straight { column, position, len } => ((0..*len, *column, *position), &[][..]),
            Order::Scattered(pairs) => ((0..0, 0, 0), &pairs[..]),
        };
        let (range, column, position) = straight;
        let scattered = scattered.iter().map(|&(c, p)| (c as usize, p as usize));
        range.map(move |i| (column + i, position + i)).chain(scattered)
    }

    /// The columns as the log writes them.
    pub(super) fn coverage(&self) -> &[u8] {
        &self.coverage
    }
}
