//! Histograms of OTLP as native ones.

use model::{
    histogram::{CUSTOM_SCHEMA, EXPONENTIAL_SCHEMA_MAX, EXPONENTIAL_SCHEMA_MIN},
    stale_nan,
};

use super::point::{Dense, Point};

/// OTLP has no word for the width of the zero bucket that Prometheus would take: this is the default.
const ZERO_THRESHOLD: f64 = 1e-128;

/// A gap of more empty buckets than this begins another span.
const GAP_MAX: i64 = 2;

/// A native histogram with integer counts, as remote write has it.
#[derive(Debug, Default)]
pub(super) struct Native {
    pub(super) gauge: bool,
    pub(super) schema: i32,
    pub(super) zero_threshold: f64,
    pub(super) zero_count: u64,
    pub(super) count: u64,
    pub(super) sum: f64,
    pub(super) positive: Side,
    pub(super) negative: Side,
    pub(super) custom_bounds: Vec<f64>,
}

/// Buckets on one side of zero.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Side {
    /// Distance from the span before, and length.
    pub(super) spans: Vec<(i64, u32)>,
    /// Differences from one count to the next.
    pub(super) deltas: Vec<i64>,
    /// The index after the last bucket, and its count.
    end: i64,
    last: i64,
}

/// Refuses what is coarser than any native histogram.
///
/// # Errors
/// In the words of Prometheus.
pub(super) fn check_scale(scale: i32) -> Result<(), String> {
    if scale >= EXPONENTIAL_SCHEMA_MIN {
        return Ok(());
    }
    let min = EXPONENTIAL_SCHEMA_MIN;
    Err(format!("cannot convert exponential to native histogram. Scale must be >= {min}, was {scale}"))
}

/// An exponential histogram; `gauge` where its counts are those since the point before.
///
/// # Errors
/// When it is coarser than any native histogram, in the words of Prometheus.
pub(super) fn exponential(point: &Point<'_>, gauge: bool) -> Result<Native, String> {
    let value = &point.value;
    check_scale(value.scale)?;
    // Indexes have 32 bits: one more halving changes nothing.
    let scale_down = (value.scale - EXPONENTIAL_SCHEMA_MAX).clamp(0, 32).cast_unsigned();
    // Bucket 0 lies above 1 in OTLP and below it in Prometheus.
    let side = |dense: &Dense| Side::merged(dense, scale_down, 1);
    let native = Native {
        gauge,
        schema: value.scale.min(EXPONENTIAL_SCHEMA_MAX),
        zero_threshold: ZERO_THRESHOLD,
        zero_count: value.zero_count,
        positive: side(&value.positive),
        negative: side(&value.negative),
        ..Native::default()
    };
    Ok(native.with_totals(point))
}

/// A histogram with explicit bounds, as one with custom buckets; `gauge` as above.
pub(super) fn custom(point: &Point<'_>, gauge: bool) -> Native {
    let native = Native {
        gauge,
        schema: CUSTOM_SCHEMA,
        positive: Side::merged(&point.value.positive, 0, 0),
        custom_bounds: point.value.bounds.clone(),
        ..Native::default()
    };
    native.with_totals(point)
}

impl Native {
    fn with_totals(self, point: &Point<'_>) -> Self {
        if point.ended {
            // A marker has a sum and nothing else.
            let (positive, negative) = (Side::default(), Side::default());
            return Self { zero_count: 0, sum: stale_nan(), positive, negative, ..self };
        }
        Self { count: point.value.count, sum: point.value.sum.unwrap_or(0.0), ..self }
    }
}

impl Side {
    /// Merges `2^scale_down` buckets into one; `shift` is added to their indexes.
    fn merged(dense: &Dense, scale_down: u32, shift: i64) -> Self {
        let mut side = Self::default();
        let mut merged: Option<(i64, i64)> = None;
        for (at, &count) in dense.counts.iter().enumerate() {
            let index = ((i64::from(dense.offset) + at as i64) >> scale_down) + shift;
            match &mut merged {
                Some((of, sum)) if *of == index => *sum = sum.saturating_add_unsigned(count),
                _ => {
                    side.push(merged.replace((index, count.min(i64::MAX as u64) as i64)));
                }
            }
        }
        side.push(merged);
        side
    }

    /// Adds a bucket, and the empty ones before it where there are few.
    fn push(&mut self, bucket: Option<(i64, i64)>) {
        let Some((index, count)) = bucket.filter(|(_, count)| *count != 0) else { return };
        let gap = index - self.end;
        match self.spans.last_mut() {
            Some((_, length)) if gap <= GAP_MAX => {
                *length += gap as u32 + 1;
                (0..gap).for_each(|_| self.push_count(0));
            }
            _ => self.spans.push((gap, 1)),
        }
        self.push_count(count);
        self.end = index + 1;
    }

    fn push_count(&mut self, count: i64) {
        self.deltas.push(count - self.last);
        self.last = count;
    }
}
