//! `annotations.jsonl`: a line of JSON for each annotation that was added, changed or deleted.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{Annotation, AnnotationError};
use crate::stored_file;

/// Bytes that are read: several times of what is kept.
const FILE_BYTES_MAX: u64 = 64 << 20;
/// Lines that say nothing any more before the file is written anew: few writes for flash, little to read.
const STALE_LINES_MAX: usize = 1_000;

#[derive(Serialize, Deserialize)]
struct Removal {
    removed: u64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Removal(Removal),
    Annotation(Annotation),
}

/// The file, open for appending.
pub(super) struct Journal {
    path: PathBuf,
    file: Option<File>,
    lines: usize,
}

impl Journal {
    /// Reads what is there. A line that a crash cut short, or that is damaged, is passed over.
    pub(super) fn open(path: &Path) -> io::Result<(Self, BTreeMap<u64, Annotation>)> {
        let mut journal = Self { path: path.to_owned(), file: None, lines: 0 };
        let mut by_id = BTreeMap::new();
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((journal, by_id)),
            file => file?,
        };
        let mut damaged = 0_usize;
        for line in BufReader::new(file.take(FILE_BYTES_MAX)).split(b'\n') {
            journal.lines += 1;
            match serde_json::from_slice(&line?) {
                Ok(Line::Removal(Removal { removed })) => _ = by_id.remove(&removed),
                Ok(Line::Annotation(annotation)) => _ = by_id.insert(annotation.id, annotation),
                Err(_) => damaged += 1,
            }
        }
        if damaged > 0 {
            tracing::warn!(path = %path.display(), lines = damaged, "damaged annotations are passed over");
            // Nothing is appended to a line that was cut short.
            journal.rewrite(&by_id)?;
        }
        Ok((journal, by_id))
    }

    pub(super) fn put(&mut self, annotation: &Annotation) -> Result<(), AnnotationError> {
        self.append(annotation).map_err(|source| self.failed(source))
    }

    pub(super) fn remove(&mut self, id: u64) -> Result<(), AnnotationError> {
        self.append(&Removal { removed: id }).map_err(|source| self.failed(source))
    }

    /// Writes the file anew when most of it says nothing any more.
    pub(super) fn compact(&mut self, by_id: &BTreeMap<u64, Annotation>) -> Result<(), AnnotationError> {
        if self.lines <= 2 * by_id.len() + STALE_LINES_MAX {
            return Ok(());
        }
        self.rewrite(by_id).map_err(|source| self.failed(source))
    }

    fn rewrite(&mut self, by_id: &BTreeMap<u64, Annotation>) -> io::Result<()> {
        let mut text = Vec::new();
        for annotation in by_id.values() {
            serde_json::to_writer(&mut text, annotation)?;
            text.push(b'\n');
        }
        self.file = None;
        stored_file::replace(&self.path, &text)?;
        self.lines = by_id.len();
        Ok(())
    }

    fn append(&mut self, line: &impl Serialize) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        let (mut file, is_new) = match self.file.take() {
            Some(file) => (file, false),
            None => (self.open_to_append()?, true),
        };
        let before_bytes = file.metadata()?.len();
        if let Err(error) = file.write_all(&text).and_then(|()| file.sync_data()) {
            // Half a line would damage the next one. Where this fails too the start passes over both.
            _ = file.set_len(before_bytes);
            return Err(error);
        }
        if is_new {
            stored_file::sync_folder(&self.path)?;
        }
        self.file = Some(file);
        self.lines += 1;
        Ok(())
    }

    fn open_to_append(&self) -> io::Result<File> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        OpenOptions::new().append(true).create(true).mode(0o600).open(&self.path)
    }

    fn failed(&self, source: io::Error) -> AnnotationError {
        AnnotationError::Storage { path: self.path.clone(), source }
    }
}
