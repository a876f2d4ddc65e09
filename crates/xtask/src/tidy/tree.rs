//! The files of the workspace that people write.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};

/// Folders of things that are made or fetched.
const MADE: [&str; 3] = ["target", "node_modules", "dist"];
/// Files that are read; others only have to be there.
const READ: [&str; 8] = ["rs", "ts", "tsx", "css", "js", "mjs", "md", "toml"];

/// All files, by their path from the root.
pub(super) struct Tree {
    read: BTreeMap<String, String>,
    names: BTreeSet<String>,
}

impl Tree {
    /// Reads the files below a folder.
    pub(super) fn read(root: &Path) -> io::Result<Self> {
        let mut tree = Self { read: BTreeMap::new(), names: BTreeSet::new() };
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(root.join(&folder))? {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                if name.starts_with('.') || MADE.contains(&name.as_str()) {
                    continue;
                }
                let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                if entry.file_type()?.is_dir() {
                    tree.names.insert(path.clone());
                    folders.push(path);
                } else {
                    tree.add(root, path)?;
                }
            }
        }
        Ok(tree)
    }

    fn add(&mut self, root: &Path, path: String) -> io::Result<()> {
        if READ.contains(&extension(&path)) {
            self.read.insert(path.clone(), fs::read_to_string(root.join(&path))?);
        }
        self.names.insert(path);
        Ok(())
    }

    /// A tree of texts alone.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let read = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        Self { read, names: files.iter().map(|(path, _)| (*path).to_owned()).collect() }
    }

    /// True when there is such a file or folder.
    pub(super) fn has(&self, path: &str) -> bool {
        self.names.contains(path)
    }

    /// The text of a file that was read.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.read.get(path).map(String::as_str)
    }

    /// Path and text of the files that were read, in the order of their paths.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.read.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

/// What stands behind the last dot of a path; empty without one.
pub(super) fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}
