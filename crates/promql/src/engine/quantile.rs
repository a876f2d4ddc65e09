//! Quantiles of values, of classic buckets and of native histograms.

use std::cmp::Ordering;

mod classic;
mod native;

pub(super) use classic::{Bucket, bucket_fraction, bucket_quantile};
pub(super) use native::{Noted, fraction, quantile};

/// The quantile of some values, which are put into another order for it: between two values it is their weighted mean.
pub(super) fn of_values(q: f64, values: &mut [f64]) -> f64 {
    if values.is_empty() || q.is_nan() {
        return f64::NAN;
    }
    if q < 0.0 {
        return f64::NEG_INFINITY;
    }
    if q > 1.0 {
        return f64::INFINITY;
    }
    let rank = q * (values.len() - 1) as f64;
    let lower = rank.floor().max(0.0) as usize;
    let weight = rank - rank.floor();
    // Two neighbours in the order are needed, not the order itself.
    let (_, &mut below, rest) = values.select_nth_unstable_by(lower.min(values.len() - 1), order);
    let above = rest.iter().copied().min_by(order).unwrap_or(below);
    below * (1.0 - weight) + above * weight
}

/// The order of values in which NaN is the smallest.
fn order(a: &f64, b: &f64) -> Ordering {
    a.partial_cmp(b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
}

#[cfg(test)]
mod tests {
    use super::of_values;

    #[test]
    fn quantiles_lie_between_values() {
        for (q, value) in [(0.0, 1.0), (0.5, 3.25), (0.9, 4.0 * 0.3 + 9.0 * 0.7), (1.0, 9.0)] {
            assert!((of_values(q, &mut [4.0, 1.0, 9.0, 2.5]) - value).abs() < 1e-9, "{q}");
        }
        assert_eq!(of_values(0.5, &mut [4.0, 1.0, 9.0]), 4.0);
        assert_eq!(of_values(1.0, &mut [f64::NAN, 1.0]), 1.0);
        assert!(of_values(0.0, &mut [1.0, f64::NAN]).is_nan());
        assert!(of_values(f64::NAN, &mut [1.0]).is_nan() && of_values(0.5, &mut []).is_nan());
    }
}
