//! Exemplars: the newest ones in memory, and a journal of them on disk.

mod record;
mod restore;
mod ring;

use std::{path::Path, sync::Arc};

use model::{
    Budget, Exemplar, LabelSet, Matcher, Part, Reservation, SeriesExemplars, SeriesRef,
    appender::ExemplarOutcome, querier::QueryError,
};

use crate::{disk::Disk, error::Error, journal::Journaled};
use restore::Definitions;
pub(crate) use restore::is_record;
pub(crate) use ring::Ring;

/// The name of the journal.
pub(crate) const JOURNAL: &str = "exemplars.journal";

/// The exemplars of a store.
pub(crate) struct Exemplars(pub(crate) Journaled<Ring>);

/// Figures of the exemplars; counters count since the store was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExemplarFigures {
    /// Exemplars held.
    pub held: usize,
    /// Series that have some.
    pub series: usize,
    /// How many may be held.
    pub max: usize,
    /// Time of the one that is held longest, in milliseconds since the Unix epoch.
    pub oldest_ms: Option<i64>,
    /// Exemplars taken.
    pub appended: u64,
    /// Exemplars refused because their series has a newer one.
    pub out_of_order: u64,
    /// Bytes of the journal on disk.
    pub journal_bytes: usize,
}

impl Exemplars {
    /// Reads back the exemplars of a folder: at most `max`, and at most `limit_bytes` of memory.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails.
    pub(crate) fn open(
        disk: Arc<dyn Disk>,
        dir: &Path,
        budget: &Arc<Budget>,
        max: usize,
        limit_bytes: usize,
    ) -> Result<Self, Error> {
        let ring = Ring::new(max, limit_bytes, budget.open(Part::Exemplar));
        let mut definitions = Definitions::new(budget.open(Part::Exemplar));
        let journal = Journaled::open(disk, dir, JOURNAL, ring, |ring, payload| {
            definitions.restore(payload, ring).is_ok()
        })?;
        Ok(Self(journal))
    }

    /// Takes exemplars; `labels` gives those of a series. The result has the places of those refused, and why.
    pub(crate) fn append(
        &self,
        exemplars: &[(SeriesRef, Exemplar)],
        labels: impl Fn(SeriesRef) -> Option<LabelSet>,
    ) -> Vec<(usize, ExemplarOutcome)> {
        let mut refused = Vec::new();
        let mut held = self.0.held();
        for (at, (series, exemplar)) in exemplars.iter().enumerate() {
            match held.content.append(*series, exemplar, || labels(*series)) {
                Ok(Some(taken)) => {
                    let labels = held.content.labels(taken.series).filter(|_| taken.is_new_series);
                    if let Some(definition) = labels.map(|labels| record::series(taken.series, labels)) {
                        held.log(&definition);
                    }
                    held.log(&record::exemplar(taken.series, exemplar));
                }
                Ok(None) => {}
                Err(outcome) => refused.push((at, outcome)),
            }
        }
        refused
    }

    /// The exemplars within a range of time, by series in label order.
    ///
    /// # Errors
    /// [`QueryError::Budget`] when `account` has no room for them.
    pub(crate) fn select(
        &self,
        range_ms: (i64, i64),
        selectors: &[&[Matcher]],
        account: &mut Reservation,
    ) -> Result<Vec<SeriesExemplars>, QueryError> {
        self.0.held().content.select(range_ms, selectors, account)
    }

    /// Changes how many may be held; the oldest go.
    pub(crate) fn set_max(&self, max: usize) {
        self.0.held().content.set_max(max);
    }

    pub(crate) fn figures(&self) -> ExemplarFigures {
        let journal_bytes = self.0.file_bytes();
        ExemplarFigures { journal_bytes, ..self.0.held().content.figures() }
    }
}
