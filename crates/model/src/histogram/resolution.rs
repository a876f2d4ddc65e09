//! Coarser schemas and wider zero buckets, so that two histograms get the same layout.

use std::cmp::Ordering;

use super::{Buckets, FloatHistogram, exponential_bound};
use crate::kahan;

impl FloatHistogram {
    /// The same observations in a coarser exponential schema; a plain copy for any other schema.
    pub fn to_schema(&self, schema: i32) -> Self {
        if schema >= self.schema || self.uses_custom_bounds() {
            return self.clone();
        }
        Self {
            // What was known of resets held for the finer buckets.
            counter_reset: super::CounterReset::Unknown,
            schema,
            positive: self.positive.coarser(self.schema, schema),
            negative: self.negative.coarser(self.schema, schema),
            ..self.clone()
        }
    }

    /// The zero count as it would be with a larger zero bucket, and the threshold of that one: it is moved up
    /// to the far bound of a bucket with observations that it would cut.
    pub(super) fn zero_count_within(&self, threshold: f64) -> (f64, f64) {
        if threshold <= self.zero_threshold {
            return (self.zero_count, self.zero_threshold);
        }
        let mut limit = threshold;
        loop {
            // Whatever one side moves the threshold to, the other side has to be cut there as well.
            let (positive, moved) =
                within(self.positive_buckets().map(|b| (b.lower, b.upper, b.count)), limit);
            let (negative, moved) =
                within(self.negative_buckets().map(|b| (-b.upper, -b.lower, b.count)), moved);
            // Not a test for equality: the threshold may be NaN.
            if moved.partial_cmp(&limit) != Some(Ordering::Greater) {
                let (sum, c) = kahan::add(positive, self.zero_count, 0.0);
                return (kahan::add(negative, sum, c).0, limit);
            }
            limit = moved;
        }
    }

    /// Widens the zero bucket to a threshold that cuts no bucket with observations.
    pub(super) fn widen_zero_bucket(&mut self, threshold: f64) {
        (self.zero_count, self.zero_threshold) = self.zero_count_within(threshold);
        let (schema, threshold) = (self.schema, self.zero_threshold);
        let outside = |index: i32| exponential_bound(index.saturating_sub(1), schema) >= threshold;
        self.positive.retain(|index, count| outside(index) && count != 0.0);
        self.negative.retain(|index, count| outside(index) && count != 0.0);
    }
}

/// Observations in the buckets (lower and upper bound, count) that a threshold includes or cuts, and the
/// threshold moved to the upper bound of the one with observations that it cuts.
fn within(buckets: impl Iterator<Item = (f64, f64, f64)>, threshold: f64) -> (f64, f64) {
    let (mut total, mut moved) = (0.0, threshold);
    for (_, upper, count) in buckets.take_while(|(lower, ..)| *lower < threshold) {
        total += count;
        if upper > threshold && count != 0.0 {
            moved = upper;
        }
    }
    (total, moved)
}

impl Buckets {
    pub(super) fn coarser(&self, from_schema: i32, to_schema: i32) -> Self {
        let mut buckets: Vec<(i32, f64)> = Vec::with_capacity(self.len());
        for (index, count) in self.iter() {
            let index = coarser_index(index, from_schema, to_schema);
            match buckets.last_mut() {
                Some(last) if last.0 == index => last.1 += count,
                _ => buckets.push((index, count)),
            }
        }
        Self::from_sorted(buckets).unwrap_or_default()
    }
}

/// The bucket of a coarser schema that a bucket falls into.
pub(super) fn coarser_index(index: i32, from_schema: i32, to_schema: i32) -> i32 {
    let shift = from_schema.saturating_sub(to_schema).clamp(0, 31);
    ((i64::from(index) - 1) >> shift) as i32 + 1
}
