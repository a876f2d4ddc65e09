//! Samples that cannot be taken, in the words of Prometheus.

use std::fmt;

use model::{
    appender::{AppendError, Outcome},
    histogram::InvalidHistogram,
};

/// Rejections that a report spells out; further ones are counted.
pub const REJECTIONS_MAX: usize = 10;

/// Bytes of a label set that a rejection quotes at most.
const QUOTED_BYTES_MAX: usize = 512;

/// Why some samples of a request were not taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Rejection {
    reason: Reason,
    labels: String,
}

/// What is wrong with a sample or its series.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reason {
    /// There is no metric name, or a name or value is no text.
    Labels,
    /// A label comes twice.
    DuplicateLabel(String),
    /// The labels are too long.
    LabelsLength { bytes: usize, limit_bytes: usize },
    /// The store has no room for the series.
    SeriesLimit(String),
    /// The store refused the sample.
    Sample(Outcome),
    /// The sample comes from the future.
    Future,
    /// The histogram is none.
    Histogram(InvalidHistogram),
    /// The series has no samples.
    Empty,
    /// The series has a newer exemplar.
    LateExemplar,
}

impl Rejection {
    pub(crate) fn new(reason: Reason, mut labels: String) -> Self {
        if labels.len() > QUOTED_BYTES_MAX {
            labels.truncate(labels.floor_char_boundary(QUOTED_BYTES_MAX));
            labels.push('…');
        }
        Self { reason, labels }
    }
}

impl Reason {
    /// A new series was refused.
    pub(crate) fn series_limit(error: &AppendError) -> Self {
        Self::SeriesLimit(error.to_string())
    }

    /// True when the labels are at fault.
    pub(crate) fn is_labels(&self) -> bool {
        matches!(self, Self::Labels | Self::DuplicateLabel(_) | Self::LabelsLength { .. })
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = &self.labels;
        let reason = match &self.reason {
            Reason::Labels => return write!(f, "invalid metric name or labels, got {labels}"),
            Reason::DuplicateLabel(name) => {
                return write!(f, "invalid labels for series, labels {labels}, duplicated label {name}");
            }
            Reason::LabelsLength { bytes, limit_bytes } => {
                return write!(
                    f,
                    "labels too long: {bytes} bytes, at most {limit_bytes} are taken for series {labels}"
                );
            }
            Reason::SeriesLimit(why) => why,
            Reason::Sample(Outcome::Duplicate) => "duplicate sample for timestamp",
            Reason::Sample(Outcome::OutOfOrder) => "out of order sample",
            Reason::Sample(Outcome::OutOfBounds) => "out of bounds",
            Reason::Sample(Outcome::TooOld) => "too old sample",
            Reason::Sample(Outcome::UnknownSeries) => "unknown series",
            Reason::Future => "out of bounds: timestamp is too far in the future",
            Reason::LateExemplar => "out of order exemplar",
            Reason::Histogram(why) => return write!(f, "{why} for series {labels}"),
            Reason::Empty => "TimeSeries must contain at least one sample or histogram",
        };
        write!(f, "{reason} for series {labels}")
    }
}
