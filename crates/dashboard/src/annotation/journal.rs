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

/// Bytes that are read, and written: several times of what is kept, which JSON may make six times as long.
pub(super) const FILE_BYTES_MAX: u64 = 64 << 20;
/// Bytes beyond twice of what the last rewriting left before the file is written anew: all that is kept, once.
const STALE_BYTES_MAX: u64 = 4 << 20;
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

impl Line {
    /// Does what it says; the result is the number that it is about.
    fn apply(self, by_id: &mut BTreeMap<u64, Annotation>) -> u64 {
        match self {
            Self::Removal(Removal { removed }) => {
                by_id.remove(&removed);
                removed
            }
            Self::Annotation(annotation) => {
                let id = annotation.id;
                by_id.insert(id, annotation);
                id
            }
        }
    }
}

/// The file, open for appending.
pub(super) struct Journal {
    path: PathBuf,
    file: Option<File>,
    lines: usize,
    bytes: u64,
    /// What the file had when it was last written anew.
    rewritten_bytes: u64,
    /// The highest number that an annotation had.
    last_id: u64,
}

impl Journal {
    /// Reads what is there. A line that a crash cut short, or that is damaged, is passed over; a file
    /// that is too large to be read to its end is set aside.
    pub(super) fn open(path: &Path) -> io::Result<(Self, BTreeMap<u64, Annotation>)> {
        let path_owned = path.to_owned();
        let mut journal =
            Self { path: path_owned, file: None, lines: 0, bytes: 0, rewritten_bytes: 0, last_id: 0 };
        let mut by_id = BTreeMap::new();
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((journal, by_id)),
            file => file?,
        };
        journal.bytes = file.metadata()?.len();
        let mut damaged = 0_usize;
        for line in BufReader::new(file.take(FILE_BYTES_MAX)).split(b'\n') {
            journal.lines += 1;
            match serde_json::from_slice::<Line>(&line?) {
                Ok(line) => journal.last_id = journal.last_id.max(line.apply(&mut by_id)),
                Err(_) => damaged += 1,
            }
        }
        if journal.bytes > FILE_BYTES_MAX {
            // The newest were not read: written anew without them they would be gone.
            let aside = path.with_extension("jsonl.damaged");
            fs::rename(path, &aside)?;
            tracing::error!(file = %aside.display(), "annotations were too many and set aside; the first are shown");
            journal.rewrite(&by_id)?;
            return Ok((journal, by_id));
        }
        if damaged > 0 {
            tracing::warn!(path = %path.display(), lines = damaged, "damaged annotations are passed over");
            // Nothing is appended to a line that was cut short.
            journal.rewrite(&by_id)?;
        }
        Ok((journal, by_id))
    }

    pub(super) fn put(&mut self, annotation: &Annotation) -> Result<(), AnnotationError> {
        self.append(&[annotation]).map_err(|source| self.failed(source))?;
        self.last_id = self.last_id.max(annotation.id);
        Ok(())
    }

    /// Removes all of them with one write and one sync.
    pub(super) fn remove(&mut self, ids: &[u64]) -> Result<(), AnnotationError> {
        if ids.is_empty() {
            return Ok(());
        }
        let removals: Vec<_> = ids.iter().map(|id| Removal { removed: *id }).collect();
        self.append(&removals).map_err(|source| self.failed(source))
    }

    /// The number of the next annotation: none is given twice.
    pub(super) fn next_id(&self) -> u64 {
        self.last_id.saturating_add(1)
    }

    /// Writes the file anew when most of it says nothing any more.
    pub(super) fn compact(&mut self, by_id: &BTreeMap<u64, Annotation>) -> Result<(), AnnotationError> {
        let has_few_lines = self.lines <= 2 * by_id.len() + STALE_LINES_MAX;
        if has_few_lines && self.bytes <= 2 * self.rewritten_bytes + STALE_BYTES_MAX {
            return Ok(());
        }
        self.rewrite(by_id).map_err(|source| self.failed(source))
    }

    fn rewrite(&mut self, by_id: &BTreeMap<u64, Annotation>) -> io::Result<()> {
        let mut text = lines(by_id.values())?;
        let last_is_gone = self.last_id > 0 && !by_id.contains_key(&self.last_id);
        if last_is_gone {
            text.append(&mut lines([Removal { removed: self.last_id }])?);
        }
        self.file = None;
        stored_file::replace(&self.path, &text)?;
        self.lines = by_id.len() + usize::from(last_is_gone);
        self.bytes = text.len() as u64;
        self.rewritten_bytes = self.bytes;
        Ok(())
    }

    fn append(&mut self, entries: &[impl Serialize]) -> io::Result<()> {
        let text = lines(entries)?;
        if self.bytes + text.len() as u64 > FILE_BYTES_MAX {
            // It could not be made shorter, and what is behind that is not read.
            return Err(io::ErrorKind::FileTooLarge.into());
        }
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
        self.lines += entries.len();
        self.bytes = before_bytes + text.len() as u64;
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

/// A line of JSON for each.
fn lines(entries: impl IntoIterator<Item = impl Serialize>) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    for entry in entries {
        serde_json::to_writer(&mut text, &entry)?;
        text.push(b'\n');
    }
    Ok(text)
}
