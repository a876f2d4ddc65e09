//! What all targets use in turn while a scrape is stored.

use std::sync::Arc;

use model::{FloatHistogram, SampleGroup, SeriesRef};

use crate::labels::LabelBuffer;

/// Columns and texts that all targets use in turn.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    pub(super) series: Vec<SeriesRef>,
    pub(super) group_values: Vec<f64>,
    pub(super) histograms: Vec<(usize, Arc<FloatHistogram>)>,
    pub(super) start_timestamps_ms: Vec<(usize, i64)>,
    pub(super) values: Vec<f64>,
    pub(super) labels: LabelBuffer,
}

/// Entries of a scratch column that are kept from one scrape to the next.
const SCRATCH_ENTRIES_MAX: usize = 8 * 1024;

impl Scratch {
    pub(super) fn start(&mut self) {
        self.series.clear();
        self.group_values.clear();
        self.histograms.clear();
        self.start_timestamps_ms.clear();
    }

    /// The group of what was pushed.
    pub(super) fn group(&self, timestamp_ms: i64) -> SampleGroup<'_> {
        SampleGroup {
            timestamp_ms,
            series: &self.series,
            values: &self.group_values,
            histograms: &self.histograms,
            start_timestamps_ms: &self.start_timestamps_ms,
        }
    }

    /// Adds what the sample at a position has beside its value; positions ascend.
    pub(super) fn attach(
        &mut self,
        position: usize,
        histogram: Option<Arc<FloatHistogram>>,
        start_ms: Option<i64>,
    ) {
        self.histograms.extend(histogram.map(|histogram| (position, histogram)));
        self.start_timestamps_ms.extend(start_ms.map(|start_ms| (position, start_ms)));
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
        self.histograms.shrink_to(SCRATCH_ENTRIES_MAX);
        self.start_timestamps_ms.shrink_to(SCRATCH_ENTRIES_MAX);
    }
}
