//! The trace of changes: who changed what, from where, and what came of it.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    net::IpAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use model::civil::Civil;
use serde::Serialize;

use super::Accounts;

const FILE: &str = "audit.log";
const OLD_FILE: &str = "audit.log.1";
/// Bytes of the file, some 2,500 changes; then it becomes the old one, and the old one before is dropped.
const FILE_BYTES_MAX: u64 = 512 << 10;

/// A change that somebody made or tried to make.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// The login; empty for nobody.
    pub who: &'a str,
    /// The number of the user or service account, which no other ever has; 0 for nobody and for programs by hand.
    pub who_id: u64,
    /// The peer's address.
    pub from: IpAddr,
    /// What was asked for.
    pub what: &'a str,
    /// What came of it, as an HTTP status.
    pub status: u16,
}

/// A line of the file, as JSON.
#[derive(Serialize)]
struct Line<'a> {
    time: String,
    who: &'a str,
    who_id: u64,
    from: IpAddr,
    what: &'a str,
    status: u16,
}

impl Accounts {
    /// Puts a change into the log, with the target `audit`, and into the file `audit.log`. Blocks for the disk's
    /// cache.
    pub fn record(&self, change: &Change<'_>) {
        let Change { who, who_id, from, what, status } = *change;
        tracing::info!(target: "audit", who, who_id, %from, what, status, "audit");
        let time = Civil::from_ms(self.clock.now_ms()).to_string();
        let line = Line { time, who, who_id, from, what, status };
        if let Err(error) = self.audit.append(&line) {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a change is missing in the file {FILE}"
            );
        }
    }
}

/// Where the lines go; held while one is written.
#[derive(Debug)]
pub(super) struct AuditFile(Mutex<Option<PathBuf>>);

impl AuditFile {
    pub(super) fn new(folder: &Path) -> Self {
        Self(Mutex::new(Some(folder.join(FILE))))
    }

    pub(super) fn nowhere() -> Self {
        Self(Mutex::new(None))
    }

    fn append(&self, line: &Line<'_>) -> io::Result<()> {
        let path = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(path) = &*path else { return Ok(()) };
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
        if file.metadata()?.len() + text.len() as u64 > FILE_BYTES_MAX {
            fs::rename(path, path.with_file_name(OLD_FILE))?;
            file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
        }
        file.write_all(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_bounded_and_keeps_the_last_lines() {
        let dir = tempfile::tempdir().unwrap();
        let audit = AuditFile::new(dir.path());
        let what = "POST /api/admin/users ".repeat(1_000);
        for n in 0..100u16 {
            let time = String::new();
            audit
                .append(&Line {
                    time,
                    who: "a\n",
                    who_id: 1,
                    from: [127, 0, 0, 1].into(),
                    what: &what,
                    status: n,
                })
                .unwrap();
        }
        let text = fs::read_to_string(dir.path().join(FILE)).unwrap();
        assert!(
            text.ends_with("\"status\":99}\n") && text.lines().all(|line| line.starts_with("{\"time\":"))
        );
        let old = fs::metadata(dir.path().join(OLD_FILE)).unwrap().len();
        assert!(text.len() as u64 <= FILE_BYTES_MAX && old <= FILE_BYTES_MAX && old > FILE_BYTES_MAX / 2);
    }
}
