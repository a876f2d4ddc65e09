//! What samples of a group carry beside their values: native histograms and start timestamps.
//!
//! A group without any has none of this. To the group a histogram is its sum, so that times, coverage and
//! duplicates are dealt with once for all kinds of samples.

use std::{collections::BTreeMap, sync::Arc};

use model::{FloatHistogram, SampleBlock, SampleGroup, sample::within};

use super::{layout::Run, window::ReaderPlace};
use crate::{
    bits::Bits,
    codec::attachment::{HistogramStream, READ_HISTOGRAM_BYTES, StartStream, read_starts},
    wal::attachment::{self, LoggedHistogram},
};

/// The attachments of a group's open window.
#[derive(Debug, Default)]
pub(super) struct Attachments {
    histograms: Sparse<Histograms>,
    starts: Sparse<Starts>,
    bytes: usize,
}

/// The native histograms of a column.
#[derive(Debug, Default)]
struct Histograms {
    stream: HistogramStream,
    /// That of the newest sample, if it is one.
    newest: Option<Arc<FloatHistogram>>,
    /// The last one that the log's reader knows.
    logged: Option<Arc<FloatHistogram>>,
}

/// The start timestamps of a column.
#[derive(Debug, Default)]
struct Starts {
    stream: StartStream,
    /// That of the newest sample, if it is known.
    newest_ms: Option<i64>,
    /// The one that the log's reader knows.
    logged_ms: Option<i64>,
}

/// Few of many columns.
#[derive(Debug)]
struct Sparse<T>(Vec<Option<Box<T>>>);

impl<T> Default for Sparse<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Default> Sparse<T> {
    fn get(&self, column: usize) -> Option<&T> {
        self.0.get(column)?.as_deref()
    }

    fn get_mut(&mut self, column: usize) -> Option<&mut T> {
        self.0.get_mut(column)?.as_deref_mut()
    }

    fn get_or_insert(&mut self, column: usize) -> &mut T {
        if self.0.len() <= column {
            self.0.resize_with(column + 1, || None);
        }
        self.0[column].get_or_insert_default()
    }

    fn iter_mut(&mut self) -> impl Iterator<Item = (u32, &mut T)> {
        (0..).zip(&mut self.0).filter_map(|(column, slot)| Some((column, slot.as_deref_mut()?)))
    }

    /// Keeps some columns, in their order.
    fn keep(&mut self, kept: &[usize]) {
        self.0 = kept.iter().map(|&from| self.0.get_mut(from).and_then(Option::take)).collect();
    }

    fn bytes(&self) -> usize {
        size_of::<Option<Box<T>>>() * self.0.capacity()
    }
}

/// The attachments that are about to be appended at one position of a group.
pub(super) struct Incoming<'a> {
    pub(super) group: &'a SampleGroup<'a>,
    pub(super) position: u32,
    /// Whether the hints of histograms are those of a store already, as when the log is read back.
    pub(super) trusted: bool,
}

/// What the log says of the attachments of one position.
#[derive(Debug, Default)]
pub(super) struct Entries {
    histograms: Vec<LoggedHistogram>,
    starts: Vec<(u32, Option<i64>)>,
}

impl Entries {
    /// The bytes for the log; none when there is nothing to say.
    pub(super) fn encode(mut self, timestamp_ms: i64) -> Vec<u8> {
        attachment::encode(&mut self.histograms, &mut self.starts, timestamp_ms)
    }
}

impl Attachments {
    /// Takes the attachments of the columns of a run that `is_new` accepts.
    pub(super) fn append(
        &mut self,
        incoming: &Incoming<'_>,
        run: Run,
        is_new: impl Fn(usize) -> bool,
        entries: &mut Entries,
    ) {
        let columns = run.columns();
        let positions = run.position(columns.start)..run.position(columns.start) + columns.len();
        let mut histograms = within(incoming.group.histograms, &positions).iter().peekable();
        let mut starts = within(incoming.group.start_timestamps_ms, &positions).iter().peekable();
        for (column, at) in columns.zip(positions) {
            let histogram = histograms.next_if(|(position, _)| *position == at).map(|(_, h)| h);
            let start_ms = starts.next_if(|(position, _)| *position == at).map(|(_, start_ms)| *start_ms);
            if is_new(column) {
                self.append_histogram(column, histogram, incoming, entries);
                self.append_start(column, start_ms, incoming.position, entries);
            }
        }
    }

    fn append_histogram(
        &mut self,
        column: usize,
        histogram: Option<&Arc<FloatHistogram>>,
        incoming: &Incoming<'_>,
        entries: &mut Entries,
    ) {
        let Some(histogram) = histogram else {
            if let Some(slot) = self.histograms.get_mut(column) {
                self.bytes -= slot.bytes();
                slot.newest = None;
                self.bytes += slot.bytes();
            }
            return;
        };
        let is_first = self.histograms.get(column).is_none();
        let slot = self.histograms.get_or_insert(column);
        self.bytes -= if is_first { 0 } else { slot.bytes() };
        let mut histogram = Arc::clone(histogram);
        if !incoming.trusted {
            let hint = histogram.stored_hint(slot.newest.as_deref());
            if hint != histogram.counter_reset {
                Arc::make_mut(&mut histogram).counter_reset = hint;
            }
        }
        slot.stream.push(incoming.position, &histogram);
        let before = slot.logged.replace(Arc::clone(&histogram));
        entries.histograms.push((column as u32, Arc::clone(&histogram), before));
        slot.newest = Some(histogram);
        self.bytes += slot.bytes();
    }

    fn append_start(&mut self, column: usize, start_ms: Option<i64>, position: u32, entries: &mut Entries) {
        if start_ms.is_none() && self.starts.get(column).is_none() {
            return;
        }
        let is_first = self.starts.get(column).is_none();
        let slot = self.starts.get_or_insert(column);
        self.bytes -= if is_first { 0 } else { slot.bytes() };
        slot.stream.push(position, start_ms);
        slot.newest_ms = start_ms;
        if slot.logged_ms != start_ms {
            entries.starts.push((column as u32, start_ms));
            slot.logged_ms = start_ms;
        }
        self.bytes += slot.bytes();
    }

    /// Begins a window with the newest samples of the columns that were touched.
    pub(super) fn resume(&mut self, touched: &Bits) {
        let histograms = self.histograms.iter_mut().filter(|(column, _)| touched.get(*column as usize));
        for (_, Histograms { stream, newest, .. }) in histograms {
            newest.iter().for_each(|newest| stream.push(0, newest));
        }
        for (_, slot) in self.starts.iter_mut().filter(|(column, _)| touched.get(*column as usize)) {
            slot.stream.push(0, slot.newest_ms);
        }
        self.count_bytes();
    }

    /// True when a sample of a column is what its newest sample is, as far as histograms go.
    pub(super) fn repeats(&self, column: usize, histogram: Option<&Arc<FloatHistogram>>) -> bool {
        let newest = self.histograms.get(column).and_then(|slot| slot.newest.as_ref());
        match (newest, histogram) {
            (Some(newest), Some(histogram)) => newest.is_same_sample(histogram),
            (newest, histogram) => newest.is_none() && histogram.is_none(),
        }
    }

    /// The log's reader knows nothing any more.
    pub(super) fn forget_logged(&mut self) {
        self.histograms.iter_mut().for_each(|(_, slot)| slot.logged = None);
        self.starts.iter_mut().for_each(|(_, slot)| slot.logged_ms = None);
    }

    /// The streams of a column.
    pub(super) fn streams(&self, column: usize) -> Streams<'_> {
        let histograms = self.histograms.get(column).map(|slot| slot.stream.as_bytes());
        let starts = self.starts.get(column).map(|slot| slot.stream.as_bytes());
        Streams { histograms: histograms.unwrap_or_default(), starts: starts.unwrap_or_default() }
    }

    /// Ends the window and gives its attachments.
    pub(super) fn seal(&mut self) -> SealedAttachments {
        let mut sealed = SealedAttachments::default();
        let mut put = |column, kind: usize, bytes: Vec<u8>| {
            if !bytes.is_empty() {
                let streams: &mut [Box<[u8]>; 2] = sealed.0.entry(column).or_default();
                streams[kind] = bytes.into();
            }
        };
        self.histograms.iter_mut().for_each(|(column, slot)| put(column, 0, slot.stream.take()));
        self.starts.iter_mut().for_each(|(column, slot)| put(column, 1, slot.stream.take()));
        self.count_bytes();
        sealed
    }

    /// Keeps some columns, in their order.
    pub(super) fn keep(&mut self, kept: &[usize]) {
        self.histograms.keep(kept);
        self.starts.keep(kept);
        self.forget_logged();
        self.count_bytes();
    }

    fn count_bytes(&mut self) {
        let histograms: usize = self.histograms.iter_mut().map(|(_, slot)| slot.bytes()).sum();
        let starts: usize = self.starts.iter_mut().map(|(_, slot)| slot.bytes()).sum();
        self.bytes = histograms + starts;
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes + self.histograms.bytes() + self.starts.bytes()
    }
}

impl Histograms {
    fn bytes(&self) -> usize {
        // Newest and logged are the same one unless the log fails.
        let newest = self.logged.as_ref().or(self.newest.as_ref());
        size_of::<Self>() + self.stream.capacity() + newest.map_or(0, |histogram| histogram.size_bytes())
    }
}

impl Starts {
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.stream.capacity()
    }
}

/// The attachments of a window that is over: the bytes of histograms and start timestamps by column.
#[derive(Debug, Default)]
pub(super) struct SealedAttachments(BTreeMap<u32, [Box<[u8]>; 2]>);

impl SealedAttachments {
    /// The streams of a column.
    pub(super) fn streams(&self, column: usize) -> Streams<'_> {
        let streams = self.0.get(&(column as u32));
        streams.map_or(Streams::default(), |[histograms, starts]| Streams { histograms, starts })
    }

    pub(super) fn bytes(&self) -> usize {
        let streams = self.0.values().flatten().map(|bytes| bytes.len()).sum::<usize>();
        streams + self.0.len() * (size_of::<(u32, [Box<[u8]>; 2])>() + size_of::<usize>())
    }
}

/// The attachments of a column in a window, encoded.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Streams<'a> {
    histograms: &'a [u8],
    starts: &'a [u8],
}

impl Streams<'_> {
    /// Appends the attachments that samples have in a block from `start` on; `times_ms` are all times of the window.
    /// Samples whose histograms would take too much memory at once are taken out again: gives the time of the first
    /// of them.
    pub(super) fn read(
        self,
        times_ms: &[i64],
        reader: ReaderPlace<'_>,
        start: usize,
        block: &mut SampleBlock,
    ) -> Option<i64> {
        if self.histograms.is_empty() && self.starts.is_empty() {
            return None;
        }
        let read_ms = block.timestamps_ms.get(start..).unwrap_or_default();
        let mut positions: Vec<u32> =
            read_ms.iter().filter_map(|time| times_ms.binary_search(time).ok()).map(|at| at as u32).collect();
        // Written by this process, so they decode; what does not is left out.
        let mut left = None;
        if !self.histograms.is_empty() {
            let read = reader.take().read(self.histograms, &positions, start, READ_HISTOGRAM_BYTES, block);
            left = read.ok().flatten();
        }
        let mut left_ms = None;
        if let Some(left) = left {
            positions.truncate(positions.partition_point(|&position| position < left));
            left_ms = block.timestamps_ms.get(start + positions.len()).copied();
            block.truncate(start + positions.len());
        }
        let _ = read_starts(self.starts, &positions, start, block);
        left_ms
    }
}
