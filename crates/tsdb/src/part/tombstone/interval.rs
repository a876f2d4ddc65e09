//! Ranges of time of which the samples are deleted.

use std::sync::Arc;

use model::SampleBlock;

/// Ranges of time, both ends included: ascending, none touching another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Intervals(Vec<(i64, i64)>);

impl Intervals {
    /// The union of ranges in any order.
    pub(crate) fn new(mut ranges: Vec<(i64, i64)>) -> Self {
        ranges.sort_unstable();
        let mut union: Vec<(i64, i64)> = Vec::new();
        for (start, end) in ranges {
            match union.last_mut() {
                Some(last) if last.1.saturating_add(1) >= start => last.1 = last.1.max(end),
                _ => union.push((start, end)),
            }
        }
        Self(union)
    }

    /// True when all of a range is within.
    pub(crate) fn cover(&self, range_ms: (i64, i64)) -> bool {
        self.0.iter().any(|&(start, end)| start <= range_ms.0 && range_ms.1 <= end)
    }

    fn overlap(&self, range_ms: (i64, i64)) -> bool {
        self.0.iter().any(|&(start, end)| start <= range_ms.1 && range_ms.0 <= end)
    }

    fn contain(&self, time_ms: i64) -> bool {
        let at = self.0.partition_point(|&(_, end)| end < time_ms);
        self.0.get(at).is_some_and(|&(start, _)| start <= time_ms)
    }
}

/// What is deleted of a series in a part; nothing for most.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deleted(Option<Arc<Intervals>>);

impl Deleted {
    pub(crate) fn new(intervals: Intervals) -> Self {
        Self((!intervals.0.is_empty()).then(|| Arc::new(intervals)))
    }

    /// True when nothing within a range of time is left.
    pub(crate) fn cover(&self, range_ms: (i64, i64)) -> bool {
        self.0.as_ref().is_some_and(|intervals| intervals.cover(range_ms))
    }

    /// Takes deleted samples out of a block, from a position on; all of these are within `range_ms`.
    pub(crate) fn remove_from(&self, block: &mut SampleBlock, position: usize, range_ms: (i64, i64)) {
        if let Some(intervals) = self.0.as_ref().filter(|intervals| intervals.overlap(range_ms)) {
            block.retain_from(position, |time_ms| !intervals.contain(time_ms));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_touch_are_one() {
        let intervals = Intervals::new(vec![(10, 20), (1, 3), (4, 5), (15, 30), (i64::MAX, i64::MAX)]);
        assert_eq!(intervals.0, [(1, 5), (10, 30), (i64::MAX, i64::MAX)]);
        assert!(intervals.cover((11, 30)) && !intervals.cover((5, 10)) && intervals.overlap((5, 9)));
        let times: Vec<i64> = (0..40).filter(|&time| intervals.contain(time)).collect();
        assert_eq!(times, (1..=5).chain(10..=30).collect::<Vec<_>>());
    }
}
