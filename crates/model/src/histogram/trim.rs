//! Removal of the observations on one side of a value: the operators `</` and `>/`.

use super::{Bucket, FloatHistogram};

/// The side that is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    Below,
    Above,
}

/// What is left of a bucket, and the value that stands for each of the observations.
struct Kept {
    count: f64,
    midpoint: f64,
}

impl FloatHistogram {
    /// Removes the observations above a value, by interpolation within the bucket that it falls into; the sum
    /// is then an estimate.
    pub fn keep_below(&mut self, value: f64) {
        self.trim(value, Keep::Below);
    }

    /// Removes the observations below a value, in the manner of [`FloatHistogram::keep_below`].
    pub fn keep_above(&mut self, value: f64) {
        self.trim(value, Keep::Above);
    }

    fn trim(&mut self, value: f64, keep: Keep) {
        let linear = self.uses_custom_bounds();
        let part = |bucket: Bucket, positive| {
            // An empty bucket changes nothing, not even where infinite bounds make the rest undefined.
            let empty = Kept { count: bucket.count, midpoint: 0.0 };
            if bucket.count == 0.0 { empty } else { part_of(&bucket, value, keep, positive, linear) }
        };
        let positive: Vec<Kept> = self.positive_buckets().map(|b| part(b, true)).collect();
        let negative: Vec<Kept> = self.negative_buckets().map(|b| part(b, false)).collect();
        let populated = |buckets: &super::Buckets| buckets.iter().any(|(_, count)| count != 0.0);
        let sides = (populated(&self.negative), populated(&self.positive));
        let zero = (self.zero_count > 0.0).then(|| part_of_zero(&self.zero_bucket(), value, keep, sides));

        let mut trimmed = false;
        let (mut count, mut sum) = (0.0, 0.0);
        let mut put = |kept: &Kept, slot: &mut f64| {
            trimmed |= *slot != kept.count;
            *slot = kept.count;
            count += kept.count;
            if kept.count != 0.0 {
                sum += kept.midpoint * kept.count;
            }
        };
        self.positive.counts_mut().zip(&positive).for_each(|(slot, kept)| put(kept, slot));
        self.negative.counts_mut().zip(&negative).for_each(|(slot, kept)| put(kept, slot));
        if let Some(kept) = &zero {
            put(kept, &mut self.zero_count);
        }
        if trimmed {
            (self.count, self.sum) = (count, sum);
            self.compact();
        }
    }
}

fn part_of(bucket: &Bucket, value: f64, keep: Keep, positive: bool, linear: bool) -> Kept {
    let whole =
        || Kept { count: bucket.count, midpoint: midpoint(bucket.lower, bucket.upper, positive, linear) };
    let nothing = Kept { count: 0.0, midpoint: 0.0 };
    match keep {
        Keep::Below if bucket.upper <= value => return whole(),
        Keep::Above if bucket.lower >= value => return whole(),
        Keep::Below if bucket.lower < value => {}
        Keep::Above if bucket.upper > value => {}
        _ => return nothing,
    }
    if bucket.lower == f64::NEG_INFINITY {
        return part_of_lowest(bucket, value, keep);
    }
    if bucket.upper == f64::INFINITY {
        return match keep {
            // Nobody knows how far up the observations reach, so none is taken to be below the value.
            Keep::Below => nothing,
            Keep::Above => Kept { count: bucket.count, midpoint: value },
        };
    }
    let below = bucket.count * bucket.fraction_below(value, linear);
    match keep {
        Keep::Below => Kept { count: below, midpoint: midpoint(bucket.lower, value, positive, linear) },
        Keep::Above => {
            Kept { count: bucket.count - below, midpoint: midpoint(value, bucket.upper, positive, linear) }
        }
    }
}

/// The lowest custom bucket, cut by a value below its upper bound: it is taken to begin at zero when it ends
/// above, else nobody knows how far down it reaches.
fn part_of_lowest(bucket: &Bucket, value: f64, keep: Keep) -> Kept {
    let upper = bucket.upper;
    let from_zero = upper > 0.0 && upper.is_finite();
    match keep {
        Keep::Below if from_zero && value > 0.0 => {
            Kept { count: bucket.count * value / upper, midpoint: value / 2.0 }
        }
        Keep::Below if upper <= 0.0 => Kept { count: bucket.count, midpoint: value },
        Keep::Above if from_zero && value >= 0.0 => {
            Kept { count: bucket.count * (1.0 - value / upper), midpoint: (value + upper) / 2.0 }
        }
        _ => Kept { count: 0.0, midpoint: 0.0 },
    }
}

/// The zero bucket, which ends at zero on a side where there are no observations.
fn part_of_zero(bucket: &Bucket, value: f64, keep: Keep, (negative, positive): (bool, bool)) -> Kept {
    let upper = if negative && !positive { 0.0 } else { bucket.upper };
    let lower = if positive && !negative { 0.0 } else { bucket.lower };
    let whole = Kept { count: bucket.count, midpoint: (lower + upper) / 2.0 };
    let nothing = Kept { count: 0.0, midpoint: 0.0 };
    let (from, to) = match keep {
        Keep::Below if value <= lower => return nothing,
        Keep::Below if value >= upper => return whole,
        Keep::Above if value <= lower => return whole,
        Keep::Above if value >= upper => return nothing,
        Keep::Below => (lower, value),
        Keep::Above => (value, upper),
    };
    Kept { count: bucket.count * ((to - from) / (upper - lower)), midpoint: (from + to) / 2.0 }
}

fn midpoint(lower: f64, upper: f64, positive: bool, linear: bool) -> f64 {
    match (lower.is_infinite(), upper.is_infinite()) {
        (true, true) => 0.0,
        (true, false) if upper > 0.0 => upper / 2.0,
        (true, false) => upper,
        (false, true) => lower,
        (false, false) if linear => (lower + upper) / 2.0,
        (false, false) => {
            let mean = (lower * upper).abs().sqrt();
            if positive { mean } else { -mean }
        }
    }
}
