//! Tombstones: which samples of which parts are deleted, until the parts are written anew without them.
//!
//! `docs/format/tombstones.md` has the byte tables.

mod file;
mod interval;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use model::{LabelSet, Matcher};

use super::PartId;
use crate::{disk::Disk, error::Error};

use file::DAMAGED_NAME;
pub(crate) use file::{NAME, TEMPORARY_NAME};
pub(crate) use interval::{Deleted, Intervals};

/// Tombstones at once; queries ask all of them. Beyond that the parts have to be cleaned first.
pub(crate) const TOMBSTONES_MAX: usize = 256;
/// Bytes of all matchers at once.
const MATCHER_BYTES_MAX: usize = 256 << 10;

/// A deletion.
#[derive(Clone, Debug)]
pub(crate) struct Tombstone {
    /// First and last timestamp that is deleted.
    pub(crate) range_ms: (i64, i64),
    pub(crate) matchers: Vec<Matcher>,
    /// The parts that hold deleted samples.
    pub(crate) parts: BTreeSet<PartId>,
}

impl Tombstone {
    fn accepts(&self, labels: &LabelSet) -> bool {
        self.matchers.iter().all(|matcher| matcher.matches(labels.get(matcher.name())))
    }

    fn matcher_bytes(&self) -> usize {
        self.matchers.iter().map(|matcher| matcher.name().len() + matcher.value().len()).sum()
    }
}

/// The tombstones at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct TombstoneSet(Arc<[Tombstone]>);

impl TombstoneSet {
    /// Reads the file of a folder.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when it is damaged, [`Error::Io`] when the disk fails.
    pub(crate) fn read(disk: &dyn Disk, dir: &Path) -> Result<Self, Error> {
        Ok(file::read(disk, dir)?.map_or_else(Self::default, |(tombstones, _)| Self(tombstones.into())))
    }

    /// Those that are about a part.
    pub(crate) fn of(&self, part: PartId) -> PartTombstones {
        let about = |(at, tombstone): (usize, &Tombstone)| tombstone.parts.contains(&part).then_some(at);
        PartTombstones { places: self.0.iter().enumerate().filter_map(about).collect(), all: self.clone() }
    }

    /// All parts with deleted samples.
    pub(crate) fn parts(&self) -> BTreeSet<PartId> {
        self.0.iter().flat_map(|tombstone| tombstone.parts.iter().copied()).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// The tombstones of a part.
#[derive(Clone, Debug)]
pub(crate) struct PartTombstones {
    all: TombstoneSet,
    places: Vec<usize>,
}

impl PartTombstones {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// What is deleted of a series.
    pub(crate) fn deleted(&self, labels: &LabelSet) -> Deleted {
        let tombstones = self.places.iter().filter_map(|&at| self.all.0.get(at));
        let ranges = tombstones.filter(|tombstone| tombstone.accepts(labels)).map(|t| t.range_ms);
        Deleted::new(Intervals::new(ranges.collect()))
    }
}

/// The tombstones of a store, and their file.
pub(crate) struct Tombstones {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    state: Mutex<State>,
}

struct State {
    set: TombstoneSet,
    /// Bytes of the file.
    bytes: u64,
    /// The file may say something else: the last write of it failed.
    unsure: bool,
}

impl Tombstones {
    /// Reads the file; a damaged one is set aside.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails.
    pub(crate) fn open(disk: Arc<dyn Disk>, dir: &Path) -> Result<Self, Error> {
        let (set, bytes) = match file::read(&*disk, dir) {
            Ok(Some((tombstones, bytes))) => (TombstoneSet(tombstones.into()), bytes),
            Ok(None) => (TombstoneSet::default(), 0),
            Err(error @ Error::Corrupt { .. }) => {
                tracing::error!(%error, set_aside = DAMAGED_NAME, "tombstones are damaged; what they hid is served again");
                let path = dir.join(NAME);
                disk.rename(&path, &dir.join(DAMAGED_NAME)).map_err(Error::io("rename", path))?;
                (TombstoneSet::default(), 0)
            }
            Err(error) => return Err(error),
        };
        let state = Mutex::new(State { set, bytes, unsure: false });
        Ok(Self { disk, dir: dir.to_owned(), state })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tombstones as they are now. Asked for before the parts are: one that is not needed any more is gone
    /// only after its parts are.
    pub(crate) fn get(&self) -> TombstoneSet {
        self.state().set.clone()
    }

    /// Bytes of the file.
    pub(crate) fn bytes(&self) -> u64 {
        self.state().bytes
    }

    /// True when no tombstone can be added before some are gone.
    pub(crate) fn is_full(&self) -> bool {
        let state = self.state();
        let bytes: usize = state.set.0.iter().map(Tombstone::matcher_bytes).sum();
        state.set.len() >= TOMBSTONES_MAX || bytes >= MATCHER_BYTES_MAX
    }

    /// Adds a tombstone and makes it durable.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails; the tombstone does not hold then, unless a crash comes before the next
    /// call of [`Tombstones::prune`].
    pub(crate) fn add(&self, tombstone: Tombstone) -> Result<(), Error> {
        let mut state = self.state();
        let tombstones = state.set.0.iter().cloned().chain([tombstone]).collect();
        self.replace(&mut state, tombstones)
    }

    /// Forgets parts that are not there any more, and tombstones without parts.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails; the next call tries again.
    pub(crate) fn prune(&self, is_there: impl Fn(PartId) -> bool) -> Result<(), Error> {
        let mut state = self.state();
        let needless = |tombstone: &Tombstone| tombstone.parts.iter().any(|&part| !is_there(part));
        if !state.unsure && !state.set.0.iter().any(needless) {
            return Ok(());
        }
        let mut kept = state.set.0.to_vec();
        kept.iter_mut().for_each(|tombstone| tombstone.parts.retain(|&part| is_there(part)));
        kept.retain(|tombstone| !tombstone.parts.is_empty());
        self.replace(&mut state, kept)
    }

    fn replace(&self, state: &mut State, tombstones: Vec<Tombstone>) -> Result<(), Error> {
        state.unsure = true;
        state.bytes = file::write(&*self.disk, &self.dir, &tombstones)?;
        (state.set, state.unsure) = (TombstoneSet(tombstones.into()), false);
        Ok(())
    }
}
