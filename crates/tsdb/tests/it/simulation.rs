//! A disk that forgets, and a clock that is set: all by one seed.

use std::{
    any::Any,
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use model::Clock;
use tsdb::disk::{Disk, ReadFile, WriteFile};

/// Numbers from a seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit.max(1)
    }

    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}

/// A clock that goes when told to.
#[derive(Default)]
pub(crate) struct HandClock(Mutex<i64>);

impl HandClock {
    pub(crate) fn set_ms(&self, now_ms: i64) {
        *self.0.lock().unwrap() = now_ms;
    }
}

impl Clock for HandClock {
    fn now_ms(&self) -> i64 {
        *self.0.lock().unwrap()
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.now_ms() as u64)
    }
}

/// What is said to be the size of a disk.
pub(crate) const CAPACITY_BYTES: u64 = 100_000;

type Content = Arc<Mutex<Bytes>>;

#[derive(Default)]
struct Bytes {
    all: Vec<u8>,
    synced: usize,
}

enum Change {
    Create(PathBuf, Content),
    Rename(PathBuf, PathBuf),
    Link(PathBuf, PathBuf),
    Remove(PathBuf),
}

#[derive(Default)]
struct Files {
    names: BTreeMap<PathBuf, Content>,
    /// As it is after a power cut, if nothing more gets through.
    durable: BTreeMap<PathBuf, Content>,
    unsynced: Vec<Change>,
    /// Writes left until they begin to fail.
    writes_left: Option<usize>,
    /// Whether no file can be removed.
    removals_fail: bool,
}

fn apply(names: &mut BTreeMap<PathBuf, Content>, change: &Change) {
    match change {
        Change::Create(path, content) => {
            names.insert(path.clone(), Arc::clone(content));
        }
        Change::Rename(from, to) => {
            if let Some(content) = names.remove(from) {
                names.insert(to.clone(), content);
            }
        }
        Change::Link(from, to) => {
            if let Some(content) = names.get(from).map(Arc::clone) {
                names.insert(to.clone(), content);
            }
        }
        Change::Remove(path) => {
            names.remove(path);
        }
    }
}

/// Files in memory, of which a crash keeps what was synced and some of the rest.
#[derive(Clone, Default)]
pub(crate) struct MemoryDisk(Arc<Mutex<Files>>);

impl MemoryDisk {
    fn files(&self) -> MutexGuard<'_, Files> {
        self.0.lock().unwrap()
    }

    /// What a power cut leaves: of names and bytes that were not synced, a part that came first.
    pub(crate) fn crash(&self, random: &mut Random) {
        let mut files = self.files();
        let kept = random.below(files.unsynced.len() + 1);
        let Files { durable, unsynced, .. } = &mut *files;
        unsynced.drain(..).take(kept).for_each(|change| apply(durable, &change));
        for content in durable.values() {
            let mut bytes = content.lock().unwrap();
            let kept = bytes.synced + random.below(bytes.all.len() - bytes.synced + 1);
            bytes.all.truncate(kept);
            if kept > bytes.synced && random.one_in(3) {
                // A block that was allocated and not written.
                let from = bytes.synced + random.below(kept - bytes.synced);
                bytes.all[from..].fill(0);
            }
            bytes.synced = bytes.all.len();
        }
        files.names = files.durable.clone();
        files.writes_left = None;
    }

    /// Lets so many writes and syncs through, and none after these until the next call or crash.
    pub(crate) fn fail_after(&self, writes: Option<usize>) {
        self.files().writes_left = writes;
    }

    pub(crate) fn fail_removals(&self, fail: bool) {
        self.files().removals_fail = fail;
    }

    pub(crate) fn names(&self) -> Vec<PathBuf> {
        self.files().names.keys().cloned().collect()
    }

    /// Calls `change` with the bytes of a file.
    pub(crate) fn edit(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let content = Arc::clone(&self.files().names[path]);
        let mut bytes = content.lock().unwrap();
        change(&mut bytes.all);
        bytes.synced = bytes.all.len();
    }

    /// A copy that goes its own way.
    pub(crate) fn fork(&self) -> Self {
        let copy = |content: &Content| {
            let all = content.lock().unwrap().all.clone();
            Arc::new(Mutex::new(Bytes { synced: all.len(), all }))
        };
        let names: BTreeMap<_, _> =
            self.files().names.iter().map(|(path, c)| (path.clone(), copy(c))).collect();
        let durable = names.clone();
        Self(Arc::new(Mutex::new(Files { names, durable, ..Files::default() })))
    }

    fn write_allowed(&self) -> io::Result<()> {
        match &mut self.files().writes_left {
            Some(0) => Err(io::Error::from(io::ErrorKind::StorageFull)),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn change(&self, change: Change) {
        let mut files = self.files();
        apply(&mut files.names, &change);
        files.unsynced.push(change);
    }

    fn find(&self, path: &Path) -> io::Result<Content> {
        let found = self.files().names.get(path).map(Arc::clone);
        found.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }
}

impl Disk for MemoryDisk {
    fn create_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<(String, u64)>> {
        let files = self.files();
        let within = files.names.iter().filter(|(path, _)| path.parent() == Some(dir));
        let entry = |(path, content): (&PathBuf, &Content)| {
            let name = path.file_name()?.to_str()?.to_owned();
            Some((name, content.lock().unwrap().all.len() as u64))
        };
        Ok(within.filter_map(entry).collect())
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn WriteFile>> {
        self.write_allowed()?;
        let content = Content::default();
        self.change(Change::Create(path.to_owned(), Arc::clone(&content)));
        Ok(Box::new(Open(self.clone(), content)))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn ReadFile>> {
        Ok(Box::new(Open(self.clone(), self.find(path)?)))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.write_allowed()?;
        self.find(from)?;
        self.change(Change::Rename(from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.write_allowed()?;
        self.find(from)?;
        self.change(Change::Link(from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        if self.files().removals_fail && self.find(path).is_ok() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        self.change(Change::Remove(path.to_owned()));
        Ok(())
    }

    fn remove_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        self.write_allowed()?;
        let mut files = self.files();
        files.durable = files.names.clone();
        files.unsynced.clear();
        Ok(())
    }

    fn capacity(&self, _: &Path) -> io::Result<u64> {
        self.write_allowed()?;
        Ok(CAPACITY_BYTES)
    }

    fn lock(&self, _: &Path) -> io::Result<Box<dyn Any + Send + Sync>> {
        Ok(Box::new(()))
    }
}

struct Open(MemoryDisk, Content);

impl WriteFile for Open {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_allowed()?;
        self.1.lock().unwrap().all.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.write_allowed()?;
        let mut bytes = self.1.lock().unwrap();
        bytes.synced = bytes.all.len();
        Ok(())
    }
}

impl ReadFile for Open {
    fn size(&self) -> io::Result<u64> {
        Ok(self.1.lock().unwrap().all.len() as u64)
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let bytes = self.1.lock().unwrap();
        let from = bytes.all.get(offset as usize..).and_then(|rest| rest.get(..buffer.len()));
        let from = from.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
        buffer.copy_from_slice(from);
        Ok(())
    }
}
