//! A file that grows by small synced pieces, written by the sector past the page cache.
//!
//! Through the cache a sync writes whole pages of 4 KiB. When a few scrapes come between two syncs, most of that is
//! on disk already.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::Path,
};

use rustix::fs::{FallocateFlags, OFlags, fallocate, fcntl_getfl, fcntl_setfl};

use super::WriteFile;

/// What most disks take as the smallest piece; where one does not, the file goes through the cache.
const SECTOR: usize = 512;
/// Written at once.
const STRIDE: usize = 64 << 10;
/// What waits for a sync at most. A file that gets more goes through the cache from then on: whole pages cost it
/// nothing, and who writes without a sync must not wait for the disk.
const PENDING_BYTES_MAX: usize = 512 << 10;
/// Room taken ahead: a file that takes a block with every other sync has the file system write its own books as
/// often, some 1,000 bytes a sync.
const AHEAD: u64 = 256 << 10;

/// A file whose last sector is written again with each sync, filled up with zeros.
pub(super) struct DirectFile {
    file: File,
    direct: bool,
    /// Up to where room was taken.
    room: u64,
    /// Where `pending` begins in the file.
    offset: u64,
    /// What is not written, or stands in a sector that is not full.
    pending: Vec<u8>,
}

impl DirectFile {
    /// Makes a file or empties it.
    ///
    /// # Errors
    /// As the system says.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        let (file, direct) =
            match options.clone().custom_flags(OFlags::DIRECT.bits().cast_signed()).open(path) {
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => (options.open(path)?, false),
                opened => (opened?, true),
            };
        Ok(Self { file, direct, room: 0, offset: 0, pending: Vec::new() })
    }

    /// Writes what is pending. Past the cache the last sector stays, to be written again when it has more.
    fn write_pending(&mut self) -> io::Result<()> {
        let mut pending = std::mem::take(&mut self.pending);
        for (at, stride) in (0..).step_by(STRIDE).zip(pending.chunks(STRIDE)) {
            self.write_at(stride, self.offset + at)?;
        }
        let kept = if self.direct { pending.len() % SECTOR } else { 0 };
        let done = pending.len() - kept;
        self.offset += done as u64;
        self.pending = pending.split_off(done);
        Ok(())
    }

    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        if self.direct {
            self.take_room(offset + bytes.len() as u64);
            match self.write_sectors(bytes, offset) {
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                    // The disk's sectors are larger, or it wants an alignment of its own.
                    self.use_cache()?;
                }
                result => return result,
            }
        }
        self.file.write_all_at(bytes, offset)
    }

    /// Not every file system can; then room is taken as the file grows.
    fn take_room(&mut self, end: u64) {
        if end > self.room {
            let ahead = end.next_multiple_of(AHEAD);
            let _ = fallocate(&self.file, FallocateFlags::KEEP_SIZE, self.room, ahead - self.room);
            self.room = ahead;
        }
    }

    fn use_cache(&mut self) -> io::Result<()> {
        let flags = fcntl_getfl(&self.file)?;
        fcntl_setfl(&self.file, flags - OFlags::DIRECT)?;
        self.direct = false;
        Ok(())
    }

    /// The kernel takes sectors from memory that is aligned as they are.
    fn write_sectors(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let len = bytes.len().next_multiple_of(SECTOR);
        let mut room = vec![0; len + SECTOR];
        let start = room.as_ptr().align_offset(SECTOR);
        let sectors = room.get_mut(start..start + len).ok_or(io::ErrorKind::InvalidInput)?;
        sectors.iter_mut().zip(bytes).for_each(|(to, &from)| *to = from);
        self.file.write_all_at(sectors, offset)
    }
}

impl WriteFile for DirectFile {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.pending.extend_from_slice(bytes);
        if self.direct && self.pending.len() > PENDING_BYTES_MAX {
            self.use_cache()?;
        }
        if self.direct { Ok(()) } else { self.write_pending() }
    }

    fn sync(&mut self) -> io::Result<()> {
        self.write_pending()?;
        self.file.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Once as the disk allows, once through the cache.
    #[test]
    fn what_is_synced_stands_before_zeros() {
        let dir = tempfile::tempdir().unwrap();
        for direct in [true, false] {
            let path = dir.path().join(direct.to_string());
            let mut file = DirectFile::create(&path).unwrap();
            if !direct {
                file.use_cache().unwrap();
            }
            let mut written = Vec::new();
            for len in [1, 510, 1, 1, 0, 3 * STRIDE + 7, 600, PENDING_BYTES_MAX, 5] {
                let piece: Vec<u8> = (0..len).map(|at| at as u8 | 1).collect();
                file.write_all(&piece).unwrap();
                file.sync().unwrap();
                written.extend_from_slice(&piece);
                let found = std::fs::read(&path).unwrap();
                assert!(found.starts_with(&written), "{len}");
                let rest = &found[written.len()..];
                assert!(rest.len() < SECTOR && rest.iter().all(|&byte| byte == 0), "{len}");
            }
        }
    }
}
