//! Annotations: what people and programs note about a time, on a dashboard or for all.

mod journal;

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use model::{Clock, Reservation, sort};
use serde::{Deserialize, Serialize};

use journal::Journal;

/// Annotations kept; the oldest give way to new ones.
const ANNOTATIONS_MAX: usize = 10_000;
/// Bytes of all annotations in memory, likewise.
const BYTES_MAX: usize = 4 << 20;
/// Bytes of text and data of a single one.
const TEXT_BYTES_MAX: usize = 16 << 10;
/// Tags of a single one, and bytes of each.
const TAGS_MAX: usize = 50;
const TAG_BYTES_MAX: usize = 200;

/// A note about a time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Annotation {
    /// Given once.
    pub id: u64,
    /// The dashboard that it is for; empty for all.
    pub dashboard_uid: String,
    /// The panel that it is for; 0 for all.
    pub panel_id: i64,
    /// Milliseconds since the Unix epoch.
    pub time_ms: i64,
    /// The end of a range; the same as `time_ms` for a moment.
    pub end_ms: i64,
    /// What is noted.
    pub text: String,
    /// To find it by.
    pub tags: Vec<String>,
    /// JSON for whoever made it; empty for none.
    pub data: String,
    /// The login of who made it.
    pub login: String,
    /// When it was made, in milliseconds since the Unix epoch.
    pub created_ms: i64,
    /// When it was changed last.
    pub updated_ms: i64,
}

/// Which annotations are wanted.
#[derive(Clone, Debug, Default)]
pub struct AnnotationSearch {
    /// Those that are not over before this time, in milliseconds since the Unix epoch.
    pub from_ms: Option<i64>,
    /// Those that begin at this time at the latest.
    pub to_ms: Option<i64>,
    /// Those of a dashboard.
    pub dashboard_uid: Option<String>,
    /// Those of a panel.
    pub panel_id: Option<i64>,
    /// Those with these tags.
    pub tags: Vec<String>,
    /// Whether one of the tags is enough.
    pub any_tag: bool,
    /// At most so many, the latest first.
    pub limit: usize,
}

/// Why an annotation is not kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnnotationError {
    /// There is none of that number.
    #[error("Annotation not found")]
    NotFound,
    /// It says nothing.
    #[error("text field should not be empty")]
    TextEmpty,
    /// It is larger than a note.
    #[error("{what} of the annotation has {size} bytes or entries, at most {limit} are taken")]
    TooLarge {
        /// Text, tag or tags.
        what: &'static str,
        /// Its size.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// There is no memory for it.
    #[error("no memory for another annotation: they take {used_bytes} bytes")]
    Memory {
        /// Bytes that they take.
        used_bytes: usize,
    },
    /// The disk failed.
    #[error("cannot store the annotation in {}", path.display())]
    Storage {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Keeps annotations in memory and in a journal. All calls may block on the disk.
pub struct Annotations {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    journal: Journal,
    by_id: BTreeMap<u64, Annotation>,
    memory: Reservation,
}

impl Annotations {
    /// Opens the journal in a folder; `memory` pays for what is held. Damaged lines are passed over and told in the
    /// log.
    ///
    /// # Errors
    /// [`AnnotationError::Storage`] when the journal cannot be read.
    pub fn open(folder: &Path, memory: Reservation, clock: Arc<dyn Clock>) -> Result<Self, AnnotationError> {
        let path = folder.join("annotations.jsonl");
        let (journal, by_id) =
            Journal::open(&path).map_err(|source| AnnotationError::Storage { path, source })?;
        let mut state = State { journal, by_id, memory };
        // Without memory for all the oldest are left in the file.
        while !state.account(0) {
            state.by_id.pop_first();
        }
        Ok(Self { clock, state: Mutex::new(state) })
    }

    /// Adds one; its number and the times of its making are given here. A time of 0 is now, an end of 0 is the time.
    ///
    /// # Errors
    /// See [`AnnotationError`].
    pub fn add(&self, annotation: Annotation) -> Result<u64, AnnotationError> {
        let now_ms = self.clock.now_ms();
        let mut state = self.state();
        let id = state.journal.next_id();
        let or = |time_ms: i64, other_ms: i64| if time_ms == 0 { other_ms } else { time_ms };
        let time_ms = or(annotation.time_ms, now_ms);
        let end_ms = or(annotation.end_ms, time_ms);
        let made = Annotation { id, time_ms, end_ms, created_ms: now_ms, updated_ms: now_ms, ..annotation };
        state.put(made)?;
        Ok(id)
    }

    /// The annotation of a number.
    pub fn get(&self, id: u64) -> Option<Annotation> {
        self.state().by_id.get(&id).cloned()
    }

    /// Changes one.
    ///
    /// # Errors
    /// See [`AnnotationError`]; it stays as it was then.
    pub fn update(&self, id: u64, change: impl FnOnce(&mut Annotation)) -> Result<(), AnnotationError> {
        let now_ms = self.clock.now_ms();
        let mut state = self.state();
        let mut annotation = state.by_id.get(&id).cloned().ok_or(AnnotationError::NotFound)?;
        change(&mut annotation);
        state.put(Annotation { id, updated_ms: now_ms, ..annotation })
    }

    /// Deletes those that are chosen; the result is how many.
    ///
    /// # Errors
    /// [`AnnotationError::Storage`].
    pub fn delete(&self, mut chosen: impl FnMut(&Annotation) -> bool) -> Result<usize, AnnotationError> {
        let mut state = self.state();
        let ids: Vec<u64> = state.by_id.values().filter(|one| chosen(one)).map(|one| one.id).collect();
        state.remove(&ids)?;
        state.settle();
        Ok(ids.len())
    }

    /// Those that match and may be seen, the latest first; what may not be seen takes no part of the limit.
    pub fn search(
        &self,
        search: &AnnotationSearch,
        mut is_seen: impl FnMut(&Annotation) -> bool,
    ) -> Vec<Annotation> {
        let state = self.state();
        let mut found: Vec<_> = state.by_id.values().filter(|one| search.accepts(one)).collect();
        sort::by_key(&mut found, |one| std::cmp::Reverse((one.end_ms, one.id)));
        found.into_iter().filter(|one| is_seen(one)).take(search.limit).cloned().collect()
    }

    /// The tags that contain a text, and how many of the annotations that may be seen have them, in the order of their
    /// names.
    pub fn tags(
        &self,
        text: &str,
        limit: usize,
        mut is_seen: impl FnMut(&Annotation) -> bool,
    ) -> Vec<(String, usize)> {
        let text = text.to_lowercase();
        let mut counts = BTreeMap::<&str, usize>::new();
        let state = self.state();
        let seen = state.by_id.values().filter(|one| is_seen(one));
        for tag in seen.flat_map(|one| &one.tags).filter(|tag| tag.to_lowercase().contains(&text)) {
            *counts.entry(tag).or_default() += 1;
        }
        counts.into_iter().take(limit).map(|(tag, count)| (tag.to_owned(), count)).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The journal is written before the memory is changed: a panic in between loses nothing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn put(&mut self, mut annotation: Annotation) -> Result<(), AnnotationError> {
        annotation.check()?;
        let (start_ms, end_ms) = (annotation.time_ms, annotation.end_ms);
        (annotation.time_ms, annotation.end_ms) = (start_ms.min(end_ms), start_ms.max(end_ms));
        let old = self.by_id.get(&annotation.id);
        let (is_new, old_bytes) = (old.is_none(), old.map_or(0, Annotation::size_bytes));
        let more_bytes = annotation.size_bytes().saturating_sub(old_bytes);
        self.remove(&self.displaced(annotation.id, usize::from(is_new), more_bytes))?;
        if !self.account(more_bytes) {
            return Err(AnnotationError::Memory { used_bytes: self.size_bytes() });
        }
        self.journal.put(&annotation)?;
        self.by_id.insert(annotation.id, annotation);
        self.settle();
        Ok(())
    }

    fn remove(&mut self, ids: &[u64]) -> Result<(), AnnotationError> {
        self.journal.remove(ids)?;
        for id in ids {
            self.by_id.remove(id);
        }
        Ok(())
    }

    /// The oldest, which give way to what comes; `kept_id` stays.
    fn displaced(&self, kept_id: u64, more: usize, more_bytes: usize) -> Vec<u64> {
        let (mut count, mut bytes) = (self.by_id.len() + more, self.size_bytes() + more_bytes);
        let mut displaced = Vec::new();
        for one in self.by_id.values().filter(|one| one.id != kept_id) {
            if count <= ANNOTATIONS_MAX && bytes <= BYTES_MAX {
                break;
            }
            count -= 1;
            bytes -= one.size_bytes();
            displaced.push(one.id);
        }
        displaced
    }

    /// Gives memory back that is not needed any more, and writes the journal anew when it holds more than is kept.
    fn settle(&mut self) {
        let _ = self.account(0);
        // What was asked for is done; the next change tries again.
        if let Err(error) = self.journal.compact(&self.by_id) {
            tracing::warn!(%error, "the file of annotations is not made shorter");
        }
    }

    fn size_bytes(&self) -> usize {
        self.by_id.values().map(Annotation::size_bytes).sum()
    }

    #[must_use]
    fn account(&mut self, more_bytes: usize) -> bool {
        let bytes = self.size_bytes() + more_bytes;
        self.memory.resize(bytes)
    }
}

impl Annotation {
    fn check(&self) -> Result<(), AnnotationError> {
        if self.text.is_empty() {
            return Err(AnnotationError::TextEmpty);
        }
        let tag_bytes = self.tags.iter().map(String::len).max().unwrap_or(0);
        for (what, size, limit) in [
            ("text", self.text.len() + self.data.len(), TEXT_BYTES_MAX),
            ("list of tags", self.tags.len(), TAGS_MAX),
            ("a tag", tag_bytes, TAG_BYTES_MAX),
        ] {
            if size > limit {
                return Err(AnnotationError::TooLarge { what, size, limit });
            }
        }
        Ok(())
    }

    /// Bytes that it takes in memory, about.
    fn size_bytes(&self) -> usize {
        let tags: usize = self.tags.iter().map(|tag| size_of::<String>() + tag.len()).sum();
        let texts = [&self.text, &self.data, &self.login, &self.dashboard_uid].map(|text| text.len());
        2 * size_of::<Self>() + tags + texts.iter().sum::<usize>()
    }
}

impl AnnotationSearch {
    fn accepts(&self, one: &Annotation) -> bool {
        let has = |tag: &String| one.tags.contains(tag);
        let tags = if self.any_tag { self.tags.iter().any(has) } else { self.tags.iter().all(has) };
        self.from_ms.is_none_or(|from_ms| one.end_ms >= from_ms)
            && self.to_ms.is_none_or(|to_ms| one.time_ms <= to_ms)
            && self.dashboard_uid.as_ref().is_none_or(|uid| *uid == one.dashboard_uid)
            && self.panel_id.is_none_or(|id| id == one.panel_id)
            && (self.tags.is_empty() || tags)
    }
}

#[cfg(test)]
mod tests;
