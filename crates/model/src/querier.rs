//! The way out: how the query engine and the API read a store.

use crate::{LabelSet, Matcher, SampleBlock};

/// Opens queriers.
pub trait Queryable: Send + Sync {
    /// A view of what is stored from `mint_ms` to `maxt_ms`, both included, as it is now.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn querier(&self, mint_ms: i64, maxt_ms: i64) -> Result<Box<dyn Querier>, QueryError>;
}

/// A view of a store within a range of time.
pub trait Querier: Send {
    /// The series that all matchers accept and that may have samples within the range, in label order.
    ///
    /// # Errors
    /// When the store cannot be read or the answer takes more memory than the budget gives.
    fn select(&self, matchers: &[Matcher], hints: &SelectHints) -> Result<Box<dyn SeriesSet>, QueryError>;

    /// The names of the labels of all series that the matchers accept, sorted; `limit` 0 is no limit.
    ///
    /// # Errors
    /// As [`Querier::select`].
    fn label_names(&self, matchers: &[Matcher], limit: usize) -> Result<Vec<String>, QueryError>;

    /// The values of a label among all series that the matchers accept, sorted; `limit` 0 is no limit.
    ///
    /// # Errors
    /// As [`Querier::select`].
    fn label_values(&self, name: &str, matchers: &[Matcher], limit: usize)
    -> Result<Vec<String>, QueryError>;
}

/// Series one after the other, in label order, each label set once.
pub trait SeriesSet: Send {
    /// The next series; `None` after the last.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn next(&mut self) -> Result<Option<Box<dyn Series>>, QueryError>;
}

/// One series of a set. It stays readable after the set has moved on.
pub trait Series: Send {
    /// Its labels.
    fn labels(&self) -> &LabelSet;

    /// Appends the next run of samples within the querier's range to `block`; false when there is none left.
    ///
    /// Staleness markers are samples here.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn read(&mut self, block: &mut SampleBlock) -> Result<bool, QueryError>;
}

/// What a selection is for, so that a store can do less.
#[derive(Clone, Copy, Debug, Default)]
pub struct SelectHints<'a> {
    /// Only the label sets are wanted; `Series::read` will not be called.
    pub labels_only: bool,
    /// At most so many series are wanted; 0 is no limit.
    pub limit: usize,
    /// The labels that are wanted. The store may leave out others: series that differ in these only then have
    /// equal label sets, and may come in any order.
    pub labels: Option<&'a Projection>,
}

/// Some of the labels that a series may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    /// Sorted.
    names: Box<[Box<str>]>,
    except: bool,
}

impl Projection {
    /// The labels with these names.
    pub fn only(names: impl IntoIterator<Item = Box<str>>) -> Self {
        Self::new(names, false)
    }

    /// All labels but those with these names.
    pub fn except(names: impl IntoIterator<Item = Box<str>>) -> Self {
        Self::new(names, true)
    }

    fn new(names: impl IntoIterator<Item = Box<str>>, except: bool) -> Self {
        let mut names: Vec<_> = names.into_iter().collect();
        names.sort_unstable();
        Self { names: names.into(), except }
    }

    /// Whether a label is one of them.
    pub fn has(&self, name: &str) -> bool {
        self.names.binary_search_by(|own| (**own).cmp(name)).is_ok() != self.except
    }
}

/// Why a store cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The answer takes more memory than there is for queries.
    #[error("the query needs {wanted_bytes} more bytes; {used_bytes} of {limit_bytes} bytes are in use")]
    Budget {
        /// Bytes that were asked for.
        wanted_bytes: usize,
        /// Bytes in use.
        used_bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
    /// The disk or what is on it failed.
    #[error("cannot read the store")]
    Storage(#[source] Box<dyn std::error::Error + Send + Sync>),
}
