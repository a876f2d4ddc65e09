//! The way in: how scrapes, remote write and rules hand samples to a store.

use std::{fmt, sync::Arc};

use crate::{Exemplar, FamilyMetadata, FloatHistogram, LabelSet, label::Quoted};

/// A store's handle for a series, valid until the store drops the series from memory.
///
/// A handle that is not valid any more is answered by [`Outcome::UnknownSeries`]; resolve the label set again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SeriesRef(pub u64);

/// Where samples come from, as people know it: what is said to them when an origin brings too much.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// This program itself.
    #[default]
    Own,
    /// A target that is scraped, by two of its labels.
    Target {
        /// The label `job`.
        job: Arc<str>,
        /// The label `instance`.
        instance: Arc<str>,
    },
    /// Somebody who sends by remote write.
    Sender {
        /// Its network address, without a port.
        address: Arc<str>,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own => f.write_str("Gnomon itself"),
            Self::Target { job, instance } => {
                write!(f, "{{job={}, instance={}}}", Quoted(job), Quoted(instance))
            }
            Self::Sender { address } => write!(f, "remote write from {address}"),
        }
    }
}

/// Opens appenders.
pub trait Appendable: Send + Sync {
    /// A new appender for the samples of one origin, of which there may be several. The store may keep what it
    /// learns about the origin's layout in it.
    fn appender_of(&self, origin: &Origin) -> Box<dyn Appender>;

    /// A new appender for samples that the program makes itself.
    fn appender(&self) -> Box<dyn Appender> {
        self.appender_of(&Origin::Own)
    }
}

/// Takes the samples of one origin.
///
/// A call may write to the log's buffer but never waits for the disk, [`Appender::sync`] apart.
pub trait Appender: Send {
    /// The handle of a series, which is made when it is new.
    ///
    /// # Errors
    /// [`AppendError::SeriesLimit`] when the store's budget has no room for a new series of this origin.
    fn resolve(&mut self, labels: &LabelSet) -> Result<SeriesRef, AppendError>;

    /// Appends a group of samples with one timestamp and says what became of each.
    ///
    /// A sample that cannot be taken does not hold up the others.
    ///
    /// # Errors
    /// [`AppendError::Closed`] when nothing was taken; [`AppendError::OutOfOrderLimit`] when the samples in order
    /// were. The same group may be appended again.
    fn append(&mut self, group: &SampleGroup<'_>) -> Result<Appended, AppendError>;

    /// The handle of a series that is there; `None` when it would have to be made. A store without exemplars
    /// need not look.
    fn find(&mut self, _labels: &LabelSet) -> Option<SeriesRef> {
        None
    }

    /// Takes exemplars of series and gives the positions and reasons of those that were not taken. One that
    /// comes again is no error, nor is any in a store that keeps none.
    fn append_exemplars(&mut self, _exemplars: &[(SeriesRef, Exemplar)]) -> Vec<(usize, ExemplarOutcome)> {
        Vec::new()
    }

    /// Takes what is said about metric families, in place of what was said before; a store may keep nothing of
    /// it.
    fn append_metadata(&mut self, _families: &[Arc<FamilyMetadata>]) {}

    /// Waits until everything appended so far is on disk.
    ///
    /// # Errors
    /// [`AppendError::Storage`] when the disk failed; what was appended is still served from memory.
    fn sync(&mut self) -> Result<(), AppendError>;
}

/// Samples that share a timestamp, as two columns: a scrape, or a part of one.
///
/// Most groups hold floats alone: `..SampleGroup::default()` leaves the other kinds out.
#[derive(Clone, Copy, Debug, Default)]
pub struct SampleGroup<'a> {
    /// Milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
    /// The series, in the origin's own order. From group to group most origins keep it: a store may rely on
    /// that for speed, never for correctness. A series stands in a group once.
    pub series: &'a [SeriesRef],
    /// The value at the same position of `series`; the sum where the sample is a native histogram.
    pub values: &'a [f64],
    /// The samples that are native histograms: their positions in the other columns, ascending.
    pub histograms: &'a [(usize, Arc<FloatHistogram>)],
    /// Start timestamps where they are known: positions, ascending, and milliseconds since the Unix epoch.
    pub start_timestamps_ms: &'a [(usize, i64)],
}

/// What became of a single sample of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The same series has the same timestamp with another value already.
    Duplicate,
    /// Older than the newest sample of its series.
    OutOfOrder,
    /// Older than what the store still takes at all.
    OutOfBounds,
    /// Older than the newest sample of its series, and older than what the store takes out of order.
    TooOld,
    /// The handle is not valid any more.
    UnknownSeries,
}

/// Why an exemplar was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExemplarOutcome {
    /// Its series has a newer one, or one of the same time that comes after it by value or labels.
    OutOfOrder,
    /// Its labels have more than [`crate::exemplar::EXEMPLAR_LABEL_CHARS_MAX`] characters.
    LabelsTooLong,
    /// The handle of its series is not valid any more.
    UnknownSeries,
    /// There is no memory for it.
    NoRoom,
}

/// What became of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Appended {
    /// Samples taken; one repeated with the same value counts too.
    pub accepted: usize,
    /// Position in the group and reason of each sample that was not taken, in order.
    pub rejected: Vec<(usize, Outcome)>,
}

impl Appended {
    /// How many of a group's native histograms were taken, when this is what became of it.
    pub fn histograms(&self, group: &SampleGroup<'_>) -> usize {
        let is_histogram =
            |at: usize| group.histograms.binary_search_by_key(&at, |(place, _)| *place).is_ok();
        group.histograms.len() - self.rejected.iter().filter(|(at, _)| is_histogram(*at)).count()
    }
}

/// Why a store took nothing, or not all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// There is no room for a new series of this origin. Origins that bring many are refused first.
    #[error(
        "no room for a new series: {series} series use {used_bytes} of {limit_bytes} bytes, \
         {brought_bytes} of them new and of the same origin"
    )]
    SeriesLimit {
        /// Series held.
        series: usize,
        /// Bytes that they use.
        used_bytes: usize,
        /// Bytes that they may use.
        limit_bytes: usize,
        /// Bytes of the series that the origin has brought of late.
        brought_bytes: usize,
    },
    /// Samples out of order come faster than they can be written to disk. Some samples of the group may have been
    /// taken; all of it may be appended again.
    #[error(
        "no room for samples out of order: {used_bytes} of {limit_bytes} bytes wait to be written to disk"
    )]
    OutOfOrderLimit {
        /// Bytes that wait.
        used_bytes: usize,
        /// Bytes that may wait.
        limit_bytes: usize,
    },
    /// Samples wait for the clock to be set, and there is no room for more of them.
    #[error("no room for more samples that wait for the clock to be set: they take {used_bytes} bytes")]
    ClockWaitLimit {
        /// Bytes that wait.
        used_bytes: usize,
    },
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The disk failed.
    #[error("cannot write to the store")]
    Storage(#[source] Box<dyn std::error::Error + Send + Sync>),
}
