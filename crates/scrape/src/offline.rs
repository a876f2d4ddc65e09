//! Bodies that nobody fetched, stored as a target's scrapes are: for tests and tools that have them already.

use std::{sync::Arc, time::Duration};

use expfmt::Format;
use model::{Appender, Budget, LabelSet, Part};

use crate::{
    error::ScrapeError,
    family::FamilyPool,
    ingest::{Body, Ingest, Rules, Scratch},
    settings::ScrapeConfig,
};

/// A target without an address.
pub struct OfflineTarget {
    ingest: Ingest,
    scratch: Scratch,
    families: FamilyPool,
}

impl OfflineTarget {
    /// A target whose series get `labels`. Of the configuration that counts which is about samples.
    pub fn new(
        appender: Box<dyn Appender>,
        config: &ScrapeConfig,
        labels: LabelSet,
        budget: &Arc<Budget>,
    ) -> Self {
        let ingest = Ingest::new(appender, Rules::new(config, labels), budget.open(Part::Scrape));
        let families = FamilyPool::new(budget.open(Part::Scrape));
        Self { ingest, scratch: Scratch::default(), families }
    }

    /// Stores a body as a scrape of a time in milliseconds since the Unix epoch, and gives the number of its samples.
    ///
    /// # Errors
    /// When the body cannot be taken: the target's series end then.
    pub fn scrape(&mut self, body: &[u8], format: Format, timestamp_ms: i64) -> Result<usize, ScrapeError> {
        let body = Body { bytes: body, format };
        let elapsed = || Duration::ZERO;
        let (tally, result) =
            self.ingest.store(&body, timestamp_ms, &elapsed, &mut self.scratch, &self.families);
        if result.is_err() {
            self.ingest.fail(tally.samples, timestamp_ms, Duration::ZERO, &mut self.scratch)?;
        }
        result.map(|()| tally.samples)
    }
}
