//! What can go wrong with a store as a whole.

use std::{io, path::PathBuf};

/// Why the store cannot do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another process has the data folder.
    #[error("the data folder {} is in use by another process; stop that one, or choose another folder", dir.display())]
    Locked {
        /// The data folder.
        dir: PathBuf,
    },
    /// The disk failed.
    #[error("cannot {operation} {}", path.display())]
    Io {
        /// What was tried, as a verb.
        operation: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Bytes on disk are not what was written.
    #[error("{} is damaged at byte {offset}: {what}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Where the damaged thing begins.
        offset: u64,
        /// What was found wrong.
        what: &'static str,
    },
    /// An earlier write or sync to the log failed; the log is not written until the next flush succeeds.
    #[error("the log cannot be written: {reason}")]
    LogFailed {
        /// What the first failure was.
        reason: String,
    },
    /// There are as many deletions as the store remembers, and damaged parts keep them from being cleaned up.
    #[error(
        "no room for a deletion beside the {tombstones} that there are; run `gnomon tsdb repair` on damaged parts"
    )]
    TombstonesFull {
        /// Deletions whose samples are still on disk.
        tombstones: usize,
    },
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
}

/// Who has to act on an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The caller asked for what cannot be.
    Caller,
    /// A limit was reached.
    Limit,
    /// Bytes on disk are damaged.
    Corrupt,
    /// The disk or the system failed.
    Environment,
}

impl Error {
    /// Who has to act.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Locked { .. } | Self::Closed => ErrorKind::Caller,
            Self::TombstonesFull { .. } => ErrorKind::Limit,
            Self::Corrupt { .. } => ErrorKind::Corrupt,
            Self::Io { .. } | Self::LogFailed { .. } => ErrorKind::Environment,
        }
    }

    pub(crate) fn io(operation: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { operation, path, source }
    }
}
