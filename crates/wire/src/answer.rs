//! What servers with Prometheus's API answer, read from JSON piece by piece, at the expense of a budget.
//!
//! The text is never held as a whole: numbers and labels are taken as they come, so that an answer costs what is made
//! of it, however long it is.

mod json;
mod paced;
#[cfg(test)]
mod tests;

use std::io::Read;

use model::{LabelSet, Reservation, histogram::Bucket};

use paced::Paced;

/// Bytes that reading takes besides what is read: a piece, which the shortest labels make sixteen times as long.
const READING_BYTES: usize = 16 * paced::PIECE_BYTES_MAX;

/// One series of an answer; an answer without labels is one too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Its labels, the metric's name among them.
    pub labels: LabelSet,
    /// Milliseconds since the Unix epoch, and values.
    pub samples: Vec<(i64, f64)>,
    /// Milliseconds since the Unix epoch, and the buckets of native histograms, ascending.
    pub histograms: Vec<(i64, Vec<Bucket>)>,
}

/// A single measurement with labels of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exemplar {
    /// The series that it was seen in.
    pub series: LabelSet,
    /// Its own labels.
    pub labels: LabelSet,
    /// Milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
    /// What was measured.
    pub value: f64,
}

/// What kind of value a query gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultType {
    /// Series with samples at many times.
    Matrix,
    /// Series with one sample each.
    Vector,
    /// A number.
    Scalar,
    /// A text.
    String,
}

impl ResultType {
    /// Its name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Matrix => "matrix",
            Self::Vector => "vector",
            Self::Scalar => "scalar",
            Self::String => "string",
        }
    }

    fn find(name: &str) -> Option<Self> {
        [Self::Matrix, Self::Vector, Self::Scalar, Self::String].into_iter().find(|one| one.as_str() == name)
    }
}

/// An answer of any endpoint that reads: what the others give is empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Of a query.
    pub result_type: Option<ResultType>,
    /// Of a query, or label sets without samples of `series`.
    pub series: Vec<Series>,
    /// Names and values of labels.
    pub texts: Vec<String>,
    /// Of `query_exemplars`.
    pub exemplars: Vec<Exemplar>,
}

/// Why an answer was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unread {
    /// It is none of Prometheus's.
    #[error("there is no Prometheus API")]
    Unknown,
    /// It says what went wrong.
    #[error("{0}")]
    Refused(String),
    /// The budget has no room for it.
    #[error("no memory for the answer")]
    Memory,
    /// It breaks off.
    #[error("{0}")]
    Broken(String),
    /// A label set, a histogram or a text has more bytes than any has.
    #[error("a piece of the answer has more than {} bytes", paced::PIECE_BYTES_MAX)]
    TooLong,
}

/// Reads an answer; what it takes is added to the account. Blocks as long as the text does.
///
/// # Errors
/// See [`Unread`].
pub fn read(text: impl Read, account: &mut Reservation) -> Result<Answer, Unread> {
    if !account.grow(READING_BYTES) {
        return Err(Unread::Memory);
    }
    let answer = json::read(Paced::new(text), account);
    account.shrink(READING_BYTES);
    answer
}
