//! Files that only their owner may read, replaced as a whole.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// What is added to the name of a file that is being written.
pub(crate) const NEW: &str = ".new";
/// What is added to the name of a file that was set aside.
pub(crate) const DAMAGED: &str = ".damaged";

/// The bytes of a file; `None` when there is no such file. One of more than `bytes_max` is an error of the kind
/// [`io::ErrorKind::FileTooLarge`]: half a file is none.
pub(crate) fn read(path: &Path, bytes_max: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let mut bytes = Vec::new();
    file.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        let message = format!("the file has more than {bytes_max} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(Some(bytes))
}

/// Replaces a file, and makes its folder when there is none: after a crash it is the old one or the new one.
/// Nobody else may read either.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_by_parts(path, &[bytes])
}

/// The same with what comes in several parts.
pub(crate) fn replace_by_parts(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let folder = path.parent().map_or_else(PathBuf::new, Path::to_owned);
    fs::create_dir_all(&folder)?;
    let new_path = with_suffix(path, NEW);
    // Left by a crash; its mode would stay if it were written over.
    remove_if_there(&new_path)?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new_path)?;
    let written = parts.iter().try_for_each(|part| file.write_all(part));
    if let Err(error) = written.and_then(|()| file.sync_all()) {
        // A full disk is no place for half a file.
        _ = fs::remove_file(&new_path);
        return Err(error);
    }
    fs::rename(&new_path, path)?;
    sync_folder(path)
}

/// Makes what happened to a file's name durable.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Removes a file; it is no error when there is none.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Moves a damaged file out of the way; the result is where it is, with what became of it as a sentence.
pub(crate) fn set_aside(path: &Path) -> (PathBuf, String) {
    let aside = with_suffix(path, DAMAGED);
    match fs::rename(path, &aside) {
        Ok(()) => (aside, "it was set aside".to_owned()),
        Err(error) => (path.to_owned(), format!("it cannot be set aside: {error}")),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}
