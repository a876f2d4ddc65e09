//! What an administrator asks of a store: deletion, cleaning up after it, snapshots.

use std::{
    hash::{BuildHasher, RandomState},
    sync::PoisonError,
};

use model::{Matcher, civil::Civil};

use crate::{
    error::Error,
    maintain::Schedule,
    store::{Inner, Store},
};

/// The folder of the snapshots within the data folder.
const SNAPSHOTS_DIR: &str = "snapshots";

impl Store {
    /// Deletes the samples from `mint_ms` to `maxt_ms`, both included, of the series that all matchers accept. What
    /// is appended afterwards stays, also within that time. Waits for a merge that runs, and for the disk.
    ///
    /// # Errors
    /// What failed; nothing is deleted then.
    pub fn delete(&self, matchers: &[Matcher], mint_ms: i64, maxt_ms: i64) -> Result<(), Error> {
        let range_ms = (mint_ms, maxt_ms);
        self.0.administer(|inner, schedule| {
            // Tombstones are about parts alone: what is in the head comes into one first, and what is in a part
            // must not come back from the log after a crash.
            if inner.head.overlaps(range_ms) || schedule.relieved {
                inner.flush_now(schedule)?;
            }
            if inner.parts.tombstones.is_full() {
                inner.clean(schedule)?;
            }
            if inner.parts.tombstones.is_full() {
                return Err(Error::TombstonesFull { tombstones: inner.parts.tombstones.get().len() });
            }
            inner.parts.delete(matchers, range_ms)
        })
    }

    /// Writes the parts with deleted samples anew without them, which frees their bytes on disk.
    ///
    /// # Errors
    /// What failed; what was not cleaned stays deleted.
    pub fn clean_tombstones(&self) -> Result<(), Error> {
        self.0.administer(Inner::clean)
    }

    /// Makes a snapshot, a folder that can be opened as a data folder, and gives its name within `snapshots` of
    /// the data folder. Its parts are hard links, which take no room until the store drops them; exemplars and metadata
    /// are written as they are now.
    ///
    /// # Errors
    /// What failed; there is no snapshot then.
    pub fn snapshot(&self, skip_head: bool) -> Result<String, Error> {
        self.0.administer(|inner, schedule| {
            if !skip_head {
                inner.flush_now(schedule)?;
            }
            let name = snapshot_name(inner.clock.now_ms());
            inner.parts.link_to(&inner.options.dir.join(SNAPSHOTS_DIR).join(&name), |dir| {
                inner.exemplars.0.copy_to(dir)?;
                inner.families.0.copy_to(dir)
            })?;
            Ok(name)
        })
    }
}

impl Inner {
    /// Runs what must not meet a flush or a merge.
    pub(crate) fn administer<T>(
        &self,
        work: impl FnOnce(&Self, &mut Schedule) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut schedule = self.schedule.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_closed() { Err(Error::Closed) } else { work(self, &mut schedule) }
    }

    fn clean(&self, schedule: &mut Schedule) -> Result<(), Error> {
        self.parts.clean(|| self.pause(&mut schedule.synced))
    }
}

/// As Prometheus names them: when, and a number that makes the name unique.
fn snapshot_name(now_ms: i64) -> String {
    let Civil { year, month, day, hour, minute, second, .. } = Civil::from_ms(now_ms);
    let number = RandomState::new().hash_one(now_ms) >> 1;
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z-{number:016x}")
}
