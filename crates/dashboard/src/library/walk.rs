//! The dashboard files below a folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{FileProblem, file::Stamp};

/// Files of one folder and all below it; each takes some 300 bytes and a `stat` per look.
const FILES_MAX: usize = 500;
/// Entries looked at, other files included.
const ENTRIES_MAX: usize = 10_000;
/// Levels of folders.
const DEPTH_MAX: usize = 8;

/// A dashboard file.
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// The path below the folder that was opened: a file keeps its name when that folder moves.
    pub(super) name: String,
    /// Name of the subfolder that it is in.
    pub(super) folder: Option<String>,
    pub(super) stamp: Stamp,
}

/// Finds the `.json` files below a folder, and what cannot be looked at. Hidden files are left alone.
pub(super) fn walk(root: &Path) -> (Vec<Found>, Vec<FileProblem>) {
    let mut walk = Walk { root, found: Vec::new(), problems: Vec::new(), entries: 0 };
    match fs::metadata(root) {
        Ok(metadata) if metadata.is_file() => walk.add(root, Stamp::new(&metadata)),
        _ => walk.descend(root, 0),
    }
    (walk.found, walk.problems)
}

struct Walk<'a> {
    root: &'a Path,
    found: Vec<Found>,
    problems: Vec<FileProblem>,
    entries: usize,
}

impl Walk<'_> {
    fn descend(&mut self, folder: &Path, depth: usize) {
        match entries(folder) {
            Ok(paths) => paths.iter().for_each(|path| self.visit(path, depth)),
            Err(error) => self.problem(folder, format!("cannot read the folder: {error}")),
        }
    }

    fn visit(&mut self, path: &Path, depth: usize) {
        self.entries += 1;
        if self.entries == ENTRIES_MAX {
            let message = format!("more than {ENTRIES_MAX} entries; the rest of the folder is not looked at");
            self.problem(self.root, message);
        }
        let hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
        if self.entries >= ENTRIES_MAX || hidden {
            return;
        }
        // Links are followed: a mounted ConfigMap consists of them. The depth bounds a circle.
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() && depth < DEPTH_MAX => self.descend(path, depth + 1),
            Ok(metadata) if metadata.is_file() => self.add(path, Stamp::new(&metadata)),
            Ok(_) => {}
            Err(error) => self.problem(path, error.to_string()),
        }
    }

    fn add(&mut self, path: &Path, stamp: Stamp) {
        if path.extension().is_none_or(|extension| extension != "json") {
            return;
        }
        if self.found.len() == FILES_MAX {
            self.problem(path, format!("more than {FILES_MAX} dashboards; remove some from the folder"));
            return;
        }
        let below = path.strip_prefix(self.root).ok().filter(|below| !below.as_os_str().is_empty());
        let below = below.or(path.file_name().map(Path::new)).unwrap_or(path);
        let parent = below.parent().and_then(Path::file_name);
        self.found.push(Found {
            path: path.to_owned(),
            name: below.to_string_lossy().into_owned(),
            folder: parent.map(|name| name.to_string_lossy().into_owned()),
            stamp,
        });
    }

    fn problem(&mut self, path: &Path, message: String) {
        if self.problems.len() < FILES_MAX {
            self.problems.push(FileProblem { path: path.to_owned(), message });
        }
    }
}

/// The entries of a folder in the order of their names.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.take(ENTRIES_MAX);
    let mut paths = entries.map(|entry| entry.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
