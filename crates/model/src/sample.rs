//! Samples and the columns in which they travel.

use std::{ops::Range, sync::Arc};

use crate::{CounterReset, FloatHistogram};

/// The bits of the NaN that marks the end of a series: a staleness marker.
pub const STALE_NAN_BITS: u64 = 0x7ff0_0000_0000_0002;

/// The staleness marker as a value. It is a NaN: compare with [`is_stale`], never with `==`.
pub fn stale_nan() -> f64 {
    f64::from_bits(STALE_NAN_BITS)
}

/// True for the staleness marker and for no other NaN.
#[inline]
pub fn is_stale(value: f64) -> bool {
    value.to_bits() == STALE_NAN_BITS
}

/// One float at one time.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Milliseconds since the Unix epoch; may be negative.
    pub timestamp_ms: i64,
    /// The value, any NaN bit pattern included.
    pub value: f64,
}

/// A run of samples of one series as columns, times ascending and each once.
#[derive(Clone, Debug, Default)]
pub struct SampleBlock {
    /// Milliseconds since the Unix epoch.
    pub timestamps_ms: Vec<i64>,
    /// The value at the same position of `timestamps_ms`; the sum where the sample is a histogram.
    pub values: Vec<f64>,
    /// The samples that are native histograms: their positions in the other columns, ascending.
    pub histograms: Vec<(usize, Arc<FloatHistogram>)>,
    /// Start timestamps where they are known: positions, ascending, and milliseconds since the Unix epoch.
    pub start_timestamps_ms: Vec<(usize, i64)>,
}

impl SampleBlock {
    /// Appends one float.
    pub fn push(&mut self, timestamp_ms: i64, value: f64) {
        self.timestamps_ms.push(timestamp_ms);
        self.values.push(value);
    }

    /// Appends one native histogram.
    pub fn push_histogram(&mut self, timestamp_ms: i64, histogram: Arc<FloatHistogram>) {
        let sum = histogram.sum;
        self.histograms.push((self.timestamps_ms.len(), histogram));
        self.push(timestamp_ms, sum);
    }

    /// Appends the samples at some positions of another block.
    pub fn extend_from(&mut self, other: &Self, positions: Range<usize>) {
        let (start, len) = (self.len(), other.len());
        let Range { start: first, end } = positions.start.min(len)..positions.end.min(len);
        self.timestamps_ms.extend_from_slice(other.timestamps_ms.get(first..end).unwrap_or_default());
        self.values.extend_from_slice(other.values.get(first..end).unwrap_or_default());
        for (at, histogram) in within(&other.histograms, &(first..end)) {
            self.histograms.push((start + at - first, Arc::clone(histogram)));
        }
        for (at, start_ms) in within(&other.start_timestamps_ms, &(first..end)) {
            self.start_timestamps_ms.push((start + at - first, *start_ms));
        }
    }

    /// Moves all samples of another block to the end of this one.
    pub fn append(&mut self, other: &mut Self) {
        let start = self.len();
        self.timestamps_ms.append(&mut other.timestamps_ms);
        self.values.append(&mut other.values);
        self.histograms.extend(other.histograms.drain(..).map(|(at, histogram)| (start + at, histogram)));
        let starts = other.start_timestamps_ms.drain(..);
        self.start_timestamps_ms.extend(starts.map(|(at, start_ms)| (start + at, start_ms)));
    }

    /// The native histogram at a position, if it is one.
    pub fn histogram(&self, position: usize) -> Option<&Arc<FloatHistogram>> {
        within(&self.histograms, &(position..position + 1)).first().map(|(_, histogram)| histogram)
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.timestamps_ms.len()
    }

    /// True without samples.
    pub fn is_empty(&self) -> bool {
        self.timestamps_ms.is_empty()
    }

    /// Drops the samples from a position on.
    pub fn truncate(&mut self, len: usize) {
        self.timestamps_ms.truncate(len);
        self.values.truncate(len);
        self.histograms.truncate(self.histograms.partition_point(|(at, _)| *at < len));
        self.start_timestamps_ms.truncate(self.start_timestamps_ms.partition_point(|(at, _)| *at < len));
    }

    /// Drops all samples and keeps the allocations.
    pub fn clear(&mut self) {
        self.timestamps_ms.clear();
        self.values.clear();
        self.histograms.clear();
        self.start_timestamps_ms.clear();
    }

    /// Drops the samples from `position` on whose time in milliseconds `keep` does not accept.
    pub fn retain_from(&mut self, position: usize, mut keep: impl FnMut(i64) -> bool) {
        let times = self.timestamps_ms.iter().enumerate();
        let kept: Vec<usize> =
            times.filter(|&(at, &time)| at < position || keep(time)).map(|(at, _)| at).collect();
        if kept.len() == self.len() {
            return;
        }
        for (to, &from) in kept.iter().enumerate() {
            self.timestamps_ms.swap(to, from);
            self.values.swap(to, from);
        }
        self.timestamps_ms.truncate(kept.len());
        self.values.truncate(kept.len());
        let moved = |at: &mut usize| kept.binary_search(at).map(|to| *at = to).is_ok();
        self.histograms.retain_mut(|(at, histogram)| {
            let dropped = at.checked_sub(1).is_some_and(|before| kept.binary_search(&before).is_err());
            if dropped && histogram.counter_reset != CounterReset::Gauge {
                // What is known of a reset is known against the sample before.
                Arc::make_mut(histogram).counter_reset = CounterReset::Unknown;
            }
            moved(at)
        });
        self.start_timestamps_ms.retain_mut(|(at, _)| moved(at));
    }

    /// The samples in order, histograms by their sums.
    pub fn iter(&self) -> impl Iterator<Item = Sample> + '_ {
        let columns = self.timestamps_ms.iter().zip(&self.values);
        columns.map(|(&timestamp_ms, &value)| Sample { timestamp_ms, value })
    }
}

/// The entries of a sparse column within a range of positions.
pub fn within<'a, T>(column: &'a [(usize, T)], positions: &Range<usize>) -> &'a [(usize, T)] {
    let start = column.partition_point(|(at, _)| *at < positions.start);
    let rest = column.get(start..).unwrap_or_default();
    rest.get(..rest.partition_point(|(at, _)| *at < positions.end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_leaves_all_columns() {
        let mut block = SampleBlock::default();
        (0..6).for_each(|i| block.push(i * 10, i as f64));
        block.push_histogram(60, Arc::default());
        block.start_timestamps_ms = vec![(0, 1), (3, 2), (6, 3)];
        block.retain_from(2, |time| time == 40 || time == 60);
        assert_eq!(block.timestamps_ms, [0, 10, 40, 60]);
        assert_eq!(block.values, [0.0, 1.0, 4.0, 0.0]);
        assert_eq!(block.start_timestamps_ms, [(0, 1), (3, 3)]);
        assert_eq!(block.histograms.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [3]);
    }
}
