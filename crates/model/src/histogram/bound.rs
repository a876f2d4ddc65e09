//! Bucket bounds and iteration over buckets with their bounds.

use super::{CUSTOM_SCHEMA, EXPONENTIAL_SCHEMA_MAX, FloatHistogram};

/// A bucket with its bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// Lower bound.
    pub lower: f64,
    /// Upper bound.
    pub upper: f64,
    /// True when an observation of the lower bound's value is in the bucket.
    pub lower_inclusive: bool,
    /// True when an observation of the upper bound's value is in the bucket.
    pub upper_inclusive: bool,
    /// Observations.
    pub count: f64,
}

impl Bucket {
    /// The share of the bucket's width at or below a value strictly inside its finite bounds: on a linear
    /// scale, or else on the logarithmic one on which exponential buckets are equally wide.
    pub fn fraction_below(&self, value: f64, linear: bool) -> f64 {
        if linear {
            return (value - self.lower) / (self.upper - self.lower);
        }
        let (lower, upper) = (self.lower.abs().log2(), self.upper.abs().log2());
        let value_log = value.abs().log2();
        if value > 0.0 {
            (value_log - lower) / (upper - lower)
        } else {
            1.0 - (value_log - upper) / (lower - upper)
        }
    }
}

/// How many units in the last place below the true power the bounds of Prometheus lie, for each 256th of the
/// exponent; `^` for one unit above. Bounds are shown and compared as text, so that these units count.
const ULPS_BELOW: &[u8; 256] = b"\
    00000010001000000012001111111111001000100111001100110^1100110011\
    0000001111221021001000100001000000010^00102200110111001010221111\
    1010112211211011111111212122212200110010112210221122101121221121\
    1132112122322232222222333344324311211222213311222132112222432233";

/// `2^(fraction / 2^schema)` for schemas up to the finest, as in Prometheus.
fn root_of_two(fraction: i32, schema: i32) -> f64 {
    let power = (f64::from(fraction) / f64::from(1u32 << schema.clamp(0, 30))).exp2();
    let at =
        EXPONENTIAL_SCHEMA_MAX.checked_sub(schema).and_then(|finer| usize::try_from(fraction << finer).ok());
    match at.and_then(|at| ULPS_BELOW.get(at)) {
        Some(b'^') => power.next_up(),
        Some(ulps) => (0..ulps.saturating_sub(b'0')).fold(power, |power, _| power.next_down()),
        None => power,
    }
}

/// The upper bound of the positive bucket of an index in an exponential schema.
///
/// The bound of the last bucket for finite numbers would be beyond them: it is the largest of them.
pub fn exponential_bound(index: i32, schema: i32) -> f64 {
    let (fraction, exponent) = if schema < 0 {
        (0, i64::from(index) << schema.unsigned_abs().min(30))
    } else {
        let schema = schema.min(30);
        (index & ((1 << schema) - 1), i64::from(index >> schema))
    };
    if fraction == 0 && exponent == 1024 {
        return f64::MAX;
    }
    power_of_two(root_of_two(fraction, schema.max(0)), exponent)
}

/// `mantissa * 2^exponent` without overflow on the way.
fn power_of_two(mantissa: f64, exponent: i64) -> f64 {
    let exponent = exponent.clamp(-2200, 2200) as i32;
    let half = exponent / 2;
    mantissa * 2f64.powi(half) * 2f64.powi(exponent - half)
}

impl FloatHistogram {
    /// The zero bucket.
    pub fn zero_bucket(&self) -> Bucket {
        Bucket {
            lower: -self.zero_threshold,
            upper: self.zero_threshold,
            lower_inclusive: true,
            upper_inclusive: true,
            count: self.zero_count,
        }
    }

    /// The positive buckets (all of them, with custom bounds), ascending.
    pub fn positive_buckets(&self) -> impl DoubleEndedIterator<Item = Bucket> + Clone + '_ {
        self.positive.iter().map(|(index, count)| self.positive_bucket(index, count))
    }

    /// The negative buckets from the one nearest to zero downwards.
    pub fn negative_buckets(&self) -> impl DoubleEndedIterator<Item = Bucket> + Clone + '_ {
        self.negative.iter().map(|(index, count)| {
            let (lower, upper) = (-self.bound(index), -self.bound(index.saturating_sub(1)));
            self.bucket(lower, upper, count, false)
        })
    }

    /// All buckets, the zero bucket among them when it has observations, ascending; cut at the zero bucket
    /// where they overlap it.
    pub fn buckets(&self) -> impl DoubleEndedIterator<Item = Bucket> + '_ {
        let zero = (self.zero_count > 0.0 && !self.uses_custom_bounds()).then(|| self.zero_bucket());
        let all = self.negative_buckets().rev().chain(zero).chain(self.positive_buckets());
        all.map(|bucket| self.cut_at_zero_bucket(bucket))
    }

    /// The upper bound of the positive bucket of an index; infinite outside the custom bounds.
    pub(super) fn bound(&self, index: i32) -> f64 {
        if self.schema != CUSTOM_SCHEMA {
            return exponential_bound(index, self.schema);
        }
        match usize::try_from(index) {
            Ok(index) => self.custom_bounds.get(index).copied().unwrap_or(f64::INFINITY),
            Err(_) => f64::NEG_INFINITY,
        }
    }

    fn positive_bucket(&self, index: i32, count: f64) -> Bucket {
        self.bucket(self.bound(index.saturating_sub(1)), self.bound(index), count, index == 0)
    }

    fn bucket(&self, lower: f64, upper: f64, count: f64, first: bool) -> Bucket {
        let custom = self.uses_custom_bounds();
        let lower_inclusive = if custom { first } else { lower < 0.0 };
        Bucket { lower, upper, lower_inclusive, upper_inclusive: custom || upper > 0.0, count }
    }

    fn cut_at_zero_bucket(&self, mut bucket: Bucket) -> Bucket {
        if bucket.upper < 0.0 && bucket.upper > -self.zero_threshold {
            bucket.upper = -self.zero_threshold;
        } else if bucket.lower > 0.0 && bucket.lower < self.zero_threshold {
            bucket.lower = self.zero_threshold;
        }
        bucket
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::SQRT_2;

    use super::*;
    use crate::histogram::Buckets;

    #[test]
    fn bounds_are_powers_of_two() {
        for (index, schema, bound) in [
            (0, 0, 1.0),
            (1, 0, 2.0),
            (-1, 0, 0.5),
            (1, 1, SQRT_2.next_down()),
            (3, 2, 1.681_792_830_507_428_8),
            (-1, 2, 0.840_896_415_253_714_4),
            (255, 8, 1.994_592_112_170_939_6),
            (1, -2, 16.0),
            (1024, 0, f64::MAX),
            (1025, 0, f64::INFINITY),
            (-1074, 0, 5e-324),
            (i32::MIN, 8, 0.0),
            (i32::MAX, -4, f64::INFINITY),
        ] {
            assert_eq!(exponential_bound(index, schema), bound, "{index} {schema}");
        }
    }

    #[test]
    fn buckets_ascend_and_stop_at_the_zero_bucket() {
        let h = FloatHistogram {
            zero_threshold: 0.75,
            zero_count: 2.0,
            positive: Buckets::from_sorted(vec![(0, 1.0), (2, 3.0)]).unwrap(),
            negative: Buckets::from_sorted(vec![(1, 4.0)]).unwrap(),
            ..Default::default()
        };
        let bounds: Vec<_> = h.buckets().map(|b| (b.lower, b.upper, b.count)).collect();
        assert_eq!(bounds, [(-2.0, -1.0, 4.0), (-0.75, 0.75, 2.0), (0.75, 1.0, 1.0), (2.0, 4.0, 3.0)]);
    }
}
