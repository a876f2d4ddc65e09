//! From a body to the store: one group per scrape, staleness markers for what is gone.

use std::{collections::HashSet, time::Duration};

use expfmt::{Attachment, Format};
use model::{
    Appended, Appender, LabelSet, Reservation, SeriesRef,
    appender::{AppendError, Outcome},
    clock::AHEAD_MAX_MS,
    stale_nan,
};

use crate::{
    error::ScrapeError,
    family::{Families, FamilyPool, FamilyReader},
    labels::LabelRules,
    layout::Layout,
    reading::Reading,
    settings::ScrapeConfig,
};

mod change;
mod exemplar;
mod renew;
mod scratch;
#[cfg(test)]
mod tests;

use change::{Columns, Kept};
pub(crate) use scratch::Scratch;

/// The series that each scrape makes, in the order in which they are stored.
const OWN_SERIES: [&str; 5] = [
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
];

/// How the samples of a target are taken; a change of it starts over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    pub(crate) labels: LabelRules,
    pub(crate) honor_timestamps: bool,
    /// Whether series with times of their own get staleness markers.
    pub(crate) track_timestamps_staleness: bool,
    pub(crate) sample_limit: u64,
}

impl Rules {
    /// The rules of a pool for the target whose series have these labels.
    pub(crate) fn new(config: &ScrapeConfig, labels: LabelSet) -> Self {
        Self {
            labels: LabelRules::new(config, labels),
            honor_timestamps: config.honor_timestamps,
            track_timestamps_staleness: config.track_timestamps_staleness,
            sample_limit: config.sample_limit,
        }
    }
}

/// What a scrape brought.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Tally {
    /// Samples in the body, as far as it was read.
    pub(crate) samples: usize,
    /// Series that the scrape before did not have.
    pub(crate) added: usize,
    /// Samples of a series that the body has before already, or that the store has with another value.
    pub(crate) duplicate: usize,
    /// Samples older than what their series have.
    pub(crate) out_of_order: usize,
    /// Samples older than what the store takes, or too far in the future.
    pub(crate) out_of_bounds: usize,
    /// New series for which the store has no room.
    pub(crate) refused: usize,
    /// Exemplars older than what their series have.
    pub(crate) late_exemplars: usize,
    /// Samples with times of their own, and the age of the oldest of them.
    pub(crate) timed: usize,
    pub(crate) timed_age_max_ms: i64,
    /// CPU time of the target's process, where it exposes that.
    pub(crate) cpu_seconds: Option<f64>,
}

/// A body and its circumstances.
pub(crate) struct Body<'b> {
    pub(crate) bytes: &'b [u8],
    pub(crate) format: Format,
    /// What samples have beside their lines.
    pub(crate) attachments: &'b [Attachment],
}

/// A target's side of the store: its appender and what its last scrape looked like.
pub(crate) struct Ingest {
    appender: Box<dyn Appender>,
    rules: Rules,
    layout: Layout,
    /// Whether the layout's series have samples newer than any staleness marker.
    live: bool,
    own: [Option<SeriesRef>; OWN_SERIES.len()],
    /// Position in the layout's series of the CPU time of the target's process.
    cpu_at: Option<usize>,
    families: Families,
    account: Reservation,
}

impl Ingest {
    pub(crate) fn new(appender: Box<dyn Appender>, rules: Rules, account: Reservation) -> Self {
        Self {
            appender,
            rules,
            layout: Layout::default(),
            live: false,
            own: [None; OWN_SERIES.len()],
            cpu_at: None,
            families: Families::default(),
            account,
        }
    }

    pub(crate) fn families(&self) -> &Families {
        &self.families
    }

    /// Stores a body's samples, with the series that the scrape makes and the markers of those that are gone.
    ///
    /// # Errors
    /// When the body cannot be taken; [`Ingest::fail`] is to follow.
    pub(crate) fn store(
        &mut self,
        body: &Body<'_>,
        timestamp_ms: i64,
        elapsed: &dyn Fn() -> Duration,
        scratch: &mut Scratch,
        pool: &FamilyPool,
    ) -> (Tally, Result<(), ScrapeError>) {
        let mut tally = Tally::default();
        let result = self.try_store(body, timestamp_ms, elapsed, scratch, pool, &mut tally);
        scratch.release();
        (tally, result)
    }

    fn try_store(
        &mut self,
        body: &Body<'_>,
        timestamp_ms: i64,
        elapsed: &dyn Fn() -> Duration,
        scratch: &mut Scratch,
        pool: &FamilyPool,
        tally: &mut Tally,
    ) -> Result<(), ScrapeError> {
        let families = FamilyReader::new(&self.families);
        let values = std::mem::take(&mut scratch.values);
        let mut reading = Reading::new(body.bytes, body.format, &self.layout, families, values)
            .with_rules(self.rules.honor_timestamps, self.rules.sample_limit)
            .with_attachments(body.attachments);
        let read = reading.read();
        tally.samples = reading.samples;
        read?;
        let changed = reading.families.into_changed(pool);
        let change = reading.change.take();
        let Reading { values, timestamps_ms, exemplars, attached, .. } = reading;
        let mut columns = Columns { values, timestamps_ms, exemplars, attached };
        let kept = Kept { cursor: reading.cursor, lines: reading.kept_lines, previous: reading.previous };
        // Before the body's series, in case that it has one of these.
        self.resolve_own()?;
        let gone = match change {
            None => Vec::new(),
            Some(change) => self.take_change(kept, change, &mut columns, &mut scratch.labels, tally)?,
        };
        if let Some(families) = changed {
            self.appender.append_metadata(&families);
            self.families = families;
        }
        let Columns { values, timestamps_ms, exemplars, attached } = columns;
        let samples = Samples { values: &values, attached: &attached, attachments: body.attachments };
        tally.duplicate = self.layout.len() - self.layout.series.len();
        tally.cpu_seconds = self.cpu_at.and_then(|at| values.get(at)).copied();
        self.live = true;
        let own = Own { up: 1.0, elapsed: elapsed(), samples: tally.samples, added: tally.added };
        self.append_scrape(&own, &samples, timestamps_ms, timestamp_ms, scratch, tally)?;
        self.append_exemplars(&exemplars, timestamp_ms, tally);
        self.append_markers(&gone, timestamp_ms, scratch)?;
        scratch.values = values;
        Ok(())
    }

    /// The handle of a series; `None` when the store has no room for it.
    fn resolve(&mut self, labels: &LabelSet) -> Result<Option<SeriesRef>, ScrapeError> {
        match self.appender.resolve(labels) {
            Ok(series) => Ok(Some(series)),
            Err(AppendError::SeriesLimit { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Notes that a scrape failed: all series of the one before get markers.
    ///
    /// # Errors
    /// When the store takes nothing.
    pub(crate) fn fail(
        &mut self,
        samples: usize,
        timestamp_ms: i64,
        elapsed: Duration,
        scratch: &mut Scratch,
    ) -> Result<(), ScrapeError> {
        self.resolve_own()?;
        let own = Own { up: 0.0, elapsed, samples, added: 0 };
        scratch.start();
        self.push_own(&own.values(), scratch);
        self.push_live(scratch);
        let appended = self.append(timestamp_ms, scratch)?;
        self.renew_unknown(&appended, timestamp_ms, scratch)?;
        self.live = false;
        scratch.release();
        Ok(())
    }

    /// Writes markers for all series: the target is gone for good.
    ///
    /// # Errors
    /// When the store takes nothing.
    pub(crate) fn end(&mut self, timestamp_ms: i64, scratch: &mut Scratch) -> Result<(), ScrapeError> {
        scratch.start();
        for series in self.own.into_iter().flatten() {
            scratch.push(series, stale_nan());
        }
        self.push_live(scratch);
        if !scratch.series.is_empty() {
            self.append(timestamp_ms, scratch)?;
        }
        self.live = false;
        scratch.release();
        Ok(())
    }

    fn append_scrape(
        &mut self,
        own: &Own,
        samples: &Samples<'_>,
        timestamps_ms: Vec<(usize, i64)>,
        timestamp_ms: i64,
        scratch: &mut Scratch,
        tally: &mut Tally,
    ) -> Result<(), ScrapeError> {
        scratch.start();
        self.push_own(&own.values(), scratch);
        if timestamps_ms.is_empty() {
            let first = scratch.series.len();
            scratch.series.extend_from_slice(&self.layout.series);
            scratch.group_values.extend_from_slice(samples.values);
            for &(position, _) in samples.attached {
                samples.attach(position, first + position, scratch);
            }
            return self.append_group(timestamp_ms, scratch, tally);
        }
        let mut timed = timestamps_ms.iter().map(|(position, _)| *position).peekable();
        for (position, (&series, &value)) in self.layout.series.iter().zip(samples.values).enumerate() {
            if timed.next_if_eq(&position).is_none() {
                samples.attach(position, scratch.series.len(), scratch);
                scratch.push(series, value);
            }
        }
        self.append_group(timestamp_ms, scratch, tally)?;
        self.append_timed(samples, timestamps_ms, timestamp_ms, scratch, tally)
    }

    /// Samples with times of their own, a group for each time.
    fn append_timed(
        &mut self,
        body: &Samples<'_>,
        mut timestamps_ms: Vec<(usize, i64)>,
        scraped_ms: i64,
        scratch: &mut Scratch,
        tally: &mut Tally,
    ) -> Result<(), ScrapeError> {
        let samples = timestamps_ms.len();
        let oldest_ms = timestamps_ms.iter().map(|(_, timestamp_ms)| *timestamp_ms).min();
        tally.timed = samples;
        tally.timed_age_max_ms = oldest_ms.map_or(0, |oldest_ms| scraped_ms.saturating_sub(oldest_ms));
        // One from an unset clock, years ahead, would make its series refuse all that follow.
        timestamps_ms.retain(|(_, timestamp_ms)| timestamp_ms.saturating_sub(scraped_ms) <= AHEAD_MAX_MS);
        tally.out_of_bounds += samples - timestamps_ms.len();
        timestamps_ms.sort_by_key(|(_, timestamp_ms)| *timestamp_ms);
        for run in timestamps_ms.chunk_by(|a, b| a.1 == b.1) {
            let mut taken = HashSet::new();
            scratch.start();
            for (position, _) in run {
                let sample = self.layout.series.get(*position).zip(body.values.get(*position));
                let Some((&series, &value)) = sample else { continue };
                if taken.insert(series) {
                    body.attach(*position, scratch.series.len(), scratch);
                    scratch.push(series, value);
                } else {
                    tally.duplicate += 1;
                }
            }
            if let Some((_, timestamp_ms)) = run.first() {
                self.append_group(*timestamp_ms, scratch, tally)?;
            }
        }
        Ok(())
    }

    fn append_group(
        &mut self,
        timestamp_ms: i64,
        scratch: &mut Scratch,
        tally: &mut Tally,
    ) -> Result<(), ScrapeError> {
        let appended = self.append(timestamp_ms, scratch)?;
        tally.count(&appended);
        let appended = self.renew_unknown(&appended, timestamp_ms, scratch)?;
        tally.count(&appended);
        let refused = appended.rejected.iter().filter(|(_, outcome)| *outcome == Outcome::UnknownSeries);
        tally.refused += refused.count();
        Ok(())
    }

    fn append_markers(
        &mut self,
        gone: &[SeriesRef],
        timestamp_ms: i64,
        scratch: &mut Scratch,
    ) -> Result<(), ScrapeError> {
        if gone.is_empty() {
            return Ok(());
        }
        scratch.start();
        for series in gone {
            scratch.push(*series, stale_nan());
        }
        // A series that the store does not know any more needs no marker.
        self.append(timestamp_ms, scratch)?;
        Ok(())
    }

    fn append(&mut self, timestamp_ms: i64, scratch: &Scratch) -> Result<Appended, ScrapeError> {
        Ok(self.appender.append(&scratch.group(timestamp_ms))?)
    }

    /// Handles for the scrape's own series; those without room have to do without.
    fn resolve_own(&mut self) -> Result<(), ScrapeError> {
        for (at, metric) in OWN_SERIES.iter().enumerate() {
            if self.own.get(at).is_some_and(Option::is_none) {
                let series = self.resolve(&self.rules.labels.own_series(metric))?;
                if let Some(own) = self.own.get_mut(at) {
                    *own = series;
                }
            }
        }
        Ok(())
    }

    /// Puts the scrape's own series at the start of a group.
    fn push_own(&self, values: &[f64], scratch: &mut Scratch) {
        for (series, &value) in self.own.iter().zip(values) {
            if let Some(series) = series {
                scratch.push(*series, value);
            }
        }
    }

    /// Adds markers for all series that have samples.
    fn push_live(&self, scratch: &mut Scratch) {
        if !self.live {
            return;
        }
        if !self.layout.timed {
            for series in &self.layout.series {
                scratch.push(*series, stale_nan());
            }
            return;
        }
        let mut taken = HashSet::new();
        self.layout.for_each(|_, line, position| {
            let series = position.and_then(|position| self.layout.series.get(position));
            if let Some(&series) = series.filter(|_| self.tracks(line))
                && taken.insert(series)
            {
                scratch.push(series, stale_nan());
            }
        });
    }
}

/// The samples of a body whose series have handles, in the order of the layout.
struct Samples<'a> {
    values: &'a [f64],
    /// Positions in `values`, and places in `attachments`; ascending.
    attached: &'a [(usize, usize)],
    attachments: &'a [Attachment],
}

impl Samples<'_> {
    /// Hands over what the sample at a position has beside its value; it is about to stand at `to`.
    fn attach(&self, position: usize, to: usize, scratch: &mut Scratch) {
        let found = self.attached.binary_search_by_key(&position, |(at, _)| *at).ok();
        let place = found.and_then(|at| self.attached.get(at)).map(|(_, place)| *place);
        if let Some(attachment) = place.and_then(|place| self.attachments.get(place)) {
            scratch.attach(to, attachment.histogram.clone(), attachment.start_ms);
        }
    }
}

/// The values of the series that a scrape makes.
struct Own {
    up: f64,
    elapsed: Duration,
    samples: usize,
    added: usize,
}

impl Own {
    fn values(&self) -> [f64; OWN_SERIES.len()] {
        let samples = self.samples as f64;
        [self.up, self.elapsed.as_secs_f64(), samples, samples, self.added as f64]
    }
}

impl Tally {
    fn count(&mut self, appended: &Appended) {
        for (_, outcome) in &appended.rejected {
            match outcome {
                Outcome::Duplicate => self.duplicate += 1,
                Outcome::OutOfOrder => self.out_of_order += 1,
                Outcome::OutOfBounds | Outcome::TooOld => self.out_of_bounds += 1,
                Outcome::UnknownSeries => {}
            }
        }
    }
}
