//! The servers that panels ask: this process's own store, and others that speak its API.
//!
//! They are kept in `datasources.json` in the data folder, passwords included, which is why only its owner may
//! read it. Files of a provisioning folder write into it too, as Grafana's do.

mod definition;
mod provisioning;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use model::sort;

use serde::{Deserialize, Serialize};

use crate::stored_file;
pub use definition::{DataSource, Definition, DefinitionError, OWN_UID, PROMETHEUS, Secrets};
pub use provisioning::{Provisioned, Provisioning};

const FILE: &str = "datasources.json";
/// Data sources kept; with their settings they take a kilobyte each, 64 KiB at most.
const SOURCES_MAX: usize = 100;
/// Bytes of the file: all data sources at their largest, unless they are made of what JSON has to quote.
const FILE_BYTES_MAX: u64 = 16 << 20;
/// The own store's number; others begin behind it.
const OWN_ID: u64 = 1;
/// Names of the own store: the first, or the second where somebody else has the first.
const OWN_NAMES: [&str; 2] = ["Prometheus", "Gnomon"];

/// Why a data source cannot be had or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataSourceError {
    /// There is none of that uid, name or number.
    #[error("data source not found")]
    NotFound,
    /// Another one has that name.
    #[error("data source with the same name already exists")]
    NameExists,
    /// Another one has that uid.
    #[error("data source with the same uid already exists")]
    UidExists,
    /// It can be changed by files only.
    #[error("data source is readonly, can only be updated from configuration")]
    ReadOnly,
    /// It was changed since the caller read it.
    #[error("trying to update old version of datasource")]
    OldVersion,
    /// More than one is to be the default.
    #[error("only one data source can be the default; {first:?} and {second:?} say that they are")]
    Defaults {
        /// The name of one.
        first: String,
        /// The name of the next.
        second: String,
    },
    /// There are too many.
    #[error("there are {count_max} data sources already")]
    TooMany {
        /// The limit.
        count_max: usize,
    },
    /// All of them together are more than is read at the next start.
    #[error("the data sources would take {bytes} bytes, at most {bytes_max} are kept")]
    FileTooLarge {
        /// What the file would have.
        bytes: u64,
        /// The limit.
        bytes_max: u64,
    },
    /// What was set makes no sense.
    #[error("data source {name:?} cannot be kept")]
    Invalid {
        /// The name of the data source.
        name: String,
        /// Why not.
        source: DefinitionError,
    },
    /// The file cannot be read.
    #[error("cannot read the data sources' file {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write the data sources' file {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system has no random numbers.
    #[error("no random numbers from the system: {0}")]
    Random(getrandom::Error),
}

/// How clients name a data source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    /// By its uid.
    Uid(&'a str),
    /// By its name.
    Name(&'a str),
    /// By its number.
    Id(u64),
}

impl Key<'_> {
    fn matches(self, source: &DataSource) -> bool {
        match self {
            Self::Uid(uid) => source.definition.uid == uid,
            Self::Name(name) => source.definition.name == name,
            Self::Id(id) => source.id == id,
        }
    }
}

/// The data sources and their file.
pub struct DataSources {
    path: PathBuf,
    /// Held by whoever changes them, so that readers need not wait for the disk.
    writing: Mutex<()>,
    kept: RwLock<Arc<Kept>>,
}

/// What the file holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// The highest number that was given.
    last_id: u64,
    sources: Vec<Arc<DataSource>>,
}

impl DataSources {
    /// Opens the file in a folder; without one there is the own store alone. A file that is damaged or too large
    /// is set aside under the name `datasources.json.damaged`. Blocks on the disk.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn open(folder: &Path) -> Result<Self, DataSourceError> {
        let path = folder.join(FILE);
        let read_error = |source| DataSourceError::Read { path: path.clone(), source };
        let parsed = match stored_file::read(&path, FILE_BYTES_MAX) {
            Ok(None) => Ok(Kept::default()),
            Ok(Some(bytes)) => serde_json::from_slice(&bytes).map_err(io::Error::from),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Err(error),
            Err(error) => return Err(read_error(error)),
        };
        let kept = match parsed {
            Ok(kept) => kept,
            Err(error) => {
                let aside = path.with_extension("json.damaged");
                fs::rename(&path, &aside).map_err(read_error)?;
                tracing::error!(%error, file = %aside.display(), "the data sources' file cannot be used and was set aside");
                Kept::default()
            }
        };
        Ok(Self { path, writing: Mutex::default(), kept: RwLock::new(Arc::new(kept)) })
    }

    /// All of them, by name; the own store is always among them.
    pub fn all(&self) -> Vec<Arc<DataSource>> {
        self.kept().all()
    }

    /// The one that a key names.
    ///
    /// # Errors
    /// [`DataSourceError::NotFound`].
    pub fn find(&self, key: Key<'_>) -> Result<Arc<DataSource>, DataSourceError> {
        self.kept().find(key)
    }

    /// Adds one. Blocks on the disk.
    ///
    /// # Errors
    /// When its name or uid is taken, it makes no sense, there are too many, or the file cannot be written.
    pub fn add(&self, definition: Definition) -> Result<Arc<DataSource>, DataSourceError> {
        self.change(|kept| {
            kept.check_free(&definition, None)?;
            kept.insert(definition, DataSource::default())
        })
    }

    /// Changes one; secrets that are not given stay. With a version it is changed only if it still has that one.
    /// Blocks on the disk.
    ///
    /// # Errors
    /// When there is none, it is read-only, was changed meanwhile or makes no sense, its name is taken, or the file
    /// cannot be written.
    pub fn update(
        &self,
        key: Key<'_>,
        mut definition: Definition,
        version: Option<u64>,
    ) -> Result<Arc<DataSource>, DataSourceError> {
        self.change(|kept| {
            let before = kept.writable(key)?;
            if version.is_some_and(|version| version < before.version) {
                return Err(DataSourceError::OldVersion);
            }
            kept.check_free(&definition, Some(before.id))?;
            if definition.uid.is_empty() {
                definition.uid.clone_from(&before.definition.uid);
            }
            let mut secrets = before.definition.secure_json_data.clone();
            secrets.0.append(&mut definition.secure_json_data.0);
            definition.secure_json_data = secrets;
            kept.put(definition, (*before).clone())
        })
    }

    /// Removes one, and gives what it was. Blocks on the disk.
    ///
    /// # Errors
    /// When there is none, it is read-only, or the file cannot be written.
    pub fn remove(&self, key: Key<'_>) -> Result<Arc<DataSource>, DataSourceError> {
        self.change(|kept| {
            let source = kept.writable(key)?;
            kept.sources.retain(|other| other.id != source.id);
            Ok(source)
        })
    }

    /// Makes a change and stores it; nothing changes when that fails.
    fn change<T>(
        &self,
        change: impl FnOnce(&mut Kept) -> Result<T, DataSourceError>,
    ) -> Result<T, DataSourceError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.kept();
        let mut next = Kept::clone(&before);
        let result = change(&mut next)?;
        if *before != next {
            self.write(&next)?;
            *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        }
        Ok(result)
    }

    fn write(&self, kept: &Kept) -> Result<(), DataSourceError> {
        let write_error = |source| DataSourceError::Write { path: self.path.clone(), source };
        let text = serde_json::to_vec(kept).map_err(|error| write_error(error.into()))?;
        let (bytes, bytes_max) = (text.len() as u64, FILE_BYTES_MAX);
        if bytes > bytes_max {
            return Err(DataSourceError::FileTooLarge { bytes, bytes_max });
        }
        stored_file::replace(&self.path, &text).map_err(write_error)
    }

    fn kept(&self) -> Arc<Kept> {
        // What is changed is replaced as a whole: a panic leaves nothing half done.
        Arc::clone(&self.kept.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Kept {
    fn all(&self) -> Vec<Arc<DataSource>> {
        let mut all = self.sources.clone();
        if !all.iter().any(|source| source.is_own()) {
            all.push(Arc::new(own(self)));
        }
        if !all.iter().any(|source| source.definition.is_default)
            && let Some(own) = all.iter_mut().find(|source| source.is_own())
        {
            Arc::make_mut(own).definition.is_default = true;
        }
        sort::by_cached_key(&mut all, |source| source.definition.name.to_lowercase());
        all
    }

    fn find(&self, key: Key<'_>) -> Result<Arc<DataSource>, DataSourceError> {
        self.all().into_iter().find(|source| key.matches(source)).ok_or(DataSourceError::NotFound)
    }

    fn writable(&self, key: Key<'_>) -> Result<Arc<DataSource>, DataSourceError> {
        let source = self.find(key)?;
        if source.read_only { Err(DataSourceError::ReadOnly) } else { Ok(source) }
    }

    /// Refuses a name or uid that another one than that of the number has.
    fn check_free(&self, definition: &Definition, id: Option<u64>) -> Result<(), DataSourceError> {
        let taken = |key| self.find(key).is_ok_and(|other| Some(other.id) != id);
        if taken(Key::Name(&definition.name)) {
            return Err(DataSourceError::NameExists);
        }
        if taken(Key::Uid(&definition.uid)) {
            return Err(DataSourceError::UidExists);
        }
        Ok(())
    }

    /// Adds one with the next number; `base` has what is not set.
    fn insert(
        &mut self,
        definition: Definition,
        base: DataSource,
    ) -> Result<Arc<DataSource>, DataSourceError> {
        if self.sources.len() >= SOURCES_MAX {
            return Err(DataSourceError::TooMany { count_max: SOURCES_MAX });
        }
        let id = if definition.uid == OWN_UID { OWN_ID } else { self.last_id.max(OWN_ID) + 1 };
        self.put(definition, DataSource { id, ..base })
    }

    /// Puts one in the place of the one with the same number, or behind all others.
    fn put(&mut self, definition: Definition, base: DataSource) -> Result<Arc<DataSource>, DataSourceError> {
        let mut definition = definition.checked()?;
        if definition.uid.is_empty() {
            definition.uid = new_uid()?;
        }
        if definition.is_default {
            for other in self.sources.iter_mut().filter(|other| other.definition.is_default) {
                Arc::make_mut(other).definition.is_default = false;
            }
        }
        let source = Arc::new(DataSource { version: base.version + 1, definition, ..base });
        self.last_id = self.last_id.max(source.id);
        match self.sources.iter_mut().find(|other| other.id == source.id) {
            Some(before) => *before = Arc::clone(&source),
            None => self.sources.push(Arc::clone(&source)),
        }
        Ok(source)
    }
}

/// The own store where no file says anything about it.
fn own(kept: &Kept) -> DataSource {
    let taken = |name: &str| kept.sources.iter().any(|source| source.definition.name == name);
    let name = OWN_NAMES.into_iter().find(|name| !taken(name)).unwrap_or(OWN_UID);
    let definition = Definition {
        uid: OWN_UID.to_owned(),
        name: name.to_owned(),
        kind: PROMETHEUS.to_owned(),
        access: "proxy".to_owned(),
        ..Definition::default()
    };
    DataSource { id: OWN_ID, version: 1, read_only: true, prunable: false, definition }
}

/// Letters and digits that nobody else has.
fn new_uid() -> Result<String, DataSourceError> {
    let mut bytes = [0; 7];
    getrandom::fill(&mut bytes).map_err(DataSourceError::Random)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests;
