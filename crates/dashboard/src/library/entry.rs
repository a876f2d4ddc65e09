//! A dashboard in the library, wherever its text is.

use std::{path::PathBuf, sync::Arc};

use super::{FileProblem, Folder, Provider, Stamp, Summary, Text, file, shelf::Saved};
use crate::sealed_file::Digest;

/// A dashboard in a list, and where it is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Entry {
    /// What its text says.
    pub summary: Arc<Summary>,
    /// For clients that ask by number.
    pub id: i64,
    /// The folder that it is listed under; `None` at the top.
    pub folder: Option<Arc<Folder>>,
    pub(super) source: Source,
}

#[derive(Clone, Debug)]
pub(super) enum Source {
    File(Arc<DashboardFile>),
    BuiltIn(Text),
    /// A saved one, and the file that it stands for.
    Saved(Arc<Saved>, Option<Arc<DashboardFile>>),
}

/// A file as it was when it was last read.
#[derive(Debug)]
pub(super) struct DashboardFile {
    pub(super) path: PathBuf,
    /// Its path below the provider's folder.
    pub(super) name: String,
    /// The name of the subfolder that it is in.
    pub(super) subfolder: Option<String>,
    pub(super) provider: Arc<Provider>,
    pub(super) stamp: file::Stamp,
    pub(super) digest: Digest,
    pub(super) summary: Result<Arc<Summary>, String>,
}

impl DashboardFile {
    pub(super) fn problem(&self, message: String) -> FileProblem {
        FileProblem { path: self.path.clone(), message }
    }
}

/// A dashboard with its text.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Dashboard {
    /// What the list says about it.
    pub entry: Entry,
    /// The JSON text as it was written, but for its id, uid and version.
    pub json: String,
}

impl Entry {
    pub(super) fn of_file(
        file: &Arc<DashboardFile>,
        summary: &Arc<Summary>,
        folder: Option<Arc<Folder>>,
    ) -> Self {
        let id = super::summary::made_id(&summary.uid);
        Self { summary: Arc::clone(summary), id, folder, source: Source::File(Arc::clone(file)) }
    }

    /// Its uid.
    pub fn uid(&self) -> &str {
        &self.summary.uid
    }

    /// The uid of its folder; empty at the top.
    pub fn folder_uid(&self) -> &str {
        self.folder.as_ref().map_or("", |folder| &folder.uid)
    }

    /// The uid of the folder that it was put into, also of one that is lost; empty at the top.
    pub(super) fn place_uid(&self) -> &str {
        match (&self.folder, self.saved()) {
            (Some(folder), _) => &folder.uid,
            (None, Some(saved)) => &saved.newest.folder_uid,
            (None, None) => "",
        }
    }

    /// 1 for the first that was saved; what its text says for a file that was not changed here.
    pub fn version(&self) -> u32 {
        match &self.source {
            Source::Saved(saved, _) => saved.version(),
            _ => self.summary.version,
        }
    }

    /// Whether it is part of the program and neither file nor saved.
    pub fn is_built_in(&self) -> bool {
        matches!(self.source, Source::BuiltIn(_))
    }

    /// The file that it comes from.
    pub(super) fn file(&self) -> Option<&Arc<DashboardFile>> {
        match &self.source {
            Source::File(file) | Source::Saved(_, Some(file)) => Some(file),
            _ => None,
        }
    }

    pub(super) fn saved(&self) -> Option<&Arc<Saved>> {
        match &self.source {
            Source::Saved(saved, _) => Some(saved),
            _ => None,
        }
    }

    /// The path of the file that it comes from, below its provider's folder; empty for one that has none.
    pub fn file_name(&self) -> &str {
        self.file().map_or("", |file| &file.name)
    }

    /// Whether changes can be saved.
    pub fn can_save(&self) -> bool {
        self.file().is_none_or(|file| file.provider.allow_ui_updates)
    }

    /// Whether it can be deleted.
    pub fn can_delete(&self) -> bool {
        matches!(self.source, Source::Saved(_, None))
    }

    /// When and by whom it was first saved; for a file when it was written, by nobody.
    pub fn created(&self) -> Stamp {
        self.saved().map_or_else(|| self.written(), |saved| saved.newest.created.clone())
    }

    /// When and by whom it was saved last; for a file when it was written, by nobody.
    pub fn updated(&self) -> Stamp {
        self.saved().map_or_else(|| self.written(), |saved| saved.newest.updated.clone())
    }

    fn written(&self) -> Stamp {
        Stamp { at_ms: self.file().map_or(0, |file| file.stamp.modified_ms()), by: String::new() }
    }
}
