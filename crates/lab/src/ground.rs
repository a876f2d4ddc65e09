//! Where the laboratory stands: a folder for its files, groups for its parts, and what clears both away.

use std::{
    env, fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use crate::{
    Error,
    cgroup::{Cgroups, Group},
    sweep::{PREFIX, Sweeper},
};

/// How many names are tried for the folder.
const NAMES_MAX: u32 = 100;

/// What all parts need; cleared away when dropped.
#[derive(Debug)]
pub(crate) struct Ground {
    folder: PathBuf,
    groups: Result<Cgroups, io::Error>,
    _sweeper: Sweeper,
}

impl Ground {
    /// Makes the folder and, where that is allowed, the groups.
    ///
    /// # Errors
    /// When there is no room for files, or `program` cannot be started.
    pub(crate) fn prepare(program: &Path) -> Result<Self, Error> {
        let folder = fresh_folder(&env::temp_dir())?;
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let groups = Cgroups::create(&name);
        let swept = groups.as_ref().map(Cgroups::folders).unwrap_or_default();
        let sweeper = Sweeper::start(program, &folder, &swept).map_err(|source| {
            // Nobody else will.
            let _ = fs::remove_dir_all(&folder);
            swept.iter().for_each(|folder| crate::cgroup::remove(folder));
            Error::Start { part: "sweeper".to_owned(), program: program.to_owned(), source }
        })?;
        Ok(Self { folder, groups, _sweeper: sweeper })
    }

    /// A new folder for the files of a part.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf, Error> {
        let path = self.folder.join(name);
        fs::create_dir(&path).map_err(|source| Error::Make { path: path.clone(), source })?;
        Ok(path)
    }

    /// A new group for a part; `None` where none can be made.
    pub(crate) fn group(&self, name: &str, memory_bytes: u64) -> Result<Option<Group>, Error> {
        let Ok(groups) = &self.groups else { return Ok(None) };
        let made = groups.group(name, memory_bytes);
        made.map(Some).map_err(|source| Error::Make { path: PathBuf::from(name), source })
    }

    /// Whether limits of memory hold.
    pub(crate) fn is_confined(&self) -> bool {
        self.groups.is_ok()
    }

    /// What the figures are those of, in a few words.
    pub(crate) fn measured(&self) -> String {
        match &self.groups {
            Ok(groups) => format!("{}, the program's own pages included", groups.version()),
            Err(error) => format!("processes (RSS), because no control groups can be made: {error}"),
        }
    }
}

/// A folder that only its owner can look into.
fn fresh_folder(parent: &Path) -> Result<PathBuf, Error> {
    let mut builder = fs::DirBuilder::new();
    builder.mode(0o700);
    let mut number = 0;
    loop {
        let path = parent.join(format!("{PREFIX}{}-{number}", std::process::id()));
        match builder.create(&path) {
            Ok(()) => return Ok(path),
            // One that was left behind by another of the same id, in a container perhaps.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < NAMES_MAX => number += 1,
            Err(source) => return Err(Error::Make { path, source }),
        }
    }
}
