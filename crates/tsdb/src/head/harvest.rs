//! What a flush takes from the head: the windows that are over, series by series in label order.

use std::{cmp::Ordering, sync::Arc};

use model::{LabelSet, SampleBlock};

use super::{
    Head,
    group::{Source, Window},
    index::Index,
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
    /// Ends the window of every group and gives all windows that are not in a part yet.
    pub(crate) fn harvest(&self) -> Harvest {
        let groups: Vec<_> = self.read().groups.iter().flatten().map(Arc::clone).collect();
        let mut windows = Vec::new();
        for group in groups {
            let mut open = group.lock();
            open.seal_window();
            windows.extend(open.sealed.iter().map(Arc::clone));
        }
        let index = self.read();
        let mut entries = Vec::new();
        for (at, window) in windows.iter().enumerate() {
            for (column, &id) in window.ids.iter().enumerate().filter(|(c, _)| window.has_samples(*c)) {
                if let Some(row) = index.row(id) {
                    entries.push(Entry { row: row as u32, window: at as u32, column: column as u32 });
                }
            }
        }
        sort(&index, &mut entries);
        Harvest { windows, entries }
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
                    window.read(Source { id, column: entry.column }, (i64::MIN, i64::MAX), &mut block);
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

/// Sorts by labels: pairs get their rank in text order first, so that rows compare by numbers.
fn sort(index: &Index, entries: &mut [Entry]) {
    let mut order: Vec<u32> = (0..index.pairs.len() as u32).collect();
    order.sort_unstable_by(|&a, &b| index.pair_text(a).cmp(&index.pair_text(b)));
    let mut ranks = vec![0u32; order.len()];
    for (rank, &pair) in order.iter().enumerate() {
        ranks[pair as usize] = rank as u32;
    }
    drop(order);
    let rank = |pair: &u32| ranks.get(*pair as usize).copied().unwrap_or_default();
    let by_labels = |a: u32, b: u32| {
        let (a, b) = (index.pairs_of(a as usize), index.pairs_of(b as usize));
        a.iter().map(rank).cmp(b.iter().map(rank))
    };
    entries.sort_by(|a, b| match a.row == b.row {
        true => Ordering::Equal,
        false => by_labels(a.row, b.row),
    });
}
