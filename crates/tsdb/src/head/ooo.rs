//! Samples out of order: beside the groups, as they came, until the next flush writes them to a part of their own.
//!
//! Of two samples of a series with the same time the one that came first counts. One that is out of order comes
//! after the one in order of its time, so it is read, and written to parts, after these.

use std::{
    collections::HashMap,
    sync::{Arc, MutexGuard, PoisonError},
};

use model::{CounterReset, FloatHistogram, LabelSet, Reservation, SampleBlock, SampleGroup, sample::within};

use super::{Head, harvest::LabelOrder, index::Index};
use crate::{
    account::settle,
    bits::WORD,
    codec::token::{self, State},
    query::sort_samples,
    wal::{COLUMNS_PER_RECORD, GroupPlace, Log, Wal, attachment, record::encode_coverage},
};

/// The share of the head's bytes, one in so many, beyond which samples out of order are flushed.
const FLUSH_SHARE: usize = 8;
/// The share beyond which no more are taken until they are: the disk fails then, or is too slow.
const LIMIT_SHARE: usize = 2;
/// Bytes of a series beside its samples: its block and its place in the table.
const SERIES_BYTES: usize = size_of::<SampleBlock>() + 32;
const SAMPLE_BYTES: usize = 16;
/// Bytes of an entry for a histogram or a start timestamp, with the room that its list keeps to grow.
const ATTACHMENT_BYTES: usize = 32;
/// Histogram buckets and bounds of one record of the log, but for a single histogram that has more: read back they
/// take half a megabyte, as small as the budget may be then.
const BUCKETS_PER_RECORD: usize = 32 << 10;

/// A sample out of order.
#[derive(Clone, Debug)]
pub(super) struct Late {
    /// Of its series.
    pub(super) id: u64,
    value: f64,
    histogram: Option<Arc<FloatHistogram>>,
    start_ms: Option<i64>,
}

impl Late {
    /// The sample at a position of a group.
    pub(super) fn new(group: &SampleGroup<'_>, position: usize) -> Option<Self> {
        let here = position..position + 1;
        let histogram = within(group.histograms, &here).first().map(|(_, histogram)| {
            let mut histogram = Arc::clone(histogram);
            if histogram.counter_reset != CounterReset::Gauge {
                // Whatever is known of a reset is known against another sample than the one before in time.
                Arc::make_mut(&mut histogram).counter_reset = CounterReset::Unknown;
            }
            histogram
        });
        Some(Self {
            id: group.series.get(position)?.0,
            value: *group.values.get(position)?,
            histogram,
            start_ms: within(group.start_timestamps_ms, &here).first().map(|(_, start_ms)| *start_ms),
        })
    }

    fn buckets(&self) -> usize {
        let buckets = |h: &FloatHistogram| h.positive.len() + h.negative.len() + h.custom_bounds.len();
        self.histogram.as_deref().map_or(0, buckets)
    }

    /// How many of some samples the next record of the log takes; one at least.
    fn record_len(samples: &[Self]) -> usize {
        let mut left = BUCKETS_PER_RECORD;
        let fits = |late: &&Self| {
            let fits = late.buckets() <= left;
            left = left.saturating_sub(late.buckets());
            fits
        };
        samples.iter().take(COLUMNS_PER_RECORD).take_while(fits).count().max(1)
    }
}

/// Samples by the ids of their series, in the order in which they came.
#[derive(Debug, Default)]
struct Samples {
    by_series: HashMap<u64, SampleBlock>,
    range_ms: Option<(i64, i64)>,
    bytes: usize,
}

impl Samples {
    fn push(&mut self, timestamp_ms: i64, late: &Late) {
        let block = self.by_series.entry(late.id).or_insert_with(|| {
            self.bytes += SERIES_BYTES;
            SampleBlock::default()
        });
        let (before, position) = (block.timestamps_ms.capacity(), block.len());
        block.push(timestamp_ms, late.value);
        self.bytes += (block.timestamps_ms.capacity() - before) * SAMPLE_BYTES;
        if let Some(histogram) = &late.histogram {
            self.bytes += histogram.size_bytes() + ATTACHMENT_BYTES;
            block.histograms.push((position, Arc::clone(histogram)));
        }
        if let Some(start_ms) = late.start_ms {
            self.bytes += ATTACHMENT_BYTES;
            block.start_timestamps_ms.push((position, start_ms));
        }
        let (min_ms, max_ms) = self.range_ms.unwrap_or((timestamp_ms, timestamp_ms));
        self.range_ms = Some((min_ms.min(timestamp_ms), max_ms.max(timestamp_ms)));
    }

    fn read(&self, id: u64, (mint_ms, maxt_ms): (i64, i64), block: &mut SampleBlock) {
        let Some(samples) = self.by_series.get(&id) else { return };
        for (at, time_ms) in samples.timestamps_ms.iter().enumerate() {
            if (mint_ms..=maxt_ms).contains(time_ms) {
                block.extend_from(samples, at..at + 1);
            }
        }
    }
}

/// All samples out of order that are in no part yet.
#[derive(Debug)]
pub(super) struct OutOfOrder {
    open: Samples,
    /// Those of flushes that are under way or have failed.
    sealed: Vec<Arc<Samples>>,
    place: GroupPlace,
    /// The series that the log's segment at hand defines for them.
    columns: HashMap<u64, u32>,
    account: Reservation,
}

impl OutOfOrder {
    pub(super) fn new(account: Reservation) -> Self {
        let (open, place, columns) = (Samples::default(), GroupPlace::default(), HashMap::new());
        Self { open, sealed: Vec::new(), place, columns, account }
    }

    /// True when samples of a series wait for the next flush.
    pub(super) fn contains(&self, id: u64) -> bool {
        self.open.by_series.contains_key(&id)
    }

    fn all(&self) -> impl Iterator<Item = &Samples> {
        self.sealed.iter().map(|sealed| &**sealed).chain([&self.open])
    }

    fn bytes(&self) -> usize {
        self.all().map(|samples| samples.bytes).sum::<usize>()
            + 16 * self.columns.capacity()
            + self.place.bytes()
    }

    fn settle_account(&mut self) {
        let bytes = self.bytes();
        settle(&mut self.account, bytes);
    }

    /// Takes samples of one time, and has the log remember them.
    fn append(&mut self, timestamp_ms: i64, samples: &[&Late], index: &Index, log: Option<Log<'_>>) {
        if let Some(mut log) = log {
            self.define(timestamp_ms, samples, index, &mut log);
            self.log(timestamp_ms, samples, &mut log);
        }
        samples.iter().for_each(|late| self.open.push(timestamp_ms, late));
        self.settle_account();
    }

    /// Defines the columns of series that the log's segment does not have.
    fn define(&mut self, timestamp_ms: i64, samples: &[&Late], index: &Index, log: &mut Log<'_>) {
        if log.defined(&self.place) == 0 {
            self.columns.clear();
        }
        let mut rows = Vec::new();
        for &&Late { id, .. } in samples {
            let column = self.columns.len() as u32;
            if let std::collections::hash_map::Entry::Vacant(entry) = self.columns.entry(id) {
                entry.insert(column);
                rows.push(index.row(id));
            }
        }
        if !rows.is_empty() {
            log.define(&mut self.place, timestamp_ms, rows.len(), &index.encode_sets(&rows));
        }
    }

    /// The native histograms and start timestamps of samples, for the log.
    fn attachments(&self, timestamp_ms: i64, samples: &[&Late]) -> Vec<u8> {
        let column = |late: &Late| self.columns.get(&late.id).copied();
        let histogram = |late: &&Late| Some((column(late)?, Arc::clone(late.histogram.as_ref()?), None));
        let start = |late: &&Late| Some((column(late)?, Some(late.start_ms?)));
        let mut histograms: Vec<_> = samples.iter().filter_map(histogram).collect();
        let mut starts: Vec<_> = samples.iter().filter_map(start).collect();
        attachment::encode(&mut histograms, &mut starts, timestamp_ms)
    }

    /// Writes a record that stands on its own: times that come in any order have nothing to refer to.
    fn log(&mut self, timestamp_ms: i64, samples: &[&Late], log: &mut Log<'_>) {
        let place_of = |late: &&Late| Some((*self.columns.get(&late.id)?, late.value));
        let mut columns: Vec<(u32, f64)> = samples.iter().filter_map(place_of).collect();
        columns.sort_unstable_by_key(|(column, _)| *column);
        self.place.restart();
        log.begin(&mut self.place, timestamp_ms);
        log.attach(&self.attachments(timestamp_ms, samples));
        for run in columns.chunk_by(|a, b| a.0 as usize / WORD == b.0 as usize / WORD) {
            let mask = run.iter().fold(0, |bits, (column, _)| bits | 1 << (*column as usize % WORD));
            let word = run.first().map_or(0, |(column, _)| *column as usize / WORD);
            log.cover(&mut self.place, word, mask, mask);
            for (_, value) in run {
                let (_, state) = token::relative(State::default(), value.to_bits());
                log.token(&token::absolute(state));
            }
        }
        let mut coverage = Vec::new();
        encode_coverage(columns.iter().map(|(column, _)| *column), &mut coverage);
        log.end(&mut self.place, &coverage);
    }
}

/// Samples out of order as a flush takes them.
pub(crate) struct OutOfOrderHarvest {
    windows: Vec<Arc<Samples>>,
    /// Row and id of each series, in label order.
    series: Vec<(u32, u64)>,
}

impl OutOfOrderHarvest {
    pub(crate) fn is_empty(&self) -> bool {
        self.series.is_empty()
    }

    /// Calls `each` with the samples of each series, in time order, in label order, and with true.
    ///
    /// # Errors
    /// What `each` returns.
    pub(crate) fn for_each<E>(
        &self,
        head: &Head,
        mut each: impl FnMut(&LabelSet, &SampleBlock, bool) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut block = SampleBlock::default();
        for &(row, id) in &self.series {
            block.clear();
            self.windows.iter().for_each(|window| window.read(id, (i64::MIN, i64::MAX), &mut block));
            sort_samples(&mut block);
            // Rows keep their numbers: only the thread that flushes builds the index anew.
            let labels = head.read().labels(row as usize);
            each(&labels, &block, true)?;
        }
        Ok(())
    }
}

impl Head {
    fn out_of_order(&self) -> MutexGuard<'_, OutOfOrder> {
        self.out_of_order.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True when samples out of order of a series wait for the next flush: the series must not go before.
    pub(super) fn waits_out_of_order(&self, id: u64) -> bool {
        self.out_of_order().contains(id)
    }

    /// Bytes of samples out of order, and how many of them there may be.
    pub(super) fn out_of_order_bytes(&self) -> (usize, usize) {
        (self.out_of_order().bytes(), self.limits.bytes / LIMIT_SHARE)
    }

    /// True when samples out of order ask for a flush.
    pub(super) fn is_out_of_order_full(&self) -> bool {
        self.out_of_order().bytes() > self.limits.bytes / FLUSH_SHARE
    }

    /// True when no more samples out of order are taken before a flush.
    pub(crate) fn is_out_of_order_at_limit(&self) -> bool {
        let (used_bytes, limit_bytes) = self.out_of_order_bytes();
        used_bytes > limit_bytes
    }

    /// Takes samples of one time; gives the ids of the series that are not known any more.
    pub(super) fn append_out_of_order(
        &self,
        timestamp_ms: i64,
        samples: &[Late],
        wal: &Option<Arc<Wal>>,
    ) -> Vec<u64> {
        let mut unknown = Vec::new();
        // In steps, so that neither the index nor the log is held for long.
        let mut rest = samples;
        while !rest.is_empty() {
            let samples;
            (samples, rest) = rest.split_at(Late::record_len(rest).min(rest.len()));
            let index = self.read();
            let (known, gone): (Vec<_>, Vec<_>) = samples.iter().partition(|s| index.row(s.id).is_some());
            unknown.extend(gone.into_iter().map(|late: &Late| late.id));
            let mut out_of_order = self.out_of_order();
            out_of_order.append(timestamp_ms, &known, &index, wal.as_ref().and_then(|wal| wal.log()));
        }
        unknown
    }

    /// The samples out of order of a series, in the order in which they came; `None` when there are none.
    pub(super) fn read_out_of_order(&self, id: u64, range_ms: (i64, i64)) -> Option<Box<SampleBlock>> {
        let mut block = SampleBlock::default();
        self.out_of_order().all().for_each(|samples| samples.read(id, range_ms, &mut block));
        (!block.is_empty()).then(|| Box::new(block))
    }

    /// The range of time of the samples out of order.
    pub(super) fn out_of_order_range_ms(&self) -> Option<(i64, i64)> {
        let ranges = |out_of_order: &OutOfOrder| {
            let ranges = out_of_order.all().filter_map(|samples| samples.range_ms);
            ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
        };
        ranges(&self.out_of_order())
    }

    /// Takes all samples out of order that are in no part yet.
    pub(crate) fn harvest_out_of_order(&self) -> OutOfOrderHarvest {
        let windows = {
            let mut out_of_order = self.out_of_order();
            if !out_of_order.open.by_series.is_empty() {
                let open = std::mem::take(&mut out_of_order.open);
                out_of_order.sealed.push(Arc::new(open));
            }
            out_of_order.sealed.clone()
        };
        let index = self.read();
        let ids = windows.iter().flat_map(|window| window.by_series.keys().copied());
        let mut series: Vec<_> = ids.filter_map(|id| Some((index.row(id)? as u32, id))).collect();
        series.sort_unstable();
        series.dedup();
        let order = LabelOrder::new(&index);
        drop(index);
        order.sort(&mut series, |(row, _)| *row);
        OutOfOrderHarvest { windows, series }
    }

    /// Drops what a harvest holds, which is in a part now.
    pub(crate) fn forget_out_of_order(&self, harvest: &OutOfOrderHarvest) {
        let mut out_of_order = self.out_of_order();
        out_of_order.sealed.retain(|window| !harvest.windows.iter().any(|w| Arc::ptr_eq(w, window)));
        out_of_order.settle_account();
    }
}
