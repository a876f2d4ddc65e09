//! Files that were set aside because they are damaged: counted, and bounded.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

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
    /// Names and bytes, in order of the names: the numbers in them grow with time.
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
        files.sort_unstable();
        *self.files() = files;
        Ok(())
    }

    /// Looks again, and removes the oldest files beyond what is kept; `retention_bytes` is what all files of the
    /// store may take, 0 for no limit.
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
        let bytes: u64 = files.iter().map(|(_, bytes)| bytes).sum();
        let too_much = files.len() > FILES_MAX || bytes > limit_bytes;
        files.first().filter(|_| too_much).map(|(name, _)| name.clone())
    }

    /// The files' names.
    pub(crate) fn names(&self) -> Vec<String> {
        self.files().iter().map(|(name, _)| name.clone()).collect()
    }

    /// Bytes of all of them.
    pub(crate) fn bytes(&self) -> u64 {
        self.files().iter().map(|(_, bytes)| bytes).sum()
    }
}
