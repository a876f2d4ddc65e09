//! Dashboards are saved, restored and deleted.

use std::sync::{Arc, PoisonError};

use super::{
    Asker, ChangeError, Dashboard, Entry, Folder, Library, State, Summary,
    draft::Draft,
    folder::Stamp,
    shelf::{Header, Saved},
    summary::MADE_ID_MIN,
};

/// What Grafana calls the top, where it has to be named.
const TOP: &str = "general";
/// Characters of a message, as in Grafana.
const MESSAGE_MAX: usize = 500;

/// A dashboard to be saved.
#[derive(Clone, Copy, Debug, Default)]
pub struct Save<'a> {
    /// Its JSON text.
    pub json: &'a str,
    /// The folder that it is put in; empty for the top.
    pub folder_uid: &'a str,
    /// What was changed; may be empty.
    pub message: &'a str,
    /// Whether a version that somebody else saved meanwhile, or a dashboard of the same name, is replaced.
    pub overwrite: bool,
    /// Who saves it.
    pub user: &'a str,
    /// What has to be allowed is asked for this one; `None` may do everything.
    pub asker: Option<&'a Asker>,
    /// The version that it is a copy of; 0 for none.
    pub restored_from: u32,
}

/// What becomes of a dashboard when it is saved.
pub(super) struct Plan {
    pub(super) existing: Option<Entry>,
    /// The saved dashboard of the same uid, which a file may hide.
    pub(super) saved: Option<Arc<Saved>>,
    pub(super) uid: String,
    pub(super) id: i64,
    pub(super) version: u32,
    pub(super) folder: Option<Arc<Folder>>,
}

/// A version of a saved dashboard.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Version {
    /// Its number.
    pub version: u32,
    /// The version that it was made from; 0 for the first.
    pub parent_version: u32,
    /// The version that it is a copy of; 0 for none.
    pub restored_from: u32,
    /// When and by whom it was saved.
    pub saved: Stamp,
    /// What was changed; may be empty.
    pub message: String,
}

impl Library {
    /// Saves a dashboard as a new version, or as a new dashboard. Blocks until it is on disk. What is the same as
    /// the newest version makes no further one; where there are too many bytes old versions are removed.
    ///
    /// # Errors
    /// See [`ChangeError`]; nothing is changed then.
    pub fn save(&self, save: &Save<'_>) -> Result<Entry, ChangeError> {
        let mut draft = Draft::parse(save.json)?;
        if save.message.chars().count() > MESSAGE_MAX {
            return Err(ChangeError::MessageTooLong);
        }
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let plan = self.look().plan(&draft, save)?;
        draft.identify(plan.id, &plan.uid);
        if let Some(existing) = self.unchanged(&plan, save, &mut draft) {
            return Ok(existing);
        }
        draft.number(plan.version);
        self.write(&plan, save, &draft.object.to_string())?;
        self.look().index.by_uid.get(&plan.uid).cloned().ok_or(ChangeError::NotFound)
    }

    /// Writes the next version; somebody has to be `writing`.
    pub(super) fn write(&self, plan: &Plan, save: &Save<'_>, text: &str) -> Result<(), ChangeError> {
        let summary = Summary::parse(text, &plan.uid).map_err(ChangeError::Invalid)?;
        if let Some(folder) = plan.folder.as_ref().filter(|folder| folder.provisioned) {
            self.keep_folder(folder)?;
        }
        let header = self.header(plan, save);
        let written = self.shelf.write(plan.saved.as_deref(), Arc::new(summary), header, text);
        let saved = written.map_err(|source| self.storage(source))?;
        self.change(|state| _ = state.saved.insert(plan.uid.clone(), Arc::new(saved)));
        self.make_room(&plan.uid);
        Ok(())
    }

    /// The dashboard when its newest version says the same in the same folder: programs that save what they have
    /// with every run would push out what people did.
    fn unchanged(&self, plan: &Plan, save: &Save<'_>, draft: &mut Draft<'_>) -> Option<Entry> {
        let existing = plan.existing.as_ref().filter(|existing| existing.place_uid() == save.folder_uid)?;
        let newest = existing.saved()?.version();
        let (_, kept) = self.shelf.read(&plan.uid, newest).ok()?;
        draft.number(newest);
        (draft.object.to_string() == kept).then(|| existing.clone())
    }

    fn header(&self, plan: &Plan, save: &Save<'_>) -> Header {
        let now = Stamp { at_ms: self.clock.now_ms(), by: save.user.to_owned() };
        let file = plan.existing.as_ref().and_then(Entry::file);
        Header {
            id: plan.id,
            version: plan.version,
            parent_version: plan.existing.as_ref().map_or(0, Entry::version),
            restored_from: save.restored_from,
            message: save.message.to_owned(),
            folder_uid: save.folder_uid.to_owned(),
            created: plan.saved.as_ref().map_or_else(|| now.clone(), |saved| saved.newest.created.clone()),
            updated: now,
            base_sha256: file.map(|file| file.digest.to_hex()).unwrap_or_default(),
            ..Header::default()
        }
    }

    /// Saves an earlier version once more, as the newest, without asking who may.
    ///
    /// # Errors
    /// [`ChangeError::NotFound`], [`ChangeError::VersionNotFound`], and what [`Library::save`] can say.
    pub fn restore(&self, uid: &str, version: u32, user: &str) -> Result<Entry, ChangeError> {
        let entry = self.entry(uid).ok_or(ChangeError::NotFound)?;
        let (_, json) = self.version(uid, version)?;
        let message = format!("Restored from version {version}");
        // A lost folder is an error: at the top it would be open to everybody.
        let folder_uid = entry.place_uid();
        // The user saw which version is the newest when asking for an older one.
        let overwrite = true;
        self.save(&Save {
            json: &json,
            folder_uid,
            message: &message,
            overwrite,
            user,
            asker: None,
            restored_from: version,
        })
    }

    /// Deletes a saved dashboard with all its versions. One that is built in is then as it was at first.
    ///
    /// # Errors
    /// [`ChangeError::NotFound`], [`ChangeError::CannotDelete`], [`ChangeError::Storage`].
    pub fn delete(&self, uid: &str) -> Result<Entry, ChangeError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = self.entry(uid).ok_or(ChangeError::NotFound)?;
        if !entry.can_delete() {
            return Err(ChangeError::CannotDelete);
        }
        self.take_away(uid)?;
        Ok(entry)
    }

    /// Deletes what was saved, without asking; somebody has to be `writing`.
    pub(super) fn take_away(&self, uid: &str) -> Result<(), ChangeError> {
        self.shelf.remove(uid).map_err(|source| self.storage(source))?;
        self.change(|state| _ = state.saved.remove(uid));
        self.drop_grants(|gone| gone == uid)
    }

    /// The versions of a dashboard, the newest first, those that a file hides included; none of one that was never
    /// saved.
    ///
    /// # Errors
    /// [`ChangeError::NotFound`]; a version that cannot be read is left out.
    pub fn versions(&self, uid: &str) -> Result<Vec<Version>, ChangeError> {
        let saved = self.kept(uid)?;
        let versions = saved.iter().flat_map(|saved| saved.versions());
        Ok(versions.filter_map(|version| self.shelf.header(uid, version).ok()).map(Version::from).collect())
    }

    /// A version of a dashboard and its JSON text.
    ///
    /// # Errors
    /// [`ChangeError::NotFound`]; [`ChangeError::VersionNotFound`] when it is not kept or cannot be read.
    pub fn version(&self, uid: &str, version: u32) -> Result<(Version, String), ChangeError> {
        let saved = self.kept(uid)?;
        if !saved.is_some_and(|saved| saved.versions().any(|kept| kept == version)) {
            return Err(ChangeError::VersionNotFound);
        }
        let (header, text) = self.shelf.read(uid, version).map_err(|error| {
            tracing::error!(uid, version, %error, "version of a dashboard cannot be read");
            ChangeError::VersionNotFound
        })?;
        Ok((header.into(), text))
    }

    /// What is saved of a dashboard, whether it is shown or not.
    fn kept(&self, uid: &str) -> Result<Option<Arc<Saved>>, ChangeError> {
        let state = self.look();
        if !state.index.by_uid.contains_key(uid) {
            return Err(ChangeError::NotFound);
        }
        Ok(state.saved.get(uid).cloned())
    }

    pub(super) fn storage(&self, source: std::io::Error) -> ChangeError {
        ChangeError::Storage { path: self.shelf.folder().to_owned(), source }
    }

    /// The text of a saved dashboard's newest version.
    pub(super) fn saved_text(&self, entry: Entry) -> Result<Dashboard, super::LibraryError> {
        match self.shelf.read(entry.uid(), entry.version()) {
            Ok((_, json)) => Ok(Dashboard { entry, json }),
            Err(source) => {
                let path = self.shelf.folder().join(entry.uid());
                Err(super::LibraryError::Read { path, source })
            }
        }
    }
}

impl From<Header> for Version {
    fn from(header: Header) -> Self {
        let Header { version, parent_version, restored_from, message, updated: saved, .. } = header;
        Self { version, parent_version, restored_from, saved, message }
    }
}

impl State {
    /// Checks that a dashboard can be saved, by Grafana's rules.
    fn plan(&self, draft: &Draft<'_>, save: &Save<'_>) -> Result<Plan, ChangeError> {
        let folder = match save.folder_uid {
            "" => None,
            uid => Some(self.index.folders.get(uid).cloned().ok_or(ChangeError::FolderNotFound)?),
        };
        let existing = self.existing(draft)?;
        if let Some(asker) = save.asker {
            self.check_save(existing.as_ref(), save.folder_uid, asker)?;
        }
        if let Some(existing) = &existing {
            if !existing.can_save() {
                return Err(ChangeError::Provisioned);
            }
            if existing.version() != draft.version && !save.overwrite {
                return Err(ChangeError::VersionMismatch);
            }
        }
        let existing = self.of_same_name(draft, save, existing)?;
        if let (Some(asker), Some(existing)) = (save.asker, &existing) {
            self.check_save(Some(existing), save.folder_uid, asker)?;
        }
        let uid = match &existing {
            Some(existing) => existing.uid().to_owned(),
            None if draft.uid.is_empty() => self.new_uid()?,
            None => draft.uid.clone(),
        };
        if self.index.folders.get(&uid).is_some() {
            return Err(ChangeError::SameUid);
        }
        let saved = self.saved.get(&uid).cloned();
        self.check_room(&uid, save.json.len() as u64)?;
        let last = existing.as_ref().map_or(0, Entry::version);
        let version = saved.as_ref().map_or(1, |saved| saved.next_version()).max(last.saturating_add(1));
        let id = existing.as_ref().map_or_else(|| self.next_id(), |existing| existing.id);
        Ok(Plan { existing, saved, uid, id, version, folder })
    }

    /// The dashboard that is changed, by id or uid.
    fn existing(&self, draft: &Draft<'_>) -> Result<Option<Entry>, ChangeError> {
        let by_uid = self.index.by_uid.get(&draft.uid);
        if draft.id == 0 {
            return Ok(by_uid.cloned());
        }
        let by_id =
            self.index.by_uid.values().find(|entry| entry.id == draft.id).ok_or(ChangeError::NotFound)?;
        match by_uid {
            Some(by_uid) if by_uid.id != by_id.id => Err(ChangeError::SameUid),
            _ => Ok(Some(by_id.clone())),
        }
    }

    /// The dashboard that is changed; when it is a new one, what it replaces because of its name.
    fn of_same_name(
        &self,
        draft: &Draft<'_>,
        save: &Save<'_>,
        existing: Option<Entry>,
    ) -> Result<Option<Entry>, ChangeError> {
        let is_same =
            |entry: &&Entry| entry.summary.title == draft.title && entry.folder_uid() == save.folder_uid;
        // Files may have brought two of one name: these can be changed all the same.
        if existing.as_ref().is_some_and(|existing| is_same(&existing)) {
            return Ok(existing);
        }
        match (self.index.by_uid.values().find(is_same), &existing) {
            (None, _) => Ok(existing),
            (Some(same), None) if save.overwrite && same.can_save() => Ok(Some(same.clone())),
            _ => Err(ChangeError::SameName),
        }
    }

    /// The next number for what is saved; those that are made of uids are not counted.
    pub(super) fn next_id(&self) -> i64 {
        let dashboards = self.saved.values().map(|saved| saved.newest.id);
        let folders = self.folders.values().map(|folder| folder.id);
        dashboards.chain(folders).filter(|id| *id < MADE_ID_MIN).max().unwrap_or(0) + 1
    }

    /// A uid that nothing has.
    pub(super) fn new_uid(&self) -> Result<String, ChangeError> {
        loop {
            let mut bytes = [0; 7];
            getrandom::fill(&mut bytes).map_err(ChangeError::Random)?;
            let uid: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            if !self.is_taken(&uid) {
                return Ok(uid);
            }
        }
    }

    /// Whether a uid belongs to a dashboard or folder, or means the top.
    pub(super) fn is_taken(&self, uid: &str) -> bool {
        uid == TOP || self.index.by_uid.contains_key(uid) || self.index.folders.get(uid).is_some()
    }
}
