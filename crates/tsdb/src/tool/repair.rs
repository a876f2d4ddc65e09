//! Mending a data folder: what can be read of damaged files is written anew, the files are set aside.

use std::sync::Arc;

use super::Fault;
use crate::{
    error::Error,
    exemplar, metadata,
    store::{Inner, Store},
};

/// A part that was damaged.
#[derive(Clone, Debug)]
pub struct RepairedPart {
    /// Its file's name.
    pub file: String,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// Samples that could not be read; deleted ones count where the part is under tombstones.
    pub samples_lost: u64,
    /// Samples that were written anew.
    pub samples_kept: u64,
}

/// What a repair found and did.
#[derive(Clone, Debug, Default)]
pub struct Repaired {
    /// Parts whose pages or index were damaged.
    pub parts: Vec<RepairedPart>,
    /// Places in the log that could not be read.
    pub wal_damaged: u64,
    /// Bytes in these places.
    pub wal_damaged_bytes: u64,
    /// Journals that were damaged; what could be read of them was written anew.
    pub journals: Vec<&'static str>,
    /// All files that are set aside now, earlier ones included.
    pub set_aside: Vec<String>,
}

impl Store {
    /// Writes what can be read of damaged parts and of the log to new parts, and of damaged journals to new ones, and
    /// sets the damaged files aside. The store has set aside what it could not open at all when it was opened.
    ///
    /// # Errors
    /// What failed; what was mended before that stays so.
    pub fn repair(&self) -> Result<Repaired, Error> {
        let status = self.status(0);
        let mut repaired = Repaired {
            wal_damaged: status.wal_damaged,
            wal_damaged_bytes: status.wal_damaged_bytes,
            journals: self.0.damaged_journals(),
            ..Repaired::default()
        };
        self.0.administer(|inner, schedule| {
            inner.repair_parts(&mut repaired)?;
            inner.flush_now(schedule)?;
            inner.sync_journals()?;
            inner.aside.refresh()
        })?;
        repaired.set_aside = self.status(0).set_aside;
        Ok(repaired)
    }
}

impl Inner {
    fn damaged_journals(&self) -> Vec<&'static str> {
        let exemplars = self.exemplars.0.was_damaged().then_some(exemplar::JOURNAL);
        let metadata = self.families.0.was_damaged().then_some(metadata::JOURNAL);
        exemplars.into_iter().chain(metadata).collect()
    }

    fn repair_parts(&self, repaired: &mut Repaired) -> Result<(), Error> {
        for part in self.parts.get().iter() {
            let check = part.check()?;
            if check.faults.is_empty() {
                continue;
            }
            let samples_kept = self.parts.salvage(&Arc::clone(part))?;
            repaired.parts.push(RepairedPart {
                file: part.id.file_name(),
                faults: check.faults.into_iter().map(Fault::of).collect::<Result<_, _>>()?,
                samples_lost: part.footer.samples.saturating_sub(samples_kept),
                samples_kept,
            });
        }
        Ok(())
    }
}
