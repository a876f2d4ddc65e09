//! What a flush takes from the head: the windows that are over, series by series in label order.

use std::sync::Arc;

use model::{LabelSet, SampleBlock};

use super::{
    Head,
    index::Index,
    symbol::{Symbol, SymbolTexts},
    timeline::Times,
    window::{Source, Window},
};

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

    /// Calls `each` with the samples of each series, in time order, in label order.
    ///
    /// # Errors
    /// What `each` returns.
    pub(crate) fn for_each<E>(
        &self,
        head: &Head,
        mut each: impl FnMut(&LabelSet, &SampleBlock) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut block = SampleBlock::default();
        let (mut times, mut read_last) = (Times::default(), None);
        for run in self.entries.chunk_by(|a, b| a.row == b.row) {
            block.clear();
            let Some(first) = run.first() else { continue };
            let (labels, id) = {
                // Rows keep their numbers: only the thread that flushes builds the index anew.
                let index = head.read();
                (index.labels(first.row as usize), index.id(first.row as usize))
            };
            for entry in run {
                if let Some(window) = self.windows.get(entry.window as usize) {
                    if read_last != Some(entry.window) {
                        (times, read_last) = (Times::default(), Some(entry.window));
                    }
                    let source = Source { id, column: entry.column };
                    window.read(source, (i64::MIN, i64::MAX), &mut times, &mut block);
                }
            }
            if run.len() > 1 {
                crate::query::sort_samples(&mut block);
            }
            each(&labels, &block)?;
        }
        Ok(())
    }
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
