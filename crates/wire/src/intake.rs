//! From the body of a request to the door of the store.

mod exemplar;
mod labels;
mod metadata;
#[cfg(test)]
mod tests;

use std::{collections::HashSet, sync::Arc};

use model::{
    Appended, Appender, FloatHistogram, Reservation, SampleGroup, SeriesRef,
    appender::{AppendError, Outcome},
};

use crate::{
    error::Error,
    message::{Attachment, Batch, Protocol, Sample},
    metered::{Metered, draw},
    rejection::{REJECTIONS_MAX, Reason, Rejection},
    series_cache::SeriesCache,
    snappy,
};

/// Bytes of a decompressed request at most: a hundred times what Prometheus sends at once.
pub const DECODED_BYTES_MAX: usize = 32 << 20;

/// Bytes that each column keeps from request to request: 2,000 samples with their labels, which is what
/// Prometheus sends at once.
const KEPT_BYTES: usize = 512 << 10;

/// What became of a request.
#[derive(Debug, Default)]
pub struct Report {
    /// Floats written.
    pub samples: usize,
    /// Floats and native histograms that were not.
    pub samples_rejected: usize,
    /// Samples and histograms of series whose labels are not valid.
    pub invalid_labels: usize,
    /// Native histograms written.
    pub histograms: usize,
    /// Exemplars written.
    pub exemplars: usize,
    /// Exemplars that were not.
    pub exemplars_rejected: usize,
    /// Metric families that the request says something about.
    pub metadata: usize,
    /// Why samples and histograms were rejected: at most [`REJECTIONS_MAX`] of the reasons, in order.
    pub rejections: Vec<Rejection>,
    /// Number of all the reasons.
    pub rejections_total: usize,
}

impl Report {
    fn reject(&mut self, reason: Reason, labels: impl FnOnce() -> String) {
        self.rejections_total += 1;
        if self.rejections.len() < REJECTIONS_MAX {
            self.rejections.push(Rejection::new(reason, labels()));
        }
    }
}

/// Takes requests, one after the other. Its memory is used again and drawn from the budget.
pub struct Intake {
    cache: Arc<SeriesCache>,
    account: Reservation,
    message: Metered<u8>,
    batch: Batch,
    /// Each series' handle; `None` when it was rejected or has no samples.
    refs: Metered<Option<SeriesRef>>,
    group: Group,
}

/// Samples of one timestamp.
#[derive(Default)]
struct Group {
    series: Metered<SeriesRef>,
    values: Metered<f64>,
    /// The place of each sample in the request.
    places: Metered<u32>,
    histograms: Metered<(usize, Arc<FloatHistogram>)>,
    start_timestamps_ms: Metered<(usize, i64)>,
}

/// A request and where it goes.
struct Turn<'a> {
    protocol: Protocol,
    newest_ms: i64,
    appender: &'a mut dyn Appender,
    report: Report,
}

impl Intake {
    /// Takes requests at the expense of an account.
    pub fn new(cache: Arc<SeriesCache>, account: Reservation) -> Self {
        Self {
            cache,
            account,
            message: Metered::default(),
            batch: Batch::default(),
            refs: Metered::default(),
            group: Group::default(),
        }
    }

    /// Appends the samples of a request, a Snappy block. What is wrong with single samples or series does not
    /// hold up the others and is in the report; nothing is durable yet. Samples after `newest_ms` are rejected.
    ///
    /// # Errors
    /// After [`Error::Append`] samples that came before the one that failed are appended; the same request may be
    /// sent again. After any other error nothing is.
    pub fn write(
        &mut self,
        protocol: Protocol,
        body: &[u8],
        newest_ms: i64,
        appender: &mut dyn Appender,
    ) -> Result<Report, Error> {
        let mut turn = Turn { protocol, newest_ms, appender, report: Report::default() };
        let unpacked = snappy::decompress(body, DECODED_BYTES_MAX, &mut self.message, &mut self.account);
        let done = unpacked.and_then(|()| self.take(&mut turn));
        self.release();
        done.map(|()| turn.report)
    }

    /// The same for a message that is not compressed.
    ///
    /// # Errors
    /// As [`Intake::write`].
    pub fn write_message(
        &mut self,
        protocol: Protocol,
        message: &[u8],
        newest_ms: i64,
        appender: &mut dyn Appender,
    ) -> Result<Report, Error> {
        let mut turn = Turn { protocol, newest_ms, appender, report: Report::default() };
        let copied = self.message.resize(message.len(), &mut self.account);
        let done = copied.and_then(|()| {
            self.message.as_mut_slice().copy_from_slice(message);
            self.take(&mut turn)
        });
        self.release();
        done.map(|()| turn.report)
    }

    fn take(&mut self, turn: &mut Turn<'_>) -> Result<(), Error> {
        self.batch.decode(turn.protocol, &self.message, self.cache.keyer(), &mut self.account)?;
        self.reserve()?;
        self.resolve(turn)?;
        self.reject_invalid(turn);
        self.sort()?;
        self.append(turn)?;
        self.append_exemplars(turn)?;
        self.append_metadata(turn)
    }

    /// Takes all memory that is still needed, so that nothing is written when there is too little.
    fn reserve(&mut self) -> Result<(), Error> {
        let (series, samples) = (self.batch.series.len(), self.batch.samples.len());
        self.group.clear();
        self.refs.clear();
        self.refs.reserve(series, &mut self.account)?;
        self.group.series.reserve(samples.max(series), &mut self.account)?;
        self.group.values.reserve(samples, &mut self.account)?;
        self.group.places.reserve(samples, &mut self.account)?;
        let attachments = self.batch.attachments();
        self.group.histograms.reserve(attachments, &mut self.account)?;
        self.group.start_timestamps_ms.reserve(attachments, &mut self.account)
    }

    /// Finds the series of all labels.
    fn resolve(&mut self, turn: &mut Turn<'_>) -> Result<(), Error> {
        let Self { batch, refs, account, cache, .. } = self;
        let mut room = Ok(());
        cache.look_up(batch.series.iter().map(|series| series.key), |found| {
            room = refs.push(found, account);
        });
        room?;
        for at in 0..self.batch.series.len() {
            let entry = self.batch.series[at];
            if entry.samples > 0 && self.refs[at].is_none() {
                self.refs.as_mut_slice()[at] = self.resolve_new(at as u32, turn)?;
            }
            if turn.protocol == Protocol::V2 && entry.samples + entry.invalid == 0 {
                turn.report.reject(Reason::Empty, || self.describe(at as u32, turn.protocol));
            }
        }
        Ok(())
    }

    /// Reports the histograms that are none.
    fn reject_invalid(&mut self, turn: &mut Turn<'_>) {
        let invalid: usize = self.batch.series.iter().map(|entry| entry.invalid as usize).sum();
        turn.report.samples_rejected += invalid;
        // Those that are spelt out are counted with their reasons.
        turn.report.rejections_total += invalid - self.batch.invalid.len();
        for (series, why) in std::mem::take(&mut self.batch.invalid) {
            let reason = Reason::Histogram(why);
            turn.report.reject(reason, || self.describe(series, turn.protocol));
        }
    }

    /// Finds a series that the cache does not know; `None` when it was rejected.
    fn resolve_new(&mut self, at: u32, turn: &mut Turn<'_>) -> Result<Option<SeriesRef>, Error> {
        let entry = self.batch.series[at as usize];
        let labels = self.batch.labels(turn.protocol, &self.message, &entry);
        let reason = match labels::to_set(labels)? {
            Ok(set) => match turn.appender.resolve(&set) {
                Ok(series) => {
                    self.cache.insert([(entry.key, series)].into_iter());
                    return Ok(Some(series));
                }
                Err(error @ AppendError::SeriesLimit { .. }) => Reason::series_limit(&error),
                Err(error) => return Err(error.into()),
            },
            Err(reason) => reason,
        };
        turn.report.samples_rejected += entry.samples as usize;
        if reason.is_labels() {
            turn.report.invalid_labels += (entry.samples + entry.invalid) as usize;
        }
        turn.report.reject(reason, || self.describe(at, turn.protocol));
        Ok(None)
    }

    fn describe(&self, at: u32, protocol: Protocol) -> String {
        let entry = self.batch.series.get(at as usize);
        entry.map_or_else(String::new, |entry| {
            labels::describe(self.batch.labels(protocol, &self.message, entry))
        })
    }

    /// Brings the samples in order of time; those of one timestamp stay as they are.
    fn sort(&mut self) -> Result<(), Error> {
        if self.batch.in_order {
            return Ok(());
        }
        let scratch_bytes = size_of::<Sample>() * self.batch.samples.len();
        draw(&mut self.account, scratch_bytes)?;
        self.batch.samples.as_mut_slice().sort_by_key(|sample| sample.timestamp_ms);
        self.account.shrink(scratch_bytes);
        Ok(())
    }

    fn append(&mut self, turn: &mut Turn<'_>) -> Result<(), Error> {
        let mut rest = 0;
        while let Some(first) = self.batch.samples.get(rest) {
            let timestamp_ms = first.timestamp_ms;
            let tail = self.batch.samples.get(rest..).unwrap_or_default();
            let len = tail.iter().take_while(|sample| sample.timestamp_ms == timestamp_ms).count();
            let run = rest..rest + len;
            rest += len;
            if timestamp_ms > turn.newest_ms {
                self.reject_future(run, turn);
                continue;
            }
            let (mut again, mut seen) = (Vec::new(), self.has_repeats(run.clone())?.then(HashSet::new));
            self.group.clear();
            for at in run {
                let sample = self.batch.samples[at];
                let Some(series) = self.refs[sample.series as usize] else { continue };
                if seen.as_mut().is_some_and(|seen| !seen.insert(series)) {
                    again.push(sample);
                } else {
                    let attachment = self.batch.attachment(&sample);
                    self.group.push(series, (at, &sample), attachment, &mut self.account)?;
                }
            }
            self.append_group(timestamp_ms, turn)?;
            self.append_singly(&again, turn)?;
        }
        Ok(())
    }

    /// Whether a series stands twice in a run of samples of one timestamp. Senders keep their order, which is that of
    /// the handles they were given: then one look at each is enough.
    fn has_repeats(&mut self, run: std::ops::Range<usize>) -> Result<bool, Error> {
        let Self { batch, refs, group, account, .. } = self;
        let samples = batch.samples.get(run).unwrap_or_default();
        let series = || samples.iter().filter_map(|sample| refs[sample.series as usize]);
        if series().is_sorted_by(|a, b| a.0 < b.0) {
            return Ok(false);
        }
        group.series.clear();
        for series in series() {
            group.series.push(series, account)?;
        }
        group.series.as_mut_slice().sort_unstable_by_key(|series| series.0);
        Ok(group.series.windows(2).any(|pair| pair[0] == pair[1]))
    }

    fn reject_future(&self, run: std::ops::Range<usize>, turn: &mut Turn<'_>) {
        for sample in self.batch.samples.get(run).unwrap_or_default() {
            if self.refs[sample.series as usize].is_some() {
                turn.report.samples_rejected += 1;
                turn.report.reject(Reason::Future, || self.describe(sample.series, turn.protocol));
            }
        }
    }

    fn append_group(&mut self, timestamp_ms: i64, turn: &mut Turn<'_>) -> Result<(), Error> {
        if self.group.series.is_empty() {
            return Ok(());
        }
        let group = SampleGroup {
            timestamp_ms,
            series: &self.group.series,
            values: &self.group.values,
            histograms: &self.group.histograms,
            start_timestamps_ms: &self.group.start_timestamps_ms,
        };
        let appended = turn.appender.append(&group)?;
        turn.count(&group, &appended);
        let mut gone = Vec::new();
        for (position, outcome) in appended.rejected {
            let sample = self.batch.samples[self.group.places[position] as usize];
            if outcome == Outcome::UnknownSeries {
                gone.push(sample);
            } else {
                self.reject_sample(sample.series, outcome, turn);
            }
        }
        for sample in gone {
            // The store has forgotten the series since; now it is a new one.
            self.refs.as_mut_slice()[sample.series as usize] = self.resolve_new(sample.series, turn)?;
            self.append_singly(&[sample], turn)?;
        }
        Ok(())
    }

    /// Appends samples as groups of one each.
    fn append_singly(&self, samples: &[Sample], turn: &mut Turn<'_>) -> Result<(), Error> {
        for sample in samples {
            let Some(series) = self.refs[sample.series as usize] else { continue };
            let attachment = self.batch.attachment(sample);
            let histogram = attachment.and_then(|a| a.histogram.clone()).map(|histogram| (0, histogram));
            let start_ms = attachment.and_then(|a| a.start_ms).map(|start_ms| (0, start_ms));
            let group = SampleGroup {
                timestamp_ms: sample.timestamp_ms,
                series: &[series],
                values: &[sample.value],
                histograms: histogram.as_slice(),
                start_timestamps_ms: start_ms.as_slice(),
            };
            let appended = turn.appender.append(&group)?;
            turn.count(&group, &appended);
            for (_, outcome) in appended.rejected {
                self.reject_sample(sample.series, outcome, turn);
            }
        }
        Ok(())
    }

    fn reject_sample(&self, series: u32, outcome: Outcome, turn: &mut Turn<'_>) {
        turn.report.samples_rejected += 1;
        turn.report.reject(Reason::Sample(outcome), || self.describe(series, turn.protocol));
    }

    /// Gives back what a usual request does not need.
    fn release(&mut self) {
        self.message.release(KEPT_BYTES);
        self.batch.release(KEPT_BYTES);
        self.refs.release(KEPT_BYTES);
        self.group.release(KEPT_BYTES);
        let kept = self.message.bytes() + self.batch.bytes() + self.refs.bytes() + self.group.bytes();
        self.account.shrink(self.account.bytes().saturating_sub(kept));
    }
}

impl Turn<'_> {
    /// Counts the samples of a group that were written.
    fn count(&mut self, group: &SampleGroup<'_>, appended: &Appended) {
        let histograms = appended.histograms(group);
        self.report.histograms += histograms;
        self.report.samples += appended.accepted - histograms;
    }
}

impl Group {
    fn push(
        &mut self,
        series: SeriesRef,
        (at, sample): (usize, &Sample),
        attachment: Option<&Attachment>,
        account: &mut Reservation,
    ) -> Result<(), Error> {
        let position = self.series.len();
        if let Some(Attachment { histogram, start_ms }) = attachment {
            if let Some(histogram) = histogram {
                self.histograms.push((position, Arc::clone(histogram)), account)?;
            }
            if let Some(start_ms) = start_ms {
                self.start_timestamps_ms.push((position, *start_ms), account)?;
            }
        }
        self.series.push(series, account)?;
        self.values.push(sample.value, account)?;
        self.places.push(at as u32, account)
    }

    fn clear(&mut self) {
        self.series.clear();
        self.values.clear();
        self.places.clear();
        self.histograms.clear();
        self.start_timestamps_ms.clear();
    }

    fn bytes(&self) -> usize {
        self.series.bytes()
            + self.values.bytes()
            + self.places.bytes()
            + self.histograms.bytes()
            + self.start_timestamps_ms.bytes()
    }

    fn release(&mut self, kept_bytes: usize) {
        self.series.release(kept_bytes);
        self.values.release(kept_bytes);
        self.places.release(kept_bytes);
        self.histograms.release(kept_bytes);
        self.start_timestamps_ms.release(kept_bytes);
    }
}
