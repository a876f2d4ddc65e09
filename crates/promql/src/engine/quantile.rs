//! Quantiles of values, of classic buckets and of native histograms.

use std::cmp::Ordering;

mod classic;
mod native;

pub(super) use classic::{Bucket, bucket_fraction, bucket_quantile};
pub(super) use native::{Noted, fraction, quantile};

/// The quantile of some values, which are put into another order for it: between two values it is their
/// weighted mean.
pub(super) fn of_values(q: f64, values: &mut [f64]) -> f64 {
    quantile_of(q, values.len(), |lower| {
        // Two neighbours in the order are needed, not the order itself.
        let (_, &mut below, rest) = values.select_nth_unstable_by(lower, order);
        (below, rest.iter().copied().min_by(order).unwrap_or(below))
    })
}

/// As [`of_values`], of values in order.
pub(super) fn of_sorted(q: f64, values: &[f64]) -> f64 {
    quantile_of(q, values.len(), |lower| {
        let at = |at| values.get(at).or(values.last()).copied().unwrap_or(f64::NAN);
        (at(lower), at(lower + 1))
    })
}

/// The quantile of `count` values, given what tells a value in their order and the next one.
fn quantile_of(q: f64, count: usize, neighbours: impl FnOnce(usize) -> (f64, f64)) -> f64 {
    if count == 0 || q.is_nan() {
        return f64::NAN;
    }
    if !(0.0..=1.0).contains(&q) {
        return if q < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let rank = q * (count - 1) as f64;
    let weight = rank - rank.floor();
    let (below, above) = neighbours((rank.floor() as usize).min(count - 1));
    below * (1.0 - weight) + above * weight
}

/// The order of values in which NaN is the smallest.
pub(super) fn order(a: &f64, b: &f64) -> Ordering {
    a.partial_cmp(b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
}

#[cfg(test)]
mod tests {
    use super::{of_sorted, of_values};

    #[test]
    fn quantiles_lie_between_values() {
        for (q, value) in [(0.0, 1.0), (0.5, 3.25), (0.9, 4.0 * 0.3 + 9.0 * 0.7), (1.0, 9.0)] {
            assert!((of_values(q, &mut [4.0, 1.0, 9.0, 2.5]) - value).abs() < 1e-9, "{q}");
        }
        assert_eq!(of_values(0.5, &mut [4.0, 1.0, 9.0]), 4.0);
        assert_eq!(of_sorted(0.5, &[1.0, 4.0]), 2.5);
        assert_eq!(of_values(1.0, &mut [f64::NAN, 1.0]), 1.0);
        assert!(of_values(0.0, &mut [1.0, f64::NAN]).is_nan());
        assert!(of_values(f64::NAN, &mut [1.0]).is_nan() && of_values(0.5, &mut []).is_nan());
    }
}
