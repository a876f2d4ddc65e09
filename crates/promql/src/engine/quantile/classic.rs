//! Quantiles and fractions of classic histograms.

/// A bucket of a classic histogram: all observations up to a bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::engine) struct Bucket {
    pub(in crate::engine) upper: f64,
    pub(in crate::engine) count: f64,
}

/// A quantile, and how far the buckets were from growing monotonically.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Quantile {
    pub(in crate::engine) value: f64,
    pub(in crate::engine) forced: Option<Forced>,
}

/// The repair of buckets that did not grow monotonically: the bounds that it reaches from and to, and the
/// largest step down.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Forced {
    pub(in crate::engine) bucket_min: f64,
    pub(in crate::engine) bucket_max: f64,
    pub(in crate::engine) diff_max: f64,
}

/// Relative differences below this are taken for rounding.
const TOLERANCE: f64 = 1e-12;

impl Quantile {
    fn of(value: f64) -> Self {
        Self { value, forced: None }
    }
}

/// Sorts buckets and adds up those with the same bound; false unless the last one has no bound.
fn prepare(buckets: &mut Vec<Bucket>) -> bool {
    buckets.sort_by(|a, b| a.upper.partial_cmp(&b.upper).unwrap_or(std::cmp::Ordering::Equal));
    buckets.dedup_by(|next, kept| {
        let same = next.upper == kept.upper;
        if same {
            kept.count += next.count;
        }
        same
    });
    buckets.last().is_some_and(|bucket| bucket.upper == f64::INFINITY)
}

/// The quantile by linear interpolation within a bucket. The lowest bucket is taken to begin at zero, unless it
/// ends there or below; for the highest one the answer is where it begins.
pub(in crate::engine) fn bucket_quantile(q: f64, mut buckets: Vec<Bucket>) -> Quantile {
    if q.is_nan() {
        return Quantile::of(f64::NAN);
    }
    if !(0.0..=1.0).contains(&q) {
        return Quantile::of(if q < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    if !prepare(&mut buckets) {
        return Quantile::of(f64::NAN);
    }
    let forced = force_monotonic(&mut buckets);
    Quantile { value: interpolate(q, &buckets).unwrap_or(f64::NAN), forced }
}

fn interpolate(q: f64, buckets: &[Bucket]) -> Option<f64> {
    let (last, bounded) = buckets.split_last()?;
    let highest = bounded.last()?;
    if last.count == 0.0 {
        return None;
    }
    let mut rank = q * last.count;
    let reaches = |bucket: &Bucket| bucket.count >= rank;
    let at = bounded.partition_point(|bucket| !reaches(bucket));
    let Some(bucket) = bounded.get(at) else {
        return Some(highest.upper);
    };
    let Some(before) = at.checked_sub(1).and_then(|at| bounded.get(at)) else {
        let from_zero = bucket.upper > 0.0;
        return Some(if from_zero { bucket.upper * (rank / bucket.count) } else { bucket.upper });
    };
    rank -= before.count;
    Some(before.upper + (bucket.upper - before.upper) * (rank / (bucket.count - before.count)))
}

/// Makes the counts grow monotonically. Steps that are as small as rounding are levelled without a word.
fn force_monotonic(buckets: &mut [Bucket]) -> Option<Forced> {
    let mut forced: Option<Forced> = None;
    let mut before = buckets.first()?.count;
    for bucket in buckets.iter_mut().skip(1) {
        if bucket.count == before {
            continue;
        }
        if almost_equal(before, bucket.count) {
            bucket.count = before;
        } else if bucket.count < before {
            let diff = before - bucket.count;
            bucket.count = before;
            let upper = bucket.upper;
            let all = forced.get_or_insert(Forced { bucket_min: upper, bucket_max: upper, diff_max: diff });
            all.bucket_max = all.bucket_max.max(upper);
            all.diff_max = all.diff_max.max(diff);
        } else {
            before = bucket.count;
        }
    }
    forced
}

fn almost_equal(a: f64, b: f64) -> bool {
    if a.is_nan() && b.is_nan() || a == b {
        return true;
    }
    let (sum, diff) = (a.abs() + b.abs(), (a - b).abs());
    if a == 0.0 || b == 0.0 || sum < f64::MIN_POSITIVE {
        return diff < TOLERANCE * f64::MIN_POSITIVE;
    }
    diff / sum.min(f64::MAX) < TOLERANCE
}

/// The fraction of observations between two values.
pub(in crate::engine) fn bucket_fraction(lower: f64, upper: f64, mut buckets: Vec<Bucket>) -> f64 {
    if !prepare(&mut buckets) {
        return f64::NAN;
    }
    let count = buckets.last().map_or(0.0, |bucket| bucket.count);
    if count == 0.0 || lower.is_nan() || upper.is_nan() {
        return f64::NAN;
    }
    if lower >= upper {
        return 0.0;
    }
    let is_beyond = |rank: &f64| *rank > count;
    let rank = |value| rank_of(value, &buckets).filter(|rank| !is_beyond(rank)).unwrap_or(count);
    (rank(upper) - rank(lower)) / count
}

/// The observations up to a value; `None` beyond the last bound.
fn rank_of(value: f64, buckets: &[Bucket]) -> Option<f64> {
    let below = buckets.first()?.upper <= 0.0;
    let (mut from, mut rank) = (if below { f64::NEG_INFINITY } else { 0.0 }, 0.0);
    for bucket in buckets {
        if from >= value {
            return Some(rank);
        }
        if bucket.upper > value {
            // Nobody knows where in a bucket without a bound the observations are: none is counted above, and
            // all are below.
            if from == f64::NEG_INFINITY {
                return Some(bucket.count);
            }
            return Some(rank + (bucket.count - rank) * (value - from) / (bucket.upper - from));
        }
        (from, rank) = (bucket.upper, bucket.count);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buckets(pairs: &[(f64, f64)]) -> Vec<Bucket> {
        pairs.iter().map(|&(upper, count)| Bucket { upper, count }).collect()
    }

    #[test]
    fn decreasing_buckets_are_repaired() {
        let found =
            bucket_quantile(0.5, buckets(&[(4.0, 10.0), (2.0, 8.0), (1.0, 9.0), (f64::INFINITY, 10.0)]));
        let forced = found.forced.unwrap();
        assert_eq!((forced.bucket_min, forced.bucket_max, forced.diff_max), (2.0, 2.0, 1.0));
        assert_eq!(found.value, 5.0 / 9.0);
        let tiny = bucket_quantile(1.0, buckets(&[(1.0, 1.0), (2.0, 1.0 - 1e-15), (f64::INFINITY, 1.0)]));
        assert!(tiny.forced.is_none() && tiny.value == 1.0);
        assert!(bucket_quantile(0.5, buckets(&[(1.0, 1.0)])).value.is_nan());
    }

    #[test]
    fn fractions_interpolate() {
        let b = || buckets(&[(1.0, 2.0), (2.0, 6.0), (f64::INFINITY, 8.0)]);
        assert_eq!(bucket_fraction(0.5, 1.5, b()), 3.0 / 8.0);
        assert_eq!(bucket_fraction(f64::NEG_INFINITY, f64::INFINITY, b()), 1.0);
        assert_eq!(bucket_fraction(3.0, 9.0, b()), 0.0);
    }
}
