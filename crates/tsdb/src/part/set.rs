//! All parts of a store: opened, added, replaced by merges, dropped by age and size.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use model::{Budget, sort};

use super::{
    Part, PartId, PartWriter,
    choice::choose,
    merge,
    merge::merge_readable,
    tombstone::{self, Tombstones},
    writer::{Origin, Written},
};
use crate::{disk::Disk, error::Error, status::PartInfo};

/// Pages that are written to find out whether a disk takes something: enough for a small part.
const PROBE_PAGES: usize = 16;

/// The parts at one moment, by their ids.
pub(crate) type PartSet = Arc<[Arc<Part>]>;

/// The parts of a store.
pub(crate) struct Parts {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    budget: Arc<Budget>,
    list: Mutex<PartSet>,
    pub(crate) tombstones: Tombstones,
    /// Parts that are not served any more, whose files may still be there or come back after a power cut.
    leaving: Mutex<BTreeSet<PartId>>,
    next: AtomicU64,
    bytes_written: AtomicU64,
    merges: AtomicU64,
    removed: AtomicU64,
}

/// Figures of the parts.
#[derive(Clone, Debug, Default)]
pub(crate) struct PartsFigures {
    pub(crate) parts: usize,
    pub(crate) samples: u64,
    pub(crate) bytes: u64,
    pub(crate) memory_bytes: usize,
    pub(crate) bytes_written: u64,
    pub(crate) merges: u64,
    pub(crate) removed: u64,
    pub(crate) damaged: u64,
    pub(crate) range_ms: Option<(i64, i64)>,
}

impl Parts {
    /// Opens the parts in a folder. Unfinished ones are removed, and those whose samples are in a merged one;
    /// damaged ones are set aside.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails.
    pub(crate) fn open(disk: Arc<dyn Disk>, dir: &Path, budget: &Arc<Budget>) -> Result<Self, Error> {
        let mut parts = Vec::new();
        let tombstones = Tombstones::open(Arc::clone(&disk), dir)?;
        // A part must not come under tombstones that were made for another one.
        let mut last = tombstones.get().parts().last().map_or(0, |part| part.number);
        for (name, _) in disk.list(dir).map_err(Error::io("list", dir))? {
            if name.ends_with(".part.tmp") || name == tombstone::TEMPORARY_NAME {
                let path = dir.join(&name);
                disk.remove(&path).map_err(Error::io("remove", path))?;
            } else if let Some(id) = name.strip_suffix(".damaged").and_then(PartId::parse) {
                last = last.max(id.number);
            } else if let Some(id) = PartId::parse(&name) {
                last = last.max(id.number);
                match Part::open(&*disk, dir, id, budget) {
                    Ok(part) => parts.push(Arc::new(part)),
                    Err(error @ Error::Corrupt { .. }) => {
                        let damaged = format!("{name}.damaged");
                        tracing::error!(%error, set_aside = damaged, "part is damaged");
                        let path = dir.join(&name);
                        disk.rename(&path, &dir.join(&damaged)).map_err(Error::io("rename", path))?;
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        let replaced: Vec<PartId> = parts.iter().flat_map(|part: &Arc<Part>| part.sources()).collect();
        let (gone, mut parts): (Vec<_>, Vec<_>) = parts.into_iter().partition(|p| replaced.contains(&p.id));
        for part in gone {
            let path = dir.join(part.id.file_name());
            disk.remove(&path).map_err(Error::io("remove", path))?;
        }
        if tombstones.get().len() > 0 {
            // What was removed, now or shortly before the last end, is gone for good before its tombstones go.
            disk.sync_dir(dir).map_err(Error::io("sync", dir))?;
        }
        sort::by_key(&mut parts, |part| part.id);
        Ok(Self {
            disk,
            dir: dir.to_owned(),
            budget: Arc::clone(budget),
            list: Mutex::new(parts.into()),
            tombstones,
            leaving: Mutex::default(),
            next: AtomicU64::new(last + 1),
            bytes_written: AtomicU64::new(0),
            merges: AtomicU64::new(0),
            removed: AtomicU64::new(0),
        })
    }

    /// The parts as they are now.
    pub(crate) fn get(&self) -> PartSet {
        Arc::clone(&self.list.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Parts that are not served any more, whose files may still be there.
    pub(super) fn leaving(&self) -> MutexGuard<'_, BTreeSet<PartId>> {
        self.leaving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn replace(&self, gone: &[PartId], new: Option<Part>) {
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = list.iter().filter(|part| !gone.contains(&part.id)).map(Arc::clone);
        let mut parts: Vec<_> = kept.chain(new.map(Arc::new)).collect();
        sort::by_key(&mut parts, |part| part.id);
        *list = parts.into();
    }

    /// The first log segment whose samples are not all in parts.
    pub(crate) fn wal_floor(&self) -> u64 {
        self.get().iter().map(|part| part.footer.wal_floor).max().unwrap_or(0)
    }

    /// Begins a part.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails.
    pub(crate) fn create(&self) -> Result<PartWriter, Error> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        PartWriter::create(&self.disk, &self.dir, PartId { number, level: 0 })
    }

    /// Bytes of the file system that the parts are on.
    ///
    /// # Errors
    /// [`Error::Io`] when it does not say.
    pub(crate) fn capacity(&self) -> Result<u64, Error> {
        self.disk.capacity(&self.dir).map_err(Error::io("ask for the size of the disk of", &self.dir))
    }

    /// Finds out whether the disk takes what is written: some bytes go there and are removed again.
    ///
    /// # Errors
    /// [`Error::Io`] when it does not.
    pub(crate) fn probe(&self) -> Result<(), Error> {
        // The name of an unfinished part, so that a kill leaves nothing.
        let path = self.dir.join("probe.part.tmp");
        let write = || {
            let mut file = self.disk.create(&path)?;
            (0..PROBE_PAGES).try_for_each(|_| file.write_all(&[0; 4096]))?;
            file.sync()
        };
        let written = write().map_err(Error::io("write to", &path));
        let removed = self.disk.remove(&path).map_err(Error::io("remove", &path));
        written.and(removed)
    }

    /// Finishes a part and serves it.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails; [`Error::Corrupt`] when what was written does not read back.
    pub(crate) fn publish(&self, writer: PartWriter, origin: Origin) -> Result<(), Error> {
        let id = writer.id();
        let published = writer.finish(origin).and_then(|written| match written {
            Some(written) => self.add(&written, &[]),
            None => Ok(()),
        });
        self.or_abandon(id, published)
    }

    /// After a failure sees to it that a part with this name does not stay, which may be whole and is not served: the
    /// next start would take it in place of its sources, and with it what was deleted of these since.
    fn or_abandon<T>(&self, id: PartId, result: Result<T, Error>) -> Result<T, Error> {
        if result.is_err() {
            self.leaving().insert(id);
            // On a disk that fails it is tried again later.
            let _ = self.remove_leaving();
        }
        result
    }

    fn add(&self, written: &Written, gone: &[PartId]) -> Result<(), Error> {
        self.bytes_written.fetch_add(written.bytes, Ordering::Relaxed);
        let part = Part::open(&*self.disk, &self.dir, written.id, &self.budget)?;
        self.replace(gone, Some(part));
        Ok(())
    }

    /// Merges parts if enough of a level are there, none longer than `span_max_ms`; true when it did. Files that could
    /// not be removed are left to [`Parts::remove_leaving`].
    ///
    /// # Errors
    /// As the merge; its sources stay.
    pub(crate) fn merge(
        &self,
        span_max_ms: i64,
        tick: impl FnMut() -> Result<(), Error>,
    ) -> Result<bool, Error> {
        let parts = self.get();
        let Some(chosen) = choose(&parts, span_max_ms) else { return Ok(false) };
        self.replace_by_one(&chosen, tick)?;
        // One file that stays must not hold up the merges of others.
        let _ = self.remove_leaving();
        self.merges.fetch_add(1, Ordering::Relaxed);
        Ok(true)
    }

    /// Writes the samples of some parts as one, without those that are deleted, puts it in their place, and removes
    /// their files.
    ///
    /// # Errors
    /// As the merge, and the parts stay; or as [`Parts::remove_leaving`].
    pub(super) fn rewrite(
        &self,
        chosen: &[Arc<Part>],
        tick: impl FnMut() -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.replace_by_one(chosen, tick)?;
        self.remove_leaving()
    }

    fn replace_by_one(
        &self,
        chosen: &[Arc<Part>],
        tick: impl FnMut() -> Result<(), Error>,
    ) -> Result<(), Error> {
        let newest = chosen.iter().map(|part| part.id).max().unwrap_or_default();
        let id = PartId { level: newest.level + 1, ..newest };
        self.make_way(id)?;
        let gone: Vec<PartId> = chosen.iter().map(|part| part.id).collect();
        let written = merge(&self.disk, &self.dir, id, chosen, &self.tombstones.get(), tick)
            .inspect_err(|error| self.give_up(chosen, error))
            .and_then(|written| self.put_in_place(written.as_ref(), &gone));
        self.or_abandon(id, written)?;
        self.leaving().extend(gone);
        Ok(())
    }

    /// Sees to it that nothing is left under the name of a part that is about to be written.
    fn make_way(&self, id: PartId) -> Result<(), Error> {
        if self.leaving().contains(&id) { self.remove_leaving() } else { Ok(()) }
    }

    /// Serves a part, if one was written, in place of others.
    fn put_in_place(&self, written: Option<&Written>, gone: &[PartId]) -> Result<(), Error> {
        match written {
            Some(written) => self.add(written, gone),
            None => {
                self.replace(gone, None);
                Ok(())
            }
        }
    }

    /// Keeps a part that a merge found damaged out of later ones.
    fn give_up(&self, chosen: &[Arc<Part>], error: &Error) {
        if let Error::Corrupt { path, .. } = error {
            for part in chosen.iter().filter(|part| path.ends_with(part.id.file_name())) {
                part.damaged.fetch_max(1, Ordering::Relaxed);
            }
        }
    }

    /// Drops parts that end before `oldest_ms`, and then the oldest ones beyond `bytes_max` (0: no limit).
    ///
    /// # Errors
    /// [`Error::Io`] when a file cannot be removed; it is not served any more all the same.
    pub(crate) fn retain(
        &self,
        oldest_ms: Option<i64>,
        bytes_max: u64,
        other_bytes: u64,
    ) -> Result<(), Error> {
        let mut parts = self.get().to_vec();
        sort::by_key(&mut parts, |part| std::cmp::Reverse(part.footer.max_ms));
        let mut bytes = other_bytes;
        let mut gone = Vec::new();
        for part in parts {
            bytes += part.bytes;
            let old = oldest_ms.is_some_and(|oldest| part.footer.max_ms < oldest);
            if old || (bytes_max > 0 && bytes > bytes_max) {
                gone.push(part.id);
            }
        }
        if gone.is_empty() {
            return Ok(());
        }
        self.replace(&gone, None);
        self.removed.fetch_add(gone.len() as u64, Ordering::Relaxed);
        self.leaving().extend(gone);
        self.remove_leaving()
    }

    /// Writes what can be read of a damaged part to a new one and sets it aside; gives the samples written.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails.
    pub(crate) fn salvage(&self, part: &Arc<Part>) -> Result<u64, Error> {
        let id = PartId { level: part.id.level + 1, ..part.id };
        self.make_way(id)?;
        let chosen = std::slice::from_ref(part);
        let written = merge_readable(&self.disk, &self.dir, id, chosen, &self.tombstones.get(), || Ok(()))
            .and_then(|written| self.put_in_place(written.as_ref(), &[part.id]));
        self.or_abandon(id, written)?;
        let samples = self.get().iter().find(|new| new.id == id).map_or(0, |new| new.footer.samples);
        let name = part.id.file_name();
        let (path, aside) = (self.dir.join(&name), self.dir.join(format!("{name}.damaged")));
        self.disk.rename(&path, &aside).map_err(Error::io("rename", path))?;
        self.disk.sync_dir(&self.dir).map_err(Error::io("sync", &self.dir))?;
        self.prune_tombstones()?;
        Ok(samples)
    }

    /// Removes the files of parts that are not served any more, and then the tombstones that nothing needs: a file
    /// that stayed, or came back after a power cut, would be served whole by the next start.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails; the next call tries again.
    pub(crate) fn remove_leaving(&self) -> Result<(), Error> {
        let removed = self.try_removing();
        self.prune_tombstones().and(removed)
    }

    fn try_removing(&self) -> Result<(), Error> {
        let mut leaving = self.leaving();
        if leaving.is_empty() {
            return Ok(());
        }
        let (mut kept, mut result) = (BTreeSet::new(), Ok(()));
        for &id in leaving.iter() {
            let path = self.dir.join(id.file_name());
            if let Err(error) = self.disk.remove(&path) {
                kept.insert(id);
                result = Err(Error::io("remove", path)(error));
            }
        }
        self.disk.sync_dir(&self.dir).map_err(Error::io("sync", &self.dir))?;
        *leaving = kept;
        result
    }

    /// Gives all parts and tombstones a second name in a new folder, to which `add` adds what else belongs there; it is
    /// durable then.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails, and what `add` returns; the folder is removed then.
    pub(crate) fn link_to(
        &self,
        dir: &Path,
        add: impl FnOnce(&Path) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let linked = self.link_all(dir, add);
        if linked.is_err() {
            // What cannot be removed either is left to the administrator.
            let files = self.disk.list(dir).unwrap_or_default();
            files.iter().for_each(|(name, _)| drop(self.disk.remove(&dir.join(name))));
            let _ = self.disk.remove_dir(dir);
        }
        linked
    }

    fn link_all(&self, dir: &Path, add: impl FnOnce(&Path) -> Result<(), Error>) -> Result<(), Error> {
        let parts = self.get();
        let tombstones = (self.tombstones.get().len() > 0).then(|| tombstone::NAME.to_owned());
        self.disk.create_dir(dir).map_err(Error::io("create", dir))?;
        for name in parts.iter().map(|part| part.id.file_name()).chain(tombstones) {
            let (from, to) = (self.dir.join(&name), dir.join(&name));
            self.disk.link(&from, &to).map_err(Error::io("link", from))?;
        }
        add(dir)?;
        // The folders that may be new are names in those above them.
        for folder in dir.ancestors().take_while(|folder| folder.starts_with(&self.dir)) {
            self.disk.sync_dir(folder).map_err(Error::io("sync", folder))?;
        }
        Ok(())
    }

    /// What can be said of each part without reading it.
    pub(crate) fn infos(&self) -> Vec<PartInfo> {
        let tombstones = self.tombstones.get();
        let info = |part: &Arc<Part>| PartInfo {
            number: part.id.number,
            level: part.id.level,
            min_time_ms: part.footer.min_ms,
            max_time_ms: part.footer.max_ms,
            series: part.footer.series,
            samples: part.footer.samples,
            bytes: part.bytes,
            tombstones: tombstones.of(part.id).len(),
        };
        self.get().iter().map(info).collect()
    }

    pub(crate) fn figures(&self) -> PartsFigures {
        let parts = self.get();
        let ranges = parts.iter().map(|part| (part.footer.min_ms, part.footer.max_ms));
        PartsFigures {
            parts: parts.len(),
            samples: parts.iter().map(|part| part.footer.samples).sum(),
            bytes: parts.iter().map(|part| part.bytes).sum(),
            memory_bytes: parts.iter().map(|part| part.memory_bytes()).sum(),
            bytes_written: self.bytes_written.load(Ordering::Relaxed),
            merges: self.merges.load(Ordering::Relaxed),
            removed: self.removed.load(Ordering::Relaxed),
            damaged: parts.iter().map(|part| part.damaged.load(Ordering::Relaxed)).sum(),
            range_ms: ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))),
        }
    }
}
