//! Quantiles of values, of classic buckets and of native histograms.

mod classic;
mod native;

pub(super) use classic::{Bucket, bucket_fraction, bucket_quantile};
pub(super) use native::{Noted, fraction, quantile};

/// The quantile of some values, which are sorted for it: between two values it is their weighted mean.
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
    // NaN counts as the smallest.
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan())));
    let rank = q * (values.len() - 1) as f64;
    let lower = rank.floor().max(0.0);
    let upper = (lower + 1.0).min((values.len() - 1) as f64);
    let weight = rank - rank.floor();
    let at = |index: f64| values.get(index as usize).copied().unwrap_or(f64::NAN);
    at(lower) * (1.0 - weight) + at(upper) * weight
}
