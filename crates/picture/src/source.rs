//! Where the data of a picture comes from.

use model::LabelSet;
pub use wire::answer::{Exemplar, Series};

/// Answers PromQL. A picture asks one question at a time.
pub trait Source {
    /// Evaluates an expression at each step of a range.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn range(&mut self, query: &RangeQuery<'_>) -> Result<Vec<Series>, SourceError>;

    /// Evaluates an expression at one time.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn instant(&mut self, query: &InstantQuery<'_>) -> Result<Vec<Series>, SourceError>;

    /// The exemplars of all series that an expression reads.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn exemplars(&mut self, query: &RangeQuery<'_>) -> Result<Vec<Exemplar>, SourceError>;

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

    /// Annotations that were made by hand.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn annotations(&mut self, search: &AnnotationSearch<'_>) -> Result<Vec<HandAnnotation>, SourceError>;

    /// The data sources that are there.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn data_sources(&mut self) -> Result<Vec<DataSource>, SourceError>;
}

/// A question about a range of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeQuery<'a> {
    /// Uid or name of the data source that is asked; one that is not there stands for the default one.
    pub data_source: &'a str,
    /// The expression.
    pub expr: &'a str,
    /// The first time, in milliseconds since the Unix epoch.
    pub start_ms: i64,
    /// The last time, likewise.
    pub end_ms: i64,
    /// Milliseconds from one time to the next.
    pub step_ms: i64,
}

/// A question about a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstantQuery<'a> {
    /// Likewise.
    pub data_source: &'a str,
    /// The expression.
    pub expr: &'a str,
    /// Milliseconds since the Unix epoch.
    pub time_ms: i64,
}

/// Which series a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection<'a> {
    /// Uid or name of the data source that is asked.
    pub data_source: &'a str,
    /// A selector; all series when it is empty.
    pub selector: &'a str,
    /// The first time, in milliseconds since the Unix epoch.
    pub start_ms: i64,
    /// The last time, likewise.
    pub end_ms: i64,
    /// Results that are used; more need not be found.
    pub limit: usize,
}

/// Which annotations are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnnotationSearch<'a> {
    /// The dashboard whose annotations are wanted, where no tags are given.
    pub dashboard_uid: &'a str,
    /// Annotations of all dashboards that bear these tags.
    pub tags: &'a [String],
    /// Whether one of the tags is enough.
    pub any_tag: bool,
    /// The first time, in milliseconds since the Unix epoch.
    pub start_ms: i64,
    /// The last time, likewise.
    pub end_ms: i64,
    /// At most so many.
    pub limit: usize,
}

/// An annotation that was made by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandAnnotation {
    /// The panel that it is for; 0 for all.
    pub panel_id: i64,
    /// Milliseconds since the Unix epoch.
    pub start_ms: i64,
    /// The same for a moment.
    pub end_ms: i64,
}

/// A data source as variables offer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataSource {
    /// What people call it.
    pub name: String,
    /// What dashboards know it by.
    pub uid: String,
    /// Its plugin.
    pub kind: String,
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
