//! The dashboards at hand: files in folders, looked at again when they change, those that were saved, and those
//! built in.

mod draft;
mod entry;
mod error;
mod file;
mod folder;
mod folder_change;
mod index;
mod keep;
mod object;
mod permission;
mod provider;
mod room;
mod save;
mod search;
mod shelf;
mod summary;
mod walk;

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use model::Clock;

use index::{Files, Index};
use shelf::{Saved, Shelf};

pub use entry::{Dashboard, Entry};
pub use error::{ChangeError, LibraryError};
pub use file::DASHBOARD_BYTES_MAX;
pub use folder::{Folder, Stamp};
pub use folder_change::{FolderChange, NewFolder};
pub use object::Object;
pub use permission::{Asker, Grant, Grantee, Permission, Standing};
pub use provider::{Place, Provider};
pub use save::{Save, Version};
pub use search::{Found, Kind, Search};
pub use summary::Summary;

/// How long what was seen in the folders holds: a list of 500 files costs 500 `stat` calls.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Finds dashboards, hands them out, and keeps those that are saved.
///
/// Of a dashboard only what a list needs is kept in memory, a few hundred bytes; the text is read when it is asked
/// for. All calls look at the disk and may block on it.
pub struct Library {
    providers: Mutex<Vec<Arc<Provider>>>,
    built_in: &'static [(&'static str, Text)],
    /// The same, once somebody asked: a start does not wait for them.
    read_built_in: OnceLock<Vec<BuiltIn>>,
    clock: Arc<dyn Clock>,
    shelf: Shelf,
    /// Held by whoever changes what is saved, so that readers need not wait for the disk.
    writing: Mutex<()>,
    state: Mutex<State>,
}

/// Gives the JSON text of a dashboard that is part of the program, which may keep it in another form.
pub type Text = fn() -> String;

/// A dashboard that is part of the program.
struct BuiltIn {
    summary: Arc<Summary>,
    text: Text,
}

/// What the last look at the folders found, and what is saved.
#[derive(Default)]
struct State {
    looked_at: Option<Duration>,
    files: Files,
    unseen: Vec<FileProblem>,
    /// Whether what is saved was read.
    loaded: bool,
    saved: HashMap<String, Arc<Saved>>,
    folders: BTreeMap<String, Arc<Folder>>,
    grants: permission::Grants,
    damaged: Vec<FileProblem>,
    index: Index,
}

/// A file that is not shown, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProblem {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong, with line and column where there is one, and the cure.
    pub message: String,
}

impl Library {
    /// Opens the folder of what is saved, those of files, and dashboards that are part of the program as name and
    /// text.
    ///
    /// A folder that is not there is a problem to be shown, not an error: it may come later. A file replaces
    /// the built-in dashboard of the same uid, and so does one that was saved.
    pub fn open(
        saved: &Path,
        providers: Vec<Provider>,
        built_in: &'static [(&'static str, Text)],
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            built_in,
            read_built_in: OnceLock::new(),
            providers: Mutex::new(providers.into_iter().map(Arc::new).collect()),
            clock,
            shelf: Shelf::new(saved.to_owned()),
            writing: Mutex::default(),
            state: Mutex::default(),
        }
    }

    /// Takes files from other places than before; those that stay are not read again.
    pub fn provide(&self, providers: Vec<Provider>) {
        let mut own = self.providers.lock().unwrap_or_else(PoisonError::into_inner);
        let providers = providers.into_iter().map(|new| {
            let same = own.iter().find(|old| ***old == new).cloned();
            same.unwrap_or_else(|| Arc::new(new))
        });
        *own = providers.collect();
        drop(own);
        self.state.lock().unwrap_or_else(PoisonError::into_inner).looked_at = None;
    }

    /// What the list says about the dashboard of a uid.
    pub fn entry(&self, uid: &str) -> Option<Entry> {
        self.look().index.by_uid.get(uid).cloned()
    }

    /// The same by its number.
    pub fn entry_by_id(&self, id: i64) -> Option<Entry> {
        self.look().index.by_uid.values().find(|entry| entry.id == id).cloned()
    }

    /// The dashboard of a uid; `None` when there is none.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn get(&self, uid: &str) -> Result<Option<Dashboard>, LibraryError> {
        let Some(entry) = self.entry(uid) else { return Ok(None) };
        let text = match &entry.source {
            entry::Source::Saved(..) => return self.saved_text(entry).map(Some),
            entry::Source::BuiltIn(text) => text(),
            entry::Source::File(file) => read_again(&file.path)?,
        };
        let json = entry.summary.complete(text, entry.id, entry.version());
        Ok(Some(Dashboard { entry, json }))
    }

    /// The files that are not shown, in the order of their paths.
    pub fn problems(&self) -> Vec<FileProblem> {
        self.look().index.problems.clone()
    }

    fn built_in(&self) -> &[BuiltIn] {
        self.read_built_in.get_or_init(|| {
            let read = self.built_in.iter().map(|(name, text)| (name, *text, Summary::parse(&text(), name)));
            let sound = read.filter_map(|(name, text, summary)| match summary {
                Ok(summary) => Some(BuiltIn { summary: Arc::new(summary), text }),
                Err(message) => {
                    tracing::error!(name, message, "built-in dashboard cannot be shown");
                    None
                }
            });
            sound.collect()
        })
    }

    /// Brings the state up to date when the last look was long enough ago.
    fn look(&self) -> MutexGuard<'_, State> {
        // Every change of the state is a whole one: a panic elsewhere leaves it sound.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.monotonic();
        if state.looked_at.is_none_or(|last| now.saturating_sub(last) >= LOOK_AGAIN_AFTER) {
            if !state.loaded {
                state.load(&self.shelf);
            }
            let providers = self.providers.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let (files, unseen) = index::look_at_files(&providers, std::mem::take(&mut state.files));
            (state.files, state.unseen) = (files, unseen);
            state.index_anew(self.built_in());
            state.looked_at = Some(now);
        }
        state
    }

    /// Changes what is known to be saved, after it was.
    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.look();
        change(&mut state);
        state.index_anew(self.built_in());
    }
}

impl State {
    fn load(&mut self, shelf: &Shelf) {
        let (saved, mut damaged) = shelf.load();
        let (folders, problem) = folder_change::load(shelf.folder());
        damaged.extend(problem);
        let (grants, problem) = permission::load(shelf.folder());
        damaged.extend(problem);
        self.grants = grants;
        (self.saved, self.folders, self.damaged, self.loaded) = (saved, folders, damaged, true);
    }

    fn index_anew(&mut self, built_in: &[BuiltIn]) {
        let problems = self.unseen.iter().chain(&self.damaged).cloned().collect();
        let index = Index::new(&self.files, &self.saved, &self.folders, built_in, problems);
        for problem in index.problems.iter().filter(|p| !self.index.problems.contains(p)) {
            tracing::warn!(path = %problem.path.display(), problem.message, "dashboard file is not shown");
        }
        self.index = index;
    }
}

/// Reads a file that was sound when it was last looked at: its writer may be in the middle of it.
fn read_again(path: &Path) -> Result<String, LibraryError> {
    match file::read(path) {
        Err(source) => Err(LibraryError::Read { path: path.to_owned(), source }),
        Ok(text) => match summary::check_object(&text) {
            Err(message) => Err(LibraryError::Invalid { path: path.to_owned(), message }),
            Ok(()) => Ok(text),
        },
    }
}

#[cfg(test)]
mod tests;
