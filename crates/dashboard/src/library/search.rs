//! What of the library is wanted, and in which order.

use std::{cmp::Ordering, collections::BTreeMap, sync::Arc};

use model::sort;

use super::{Asker, Entry, Folder, Library, Permission};

/// Which dashboards and folders are wanted.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// A part of the title, in upper or lower case; empty for all.
    pub text: String,
    /// Tags that all must be there.
    pub tags: Vec<String>,
    /// Dashboards or folders alone; both when it is `None`.
    pub kind: Option<Kind>,
    /// Uids of which one must be its own; empty for all.
    pub uids: Vec<String>,
    /// Numbers of which one must be its own; empty for all.
    pub ids: Vec<i64>,
    /// Folders in one of which it must lie directly; an empty uid is the top. Empty for all.
    pub folder_uids: Vec<String>,
    /// Numbers of such folders; 0 is the top. Empty for all.
    pub folder_ids: Vec<i64>,
    /// From Z to A.
    pub descending: bool,
    /// Who asks, and what has to be allowed; `None` for all.
    pub allowed: Option<(Asker, Permission)>,
}

/// What can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Dashboards.
    Dashboard,
    /// Folders.
    Folder,
}

/// What was found.
#[derive(Clone, Debug)]
pub enum Found {
    /// A dashboard.
    Dashboard(Entry),
    /// A folder, and the one that it is in.
    Folder(Arc<Folder>, Option<Arc<Folder>>),
}

impl Found {
    /// The title.
    pub fn title(&self) -> &str {
        match self {
            Self::Dashboard(entry) => &entry.summary.title,
            Self::Folder(folder, _) => &folder.title,
        }
    }

    /// The uid.
    pub fn uid(&self) -> &str {
        match self {
            Self::Dashboard(entry) => entry.uid(),
            Self::Folder(folder, _) => &folder.uid,
        }
    }

    /// The folder that it is in; `None` at the top.
    pub fn folder(&self) -> Option<&Arc<Folder>> {
        match self {
            Self::Dashboard(entry) => entry.folder.as_ref(),
            Self::Folder(_, parent) => parent.as_ref(),
        }
    }

    /// The number for clients that ask by number.
    pub fn id(&self) -> i64 {
        match self {
            Self::Dashboard(entry) => entry.id,
            Self::Folder(folder, _) => folder.id,
        }
    }

    fn tags(&self) -> &[String] {
        match self {
            Self::Dashboard(entry) => &entry.summary.tags,
            Self::Folder(..) => &[],
        }
    }

    /// Folders first, then by title.
    fn compare(&self, other: &Self, descending: bool) -> Ordering {
        let is_dashboard = |found: &Self| matches!(found, Self::Dashboard(_));
        let titles =
            (self.title().to_lowercase(), self.uid()).cmp(&(other.title().to_lowercase(), other.uid()));
        let titles = if descending { titles.reverse() } else { titles };
        is_dashboard(self).cmp(&is_dashboard(other)).then(titles)
    }
}

impl Search {
    /// Whether it is wanted; `text` is in lower case.
    fn accepts(&self, found: &Found, text: &str) -> bool {
        let folder = found.folder();
        let folder_uid = folder.map_or("", |folder| &folder.uid);
        let folder_id = folder.map_or(0, |folder| folder.id);
        found.title().to_lowercase().contains(text)
            && self.tags.iter().all(|tag| found.tags().contains(tag))
            && (self.uids.is_empty() || self.uids.iter().any(|uid| uid == found.uid()))
            && (self.ids.is_empty() || self.ids.contains(&found.id()))
            && (self.folder_uids.is_empty() || self.folder_uids.iter().any(|uid| uid == folder_uid))
            && (self.folder_ids.is_empty() || self.folder_ids.contains(&folder_id))
    }
}

impl Library {
    /// The dashboards and folders that match: folders first, both in the order of their titles.
    pub fn search(&self, search: &Search) -> Vec<Found> {
        let text = search.text.to_lowercase();
        let state = self.look();
        let folders = &state.index.folders;
        let mut found = Vec::new();
        if search.kind != Some(Kind::Folder) {
            found.extend(state.index.by_uid.values().cloned().map(Found::Dashboard));
        }
        if search.kind != Some(Kind::Dashboard) {
            let all = folders.iter().map(|folder| (folder, folders.get(&folder.parent_uid)));
            found.extend(all.map(|(folder, parent)| Found::Folder(Arc::clone(folder), parent.cloned())));
        }
        found.retain(|found| search.accepts(found, &text));
        if let Some((asker, least)) = &search.allowed {
            found.retain(|found| found.permission(&state, asker) >= Some(*least));
        }
        drop(state);
        sort::by(&mut found, |a, b| a.compare(b, search.descending));
        found
    }

    /// All dashboards in the order of their titles.
    pub fn list(&self) -> Vec<Entry> {
        let found = self.search(&Search { kind: Some(Kind::Dashboard), ..Search::default() });
        let entries = found.into_iter().filter_map(|found| match found {
            Found::Dashboard(entry) => Some(entry),
            Found::Folder(..) => None,
        });
        entries.collect()
    }

    /// All tags and how many dashboards that somebody may see have them, in the order of their names.
    pub fn tags(&self, asker: &Asker) -> Vec<(String, usize)> {
        let state = self.look();
        let mut counts = BTreeMap::<String, usize>::new();
        for entry in state.index.by_uid.values().filter(|entry| entry.permission(&state, asker).is_some()) {
            for tag in &entry.summary.tags {
                *counts.entry(tag.clone()).or_default() += 1;
            }
        }
        counts.into_iter().collect()
    }

    /// All folders, in the order of their uids.
    pub fn folders(&self) -> Vec<Arc<Folder>> {
        self.look().index.folders.iter().cloned().collect()
    }

    /// The folder of a uid.
    pub fn folder(&self, uid: &str) -> Option<Arc<Folder>> {
        self.look().index.folders.get(uid).cloned()
    }

    /// The folder of a number.
    pub fn folder_by_id(&self, id: i64) -> Option<Arc<Folder>> {
        self.look().index.folders.iter().find(|folder| folder.id == id).cloned()
    }

    /// The folders that a folder is in, the outermost first.
    pub fn folder_parents(&self, uid: &str) -> Vec<Arc<Folder>> {
        self.look().index.folders.parents(uid)
    }

    /// The folders that lie directly in a folder, or at the top where the uid is empty, in the order of their titles.
    pub fn subfolders(&self, parent_uid: &str) -> Vec<Arc<Folder>> {
        let state = self.look();
        let folders = &state.index.folders;
        let mut found: Vec<_> =
            folders.iter().filter(|folder| folders.is_child(folder, parent_uid)).cloned().collect();
        sort::by_cached_key(&mut found, |folder| (folder.title.to_lowercase(), folder.uid.clone()));
        found
    }

    /// How many folders and dashboards are in a folder, at any depth.
    pub fn folder_counts(&self, uid: &str) -> (usize, usize) {
        let state = self.look();
        let folders = &state.index.folders;
        let inside =
            folders.iter().filter(|other| other.uid != uid && folders.is_within(&other.uid, uid)).count();
        let dashboards =
            state.index.by_uid.values().filter(|entry| folders.is_within(entry.folder_uid(), uid));
        (inside, dashboards.count())
    }
}
