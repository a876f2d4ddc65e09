//! Files that were set aside because they are damaged: counted, and bounded.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use model::sort;

use crate::{disk::Disk, error::Error};

/// How the name of such a file ends.
const SUFFIX: &str = ".damaged";
/// So many are kept for someone to look at.
const FILES_MAX: usize = 16;
/// Bytes of all of them: a full segment of the log, or a large part.
const BYTES_MAX: u64 = 64 << 20;
/// They take at most this share, one in so many, of the bytes that all files may take.
const RETENTION_SHARE: u64 = 8;

/// The files set aside in a data folder.
pub(crate) struct SetAside {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    /// Names and bytes, by kind and then by name: the numbers in them grow with time, each kind's by themselves.
    files: Mutex<Vec<(String, u64)>>,
}

impl SetAside {
    /// Looks what there is.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder cannot be read.
    pub(crate) fn open(disk: Arc<dyn Disk>, dir: &Path) -> Result<Self, Error> {
        let aside = Self { disk, dir: dir.to_owned(), files: Mutex::default() };
        aside.refresh()?;
        Ok(aside)
    }

    fn files(&self) -> MutexGuard<'_, Vec<(String, u64)>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks again.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder cannot be read.
    pub(crate) fn refresh(&self) -> Result<(), Error> {
        let mut files = self.disk.list(&self.dir).map_err(Error::io("list", &self.dir))?;
        files.retain(|(name, _)| name.ends_with(SUFFIX));
        sort::by(&mut files, |(a, _), (b, _)| (kind(a), a).cmp(&(kind(b), b)));
        *self.files() = files;
        Ok(())
    }

    /// Looks again, and removes what is beyond what is kept, the oldest file first of the kind that takes most;
    /// `retention_bytes` is what all files of the store may take, 0 for no limit.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk fails; the next call tries again.
    pub(crate) fn bound(&self, retention_bytes: u64) -> Result<(), Error> {
        self.refresh()?;
        let share = if retention_bytes > 0 { retention_bytes / RETENTION_SHARE } else { u64::MAX };
        let limit = share.min(BYTES_MAX);
        while let Some(name) = self.surplus(limit) {
            let path = self.dir.join(&name);
            tracing::warn!(file = %path.display(), "damaged file removed: there are more than are kept");
            self.disk.remove(&path).map_err(Error::io("remove", path))?;
            self.files().retain(|(other, _)| *other != name);
        }
        Ok(())
    }

    fn surplus(&self, limit_bytes: u64) -> Option<String> {
        let files = self.files();
        let too_large = bytes(&files) > limit_bytes;
        if !too_large && files.len() <= FILES_MAX {
            return None;
        }
        let weight = |files: &&[(String, u64)]| if too_large { bytes(files) } else { files.len() as u64 };
        let kinds = files.chunk_by(|(a, _), (b, _)| kind(a) == kind(b));
        kinds.max_by_key(weight)?.first().map(|(name, _)| name.clone())
    }

    /// The files' names.
    pub(crate) fn names(&self) -> Vec<String> {
        self.files().iter().map(|(name, _)| name.clone()).collect()
    }

    /// Bytes of all of them.
    pub(crate) fn bytes(&self) -> u64 {
        bytes(&self.files())
    }
}

fn bytes(files: &[(String, u64)]) -> u64 {
    files.iter().map(|(_, bytes)| bytes).sum()
}

/// What a file was, by the end of its name: `part`, `wal`, `journal`.
fn kind(name: &str) -> Option<&str> {
    name.strip_suffix(SUFFIX)?.rsplit_once('.').map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::FileSystem;

    /// In order of the names alone the parts went before the log, however new they were.
    #[test]
    fn the_newest_files_of_each_kind_stay() {
        let dir = tempfile::tempdir().unwrap();
        let part = |n: usize| format!("{n:010}-0.part.damaged");
        let wal = |n: usize| format!("{n:010}.wal.damaged");
        for name in (0..12).map(part).chain((900..908).map(wal)).chain(["metadata.journal.damaged".into()]) {
            std::fs::write(dir.path().join(name), [0; 10]).unwrap();
        }
        let aside = SetAside::open(Arc::new(FileSystem), dir.path()).unwrap();
        aside.bound(0).unwrap();
        let kept: Vec<_> =
            ["metadata.journal.damaged".to_owned()].into_iter().chain((4..12).map(part)).collect();
        assert_eq!(aside.names(), [kept, (901..908).map(wal).collect()].concat());
        aside.bound(RETENTION_SHARE * 30).unwrap();
        assert_eq!(aside.names(), ["metadata.journal.damaged".into(), part(11), wal(907)]);
    }
}
