//! Why a scrape failed, worded as Prometheus words it.

use expfmt::{ContentTypeError, Format, ParseError, ProtobufError};
use model::appender::AppendError;
use net::client::ClientError;

/// Why a scrape failed. What it means and what to do about it is said by [`ScrapeError::diagnosis`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScrapeError {
    /// There was no answer, or not all of one.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The answer does not say that it is an exposition.
    #[error("{} and no fallback_scrape_protocol specified for target", content_type_text(header, *error))]
    ContentType {
        /// The `Content-Type`.
        header: String,
        /// What is wrong with it.
        error: ContentTypeError,
    },
    /// The exposition is not well-formed.
    #[error(transparent)]
    Parse(#[from] Box<ParseError>),
    /// The exposition is not the protobuf that it says it is.
    #[error(transparent)]
    Protobuf(#[from] ProtobufError),
    /// There are more samples than allowed.
    #[error("sample limit exceeded")]
    SampleLimit {
        /// Samples in the exposition.
        samples: usize,
        /// Samples that may be in it.
        limit: u64,
    },
    /// A series has more labels than allowed.
    #[error("label_limit exceeded (metric: {metric:.50}, number of labels: {labels}, limit: {limit})")]
    LabelLimit {
        /// The series' name.
        metric: String,
        /// Its labels.
        labels: usize,
        /// Labels that it may have.
        limit: u64,
    },
    /// The name of a label is longer than allowed.
    #[error(
        "label_name_length_limit exceeded (metric: {metric:.50}, label name: {name:.50}, length: {}, limit: {limit})",
        name.len()
    )]
    LabelNameLength {
        /// The series' name.
        metric: String,
        /// The label's name.
        name: String,
        /// Bytes that it may have.
        limit: u64,
    },
    /// The value of a label is longer than allowed.
    #[error(
        "label_value_length_limit exceeded (metric: {metric:.50}, label name: {name:.50}, value: {:?}, length: {}, limit: {limit})",
        value.chars().take(50).collect::<String>(), value.len()
    )]
    LabelValueLength {
        /// The series' name.
        metric: String,
        /// The label's name.
        name: String,
        /// The label's value.
        value: String,
        /// Bytes that it may have.
        limit: u64,
    },
    /// A series has a label twice.
    #[error("label name \"{name}\" is not unique: invalid sample")]
    LabelTwice {
        /// The series as it stands in the exposition.
        series: String,
        /// The label's name.
        name: String,
    },
    /// A series has no name.
    #[error("missing metric name (__name__ label)")]
    NameMissing,
    /// A label has no name.
    #[error("invalid metric name or label names: {series}")]
    Name {
        /// The series as it stands in the exposition.
        series: String,
    },
    /// The pool has more targets than allowed.
    #[error("target_limit exceeded (number of targets: {targets}, limit: {limit})")]
    TargetLimit {
        /// Targets of the pool.
        targets: usize,
        /// Targets that it may have.
        limit: u64,
    },
    /// The store took nothing.
    #[error(transparent)]
    Store(#[from] AppendError),
}

fn content_type_text(header: &str, error: ContentTypeError) -> String {
    match error {
        ContentTypeError::Blank => "non-compliant scrape target sending blank Content-Type".to_owned(),
        ContentTypeError::Malformed => format!("cannot parse Content-Type {header:?}"),
        ContentTypeError::Unsupported => format!("received unsupported Content-Type {header:?}"),
    }
}

/// The format of a body, which an unusable header leaves to the fallback.
pub(crate) fn body_format(header: &str, fallback: Option<Format>) -> Result<Format, ScrapeError> {
    Format::from_content_type(header).or_else(|error| {
        fallback.ok_or_else(|| ScrapeError::ContentType { header: header.to_owned(), error })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types_fail_as_in_prometheus_or_fall_back() {
        for (header, text) in [
            ("", "non-compliant scrape target sending blank Content-Type"),
            ("text/html; charset=utf-8", "received unsupported Content-Type \"text/html; charset=utf-8\""),
            ("a b", "cannot parse Content-Type \"a b\""),
        ] {
            let error = body_format(header, None).unwrap_err().to_string();
            assert_eq!(error, format!("{text} and no fallback_scrape_protocol specified for target"));
            let fallback = Some(Format::PrometheusText004);
            assert_eq!(body_format(header, fallback).unwrap(), Format::PrometheusText004);
        }
    }
}
