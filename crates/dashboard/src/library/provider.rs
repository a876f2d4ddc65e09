//! Where dashboard files come from.

use std::path::PathBuf;

/// A folder of dashboard files, and what may be done with them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provider {
    /// What its dashboards name it; empty for a folder that a flag names.
    pub name: String,
    /// The folder, or a single file.
    pub path: PathBuf,
    /// Where its dashboards are listed.
    pub place: Place,
    /// Whether changes may be saved, beside the files.
    pub allow_ui_updates: bool,
    /// Whether its dashboards stay when their files are gone: as saved ones, from then on.
    pub disable_deletion: bool,
}

/// Where the dashboards of files are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// In folders named as those that the files are in; at the top those that are in none.
    Structure,
    /// In one folder.
    Folder {
        /// Its title; empty for the top.
        title: String,
        /// Its uid; one is made when it is empty.
        uid: String,
    },
}

impl Provider {
    /// A folder whose subfolders are folders, and whose dashboards cannot be changed.
    pub fn plain(path: PathBuf) -> Self {
        Self {
            name: String::new(),
            path,
            place: Place::Structure,
            allow_ui_updates: false,
            disable_deletion: false,
        }
    }

    /// The same with a name.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// The same with its dashboards elsewhere.
    #[must_use]
    pub fn placed(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// The same with changes allowed or not.
    #[must_use]
    pub fn updatable(self, allow_ui_updates: bool) -> Self {
        Self { allow_ui_updates, ..self }
    }

    /// The same with dashboards that outlive their files, or not.
    #[must_use]
    pub fn undeletable(self, disable_deletion: bool) -> Self {
        Self { disable_deletion, ..self }
    }

    /// The folder of a file that lies in a subfolder of that name: title, and uid unless it is to be made.
    pub(super) fn folder<'a>(&'a self, subfolder: Option<&'a str>) -> Option<(&'a str, Option<&'a str>)> {
        match &self.place {
            Place::Structure => subfolder.map(|title| (title, None)),
            Place::Folder { title, .. } if title.is_empty() => None,
            Place::Folder { title, uid } => Some((title, Some(uid.as_str()).filter(|uid| !uid.is_empty()))),
        }
    }
}
