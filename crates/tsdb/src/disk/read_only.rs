//! The machine's file system for those who only look: nothing is changed, and no lock is taken.

use std::{any::Any, io, path::Path};

use super::{Disk, FileSystem, ReadFile, WriteFile};

/// Reads as the file system does. What would remove or rename is passed over, what would write fails.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadOnly;

impl Disk for ReadOnly {
    fn create_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<(String, u64)>> {
        FileSystem.list(dir)
    }

    fn create(&self, _: &Path) -> io::Result<Box<dyn WriteFile>> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn ReadFile>> {
        FileSystem.open(path)
    }

    fn rename(&self, _: &Path, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn link(&self, _: &Path, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn remove(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn remove_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn capacity(&self, dir: &Path) -> io::Result<u64> {
        FileSystem.capacity(dir)
    }

    fn lock(&self, _: &Path) -> io::Result<Box<dyn Any + Send + Sync>> {
        Ok(Box::new(()))
    }
}
