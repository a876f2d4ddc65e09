//! The delimited protobuf format, rewritten as OpenMetrics text family by family.
//!
//! Whoever reads text knows what to do with the result: a line that was there last time is recognised by its
//! bytes. What text has no words for goes beside it, by the number of the sample: native histograms, whose line
//! has their sum as value, and start timestamps.

mod family;
mod histogram;
mod metric;

use std::sync::Arc;

use model::{
    FloatHistogram,
    histogram::{EXPONENTIAL_SCHEMA_MAX, EXPONENTIAL_SCHEMA_MIN, InvalidHistogram},
};
use protobuf::{Malformed, Reader};

use family::Family;

/// What is taken of histograms that come in both forms, and how fine they may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HistogramRules {
    /// Whether native histograms are taken; otherwise only classic buckets are.
    pub native: bool,
    /// Whether the classic buckets of native histograms are taken as well.
    pub classic_too: bool,
    /// Buckets above which a histogram is made coarser, or refused where that does not help; 0 is no limit.
    pub bucket_limit: u64,
    /// How much wider than the one before a bucket has to be at least; 1 and less ask for nothing.
    pub bucket_factor_min: f64,
}

impl HistogramRules {
    /// The finest schema whose buckets are wide enough.
    fn schema_max(&self) -> i32 {
        let factor = self.bucket_factor_min;
        if factor <= 1.0 {
            return EXPONENTIAL_SCHEMA_MAX;
        }
        let schema = (-factor.log2().log2()).floor();
        schema.clamp(EXPONENTIAL_SCHEMA_MIN.into(), EXPONENTIAL_SCHEMA_MAX.into()) as i32
    }
}

impl Default for HistogramRules {
    /// Classic buckets only, as Prometheus does unless it is told otherwise.
    fn default() -> Self {
        Self { native: false, classic_too: false, bucket_limit: 0, bucket_factor_min: 0.0 }
    }
}

/// What a sample has beside its line.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Which sample of the text it belongs to, from 0.
    pub sample: usize,
    /// The native histogram that the sample is.
    pub histogram: Option<Arc<FloatHistogram>>,
    /// Its start timestamp, in milliseconds since the Unix epoch.
    pub start_ms: Option<i64>,
}

/// Takes the text, piece by piece.
pub trait Sink {
    /// Takes some lines; false when there is no room for them.
    fn text(&mut self, lines: &str) -> bool;

    /// Takes what the last sample has beside its line; false when there is no room for it.
    fn attach(&mut self, attachment: Attachment) -> bool;
}

/// Why a body is not taken.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtobufError {
    /// It is no row of messages.
    #[error("cannot decode the body at {0}")]
    Malformed(#[from] Malformed),
    /// A text is not UTF-8.
    #[error("invalid UTF-8 in metric family {family:?}")]
    Utf8 {
        /// The family, as far as it is text.
        family: String,
    },
    /// A name cannot be one.
    #[error("invalid metric name: {name}")]
    Name {
        /// The name.
        name: String,
    },
    /// The type is none that there is.
    #[error("unknown metric type for metric {family:?}: {kind}")]
    Type {
        /// The family.
        family: String,
        /// The number of the type.
        kind: u64,
    },
    /// A histogram is none.
    #[error("histogram {family:?}: {error}")]
    Histogram {
        /// The family.
        family: String,
        /// What is wrong with it.
        error: InvalidHistogram,
    },
    /// A histogram has too many buckets, and is as coarse as can be.
    #[error("histogram bucket limit exceeded")]
    BucketLimit {
        /// The family.
        family: String,
    },
    /// A metric is too long.
    #[error("a metric of family {family:?} has {bytes} bytes, at most {limit_bytes} are taken")]
    MetricLength {
        /// The family.
        family: String,
        /// Bytes of the metric's message.
        bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
    /// The sink has no room.
    #[error("no room in the memory budget for the text of the body")]
    Memory,
}

type Result<T> = std::result::Result<T, ProtobufError>;

/// Writes a body as OpenMetrics text, its closing line included.
///
/// # Errors
/// At the first fault; what was written until then is in the sink.
pub fn protobuf_to_text(body: &[u8], rules: &HistogramRules, sink: &mut dyn Sink) -> Result<()> {
    let (mut rest, mut samples) = (Reader::new(body), 0);
    while !rest.as_bytes().is_empty() {
        let message = rest.message()?;
        samples = Family::read(message)?.write(rules, samples, sink)?;
    }
    if sink.text("# EOF\n") { Ok(()) } else { Err(ProtobufError::Memory) }
}

#[cfg(test)]
mod tests;
