//! Sums, differences and multiples.

use std::sync::Arc;

use super::{Buckets, CounterReset, FloatHistogram, exponential_bound};

/// One histogram has custom bounds and the other an exponential schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot apply this operation on histograms with a mix of exponential and custom bucket schemas")]
pub struct IncompatibleSchemas;

/// What had to be settled to combine two histograms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Combined {
    /// One was known to follow a counter reset, the other was known not to.
    pub resets_collide: bool,
    /// Their custom bounds differ; those that both have are left.
    pub bounds_reconciled: bool,
}

impl FloatHistogram {
    /// Adds a histogram; its buckets are made coarser, and the zero buckets wider, as far as it takes.
    ///
    /// # Errors
    /// When only one of the two has custom bounds; nothing is changed then.
    pub fn add(&mut self, other: &Self) -> Result<Combined, IncompatibleSchemas> {
        self.combine(other, 1.0)
    }

    /// Subtracts a histogram, in the manner of [`FloatHistogram::add`].
    ///
    /// # Errors
    /// When only one of the two has custom bounds; nothing is changed then.
    pub fn sub(&mut self, other: &Self) -> Result<Combined, IncompatibleSchemas> {
        self.combine(other, -1.0)
    }

    fn combine(&mut self, other: &Self, sign: f64) -> Result<Combined, IncompatibleSchemas> {
        let mut combined = self.prepare(other)?;
        if self.uses_custom_bounds() {
            combined.bounds_reconciled = self.combine_custom(other, sign);
        } else {
            let other = self.align(other);
            let other = other.as_ref();
            self.zero_count += sign * other.zero_count;
            let (schema, threshold) = (self.schema, self.zero_threshold);
            let outside = |index| exponential_bound(index, schema) > threshold;
            self.positive = self.positive.combined(&other.positive, sign, outside);
            self.negative = self.negative.combined(&other.negative, sign, outside);
        }
        self.count += sign * other.count;
        self.sum += sign * other.sum;
        Ok(combined)
    }

    /// Checks that the two go together and settles the hint.
    pub(super) fn prepare(&mut self, other: &Self) -> Result<Combined, IncompatibleSchemas> {
        if self.uses_custom_bounds() != other.uses_custom_bounds() {
            return Err(IncompatibleSchemas);
        }
        let (hint, resets_collide) = combine_hints(self.counter_reset, other.counter_reset);
        self.counter_reset = hint;
        Ok(Combined { resets_collide, bounds_reconciled: false })
    }

    /// Gives two exponential histograms the same schema and zero threshold; the other one is copied for that.
    pub(super) fn align<'a>(&mut self, other: &'a Self) -> std::borrow::Cow<'a, Self> {
        use std::borrow::Cow;
        let mut aligned = Cow::Borrowed(other);
        while aligned.zero_threshold != self.zero_threshold {
            if self.zero_threshold > aligned.zero_threshold {
                // Its buckets within the threshold are skipped when they are added.
                let (count, threshold) = other.zero_count_within(self.zero_threshold);
                let aligned = aligned.to_mut();
                (aligned.zero_count, aligned.zero_threshold) = (count, threshold);
            }
            if aligned.zero_threshold > self.zero_threshold {
                self.widen_zero_bucket(aligned.zero_threshold);
            }
            if aligned.zero_threshold.is_nan() || self.zero_threshold.is_nan() {
                break;
            }
        }
        if aligned.schema > self.schema {
            aligned = Cow::Owned(aligned.to_schema(self.schema));
        } else if aligned.schema < self.schema {
            self.positive = self.positive.coarser(self.schema, aligned.schema);
            self.negative = self.negative.coarser(self.schema, aligned.schema);
            self.schema = aligned.schema;
        }
        aligned
    }

    fn combine_custom(&mut self, other: &Self, sign: f64) -> bool {
        if self.custom_bounds == other.custom_bounds {
            self.positive = self.positive.combined(&other.positive, sign, |_| true);
            return false;
        }
        let bounds = common_bounds(&self.custom_bounds, &other.custom_bounds);
        let mut target = vec![(0.0, 0.0); bounds.len() + 1];
        map_to_bounds(self, &bounds, &mut target, |count| count);
        map_to_bounds(other, &bounds, &mut target, |count| sign * count);
        let filled = target.iter().enumerate().filter(|(_, (count, c))| *count != 0.0 || *c != 0.0);
        let buckets = filled.map(|(index, (count, _))| (index as i32, *count)).collect();
        self.positive = Buckets::from_sorted(buckets).unwrap_or_default();
        self.custom_bounds = bounds;
        true
    }

    /// Multiplies all counts and the sum. What is multiplied by less than zero is a gauge.
    pub fn scale(&mut self, factor: f64) {
        self.change_counts(|count| count * factor);
        if factor < 0.0 {
            self.counter_reset = CounterReset::Gauge;
        }
    }

    /// Divides all counts and the sum. Division by zero removes the buckets.
    pub fn divide(&mut self, divisor: f64) {
        self.change_counts(|count| count / divisor);
        if divisor == 0.0 {
            self.positive.clear();
            self.negative.clear();
        } else if divisor < 0.0 {
            self.counter_reset = CounterReset::Gauge;
        }
    }

    fn change_counts(&mut self, change: impl Fn(f64) -> f64) {
        let totals = [&mut self.zero_count, &mut self.count, &mut self.sum];
        for count in totals.into_iter().chain(self.positive.counts_mut()).chain(self.negative.counts_mut()) {
            *count = change(*count);
        }
    }

    /// Drops the buckets without observations.
    pub fn compact(&mut self) {
        self.positive.compact();
        self.negative.compact();
    }

    /// True when both are the same in all but the hint, floats bit for bit, empty buckets included.
    pub fn same_bits(&self, other: &Self) -> bool {
        self.schema == other.schema
            && self.count.to_bits() == other.count.to_bits()
            && self.sum.to_bits() == other.sum.to_bits()
            && self.zero_threshold == other.zero_threshold
            && self.zero_count.to_bits() == other.zero_count.to_bits()
            && self.custom_bounds == other.custom_bounds
            && self.positive.same_bits(&other.positive)
            && self.negative.same_bits(&other.negative)
    }

    /// True when a count, the sum or a bucket is infinite.
    pub fn has_overflow(&self) -> bool {
        let buckets = self.positive.iter().chain(self.negative.iter()).map(|(_, count)| count);
        [self.zero_count, self.count, self.sum].into_iter().chain(buckets).any(f64::is_infinite)
    }
}

/// The hint of a sum, and whether the two contradict each other.
fn combine_hints(a: CounterReset, b: CounterReset) -> (CounterReset, bool) {
    use CounterReset::{Gauge, Unknown};
    match (a, b) {
        _ if a == b => (a, false),
        (Gauge, _) | (_, Gauge) => (Gauge, false),
        (Unknown, _) | (_, Unknown) => (Unknown, false),
        _ => (Unknown, true),
    }
}

impl Buckets {
    /// Both sets of buckets, the other one with a sign and without those that `keep` refuses.
    fn combined(&self, other: &Self, sign: f64, keep: impl Fn(i32) -> bool) -> Self {
        let mut buckets = Vec::with_capacity(self.len().max(other.len()));
        let mut mine = self.iter().peekable();
        for (index, count) in other.iter().skip_while(|(index, _)| !keep(*index)) {
            while let Some(bucket) = mine.next_if(|b| b.0 < index) {
                buckets.push(bucket);
            }
            match mine.next_if(|b| b.0 == index) {
                Some((_, own)) => buckets.push((index, own + sign * count)),
                None => buckets.push((index, sign * count)),
            }
        }
        buckets.extend(mine);
        Self::from_sorted(buckets).unwrap_or_default()
    }
}

/// The bounds that both have.
pub(super) fn common_bounds(a: &[f64], b: &[f64]) -> Arc<[f64]> {
    let mut rest = b;
    let mut common = Vec::new();
    for &bound in a {
        let smaller = rest.iter().take_while(|&&x| x < bound).count();
        rest = rest.get(smaller..).unwrap_or_default();
        if rest.first() == Some(&bound) {
            common.push(bound);
        }
    }
    common.into()
}

/// Adds each bucket to that one of the target's which holds it, with Kahan's compensation.
pub(super) fn map_to_bounds(
    h: &FloatHistogram,
    bounds: &[f64],
    target: &mut [(f64, f64)],
    change: impl Fn(f64) -> f64,
) {
    for (index, count) in h.positive.iter() {
        let upper = h.bound(index);
        let at = bounds.partition_point(|&bound| bound < upper);
        if let Some((sum, c)) = target.get_mut(at) {
            (*sum, *c) = crate::kahan::add(change(count), *sum, *c);
        }
    }
}

#[cfg(test)]
mod tests;
