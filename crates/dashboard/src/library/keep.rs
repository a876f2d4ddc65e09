//! Copies of dashboard files that are to outlive them.

use std::sync::{Arc, PoisonError};

use super::{
    ChangeError, Entry, Library, State,
    entry::DashboardFile,
    read_again,
    save::{Plan, Save},
};
use crate::sealed_file::Digest;

/// Files that are copied at a time: each is synced.
const AT_ONCE_MAX: usize = 20;

impl Library {
    /// Copies some of the files whose provider says that dashboards stay without them, those that are new or were
    /// changed. To be called now and then: the copy is what is shown once the file is gone. Blocks until they are on
    /// disk.
    ///
    /// # Errors
    /// Why one cannot be copied; see [`ChangeError`].
    pub fn keep_files(&self) -> Result<(), ChangeError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = self.look().not_kept();
        wanted.into_iter().take(AT_ONCE_MAX).try_for_each(|entry| self.keep_file(entry))
    }

    fn keep_file(&self, entry: Entry) -> Result<(), ChangeError> {
        let Some(file) = entry.file().map(Arc::clone) else { return Ok(()) };
        let text = read_again(&file.path)?;
        // Somebody has written it since: it is looked at again before it is copied.
        if Digest::of(text.as_bytes()).to_hex() != file.digest.to_hex() {
            return Ok(());
        }
        let (uid, folder) = (entry.uid().to_owned(), entry.folder.clone());
        let (saved, next) = {
            let state = self.look();
            state.check_room(&uid, text.len() as u64)?;
            let saved = state.saved.get(&uid).cloned();
            let next = saved.as_ref().map_or(1, |saved| saved.next_version());
            (saved, next)
        };
        let version = next.max(entry.version());
        let json = entry.summary.complete(text, entry.id, version);
        let save = Save { folder_uid: entry.folder_uid(), ..Save::default() };
        let plan = Plan { id: entry.id, uid, version, folder, saved, existing: Some(entry.clone()) };
        self.write(&plan, &save, &json)
    }
}

impl State {
    /// Dashboards of files that are to outlive them and of which there is no copy of today.
    fn not_kept(&self) -> Vec<Entry> {
        let is_kept = |file: &DashboardFile, uid: &str| {
            self.saved.get(uid).is_some_and(|saved| saved.newest.base_sha256 == file.digest.to_hex())
        };
        let to_keep = |entry: &&Entry| {
            entry.file().is_some_and(|file| file.provider.disable_deletion && !is_kept(file, entry.uid()))
        };
        self.index.by_uid.values().filter(to_keep).cloned().collect()
    }
}
