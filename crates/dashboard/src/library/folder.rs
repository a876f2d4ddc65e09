//! Folders: what dashboards are listed under, one inside the other.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::summary;

/// Folders inside each other, as in Grafana.
pub(super) const DEPTH_MAX: usize = 4;

/// A folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Folder {
    /// What its URL and its dashboards call it.
    pub uid: String,
    /// For clients that ask by number.
    pub id: i64,
    /// Its title, never empty.
    pub title: String,
    /// What it is for; may be empty.
    pub description: String,
    /// The folder that it is in; empty at the top.
    pub parent_uid: String,
    /// 1 at first, one more with each change.
    pub version: u32,
    /// When and by whom it was made.
    pub created: Stamp,
    /// When and by whom it was changed last.
    pub updated: Stamp,
    /// Whether it is there because files are in it: it cannot be changed.
    #[serde(skip)]
    pub provisioned: bool,
}

/// When something was done, and by whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stamp {
    /// Milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// The login; empty for files.
    pub by: String,
}

impl Folder {
    /// Its path on this server: `/dashboards/f/UID/TITLE`.
    pub fn url(&self) -> String {
        summary::url("/dashboards/f", &self.uid, &self.title)
    }

    /// The title as a part of its URL; may be empty.
    pub fn slug(&self) -> String {
        summary::slug(&self.title)
    }

    /// A folder that files are in.
    fn of_files(uid: String, title: &str) -> Self {
        Self {
            id: summary::made_id(&uid),
            uid,
            title: title.to_owned(),
            provisioned: true,
            ..Self::default()
        }
    }
}

/// All folders by uid.
#[derive(Clone, Debug, Default)]
pub(super) struct Folders(BTreeMap<String, Arc<Folder>>);

impl Folders {
    /// The folders that are stored; one whose parent is gone is at the top.
    pub(super) fn new(stored: impl IntoIterator<Item = Arc<Folder>>) -> Self {
        Self(stored.into_iter().map(|folder| (folder.uid.clone(), folder)).collect())
    }

    pub(super) fn get(&self, uid: &str) -> Option<&Arc<Folder>> {
        self.0.get(uid)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Folder>> {
        self.0.values()
    }

    /// The folder of files: the one of that uid, or at the top one of that title, or a new one.
    pub(super) fn of_files(&mut self, title: &str, uid: Option<&str>) -> Arc<Folder> {
        let made = || summary::made_uid(&format!("folder {title}"));
        let known = match uid {
            Some(uid) => self.0.get(uid),
            None => self.0.values().find(|folder| folder.parent_uid.is_empty() && folder.title == title),
        };
        let uid = uid.map_or_else(made, str::to_owned);
        // One that was saved in the meantime may have been given another title.
        if let Some(known) = known.or_else(|| self.0.get(&uid)) {
            return Arc::clone(known);
        }
        let folder = Arc::new(Folder::of_files(uid, title));
        self.0.insert(folder.uid.clone(), Arc::clone(&folder));
        folder
    }

    /// The folders that a folder is in, the outermost first; it is not among them.
    pub(super) fn parents(&self, uid: &str) -> Vec<Arc<Folder>> {
        let mut parents: Vec<Arc<Folder>> = Vec::new();
        let mut at = self.get(uid);
        // The bound holds against a file that somebody wrote by hand, with a circle in it.
        while let Some(parent) =
            at.and_then(|folder| self.get(&folder.parent_uid)).filter(|_| parents.len() < DEPTH_MAX)
        {
            parents.insert(0, Arc::clone(parent));
            at = Some(parent);
        }
        parents
    }

    /// Whether a folder is another one, or somewhere inside it.
    pub(super) fn is_within(&self, uid: &str, outer: &str) -> bool {
        uid == outer || self.parents(uid).iter().any(|parent| parent.uid == outer)
    }

    /// How many levels of folders there are from this one down, itself included.
    pub(super) fn height(&self, uid: &str) -> usize {
        let depth = |uid: &str| self.parents(uid).len();
        let inside = self.0.keys().filter(|other| self.is_within(other, uid));
        inside.map(|other| depth(other) + 1).max().unwrap_or(0).saturating_sub(depth(uid))
    }

    /// Whether a folder lies directly in another one, or at the top where that is empty.
    pub(super) fn is_child(&self, folder: &Folder, parent_uid: &str) -> bool {
        match self.get(&folder.parent_uid) {
            Some(parent) => parent.uid == parent_uid,
            None => parent_uid.is_empty(),
        }
    }
}
