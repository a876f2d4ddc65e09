//! Groups whose histograms are too much for one record of the log, in pieces.

use std::{ops::Range, sync::Arc};

use model::{FloatHistogram, SampleGroup, sample::within};

/// Histogram buckets and bounds of a piece at most: in the log each may take some 16 bytes, and a record has 16 MiB.
const BUCKETS_MAX: usize = 256 << 10;

/// Where a group is to be cut; a single piece as a rule.
pub(super) fn pieces(group: &SampleGroup<'_>) -> Vec<Range<usize>> {
    let (mut pieces, mut start, mut buckets) = (Vec::new(), 0, 0);
    for (at, histogram) in group.histograms {
        let more = histogram.positive.len() + histogram.negative.len() + histogram.custom_bounds.len();
        if buckets + more > BUCKETS_MAX && buckets > 0 {
            pieces.push(start..*at);
            (start, buckets) = (*at, 0);
        }
        buckets += more;
    }
    pieces.push(start..group.series.len());
    pieces
}

/// What a piece of a group has beside its values, positions counted from its start.
pub(super) struct PieceAttachments {
    histograms: Vec<(usize, Arc<FloatHistogram>)>,
    start_timestamps_ms: Vec<(usize, i64)>,
}

impl PieceAttachments {
    pub(super) fn new(group: &SampleGroup<'_>, piece: &Range<usize>) -> Self {
        let histograms = within(group.histograms, piece).iter();
        let starts = within(group.start_timestamps_ms, piece).iter();
        Self {
            histograms: histograms.map(|(at, h)| (at - piece.start, Arc::clone(h))).collect(),
            start_timestamps_ms: starts.map(|(at, start_ms)| (at - piece.start, *start_ms)).collect(),
        }
    }

    /// The piece of the group that they were made of.
    pub(super) fn group<'a>(&'a self, group: &SampleGroup<'a>, piece: &Range<usize>) -> SampleGroup<'a> {
        SampleGroup {
            timestamp_ms: group.timestamp_ms,
            series: group.series.get(piece.clone()).unwrap_or_default(),
            values: group.values.get(piece.clone()).unwrap_or_default(),
            histograms: &self.histograms,
            start_timestamps_ms: &self.start_timestamps_ms,
        }
    }
}
