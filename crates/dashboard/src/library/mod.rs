//! The dashboards at hand: files in folders, looked at again when they change, and those built in.

mod file;
mod folder;
mod summary;

use std::{
    collections::{BTreeMap, HashMap},
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use model::Clock;

use file::Stamp;
use folder::Found;

pub use summary::Summary;

/// How long what was seen in the folders holds: a list of 500 files costs 500 `stat` calls.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Finds dashboards and hands them out.
///
/// Of a file only what a list needs is kept in memory, a few hundred bytes; the text is read when it is asked
/// for. All calls look at the disk and may block on it.
pub struct Library {
    folders: Vec<PathBuf>,
    built_in: Vec<Entry>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

/// What the last look at the folders found.
#[derive(Default)]
struct State {
    looked_at: Option<Duration>,
    /// By path, so that of two files with one uid always the same is taken.
    files: BTreeMap<PathBuf, File>,
    problems: Vec<FileProblem>,
    by_uid: HashMap<String, Entry>,
}

/// A file as it was when last read.
struct File {
    stamp: Stamp,
    summary: Result<Arc<Summary>, String>,
}

#[derive(Clone)]
struct Entry {
    summary: Arc<Summary>,
    source: Source,
}

#[derive(Clone)]
enum Source {
    File(PathBuf),
    BuiltIn(&'static str),
}

/// A dashboard with its text.
#[derive(Clone, Debug)]
pub struct Dashboard {
    /// What the list says about it.
    pub summary: Arc<Summary>,
    /// The JSON text as it was written; where it has no uid, the one that was made for it is added at the end.
    pub json: String,
    /// Whether it is part of the program and not a file.
    pub built_in: bool,
}

/// A file that is not shown, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProblem {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong, with line and column where there is one, and the cure.
    pub message: String,
}

/// Which dashboards are wanted.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// A part of the title, in upper or lower case; empty for all.
    pub text: String,
    /// Tags that all must be there.
    pub tags: Vec<String>,
}

/// Why a dashboard cannot be handed out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LibraryError {
    /// Its file cannot be read any more.
    #[error("cannot read the dashboard file {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Its file was changed within the last second and is no JSON object any more.
    #[error("the dashboard file {} was changed and cannot be shown: {message}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column, and the cure.
        message: String,
    },
}

impl Library {
    /// Opens folders, and dashboards that are part of the program as name and JSON text.
    ///
    /// A folder that is not there is a problem to be shown, not an error: it may come later. A file replaces
    /// the built-in dashboard of the same uid.
    pub fn open(
        folders: Vec<PathBuf>,
        built_in: &[(&'static str, &'static str)],
        clock: Arc<dyn Clock>,
    ) -> Self {
        let built_in = built_in.iter().filter_map(|(name, json)| match Summary::parse(json, name, None) {
            Ok(summary) => Some(Entry { summary: Arc::new(summary), source: Source::BuiltIn(json) }),
            Err(message) => {
                tracing::error!(name, message, "built-in dashboard cannot be shown");
                None
            }
        });
        let built_in = built_in.collect();
        Self { folders, built_in, clock, state: Mutex::default() }
    }

    /// All dashboards in the order of their titles.
    pub fn list(&self) -> Vec<Arc<Summary>> {
        self.search(&Search::default())
    }

    /// The dashboards that match, in the order of their titles.
    pub fn search(&self, search: &Search) -> Vec<Arc<Summary>> {
        let state = self.look();
        let all = state.by_uid.values().map(|entry| &entry.summary);
        let mut found: Vec<_> = all.filter(|summary| search.accepts(summary)).cloned().collect();
        drop(state);
        found.sort_by(|a, b| (a.title.to_lowercase(), &a.uid).cmp(&(b.title.to_lowercase(), &b.uid)));
        found
    }

    /// The dashboard of a uid; `None` when there is none.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn get(&self, uid: &str) -> Result<Option<Dashboard>, LibraryError> {
        let Some(Entry { summary, source }) = self.look().by_uid.get(uid).cloned() else { return Ok(None) };
        let (text, built_in) = match source {
            Source::BuiltIn(json) => (json.to_owned(), true),
            Source::File(path) => (read_again(path)?, false),
        };
        Ok(Some(Dashboard { json: summary.complete(text), summary, built_in }))
    }

    /// The files that are not shown, in the order of their paths.
    pub fn problems(&self) -> Vec<FileProblem> {
        self.look().problems.clone()
    }

    /// Brings the state up to date when the last look was long enough ago.
    fn look(&self) -> MutexGuard<'_, State> {
        // Every change of the state is a whole new state: a panic elsewhere leaves it sound.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.monotonic();
        if state.looked_at.is_none_or(|last| now.saturating_sub(last) >= LOOK_AGAIN_AFTER) {
            let previous = std::mem::take(&mut *state);
            *state = previous.looked_again(&self.folders, &self.built_in);
            state.looked_at = Some(now);
        }
        state
    }
}

impl State {
    /// The state after another look: files whose stamp is the same are not read again.
    fn looked_again(mut self, folders: &[PathBuf], built_in: &[Entry]) -> Self {
        let mut next = Self::default();
        for folder in folders {
            let (found, problems) = folder::walk(folder);
            next.problems.extend(problems);
            for Found { path, name, folder, stamp } in found {
                let file = match self.files.remove(&path) {
                    Some(known) if known.stamp == stamp => known,
                    _ => read(&path, &name, folder.as_deref(), stamp),
                };
                next.files.insert(path, file);
            }
        }
        next.index(built_in);
        for problem in next.problems.iter().filter(|p| !self.problems.contains(p)) {
            tracing::warn!(path = %problem.path.display(), problem.message, "dashboard file is not shown");
        }
        next
    }

    fn index(&mut self, built_in: &[Entry]) {
        for (path, file) in &self.files {
            let summary = match &file.summary {
                Ok(summary) => summary,
                Err(message) => {
                    self.problems.push(FileProblem { path: path.clone(), message: message.clone() });
                    continue;
                }
            };
            let entry = Entry { summary: Arc::clone(summary), source: Source::File(path.clone()) };
            match self.by_uid.get(&summary.uid).map(|first| first.source.clone()) {
                Some(Source::File(first)) => {
                    let uid = &summary.uid;
                    let message =
                        format!("{} has the uid {uid:?} already; change one of them", first.display());
                    self.problems.push(FileProblem { path: path.clone(), message });
                }
                _ => {
                    self.by_uid.insert(summary.uid.clone(), entry);
                }
            }
        }
        self.problems.sort_by(|a, b| a.path.cmp(&b.path));
        for entry in built_in {
            self.by_uid.entry(entry.summary.uid.clone()).or_insert_with(|| entry.clone());
        }
    }
}

fn read(path: &std::path::Path, name: &str, folder: Option<&str>, stamp: Stamp) -> File {
    let summary = file::read(path).map_err(|e| e.to_string());
    let summary = summary.and_then(|text| Summary::parse(&text, name, folder)).map(Arc::new);
    File { stamp, summary }
}

/// Reads a file that was sound when it was last looked at: its writer may be in the middle of it.
fn read_again(path: PathBuf) -> Result<String, LibraryError> {
    match file::read(&path) {
        Err(source) => Err(LibraryError::Read { path, source }),
        Ok(text) => match summary::check_object(&text) {
            Err(message) => Err(LibraryError::Invalid { path, message }),
            Ok(()) => Ok(text),
        },
    }
}

impl Search {
    fn accepts(&self, summary: &Summary) -> bool {
        let title = summary.title.to_lowercase();
        title.contains(&self.text.to_lowercase()) && self.tags.iter().all(|tag| summary.tags.contains(tag))
    }
}

#[cfg(test)]
mod tests;
