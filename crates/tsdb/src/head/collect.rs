//! What leaves the head after a flush: windows that are in a part now, and series that stopped.

use std::sync::{Arc, PoisonError};

use super::{
    Head, count,
    group::Group,
    harvest::Harvest,
    index::{Index, Place},
    window::Window,
};

/// Rows copied under one lock when the index is built anew: below a millisecond.
const ROWS_PER_STEP: usize = 1024;
/// The share of rows of series that are gone, one in so many, for which the index is built anew: that costs
/// less than the flush before it.
const DEAD_ROWS_SHARE: usize = 16;

impl Head {
    /// Drops what a harvest holds, which is in a part now, and the series that have stopped, except while samples wait
    /// for the clock.
    pub(crate) fn forget(&self, harvest: &Harvest) {
        if self.held.is_holding() {
            // Series whose samples wait look as if they had stopped, or never begun.
            return self.forget_windows(harvest);
        }
        self.forget_former(harvest.windows());
        let groups = self.read().groups.clone();
        for (at, group) in groups.into_iter().enumerate() {
            if let Some(group) = group {
                self.forget_in(at as u32, &group, harvest.windows());
            }
        }
        self.forget_unused();
        self.rebuild();
    }

    /// Drops only the samples of a harvest, which are in a part now.
    pub(crate) fn forget_windows(&self, harvest: &Harvest) {
        self.drop_windows(harvest.windows());
    }

    /// Drops windows that are over.
    pub(super) fn drop_windows(&self, windows: &[Arc<Window>]) {
        self.forget_former(windows);
        for group in self.read().groups.iter().flatten() {
            group.lock().drop_sealed(windows);
        }
    }

    fn forget_in(&self, at: u32, group: &Arc<Group>, flushed: &[Arc<Window>]) {
        let now = self.clock.monotonic();
        let mut index = self.write();
        let mut open = group.lock();
        open.drop_sealed(flushed);
        let mut dead = Vec::new();
        let mut stopped = 0;
        for (column, id) in open.ids.clone().into_iter().enumerate() {
            let here = Place::Column { group: at, column: column as u32 };
            let row = index.row(id).filter(|&row| index.place(row) == here);
            // Groups are sealed one after the other: where the series was before there may be samples that are in
            // no part yet.
            let elsewhere = row.is_some() && (index.former.contains_key(&id) || self.waits_out_of_order(id));
            if open.is_idle(column, row.is_none(), now) && !elsewhere {
                if let Some(row) = row {
                    index.set_place(row, Place::Dead);
                    stopped += 1;
                }
                dead.push(column);
            }
        }
        count(&self.counters.series_removed, stopped);
        if stopped > 0 {
            // Appenders that know these columns have to look again.
            open.epoch += 1;
        }
        // The columns that stay are defined anew in the log, so a few dead ones wait for more.
        if dead.len() * 8 >= open.ids.len().max(1) && !dead.is_empty() {
            open.drop_columns(|column| dead.binary_search(&column).is_ok());
            for (column, &id) in open.ids.iter().enumerate() {
                let is_here = |index: &Index, row| matches!(index.place(row), Place::Column { group, .. } if group == at);
                if let Some(row) = index.row(id).filter(|&row| is_here(&index, row)) {
                    index.set_place(row, Place::Column { group: at, column: column as u32 });
                }
            }
        }
        if open.ids.is_empty() && open.sealed.is_empty() {
            index.groups[at as usize] = None;
        }
    }

    /// Forgets where series were before, once the samples there are in a part.
    fn forget_former(&self, flushed: &[Arc<Window>]) {
        let gone = |window: &Arc<Window>| flushed.iter().any(|f| Arc::ptr_eq(f, window));
        let mut index = self.write();
        index.former.retain(|_, places| {
            places.retain(|former| !former.seal.get().is_some_and(gone));
            !places.is_empty()
        });
    }

    /// Forgets series that were resolved before the last flush and never got a sample.
    fn forget_unused(&self) {
        let mut index = self.write();
        let mut watermark = self.watermark.lock().unwrap_or_else(PoisonError::into_inner);
        let mut unused = 0;
        for row in 0..index.rows() {
            if index.id(row) >= *watermark {
                break;
            }
            if index.place(row) == Place::None {
                index.set_place(row, Place::Dead);
                unused += 1;
            }
        }
        count(&self.counters.series_removed, unused);
        *watermark = index.next_id();
    }

    /// Builds the index anew when enough of it belongs to series that are gone, in steps between which
    /// appends go on.
    fn rebuild(&self) {
        let (mut new, mut known, mut row) = {
            let index = self.read();
            if index.dead() * DEAD_ROWS_SHARE <= index.rows() {
                return;
            }
            (Index::new(index.fresh_account()), Vec::new(), 0)
        };
        loop {
            let index = self.read();
            row = index.copy_rows(&mut new, &mut known, row, ROWS_PER_STEP);
            if index.rows() - row < ROWS_PER_STEP {
                break;
            }
        }
        let mut index = self.write();
        index.copy_rows(&mut new, &mut known, row, usize::MAX);
        new.succeed(&mut index);
        let old = std::mem::replace(&mut *index, new);
        drop(index);
        // Freeing a large index takes its time; nobody waits for it.
        drop(old);
    }
}
