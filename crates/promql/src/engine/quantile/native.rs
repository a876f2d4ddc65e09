//! Quantiles and fractions of native histograms.

use model::{FloatHistogram, histogram::Bucket};

use crate::engine::annotation::Note;

/// A value and what there is to say about it.
pub(in crate::engine) type Noted = (f64, Option<fn(String) -> Note>);

/// The quantile by interpolation: on a logarithmic scale for exponential buckets, on a linear one for custom
/// and zero buckets. A zero bucket, or a lowest custom one, ends at zero where nothing is on the other side.
pub(in crate::engine) fn quantile(q: f64, h: &FloatHistogram) -> Noted {
    if !q.is_nan() && !(0.0..=1.0).contains(&q) {
        return (if q < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY }, None);
    }
    if h.count == 0.0 || q.is_nan() {
        return (f64::NAN, None);
    }
    // Observations of NaN are counted in no bucket: ranks count from below then.
    let may_have_nan = h.sum.is_nan();
    let from_below = may_have_nan || q < 0.5;
    let mut buckets: Box<dyn Iterator<Item = Bucket>> =
        if from_below { Box::new(h.buckets()) } else { Box::new(h.buckets().rev()) };
    let rank = if from_below { q * h.count } else { (1.0 - q) * h.count };

    let mut count = 0.0;
    let mut bucket =
        Bucket { lower: 0.0, upper: 0.0, lower_inclusive: false, upper_inclusive: false, count: 0.0 };
    for next in buckets.by_ref() {
        bucket = next;
        count += bucket.count;
        if bucket.count != 0.0 && count >= rank {
            break;
        }
    }
    if let Some(bound) = close(h, &mut bucket) {
        return (bound, None);
    }
    // Rounding can lift the sum above the total.
    let reached = count.min(h.count);
    if reached < rank {
        return if may_have_nan { (f64::NAN, Some(Note::QuantileNanResult)) } else { (bucket.upper, None) };
    }
    let rank = if from_below { rank - (reached - bucket.count) } else { reached - rank };
    let mut note: Option<fn(String) -> Note> = None;
    if may_have_nan && buckets.fold(reached, |sum, bucket| sum + bucket.count) < h.count {
        note = Some(Note::QuantileNanSkew);
    }
    (within(h, &bucket, rank / bucket.count), note)
}

/// Closes a bucket on the side where nothing lies beyond zero; or gives the bound to answer with, for a custom
/// bucket that is open.
fn close(h: &FloatHistogram, bucket: &mut Bucket) -> Option<f64> {
    if h.uses_custom_bounds() {
        if bucket.lower == f64::NEG_INFINITY {
            if bucket.upper <= 0.0 {
                return Some(bucket.upper);
            }
            bucket.lower = 0.0;
        } else if bucket.upper == f64::INFINITY {
            return Some(bucket.lower);
        }
    } else if bucket.lower < 0.0 && bucket.upper > 0.0 {
        close_zero_bucket(h, bucket);
    }
    None
}

fn close_zero_bucket(h: &FloatHistogram, bucket: &mut Bucket) {
    match (h.negative.is_empty(), h.positive.is_empty()) {
        (true, false) => bucket.lower = 0.0,
        (false, true) => bucket.upper = 0.0,
        _ => {}
    }
}

fn within(h: &FloatHistogram, bucket: &Bucket, fraction: f64) -> f64 {
    if h.uses_custom_bounds() || (bucket.lower <= 0.0 && bucket.upper >= 0.0) {
        return bucket.lower + (bucket.upper - bucket.lower) * fraction;
    }
    let (lower, upper) = (bucket.lower.abs().log2(), bucket.upper.abs().log2());
    if bucket.lower > 0.0 {
        (lower + (upper - lower) * fraction).exp2()
    } else {
        -(upper + (lower - upper) * (1.0 - fraction)).exp2()
    }
}

/// The fraction of observations between two values; those of NaN are in no such range.
pub(in crate::engine) fn fraction(lower: f64, upper: f64, h: &FloatHistogram) -> Noted {
    if h.count == 0.0 || lower.is_nan() || upper.is_nan() {
        return (f64::NAN, None);
    }
    if lower >= upper {
        return (0.0, None);
    }
    let mut note: Option<fn(String) -> Note> = None;
    let mut count = h.count;
    if h.sum.is_nan() {
        count = h.buckets().map(|bucket| bucket.count).sum();
        if count < h.count {
            note = Some(Note::FractionNan);
        }
    }
    let is_beyond = |rank: &f64| *rank > count;
    let rank = |value| rank_of(value, h).filter(|rank| !is_beyond(rank)).unwrap_or(count);
    ((rank(upper) - rank(lower)) / h.count, note)
}

/// The observations up to a value; `None` beyond the last bucket.
fn rank_of(value: f64, h: &FloatHistogram) -> Option<f64> {
    let mut rank = 0.0;
    for mut bucket in h.buckets() {
        let is_zero_bucket = bucket.lower <= 0.0 && bucket.upper >= 0.0;
        if is_zero_bucket {
            close_zero_bucket(h, &mut bucket);
        }
        if bucket.lower >= value {
            return Some(rank);
        }
        if bucket.upper > value {
            // Nobody knows where in a bucket without a lower bound the observations are: all are below.
            if bucket.lower == f64::NEG_INFINITY {
                return Some(bucket.count);
            }
            let linear = h.uses_custom_bounds() || is_zero_bucket;
            return Some(rank + bucket.count * bucket.fraction_below(value, linear));
        }
        rank += bucket.count;
    }
    None
}
