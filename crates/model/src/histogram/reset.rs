//! Detection of counter resets.

use super::{
    Buckets, CounterReset, FloatHistogram,
    arithmetic::{common_bounds, map_to_bounds},
    exponential_bound,
};
use crate::is_stale;

impl FloatHistogram {
    /// True when the counter was reset between `previous` and this sample.
    ///
    /// The hint decides where it says something. Else there was a reset if any count went down, a bucket with
    /// observations is gone, or the resolution went up. A wider zero bucket or a coarser schema is no reset.
    pub fn is_reset_after(&self, previous: &Self) -> bool {
        match self.counter_reset {
            CounterReset::Reset => true,
            CounterReset::NotReset => false,
            // Functions for counters take a gauge for a counter, and warn.
            CounterReset::Unknown | CounterReset::Gauge => self.lost_counts_since(previous),
        }
    }

    /// What [`Self::is_reset_after`] finds whatever the hint.
    fn lost_counts_since(&self, previous: &Self) -> bool {
        if self.count < previous.count || self.uses_custom_bounds() != previous.uses_custom_bounds() {
            return true;
        }
        if self.uses_custom_bounds() {
            return self.custom_buckets_went_down(previous);
        }
        if self.schema > previous.schema || self.zero_threshold < previous.zero_threshold {
            return true;
        }
        let (zero_count, threshold) = previous.zero_count_within(self.zero_threshold);
        // A bucket with observations that lies on both sides of the new threshold cannot have become part of it.
        if threshold != self.zero_threshold || self.zero_count < zero_count {
            return true;
        }
        let (from, to) = (previous.schema, self.schema);
        let outside = |index| exponential_bound(index, to) > threshold;
        [(&self.positive, &previous.positive), (&self.negative, &previous.negative)]
            .into_iter()
            .any(|(now, before)| now.went_down(&before.coarser(from, to), outside))
    }

    /// The hint with which a store gives this sample back after `previous`, the sample before it in its series if
    /// that is a histogram, with its own such hint.
    ///
    /// As in Prometheus, whose chunks hold neither resets nor changes of layout, and which says nothing about
    /// the first sample of a chunk.
    pub fn stored_hint(&self, previous: Option<&Self>) -> CounterReset {
        match previous {
            _ if self.counter_reset == CounterReset::Gauge => CounterReset::Gauge,
            Some(previous) if self.shares_chunk_with(previous) => CounterReset::NotReset,
            _ => CounterReset::Unknown,
        }
    }

    fn shares_chunk_with(&self, previous: &Self) -> bool {
        if previous.counter_reset == CounterReset::Gauge || self.counter_reset == CounterReset::Reset {
            return false;
        }
        let same_layout = self.schema == previous.schema
            && self.zero_threshold == previous.zero_threshold
            && self.custom_bounds == previous.custom_bounds;
        is_stale(self.sum) || !is_stale(previous.sum) && same_layout && !self.lost_counts_since(previous)
    }

    fn custom_buckets_went_down(&self, previous: &Self) -> bool {
        if self.custom_bounds == previous.custom_bounds {
            return self.positive.went_down(&previous.positive, |_| true);
        }
        let bounds = common_bounds(&self.custom_bounds, &previous.custom_bounds);
        let rolled_up = |h| {
            let mut target = vec![(0.0, 0.0); bounds.len() + 1];
            map_to_bounds(h, &bounds, &mut target, |count| count);
            target
        };
        rolled_up(self).iter().zip(rolled_up(previous)).any(|(now, before)| now.0 < before.0)
    }
}

impl Buckets {
    /// True when a bucket that `keep` accepts has less than before, or is gone though it had observations.
    fn went_down(&self, before: &Self, keep: impl Fn(i32) -> bool) -> bool {
        let mut now = self.iter().peekable();
        for (index, count) in before.iter().filter(|(index, _)| keep(*index)) {
            while now.next_if(|b| b.0 < index).is_some() {}
            let down = match now.peek() {
                Some(&(at, own)) if at == index => own < count,
                _ => count != 0.0,
            };
            if down {
                return true;
            }
        }
        false
    }
}
