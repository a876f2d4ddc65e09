//! Why a query has no answer.

use model::querier::QueryError;

use crate::syntax::ParseError;

/// Why a query has no answer; the wording is that of Prometheus.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is no expression.
    #[error("{0}")]
    Parse(#[from] ParseError),
    /// The expression is none for such a query, whatever the data.
    #[error("{0}")]
    Invalid(String),
    /// The expression cannot be evaluated on the data that there is.
    #[error("{0}")]
    Execution(String),
    /// It took too long.
    #[error("query timed out in {0}")]
    Timeout(&'static str),
    /// The caller set [`super::Control::cancel`].
    #[error("query was canceled in {0}")]
    Canceled(&'static str),
    /// It would hold more samples than [`super::EngineOptions::max_samples`].
    #[error("query processing would load too many samples into memory in {0}")]
    TooManySamples(&'static str),
    /// It would hold more memory than there is.
    #[error(
        "the query needs {wanted_bytes} more bytes for {what}; {used_bytes} of {limit_bytes} bytes are in use: \
         select fewer series, a shorter range or a longer step"
    )]
    Budget {
        /// The part of the query that needs it.
        what: String,
        /// Bytes that were asked for.
        wanted_bytes: usize,
        /// Bytes in use by all.
        used_bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
    /// The store cannot be read.
    #[error("expanding series: {0}")]
    Storage(#[from] QueryError),
}

impl Error {
    pub(super) fn execution(message: impl Into<String>) -> Self {
        Self::Execution(message.into())
    }
}
