//! Folders are made, changed, moved and deleted. All of them are in one file, which is replaced with each change.

use std::{
    collections::BTreeMap,
    io,
    path::Path,
    sync::{Arc, PoisonError},
};

use serde::{Deserialize, Serialize};

use super::{
    ChangeError, Entry, FileProblem, Folder, Library,
    draft::check_uid,
    folder::{DEPTH_MAX, Stamp},
};
use crate::stored_file;

/// Folders that are stored; each takes some 300 bytes.
const FOLDERS_MAX: usize = 500;
/// Bytes of their file.
const FILE_BYTES_MAX: u64 = 4 << 20;
/// Characters of a title and of a description.
const TITLE_MAX: usize = 5_000;
const DESCRIPTION_MAX: usize = 500;
const FILE: &str = "folders.json";
const FORMAT: u32 = 1;

/// What is in the file.
#[derive(Serialize, Deserialize)]
struct FolderFile {
    format: u32,
    folders: Vec<Folder>,
}

/// A folder to be made.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewFolder<'a> {
    /// Empty when one is to be made.
    pub uid: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What it is for.
    pub description: &'a str,
    /// The folder that it is put in; empty for the top.
    pub parent_uid: &'a str,
}

/// What is changed of a folder.
#[derive(Clone, Copy, Debug, Default)]
pub struct FolderChange<'a> {
    /// A new title.
    pub title: Option<&'a str>,
    /// A new description.
    pub description: Option<&'a str>,
    /// The folder that it is put in with all that is in it; empty for the top.
    pub parent_uid: Option<&'a str>,
    /// The version that was changed; `None` for whichever it is now.
    pub version: Option<u32>,
}

impl Library {
    /// Makes a folder. Blocks until it is on disk.
    ///
    /// # Errors
    /// See [`ChangeError`]; nothing is changed then.
    pub fn create_folder(&self, new: &NewFolder<'_>, user: &str) -> Result<Arc<Folder>, ChangeError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let (title, description) = (checked_title(new.title)?, checked_description(new.description)?);
        check_uid(new.uid)?;
        let now = self.stamp(user);
        let folder = {
            let state = self.look();
            let uid = if new.uid.is_empty() { state.new_uid()? } else { new.uid.to_owned() };
            if state.is_taken(&uid) {
                return Err(ChangeError::FolderSameUid);
            }
            self.check_depth(&state, new.parent_uid, 1)?;
            let (used, limit) = (state.folders.len() as u64, FOLDERS_MAX as u64);
            if used >= limit {
                return Err(ChangeError::Full { what: "folders", used, limit });
            }
            Folder {
                uid,
                id: state.next_id(),
                title,
                description,
                parent_uid: new.parent_uid.to_owned(),
                version: 1,
                created: now.clone(),
                updated: now,
                provisioned: false,
            }
        };
        self.keep_parent(new.parent_uid)?;
        self.put_folder(folder)
    }

    /// Gives a folder another title or description, or puts it elsewhere: all that is asked for or nothing.
    ///
    /// # Errors
    /// See [`ChangeError`]; nothing is changed then.
    pub fn update_folder(
        &self,
        uid: &str,
        change: &FolderChange<'_>,
        user: &str,
    ) -> Result<Arc<Folder>, ChangeError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut folder = self.changeable(uid)?;
        if change.version.is_some_and(|version| version != folder.version) {
            return Err(ChangeError::FolderVersionMismatch);
        }
        if let Some(title) = change.title {
            folder.title = checked_title(title)?;
        }
        if let Some(description) = change.description {
            folder.description = checked_description(description)?;
        }
        if let Some(parent_uid) = change.parent_uid.filter(|parent_uid| *parent_uid != folder.parent_uid) {
            self.put_into(&mut folder, parent_uid)?;
        }
        self.put_changed(folder, user)
    }

    /// Puts a folder with all that is in it into another one, or at the top.
    ///
    /// # Errors
    /// See [`ChangeError`]; nothing is changed then.
    pub fn move_folder(&self, uid: &str, parent_uid: &str, user: &str) -> Result<Arc<Folder>, ChangeError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut folder = self.changeable(uid)?;
        self.put_into(&mut folder, parent_uid)?;
        self.put_changed(folder, user)
    }

    /// Deletes a folder with all that is in it: dashboards first, so that after a crash none is without its folder.
    /// The result is the folder, and the dashboards that went with it.
    ///
    /// # Errors
    /// [`ChangeError::FolderNotFound`], [`ChangeError::FolderHoldsFiles`], [`ChangeError::Storage`].
    pub fn delete_folder(&self, uid: &str) -> Result<(Arc<Folder>, Vec<Entry>), ChangeError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let (folder, inside, dashboards) = {
            let state = self.look();
            let folders = &state.index.folders;
            let folder = folders.get(uid).cloned().ok_or(ChangeError::FolderNotFound)?;
            let inside: Vec<_> =
                folders.iter().filter(|other| folders.is_within(&other.uid, uid)).cloned().collect();
            let is_inside = |entry: &&Entry| inside.iter().any(|folder| folder.uid == entry.folder_uid());
            let dashboards: Vec<_> = state.index.by_uid.values().filter(is_inside).cloned().collect();
            (folder, inside, dashboards)
        };
        if inside.iter().any(|folder| folder.provisioned) || !dashboards.iter().all(Entry::can_delete) {
            return Err(ChangeError::FolderHoldsFiles);
        }
        for dashboard in &dashboards {
            self.take_away(dashboard.uid())?;
        }
        let is_gone = |uid: &str| inside.iter().any(|gone| gone.uid == uid);
        self.store_folders(|folders| folders.retain(|uid, _| !is_gone(uid)))?;
        self.drop_grants(is_gone)?;
        Ok((folder, dashboards))
    }

    /// Stores a folder that was there because of its files: something else is in it from now on.
    pub(super) fn keep_folder(&self, folder: &Folder) -> Result<(), ChangeError> {
        self.put_folder(Folder { provisioned: false, ..folder.clone() }).map(|_| ())
    }

    /// Checks that a folder can be in another one, and names that one in it.
    fn put_into(&self, folder: &mut Folder, parent_uid: &str) -> Result<(), ChangeError> {
        {
            let state = self.look();
            if !parent_uid.is_empty() && state.index.folders.is_within(parent_uid, &folder.uid) {
                return Err(ChangeError::FolderCircular);
            }
            self.check_depth(&state, parent_uid, state.index.folders.height(&folder.uid))?;
        }
        self.keep_parent(parent_uid)?;
        parent_uid.clone_into(&mut folder.parent_uid);
        Ok(())
    }

    fn keep_parent(&self, uid: &str) -> Result<(), ChangeError> {
        let parent = self.look().index.folders.get(uid).cloned();
        parent.filter(|parent| parent.provisioned).map_or(Ok(()), |parent| self.keep_folder(&parent))
    }

    fn changeable(&self, uid: &str) -> Result<Folder, ChangeError> {
        let folder = self.look().index.folders.get(uid).cloned().ok_or(ChangeError::FolderNotFound)?;
        if folder.provisioned { Err(ChangeError::FolderProvisioned) } else { Ok((*folder).clone()) }
    }

    fn check_depth(&self, state: &super::State, parent_uid: &str, height: usize) -> Result<(), ChangeError> {
        if parent_uid.is_empty() {
            return Ok(());
        }
        let folders = &state.index.folders;
        folders.get(parent_uid).ok_or(ChangeError::FolderNotFound)?;
        let above = folders.parents(parent_uid).len() + 1;
        if above + height > DEPTH_MAX { Err(ChangeError::FolderTooDeep) } else { Ok(()) }
    }

    fn put_changed(&self, mut folder: Folder, user: &str) -> Result<Arc<Folder>, ChangeError> {
        folder.version = folder.version.saturating_add(1);
        folder.updated = self.stamp(user);
        self.put_folder(folder)
    }

    fn put_folder(&self, folder: Folder) -> Result<Arc<Folder>, ChangeError> {
        let folder = Arc::new(folder);
        self.store_folders(|folders| _ = folders.insert(folder.uid.clone(), Arc::clone(&folder)))?;
        Ok(folder)
    }

    fn store_folders(
        &self,
        change: impl FnOnce(&mut BTreeMap<String, Arc<Folder>>),
    ) -> Result<(), ChangeError> {
        let mut folders = self.look().folders.clone();
        change(&mut folders);
        let text = encode(&folders).map_err(|source| self.storage(source))?;
        let (used, limit) = (text.len() as u64, FILE_BYTES_MAX);
        if used > limit {
            return Err(ChangeError::Full { what: "bytes of folders", used, limit });
        }
        stored_file::replace(&self.shelf.folder().join(FILE), &text)
            .map_err(|source| self.storage(source))?;
        self.change(|state| state.folders = folders);
        Ok(())
    }

    fn stamp(&self, user: &str) -> Stamp {
        Stamp { at_ms: self.clock.now_ms(), by: user.to_owned() }
    }
}

fn checked_title(title: &str) -> Result<String, ChangeError> {
    let title = title.trim();
    if title.is_empty() {
        return Err(ChangeError::FolderTitleEmpty);
    }
    if title.contains(char::is_control) {
        return Err(control_characters("title"));
    }
    if title.chars().count() > TITLE_MAX { Err(ChangeError::TitleTooLong) } else { Ok(title.to_owned()) }
}

/// Longer ones are cut; they may have several lines.
fn checked_description(text: &str) -> Result<String, ChangeError> {
    if text.contains(|c: char| c.is_control() && !c.is_ascii_whitespace()) {
        return Err(control_characters("description"));
    }
    Ok(text.chars().take(DESCRIPTION_MAX).collect())
}

fn control_characters(field: &str) -> ChangeError {
    ChangeError::Invalid(format!("control characters in the {field} of a folder"))
}

/// Reads the stored folders; a damaged file is set aside and named.
pub(super) fn load(shelf: &Path) -> (BTreeMap<String, Arc<Folder>>, Option<FileProblem>) {
    let path = shelf.join(FILE);
    match read(&path) {
        Ok(folders) => (folders, None),
        Err(error) => {
            let (path, done) = stored_file::set_aside(&path);
            let message = format!("{error}; {done}, and only admins see what was in its folders, at the top");
            (BTreeMap::new(), Some(FileProblem { path, message }))
        }
    }
}

fn read(path: &Path) -> io::Result<BTreeMap<String, Arc<Folder>>> {
    let Some(text) = stored_file::read(path, FILE_BYTES_MAX)? else { return Ok(BTreeMap::new()) };
    let file: FolderFile = serde_json::from_slice(&text)?;
    if file.format != FORMAT {
        let message = format!("the file has format {}, this program reads {FORMAT}", file.format);
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    Ok(file.folders.into_iter().map(|folder| (folder.uid.clone(), Arc::new(folder))).collect())
}

fn encode(folders: &BTreeMap<String, Arc<Folder>>) -> io::Result<Vec<u8>> {
    let folders = folders.values().map(|folder| (**folder).clone()).collect();
    Ok(serde_json::to_vec(&FolderFile { format: FORMAT, folders })?)
}
