//! The log's way to the disk.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    batch::{Packer, frame_records},
    log::{Buffer, Log, Piece},
    replay::Replayed,
    segment_name::segment_name,
};
use crate::{
    disk::{Disk, WriteFile},
    error::Error,
};

/// What waits in memory before an append writes it by itself, without a sync: some ten seconds of 100,000
/// changing samples a second.
const BUFFER_BYTES_MAX: usize = 1 << 20;
/// Buffers larger than this are given back to the system once they are written.
const BUFFER_BYTES_KEPT: usize = 64 << 10;

/// Pieces larger than this are written as they are: with 50,000 samples a second and more, time matters as much as
/// bytes, at the start above all.
const PACKED_BYTES_MAX: usize = 256 << 10;

/// How records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As they are: someone waits for them, and compressing takes longer than it saves.
    Records,
    /// Compressed, but for large pieces.
    Batches,
}

/// The log of a store.
pub(crate) struct Wal {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    segment_bytes: u64,
    buffer: Mutex<Buffer>,
    writer: Mutex<Writer>,
    bytes_on_disk: AtomicU64,
    segments_on_disk: AtomicU64,
    bytes_written: AtomicU64,
    syncs: AtomicU64,
    failures: AtomicU64,
}

struct Writer {
    file: Option<(u64, Box<dyn WriteFile>)>,
    packer: Packer,
    /// What goes to the file at once.
    packed: Vec<u8>,
    dirty: bool,
    /// The buffer's position up to which all is durable.
    synced: u64,
    /// Segments on disk and their bytes.
    segments: BTreeMap<u64, u64>,
    /// Those that were found damaged at the start.
    damaged: BTreeSet<u64>,
}

impl Writer {
    /// Writes a piece to the open file; gives its bytes there.
    fn write(&mut self, piece: &Piece, form: Form) -> io::Result<usize> {
        let Self { file: Some((_, file)), packer, packed, dirty, .. } = self else { return Ok(0) };
        *dirty = true;
        // A write that failed leaves something.
        packed.clear();
        if let Some(header) = piece.header {
            packed.extend_from_slice(&header.encode());
        }
        // A stream goes on after records that are no part of it: a piece ends with a whole record.
        if form == Form::Records || piece.records.len() > PACKED_BYTES_MAX {
            frame_records(&piece.records, packed);
        } else {
            packer.pack(&piece.records, packed)?;
        }
        file.write_all(packed)?;
        let len = packed.len();
        packed.clear();
        packed.shrink_to(BUFFER_BYTES_KEPT);
        Ok(len)
    }
}

/// Figures of the log.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WalFigures {
    pub(crate) segments: u64,
    pub(crate) bytes: u64,
    pub(crate) bytes_written: u64,
    pub(crate) syncs: u64,
    pub(crate) failures: u64,
    pub(crate) failing: bool,
}

impl Wal {
    /// A log that goes on after the segments that are there; it makes no file before there is a record.
    pub(crate) fn new(
        disk: Arc<dyn Disk>,
        dir: &Path,
        segment_bytes: u64,
        replayed: &Replayed,
        floor: u64,
    ) -> Self {
        let (segments, damaged) = (replayed.segments.clone(), replayed.damaged_segments.clone());
        let next = segments.last_key_value().map_or(0, |(&n, _)| n).max(floor) + 1;
        Self {
            disk,
            dir: dir.to_owned(),
            segment_bytes,
            buffer: Mutex::new(Buffer::new(next)),
            bytes_on_disk: AtomicU64::new(segments.values().sum()),
            segments_on_disk: AtomicU64::new(segments.len() as u64),
            writer: Mutex::new(Writer {
                file: None,
                packer: Packer::default(),
                packed: Vec::new(),
                dirty: false,
                synced: 0,
                segments,
                damaged,
            }),
            bytes_written: AtomicU64::new(0),
            syncs: AtomicU64::new(0),
            failures: AtomicU64::new(0),
        }
    }

    fn buffer(&self) -> MutexGuard<'_, Buffer> {
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The buffer for a record; `None` while the log has failed.
    pub(crate) fn log(&self) -> Option<Log<'_>> {
        let mut buffer = self.buffer();
        if buffer.failed.is_some() {
            return None;
        }
        if buffer.segment_full(self.segment_bytes) {
            buffer.rotate();
        }
        Some(Log(buffer))
    }

    /// Writes the buffer when it has grown large, unless someone is writing.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails; the log has failed then.
    pub(crate) fn relieve(&self) -> Result<(), Error> {
        if self.buffer().pending < BUFFER_BYTES_MAX {
            return Ok(());
        }
        match self.writer.try_lock() {
            Ok(mut writer) => self.write_out(&mut writer, Form::Batches, false),
            Err(_) => Ok(()),
        }
    }

    /// Waits until everything logged so far is durable; `form` is that of what is not written yet.
    ///
    /// # Errors
    /// [`Error::LogFailed`] when something could not be logged and is in no part yet, else [`Error::Io`].
    pub(crate) fn sync(&self, form: Form) -> Result<(), Error> {
        let wanted = self.position_without_gap()?;
        let mut writer = self.writer();
        // What waited may have been lost while someone else was writing.
        self.position_without_gap()?;
        // Someone else's sync may have covered this one meanwhile.
        if writer.synced >= wanted { Ok(()) } else { self.write_out(&mut writer, form, true) }
    }

    /// How far the log goes, if everything appended is in it or in a part.
    fn position_without_gap(&self) -> Result<u64, Error> {
        let buffer = self.buffer();
        if buffer.gap {
            let reason = buffer.failed.clone().unwrap_or_else(|| "a flush is under way".to_owned());
            return Err(Error::LogFailed { reason });
        }
        Ok(buffer.position)
    }

    /// Starts a new segment and gives its number: what was logged before is in older ones. A failed log is
    /// written again from here on.
    pub(crate) fn rotate(&self) -> u64 {
        let mut buffer = self.buffer();
        buffer.rotate();
        buffer.failed = None;
        buffer.segment
    }

    /// Says that everything appended before the last [`Wal::rotate`] is in a part.
    pub(crate) fn close_gap(&self) {
        let mut buffer = self.buffer();
        if buffer.failed.is_none() && std::mem::take(&mut buffer.gap) {
            tracing::info!("the disk takes writes again: all samples in memory were written to a part");
        }
    }

    /// Removes the segments below a number; damaged ones are set aside.
    ///
    /// # Errors
    /// [`Error::Io`]; the segments that are left are removed the next time.
    pub(crate) fn drop_before(&self, number: u64) -> Result<(), Error> {
        let mut writer = self.writer();
        self.buffer().forget_before(number);
        if writer.file.as_ref().is_some_and(|(open, _)| *open < number) {
            (writer.file, writer.dirty) = (None, false);
        }
        let Writer { segments, damaged, .. } = &mut *writer;
        while let Some(entry) = segments.first_entry().filter(|entry| *entry.key() < number) {
            let number = *entry.key();
            let path = self.dir.join(segment_name(number));
            if damaged.contains(&number) {
                // What could be read of it is in a part now; the rest is for someone to look at.
                let aside = self.dir.join(format!("{}.damaged", segment_name(number)));
                self.disk.rename(&path, &aside).map_err(Error::io("rename", path))?;
            } else {
                self.disk.remove(&path).map_err(Error::io("remove", path))?;
            }
            self.bytes_on_disk.fetch_sub(entry.remove(), Ordering::Relaxed);
            self.segments_on_disk.fetch_sub(1, Ordering::Relaxed);
        }
        Ok(())
    }

    pub(crate) fn figures(&self) -> WalFigures {
        WalFigures {
            segments: self.segments_on_disk.load(Ordering::Relaxed),
            bytes: self.bytes_on_disk.load(Ordering::Relaxed),
            bytes_written: self.bytes_written.load(Ordering::Relaxed),
            syncs: self.syncs.load(Ordering::Relaxed),
            failures: self.failures.load(Ordering::Relaxed),
            failing: self.buffer().gap,
        }
    }

    fn write_out(&self, writer: &mut Writer, form: Form, sync: bool) -> Result<(), Error> {
        let (pieces, position) = {
            let mut buffer = self.buffer();
            buffer.pending = 0;
            (std::mem::take(&mut buffer.pieces), buffer.position)
        };
        let result = self.write_pieces(writer, pieces, form, sync);
        match &result {
            Ok(()) if sync => writer.synced = position,
            Ok(()) => {}
            Err(error) => {
                // What a failed sync left on disk is unknown, and a second one does not tell: the segment is
                // not touched again. The flush that follows makes its samples durable.
                (writer.file, writer.dirty) = (None, false);
                self.failures.fetch_add(1, Ordering::Relaxed);
                let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
                tracing::error!(error = %error, cause, "log failed; samples are in memory only");
                self.buffer().fail(format!("{error}: {cause}"));
            }
        }
        result
    }

    fn write_pieces(
        &self,
        writer: &mut Writer,
        pieces: Vec<Piece>,
        form: Form,
        sync: bool,
    ) -> Result<(), Error> {
        for mut piece in pieces.into_iter().filter(|piece| !piece.records.is_empty()) {
            let path = self.dir.join(segment_name(piece.segment));
            if writer.file.as_ref().is_none_or(|(open, _)| *open != piece.segment) {
                self.sync_file(writer)?;
                let file = self.disk.create_log(&path).map_err(Error::io("create", &path))?;
                writer.segments.insert(piece.segment, 0);
                self.segments_on_disk.fetch_add(1, Ordering::Relaxed);
                self.disk.sync_dir(&self.dir).map_err(Error::io("sync", &self.dir))?;
                writer.file = Some((piece.segment, file));
                writer.packer.restart();
            }
            let len = writer.write(&piece, form).map_err(Error::io("write to", &path))? as u64;
            self.bytes_written.fetch_add(len, Ordering::Relaxed);
            self.bytes_on_disk.fetch_add(len, Ordering::Relaxed);
            *writer.segments.entry(piece.segment).or_default() += len;
            if piece.records.capacity() <= BUFFER_BYTES_KEPT {
                piece.header = None;
                piece.records.clear();
                self.buffer().reuse(piece);
            }
        }
        if sync { self.sync_file(writer) } else { Ok(()) }
    }

    fn sync_file(&self, writer: &mut Writer) -> Result<(), Error> {
        if let Some((number, file)) = writer.file.as_mut().filter(|_| writer.dirty) {
            let path = self.dir.join(segment_name(*number));
            self.syncs.fetch_add(1, Ordering::Relaxed);
            file.sync().map_err(Error::io("sync", path))?;
            writer.dirty = false;
        }
        Ok(())
    }
}
