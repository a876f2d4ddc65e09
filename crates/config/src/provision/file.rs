//! The files of one kind in a provisioning folder.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::ErrorKind,
    path::{Path as FilePath, PathBuf},
};

use super::variable;
use crate::{
    Error,
    file::{check_size, read as read_text},
    yaml::{self, Fields, Path, Report, Schema},
};

/// The folder of files about data sources in a provisioning folder.
pub(super) const DATA_SOURCES: &str = "datasources";
/// The folder of files about dashboards.
pub(super) const DASHBOARDS: &str = "dashboards";
/// Files of one kind.
const FILES_MAX: usize = 200;

/// The `.yaml` and `.yml` files of a folder in the order of their names; none when there is no such folder.
/// Blocks on the disk.
///
/// # Errors
/// [`Error::Read`] when the folder cannot be read.
fn list(folder: &FilePath) -> Result<Vec<PathBuf>, Error> {
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
    for path in [DATA_SOURCES, DASHBOARDS]
        .iter()
        .flat_map(|folder| list(&provisioning.join(folder)).unwrap_or_default())
    {
        let text = read_text(&path).unwrap_or_default();
        (path, text).hash(&mut hasher);
    }
    hasher.finish()
}

/// Reads the files of a folder in the order of their names, and what is wrong with those that say nothing usable.
/// Blocks on the disk.
pub(super) fn read_all<T: Default>(
    folder: &FilePath,
    schemas: &'static [&'static Schema],
    top: &Schema,
    read_top: impl Fn(&Fields<'_>) -> T,
) -> (Vec<T>, Vec<Error>) {
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    match list(folder) {
        Ok(paths) => {
            for path in paths {
                match read(&path, schemas, top, &read_top) {
                    Ok(one) => all.push(one),
                    Err(error) => errors.push(error),
                }
            }
        }
        Err(error) => errors.push(error),
    }
    (all, errors)
}

/// Reads a file by the schema of its top, variables in its values replaced. Blocks on the disk.
///
/// # Errors
/// [`Error::Read`], [`Error::TooLarge`], or [`Error::Invalid`] with everything that is wrong.
fn read<T: Default>(
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
