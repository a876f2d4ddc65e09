//! What all targets use in turn while a scrape is stored.

use model::SeriesRef;

use crate::labels::LabelBuffer;

/// Columns and texts that all targets use in turn.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    pub(super) series: Vec<SeriesRef>,
    pub(super) group_values: Vec<f64>,
    pub(super) values: Vec<f64>,
    pub(super) labels: LabelBuffer,
}

/// Entries of a scratch column that are kept from one scrape to the next.
const SCRATCH_ENTRIES_MAX: usize = 8 * 1024;

impl Scratch {
    pub(super) fn start(&mut self) {
        self.series.clear();
        self.group_values.clear();
    }

    pub(super) fn push(&mut self, series: SeriesRef, value: f64) {
        self.series.push(series);
        self.group_values.push(value);
    }

    /// A large scrape does not leave large columns behind.
    pub(super) fn release(&mut self) {
        self.start();
        self.values.clear();
        self.series.shrink_to(SCRATCH_ENTRIES_MAX);
        self.group_values.shrink_to(SCRATCH_ENTRIES_MAX);
        self.values.shrink_to(SCRATCH_ENTRIES_MAX);
    }
}
