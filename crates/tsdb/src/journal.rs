//! Files that repeat what is held in memory: appended to, and written anew when they have grown too long.
//!
//! `docs/format/journal.md` has the byte tables.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::{
    disk::{Disk, WriteFile},
    error::Error,
    wal::{
        SegmentReader,
        batch::{Packer, frame_records, put_record},
        record,
    },
};

/// A journal grows to twice what is held and by so much more before it is written anew.
const SLACK_BYTES: usize = 64 << 10;
/// Records that wait are dropped beyond this: the journal is written anew then.
const PENDING_BYTES_MAX: usize = 256 << 10;

/// Fewer bytes are not compressed when a journal is written anew: each record stands for itself then.
const PACKED_BYTES_MIN: usize = 4 << 10;

/// What a journal repeats.
pub(crate) trait Content {
    /// Hands over the records that make up all of it.
    fn for_each_record(&self, each: &mut dyn FnMut(&[u8]));

    /// Bytes in memory, about.
    fn bytes(&self) -> usize;
}

/// Something in memory and the journal that repeats it.
pub(crate) struct Journaled<T> {
    held: Mutex<Held<T>>,
    /// Held while the disk is waited for.
    file: Mutex<JournalFile>,
    /// Bytes of the file, for those who do not wait.
    file_bytes: AtomicUsize,
    was_damaged: bool,
}

/// What is held, and what the journal does not have of it yet.
pub(crate) struct Held<T> {
    pub(crate) content: T,
    pending: Vec<u8>,
    /// Something is neither in the journal nor among what waits for it.
    behind: bool,
}

struct JournalFile {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    /// `None` until it is written for the first time, and after a failure.
    open: Option<Box<dyn WriteFile>>,
    bytes: usize,
    failing: bool,
}

impl<T> Held<T> {
    /// Adds a record of what has changed.
    pub(crate) fn log(&mut self, payload: &[u8]) {
        if self.pending.len() > PENDING_BYTES_MAX {
            self.pending = Vec::new();
            self.behind = true;
        }
        if !self.behind {
            put_record(payload, &mut self.pending);
        }
    }
}

impl<T: Content> Journaled<T> {
    /// Reads the journal `name` of a folder back into `content`, which `restore` adds a record to; false from it
    /// says that a record makes no sense.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails. Damage is no error: what can be read is, and the file is set aside.
    pub(crate) fn open(
        disk: Arc<dyn Disk>,
        dir: &Path,
        name: &str,
        mut content: T,
        mut restore: impl FnMut(&mut T, &[u8]) -> bool,
    ) -> Result<Self, Error> {
        let path = dir.join(name);
        let unfinished = temporary(&path);
        disk.remove(&unfinished).map_err(Error::io("remove", &unfinished))?;
        let (damaged, bytes) = read(&*disk, &path, &mut |payload| restore(&mut content, payload))
            .map_err(Error::io("read", &path))?;
        if damaged {
            keep_damaged(&*disk, &path);
        }
        let held = Held { content, pending: Vec::new(), behind: damaged };
        let file = JournalFile { disk, path, open: None, bytes, failing: false };
        let (held, file, file_bytes) = (Mutex::new(held), Mutex::new(file), AtomicUsize::new(bytes));
        Ok(Self { held, file, file_bytes, was_damaged: damaged })
    }

    /// What is held, for as long as nobody else may see it.
    pub(crate) fn held(&self) -> MutexGuard<'_, Held<T>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the journal has all that is held.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails; the next call writes the journal anew.
    pub(crate) fn sync(&self) -> Result<(), Error> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let (records, anew) = {
            let mut held = self.held();
            if held.pending.is_empty() && !held.behind {
                return Ok(());
            }
            let anew = held.behind || file.is_too_long(held.pending.len(), held.content.bytes());
            let pending = std::mem::take(&mut held.pending);
            held.behind = false;
            if anew { (all_records(&held.content), true) } else { (pending, false) }
        };
        let result = if anew { file.write_anew(&records) } else { file.append(&records) };
        if result.is_err() {
            self.held().behind = true;
            file.open = None;
        }
        self.file_bytes.store(file.bytes, Ordering::Relaxed);
        file.note(result.as_ref().err());
        result
    }

    /// Writes all that is held to a journal of the same name in another folder, which is durable then but for its
    /// name.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails.
    pub(crate) fn copy_to(&self, dir: &Path) -> Result<(), Error> {
        let records = all_records(&self.held().content);
        let bytes = file_of(&records).map_err(Error::io("write to", dir))?;
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let path = dir.join(file.path.file_name().unwrap_or_default());
        let mut copy = file.disk.create(&path).map_err(Error::io("create", &path))?;
        copy.write_all(&bytes).map_err(Error::io("write to", &path))?;
        copy.sync().map_err(Error::io("sync", &path))
    }

    /// Whether some of the file could not be read when it was opened.
    pub(crate) fn was_damaged(&self) -> bool {
        self.was_damaged
    }

    /// Bytes of the file.
    pub(crate) fn file_bytes(&self) -> usize {
        self.file_bytes.load(Ordering::Relaxed)
    }
}

fn all_records(content: &impl Content) -> Vec<u8> {
    let mut out = Vec::new();
    content.for_each_record(&mut |payload| put_record(payload, &mut out));
    out
}

/// A whole journal with these records.
fn file_of(records: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = record::Header { number: 0, base_ms: 0 }.encode();
    if records.len() < PACKED_BYTES_MIN {
        frame_records(records, &mut out);
    } else {
        Packer::default().pack(records, &mut out)?;
    }
    Ok(out)
}

fn temporary(path: &Path) -> PathBuf {
    path.with_extension("journal.tmp")
}

/// Gives a damaged journal a second name to keep it by. Under its own it stays until the next sync has written a new
/// one: a power cut before that must not cost what can be read of it.
fn keep_damaged(disk: &dyn Disk, path: &Path) {
    let aside = path.with_extension("journal.damaged");
    let kept = disk.remove(&aside).and_then(|()| disk.link(path, &aside));
    let (journal, set_aside, error) =
        (path.display(), aside.display(), kept.err().map(tracing::field::display));
    tracing::warn!(%journal, %set_aside, error, "journal is damaged; what can be read of it is kept");
}

/// Shows all records of a journal. Gives whether some of it is damaged, and its bytes.
fn read(disk: &dyn Disk, path: &Path, restore: &mut dyn FnMut(&[u8]) -> bool) -> io::Result<(bool, usize)> {
    let file = match disk.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((false, 0)),
        file => file?,
    };
    let (mut reader, header) = SegmentReader::open(&*file)?;
    let mut sound = header.is_some();
    while let Some(payload) = if sound { reader.next()? } else { None } {
        sound = restore(payload);
    }
    let bytes = usize::try_from(file.size()?).unwrap_or(usize::MAX);
    Ok((!sound || reader.damage.gaps > 0, bytes))
}

impl JournalFile {
    fn is_too_long(&self, pending_bytes: usize, held_bytes: usize) -> bool {
        self.open.is_none() || self.bytes + pending_bytes > 2 * held_bytes + SLACK_BYTES
    }

    fn append(&mut self, records: &[u8]) -> Result<(), Error> {
        let Self { open: Some(file), path, bytes, .. } = self else { return Ok(()) };
        let mut framed = Vec::with_capacity(records.len() + records.len() / 4);
        frame_records(records, &mut framed);
        file.write_all(&framed).map_err(Error::io("write to", &*path))?;
        file.sync().map_err(Error::io("sync", &*path))?;
        *bytes += framed.len();
        Ok(())
    }

    fn write_anew(&mut self, records: &[u8]) -> Result<(), Error> {
        let Self { disk, path, .. } = self;
        let new = temporary(path);
        let bytes = file_of(records).map_err(Error::io("write to", &new))?;
        let mut file = disk.create_log(&new).map_err(Error::io("create", &new))?;
        file.write_all(&bytes).map_err(Error::io("write to", &new))?;
        file.sync().map_err(Error::io("sync", &new))?;
        disk.rename(&new, path).map_err(Error::io("rename", &new))?;
        let dir = path.parent().unwrap_or_else(|| Path::new(""));
        disk.sync_dir(dir).map_err(Error::io("sync", dir))?;
        (self.open, self.bytes) = (Some(file), bytes.len());
        Ok(())
    }

    /// Logs a failure once, until it is over.
    fn note(&mut self, error: Option<&Error>) {
        if let (Some(error), false) = (error, self.failing) {
            let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            tracing::error!(%error, cause, "journal failed; it is tried again with each sync");
        }
        self.failing = error.is_some();
    }
}
