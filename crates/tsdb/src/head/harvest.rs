//! What a flush takes from the head: the windows that are over, series by series in label order.

use std::sync::Arc;

use model::{LabelSet, SampleBlock};

use super::{
    Head,
    index::Index,
    symbol::{Symbol, SymbolTexts},
    timeline::Times,
    window::{Progress, Source, Window},
};
use crate::query::{cut_piece, sort_samples};

/// Sealed windows and the series in them.
pub(crate) struct Harvest {
    windows: Vec<Arc<Window>>,
    /// In label order; the entries of one series are neighbours.
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    row: u32,
    window: u32,
    column: u32,
}

impl Head {
    /// All windows that are not in a part yet, after that of every group was ended.
    pub(crate) fn harvest(&self) -> Harvest {
        let windows = self.seal();
        let mut entries = Vec::new();
        for (at, window) in windows.iter().enumerate() {
            let index = self.read();
            for (column, &id) in window.ids.iter().enumerate().filter(|(c, _)| window.has_samples(*c)) {
                if let Some(row) = index.row(id) {
                    entries.push(Entry { row: row as u32, window: at as u32, column: column as u32 });
                }
            }
        }
        let order = LabelOrder::new(&self.read());
        order.sort(&mut entries, |entry| entry.row);
        Harvest { windows, entries }
    }

    /// Ends the window of every group and gives all windows that are not in a part yet.
    pub(super) fn seal(&self) -> Vec<Arc<Window>> {
        let groups: Vec<_> = self.read().groups.iter().flatten().map(Arc::clone).collect();
        let now = self.clock.monotonic();
        let mut windows = Vec::new();
        for group in groups {
            let mut open = group.lock();
            open.seal_window(now);
            windows.extend(open.sealed.iter().map(Arc::clone));
        }
        windows
    }
}

impl Harvest {
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn windows(&self) -> &[Arc<Window>] {
        &self.windows
    }

    /// Calls `each` with the samples of each series, in time order, in label order: once or more often for each
    /// series, the last time with true.
    ///
    /// # Errors
    /// What `each` returns.
    pub(crate) fn for_each<E>(
        &self,
        head: &Head,
        mut each: impl FnMut(&LabelSet, &SampleBlock, bool) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut reading = Reading::default();
        for run in self.entries.chunk_by(|a, b| a.row == b.row) {
            let Some(first) = run.first() else { continue };
            let (labels, id) = {
                // Rows keep their numbers: only the thread that flushes builds the index anew.
                let index = head.read();
                (index.labels(first.row as usize), index.id(first.row as usize))
            };
            reading.progress = Progress::default();
            let mut from_ms = Some(i64::MIN);
            while let Some(start_ms) = from_ms {
                from_ms = self.read(run, id, start_ms, &mut reading);
                each(&labels, &reading.block, from_ms.is_none())?;
            }
        }
        Ok(())
    }

    /// Reads samples of a series from a time on; gives the time from which on there may be more.
    fn read(&self, run: &[Entry], id: u64, from_ms: i64, reading: &mut Reading) -> Option<i64> {
        let Reading { block, times, times_of, progress } = reading;
        let mut range_ms = (from_ms, i64::MAX);
        block.clear();
        for (at, entry) in run.iter().enumerate() {
            progress.go_to(at);
            if let Some(window) = self.windows.get(entry.window as usize) {
                if *times_of != Some(entry.window) {
                    (*times, *times_of) = (Times::default(), Some(entry.window));
                }
                let source = Source { id, column: entry.column };
                window.read(source, &mut range_ms, times, progress, block);
            }
        }
        let is_merged = run.len() > 1;
        if is_merged {
            sort_samples(block);
        }
        if (from_ms, range_ms.1) != (i64::MIN, i64::MAX) {
            cut_piece(block, range_ms.1, is_merged);
        }
        range_ms.1.checked_add(1)
    }
}

/// Memory that is used for one series after the other.
#[derive(Default)]
struct Reading {
    block: SampleBlock,
    /// The timestamps of a window.
    times: Times,
    times_of: Option<u32>,
    /// How far the entries of the series at hand were read.
    progress: Progress,
}

/// What sorting rows by their labels takes: a copy, so that new series need not wait for it.
pub(super) struct LabelOrder {
    /// Where each row's pairs end.
    ends: Vec<u32>,
    /// Pairs of all rows; in the end their ranks.
    labels: Vec<u32>,
    /// Name and value of each pair.
    pairs: Vec<(Symbol, Symbol)>,
    symbols: SymbolTexts,
}

impl LabelOrder {
    pub(super) fn new(index: &Index) -> Self {
        let (ends, labels) = index.label_columns();
        let pairs = index.pairs.iter().map(|pair| (pair.name, pair.value)).collect();
        Self { ends: ends.to_vec(), labels: labels.to_vec(), pairs, symbols: index.symbols.texts() }
    }

    /// Sorts by rows; what has the same row keeps its order. Pairs get their rank in the order of text, so that
    /// rows compare by numbers.
    pub(super) fn sort<T>(mut self, items: &mut [T], row: impl Fn(&T) -> u32) {
        let text = |pair: u32| {
            let (name, value) = self.pairs.get(pair as usize).copied().unwrap_or_default();
            (self.symbols.get(name), self.symbols.get(value))
        };
        let mut order: Vec<u32> = (0..self.pairs.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| text(a).cmp(&text(b)));
        let mut ranks = vec![0; order.len()];
        for (rank, &pair) in (0..).zip(&order) {
            ranks[pair as usize] = rank;
        }
        for label in &mut self.labels {
            *label = ranks[*label as usize];
        }
        items.sort_by(|a, b| self.ranks_of(row(a)).cmp(self.ranks_of(row(b))));
    }

    fn ranks_of(&self, row: u32) -> &[u32] {
        let row = row as usize;
        let end = self.ends.get(row).map_or(0, |&e| e as usize);
        let start = row.checked_sub(1).and_then(|r| self.ends.get(r)).map_or(0, |&e| e as usize);
        self.labels.get(start..end).unwrap_or_default()
    }
}
