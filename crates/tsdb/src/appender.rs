//! The store's side of an origin: samples to the head, the rest to its journals.

use std::sync::Arc;

use model::{
    Appended, Appender, Exemplar, FamilyMetadata, LabelSet, SampleGroup, SeriesRef,
    appender::{AppendError, ExemplarOutcome},
};

use crate::{error::Error, head::HeadAppender, store::Inner};

/// Appends for one origin.
pub(crate) struct StoreAppender {
    samples: HeadAppender,
    store: Arc<Inner>,
}

impl StoreAppender {
    pub(crate) fn new(samples: HeadAppender, store: Arc<Inner>) -> Self {
        Self { samples, store }
    }

    fn sync_if_always(&self) {
        if self.store.options.wal_sync_interval.is_zero() {
            // A journal that fails says so itself; all of it is in memory.
            let _ = self.store.sync_journals();
        }
    }
}

impl Appender for StoreAppender {
    fn resolve(&mut self, labels: &LabelSet) -> Result<SeriesRef, AppendError> {
        self.samples.resolve(labels)
    }

    fn append(&mut self, group: &SampleGroup<'_>) -> Result<Appended, AppendError> {
        self.samples.append(group)
    }

    fn find(&mut self, labels: &LabelSet) -> Option<SeriesRef> {
        self.store.head.find(labels)
    }

    fn append_exemplars(&mut self, exemplars: &[(SeriesRef, Exemplar)]) -> Vec<(usize, ExemplarOutcome)> {
        let refused = self.store.exemplars.append(exemplars, |series| self.store.head.labels(series));
        self.sync_if_always();
        refused
    }

    fn append_metadata(&mut self, families: &[Arc<FamilyMetadata>]) {
        self.store.families.append(families);
        self.sync_if_always();
    }

    fn sync(&mut self) -> Result<(), AppendError> {
        self.samples.sync()?;
        let failed = |error: Error| AppendError::Storage(error.into());
        self.store.exemplars.0.sync().map_err(failed)?;
        self.store.families.0.sync().map_err(failed)
    }
}
