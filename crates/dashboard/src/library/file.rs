//! One dashboard file on disk.

use std::{
    fs::{self, Metadata},
    io::{self, Read},
    path::Path,
    time::SystemTime,
};

/// Bytes of a dashboard; one of the largest in public use, with 130 panels, has 0.5 MB.
pub const DASHBOARD_BYTES_MAX: usize = 4 << 20;

/// What tells a changed file from an unchanged one without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    size_bytes: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    pub(super) fn new(metadata: &Metadata) -> Self {
        Self { size_bytes: metadata.len(), modified: metadata.modified().ok() }
    }

    /// Milliseconds since the Unix epoch; 0 when it is not known.
    pub(super) fn modified_ms(&self) -> i64 {
        let since = self.modified.and_then(|modified| modified.duration_since(SystemTime::UNIX_EPOCH).ok());
        since.and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or(0)
    }
}

/// Reads a file as text.
pub(super) fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let bytes_max = DASHBOARD_BYTES_MAX as u64;
    fs::File::open(path)?.take(bytes_max + 1).read_to_string(&mut text)?;
    if text.len() > DASHBOARD_BYTES_MAX {
        let message = format!("the file is larger than {DASHBOARD_BYTES_MAX} bytes; split the dashboard");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(text)
}
