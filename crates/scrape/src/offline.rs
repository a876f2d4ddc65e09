//! Bodies that nobody fetched, stored as a target's scrapes are: for tests and tools that have them already.

use std::{sync::Arc, time::Duration};

use expfmt::{Format, HistogramRules};
use model::{Appender, Budget, LabelSet, Part};

use crate::{
    buffer::BufferPool,
    error::ScrapeError,
    family::FamilyPool,
    ingest::{Body, Ingest, Rules, Scratch, Tally},
    settings::ScrapeConfig,
    unpacked::Unpacked,
};

/// A target without an address.
pub struct OfflineTarget {
    ingest: Ingest,
    scratch: Scratch,
    families: FamilyPool,
    histograms: HistogramRules,
    buffers: BufferPool,
    budget: Arc<Budget>,
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
        Self {
            ingest,
            scratch: Scratch::default(),
            families,
            histograms: config.histograms,
            buffers: BufferPool::new(Arc::clone(budget)),
            budget: Arc::clone(budget),
        }
    }

    /// Stores a body as a scrape of a time in milliseconds since the Unix epoch, and gives the number of its samples.
    ///
    /// # Errors
    /// When the body cannot be taken: the target's series end then.
    pub fn scrape(&mut self, body: &[u8], format: Format, timestamp_ms: i64) -> Result<usize, ScrapeError> {
        let mut tally = Tally::default();
        let result = if format == Format::PrometheusProto {
            let unpacked = Unpacked::new(body, &self.histograms, &self.buffers, &self.budget);
            unpacked.and_then(|unpacked| self.store(&unpacked.body(), timestamp_ms, &mut tally))
        } else {
            self.store(&Body { bytes: body, format, attachments: &[] }, timestamp_ms, &mut tally)
        };
        if result.is_err() {
            self.ingest.fail(tally.samples, timestamp_ms, Duration::ZERO, &mut self.scratch)?;
        }
        result.map(|()| tally.samples)
    }

    fn store(&mut self, body: &Body<'_>, timestamp_ms: i64, tally: &mut Tally) -> Result<(), ScrapeError> {
        let (stored, result) =
            self.ingest.store(body, timestamp_ms, &|| Duration::ZERO, &mut self.scratch, &self.families);
        *tally = stored;
        result
    }
}
