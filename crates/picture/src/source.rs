//! Where the data of a picture comes from.

use model::LabelSet;

/// Answers PromQL. A picture asks one question at a time.
pub trait Source {
    /// Evaluates an expression at each step of a range.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn range(&mut self, query: &RangeQuery<'_>) -> Result<Vec<Series>, SourceError>;

    /// Evaluates an expression at one time, in milliseconds since the Unix epoch.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn instant(&mut self, expr: &str, time_ms: i64) -> Result<Vec<Series>, SourceError>;

    /// The names of labels, sorted.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn label_names(&mut self, selection: &Selection<'_>) -> Result<Vec<String>, SourceError>;

    /// The values of a label, sorted.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn label_values(&mut self, name: &str, selection: &Selection<'_>) -> Result<Vec<String>, SourceError>;

    /// The label sets of series.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn series(&mut self, selection: &Selection<'_>) -> Result<Vec<LabelSet>, SourceError>;
}

/// A question about a range of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeQuery<'a> {
    /// The expression.
    pub expr: &'a str,
    /// The first time, in milliseconds since the Unix epoch.
    pub start_ms: i64,
    /// The last time, likewise.
    pub end_ms: i64,
    /// Milliseconds from one time to the next.
    pub step_ms: i64,
}

/// Which series a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection<'a> {
    /// A selector; all series when it is empty.
    pub selector: &'a str,
    /// The first time, in milliseconds since the Unix epoch.
    pub start_ms: i64,
    /// The last time, likewise.
    pub end_ms: i64,
    /// Results that are used; more need not be found.
    pub limit: usize,
}

/// One series of an answer; an answer without labels is one too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Its labels, the metric's name among them.
    pub labels: LabelSet,
    /// Milliseconds since the Unix epoch, and values; native histograms by their counts.
    pub samples: Vec<(i64, f64)>,
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// It failed by itself; the picture says why in its place.
    #[error("{0}")]
    Query(String),
    /// Nothing can be asked any more: the time is over, or nobody waits for the picture.
    #[error("{0}")]
    Over(String),
}
