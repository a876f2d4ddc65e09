//! The files of one kind in a provisioning folder.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::ErrorKind,
    path::{Path as FilePath, PathBuf},
};

use super::{dashboard, data_source, variable};
use crate::{
    Error,
    file::{check_size, read as read_text},
    yaml::{self, Fields, Path, Report, Schema},
};

/// The folders of a provisioning folder that are looked at.
const FOLDERS: [&str; 2] = [data_source::FOLDER, dashboard::FOLDER];
/// Files of one kind.
const FILES_MAX: usize = 200;

/// The `.yaml` and `.yml` files of a folder in the order of their names; none when there is no such folder.
/// Blocks on the disk.
///
/// # Errors
/// [`Error::Read`] when the folder cannot be read.
pub(super) fn list(folder: &FilePath) -> Result<Vec<PathBuf>, Error> {
    let read_error = |source| Error::Read { path: folder.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(read_error)?,
    };
    let mut paths = Vec::new();
    for entry in entries.take(FILES_MAX) {
        let path = entry.map_err(read_error)?.path();
        if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// A number that changes when a file of a provisioning folder does, to know when to read them again. Blocks on the
/// disk.
pub fn stamp(provisioning: &FilePath) -> u64 {
    let mut hasher = DefaultHasher::new();
    for path in FOLDERS.iter().flat_map(|folder| list(&provisioning.join(folder)).unwrap_or_default()) {
        let text = read_text(&path).unwrap_or_default();
        (path, text).hash(&mut hasher);
    }
    hasher.finish()
}

/// Reads a file by the schema of its top, variables in its values replaced. Blocks on the disk.
///
/// # Errors
/// [`Error::Read`], [`Error::TooLarge`], or [`Error::Invalid`] with everything that is wrong.
pub(super) fn read<T: Default>(
    path: &FilePath,
    schemas: &'static [&'static Schema],
    top: &Schema,
    read: impl FnOnce(&Fields<'_>) -> T,
) -> Result<T, Error> {
    let text = read_text(path)?;
    let name = path.display().to_string();
    check_size(&text, &name)?;
    let invalid = |problems| Error::Invalid { name: name.clone(), problems };
    let mut root = yaml::parse(&text).map_err(|problem| invalid(vec![problem]))?;
    let mut problems = Vec::new();
    variable::resolve(&mut root, &mut problems);
    if !problems.is_empty() {
        return Err(invalid(problems));
    }
    let report = Report::new(schemas);
    let value = Fields::open(&report, &root, &Path::Root, top).map(|fields| read(&fields));
    match report.into_problems() {
        problems if problems.is_empty() => Ok(value.unwrap_or_default()),
        problems => Err(invalid(problems)),
    }
}
