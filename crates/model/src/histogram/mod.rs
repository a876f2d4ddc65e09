//! Native histograms with float counts: exponential or custom bucket bounds, sparse buckets.

mod arithmetic;
mod bound;
mod buckets;
mod display;
mod reset;
mod resolution;
mod sum;
mod trim;
mod unchecked;

use std::sync::Arc;

pub use arithmetic::{Combined, IncompatibleSchemas};
pub use bound::{Bucket, exponential_bound};
pub use buckets::{Buckets, Span};
pub use sum::HistogramSum;
pub use unchecked::{BucketFault, InvalidHistogram, UncheckedCounts, UncheckedHistogram};

/// The schema of histograms whose bounds are given by [`FloatHistogram::custom_bounds`].
pub const CUSTOM_SCHEMA: i32 = -53;

/// The coarsest exponential schema: each bound is 65 536 times the one before.
pub const EXPONENTIAL_SCHEMA_MIN: i32 = -4;

/// The finest exponential schema: 256 buckets for each power of two.
pub const EXPONENTIAL_SCHEMA_MAX: i32 = 8;

/// Buckets and custom bounds of a histogram at most. Clients keep to 160 buckets by themselves; with as many as
/// this a sample takes some 64 KiB while it is read.
pub const BUCKETS_MAX: usize = 4096;

/// What is known about a counter reset between a histogram and the one before it in its series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CounterReset {
    /// Nothing: compare the two.
    #[default]
    Unknown,
    /// There was a reset.
    Reset,
    /// There was none.
    NotReset,
    /// It is no counter.
    Gauge,
}

/// A native histogram.
///
/// With an exponential schema `n` the positive bucket of index `i` holds observations in
/// `(2^((i-1)/2^n), 2^(i/2^n)]`, and the negative bucket of the same index those in the mirrored range. With
/// [`CUSTOM_SCHEMA`] the positive bucket `i` holds what lies above bound `i - 1` and up to bound `i`.
#[derive(Clone, Debug, Default)]
pub struct FloatHistogram {
    /// What is known of a counter reset before this sample.
    pub counter_reset: CounterReset,
    /// True when the sample came with integer counts: formats that know both kinds write it so again.
    /// Calculations take no notice of it.
    pub integer: bool,
    /// [`EXPONENTIAL_SCHEMA_MIN`] to [`EXPONENTIAL_SCHEMA_MAX`], or [`CUSTOM_SCHEMA`].
    pub schema: i32,
    /// Observations with at most this absolute value are in the zero bucket.
    pub zero_threshold: f64,
    /// Observations in the zero bucket.
    pub zero_count: f64,
    /// All observations, those of NaN included.
    pub count: f64,
    /// Sum of all observations; the staleness marker here marks the end of a series.
    pub sum: f64,
    /// Buckets above the zero bucket, or all buckets with custom bounds.
    pub positive: Buckets,
    /// Buckets below the zero bucket; none with custom bounds.
    pub negative: Buckets,
    /// Strictly increasing finite upper bounds with [`CUSTOM_SCHEMA`]; the last bucket has none. Else empty.
    pub custom_bounds: Arc<[f64]>,
}

impl FloatHistogram {
    /// True when the bounds are custom ones.
    pub fn uses_custom_bounds(&self) -> bool {
        self.schema == CUSTOM_SCHEMA
    }

    /// True when both are the same sample, to the bit, whatever their hints.
    pub fn is_same_sample(&self, other: &Self) -> bool {
        let floats = |h: &Self| [h.zero_threshold, h.zero_count, h.count, h.sum].map(f64::to_bits);
        self.integer == other.integer
            && self.schema == other.schema
            && floats(self) == floats(other)
            && self.positive.same_bits(&other.positive)
            && self.negative.same_bits(&other.negative)
            && self.custom_bounds == other.custom_bounds
    }

    /// Bytes that it takes in memory.
    pub fn size_bytes(&self) -> usize {
        size_of::<Self>()
            + self.positive.size_bytes()
            + self.negative.size_bytes()
            + size_of_val(&*self.custom_bounds)
    }
}
