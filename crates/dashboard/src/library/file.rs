//! One dashboard file on disk.

use std::{
    fs::{self, Metadata},
    io::{self, Read},
    path::Path,
    time::SystemTime,
};

/// Bytes of a dashboard file; one of the largest in public use, with 130 panels, has 0.5 MB.
const FILE_BYTES_MAX: u64 = 4 << 20;

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
}

/// Reads a file as text.
pub(super) fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    fs::File::open(path)?.take(FILE_BYTES_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > FILE_BYTES_MAX {
        let message = format!("the file is larger than {FILE_BYTES_MAX} bytes; split the dashboard");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(text)
}
