//! Permissions of single folders and dashboards: whom they are open to, where that is not what the roles say.
//!
//! What lies at the top and has no grants of its own is open to viewers and can be edited by editors; what lies in a
//! folder has what the folder has. Grants add up: somebody has the most of all that the dashboard and the folders
//! around it give, and admins of the organisation have everything.
//!
//! What lies in a folder that is lost, with `folders.json`, is shown at the top but does not have what roles have
//! there: nobody knows whom that folder was open to.

use std::{
    collections::BTreeMap,
    io,
    path::Path,
    sync::{Arc, PoisonError},
};

use serde::{Deserialize, Serialize};

use super::{ChangeError, Entry, FileProblem, Folder, Found, Library, State};
use crate::{Role, stored_file};

const FILE: &str = "permissions.json";
const FORMAT: u32 = 1;
/// Grants of one folder or dashboard; each takes some 24 bytes.
const GRANTS_MAX: usize = 100;
/// Bytes of the file: 1,500 folders and dashboards with ten grants each.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// What somebody may do with a folder or dashboard; each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Permission {
    /// See it.
    View,
    /// Change and delete it.
    Edit,
    /// Change its permissions.
    Admin,
}

/// Whom something is granted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grantee {
    /// Everybody with the role or one that includes it.
    Role(Role),
    /// A user or service account.
    User(u64),
    /// The members of a team.
    Team(u64),
}

/// A permission that somebody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Who has it.
    pub grantee: Grantee,
    /// What it is.
    pub permission: Permission,
}

/// What holds at the top unless something else was granted.
const OF_ROLES: [Grant; 2] = [
    Grant { grantee: Grantee::Role(Role::Viewer), permission: Permission::View },
    Grant { grantee: Grantee::Role(Role::Editor), permission: Permission::Edit },
];

/// Who wants to do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    /// The role in the organisation.
    pub role: Role,
    /// The number of the user or service account; 0 for nobody.
    pub id: u64,
    /// The teams that the user belongs to.
    pub teams: Vec<u64>,
}

impl Asker {
    fn is(&self, grantee: Grantee) -> bool {
        match grantee {
            Grantee::Role(role) => self.role >= role,
            Grantee::User(id) => self.id == id,
            Grantee::Team(id) => self.teams.contains(&id),
        }
    }

    fn most_of(&self, grants: &[Grant]) -> Option<Permission> {
        grants.iter().filter(|grant| self.is(grant.grantee)).map(|grant| grant.permission).max()
    }
}

/// A grant, and where it comes from.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What is granted.
    pub grant: Grant,
    /// The folder around it that gives it; `None` for its own.
    pub inherited_from: Option<Arc<Folder>>,
}

/// What was granted, by uid.
#[derive(Clone, Debug, Default)]
pub(super) struct Grants {
    by_uid: BTreeMap<String, Vec<Grant>>,
    /// Why the file cannot be read: until it is mended or removed nothing is open to anybody but admins.
    damaged: Option<String>,
}

/// What is in the file.
#[derive(Serialize, Deserialize)]
struct GrantFile {
    format: u32,
    grants: BTreeMap<String, Vec<Grant>>,
}

impl Grants {
    fn own(&self, uid: &str, is_at_top: bool) -> &[Grant] {
        match self.by_uid.get(uid) {
            Some(grants) => grants,
            None if is_at_top && self.damaged.is_none() => &OF_ROLES,
            None => &[],
        }
    }
}

/// Reads what was granted; a damaged file stays where it is and is named.
pub(super) fn load(shelf: &Path) -> (Grants, Option<FileProblem>) {
    let path = shelf.join(FILE);
    match read(&path) {
        Ok(by_uid) => (Grants { by_uid, damaged: None }, None),
        Err(error) => {
            let message = format!("{error}; only admins see dashboards until the file is mended or removed");
            let damaged = Grants { damaged: Some(error.to_string()), ..Grants::default() };
            (damaged, Some(FileProblem { path, message }))
        }
    }
}

fn read(path: &Path) -> io::Result<BTreeMap<String, Vec<Grant>>> {
    let Some(text) = stored_file::read(path, FILE_BYTES_MAX)? else { return Ok(BTreeMap::new()) };
    let file: GrantFile = serde_json::from_slice(&text)?;
    if file.format != FORMAT {
        let message = format!("the file has format {}, this program reads {FORMAT}", file.format);
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    Ok(file.grants)
}

impl State {
    /// The folder that a dashboard or folder was put into, lost or not; `None` when there is no such thing.
    fn place_of(&self, uid: &str) -> Option<&str> {
        match self.index.by_uid.get(uid) {
            Some(entry) => Some(entry.place_uid()),
            None => self.index.folders.get(uid).map(|folder| folder.parent_uid.as_str()),
        }
    }

    /// Whether something was put into a folder that is not there.
    fn is_lost(&self, folder_uid: &str) -> bool {
        let is_wanted = self.saved.values().any(|saved| saved.newest.folder_uid == folder_uid)
            || self.folders.values().any(|folder| folder.parent_uid == folder_uid);
        is_wanted && !folder_uid.is_empty() && self.index.folders.get(folder_uid).is_none()
    }

    /// What somebody may do with something that lies in a folder, or at the top where that is empty.
    pub(super) fn permission(&self, uid: &str, folder_uid: &str, asker: &Asker) -> Option<Permission> {
        if asker.role == Role::Admin {
            return Some(Permission::Admin);
        }
        let own = asker.most_of(self.grants.own(uid, folder_uid.is_empty()));
        self.around(folder_uid)
            .iter()
            .map(|folder| asker.most_of(self.own_grants_of(folder)))
            .fold(own, Ord::max)
    }

    /// A folder and those that it is in, the outermost first; none for the top.
    fn around(&self, folder_uid: &str) -> Vec<Arc<Folder>> {
        let mut around = self.index.folders.parents(folder_uid);
        around.extend(self.index.folders.get(folder_uid).cloned());
        around
    }

    fn own_grants_of(&self, folder: &Folder) -> &[Grant] {
        self.grants.own(&folder.uid, folder.parent_uid.is_empty())
    }
}

impl Library {
    /// What somebody may do with the dashboard or folder of a uid, or may put into it; at the top, which has an empty
    /// uid, the role decides. `None` where nobody says anything, also when there is no such thing.
    pub fn permission(&self, uid: &str, asker: &Asker) -> Option<Permission> {
        if uid.is_empty() {
            return asker.most_of(&OF_ROLES);
        }
        let state = self.look();
        let folder_uid = state.place_of(uid)?;
        state.permission(uid, folder_uid, asker)
    }

    /// Whether dashboards or folders lie in a folder that is not there: who makes one of that uid decides whom they are
    /// open to.
    pub fn is_lost_folder(&self, uid: &str) -> bool {
        self.look().is_lost(uid)
    }

    /// Whether there is a place where somebody was granted as much or more, as a user, by a team or by the role.
    pub fn is_granted_somewhere(&self, asker: &Asker, least: Permission) -> bool {
        self.look().grants.by_uid.values().any(|grants| asker.most_of(grants) >= Some(least))
    }

    /// What is granted at the dashboard or folder of a uid: its own grants, then those of the folders around it.
    pub fn grants(&self, uid: &str) -> Vec<Standing> {
        let state = self.look();
        let Some(folder_uid) = state.place_of(uid) else { return Vec::new() };
        let own = state.grants.own(uid, folder_uid.is_empty()).iter();
        let mut all: Vec<_> = own.map(|grant| Standing { grant: *grant, inherited_from: None }).collect();
        for folder in state.around(folder_uid).iter().rev() {
            let given = state.own_grants_of(folder).iter();
            all.extend(
                given.map(|grant| Standing { grant: *grant, inherited_from: Some(Arc::clone(folder)) }),
            );
        }
        all
    }

    /// Whether the dashboard or folder of a uid grants something by itself.
    pub fn has_grants(&self, uid: &str) -> bool {
        self.look().grants.by_uid.contains_key(uid)
    }

    /// Replaces what the dashboard or folder of a uid grants by itself. Blocks until it is on disk.
    ///
    /// # Errors
    /// [`ChangeError::NotFound`], [`ChangeError::Full`], [`ChangeError::Storage`]; nothing is changed then.
    pub fn set_grants(&self, uid: &str, grants: Vec<Grant>) -> Result<(), ChangeError> {
        self.change_grants(uid, |own| *own = grants)
    }

    /// Changes what the dashboard or folder of a uid grants by itself, at the top what roles have there; nobody else
    /// changes it in between. Blocks until it is on disk.
    ///
    /// # Errors
    /// [`ChangeError::NotFound`], [`ChangeError::Full`], [`ChangeError::Storage`]; nothing is changed then.
    pub fn change_grants(&self, uid: &str, change: impl FnOnce(&mut Vec<Grant>)) -> Result<(), ChangeError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut grants = {
            let state = self.look();
            let folder_uid = state.place_of(uid).ok_or(ChangeError::NotFound)?;
            state.grants.own(uid, folder_uid.is_empty()).to_vec()
        };
        change(&mut grants);
        let (used, limit) = (grants.len() as u64, GRANTS_MAX as u64);
        if used > limit {
            return Err(ChangeError::Full { what: "permissions of one place", used, limit });
        }
        self.store_grants(|all| _ = all.insert(uid.to_owned(), grants))
    }

    /// Forgets the grants of what is gone; somebody has to be `writing`.
    pub(super) fn drop_grants(&self, is_gone: impl Fn(&str) -> bool) -> Result<(), ChangeError> {
        if self.look().grants.by_uid.keys().any(|uid| is_gone(uid)) {
            self.store_grants(|all| all.retain(|uid, _| !is_gone(uid)))?;
        }
        Ok(())
    }

    fn store_grants(
        &self,
        change: impl FnOnce(&mut BTreeMap<String, Vec<Grant>>),
    ) -> Result<(), ChangeError> {
        let mut grants = self.look().grants.clone();
        if let Some(why) = grants.damaged {
            return Err(self.storage(io::Error::new(io::ErrorKind::InvalidData, format!("{FILE}: {why}"))));
        }
        change(&mut grants.by_uid);
        let file = GrantFile { format: FORMAT, grants: grants.by_uid };
        let text = serde_json::to_vec(&file).map_err(|error| self.storage(error.into()))?;
        let (used, limit) = (text.len() as u64, FILE_BYTES_MAX);
        if used > limit {
            return Err(ChangeError::Full { what: "bytes of permissions", used, limit });
        }
        stored_file::replace(&self.shelf.folder().join(FILE), &text)
            .map_err(|source| self.storage(source))?;
        self.look().grants = Grants { by_uid: file.grants, damaged: None };
        Ok(())
    }
}

impl State {
    /// Refuses a save by somebody who may not change the dashboard, or not put it where it is to be.
    pub(super) fn check_save(
        &self,
        existing: Option<&Entry>,
        folder_uid: &str,
        asker: &Asker,
    ) -> Result<(), ChangeError> {
        let may_put = || match folder_uid {
            "" => asker.most_of(&OF_ROLES),
            uid => self.permission(uid, self.place_of(uid)?, asker),
        };
        let may_change = existing.is_none_or(|entry| entry.permission(self, asker) >= Some(Permission::Edit));
        let stays = existing.is_some_and(|entry| entry.place_uid() == folder_uid);
        let may = may_change && (stays || may_put() >= Some(Permission::Edit));
        if may { Ok(()) } else { Err(ChangeError::Denied) }
    }
}

impl Found {
    /// What somebody may do with it.
    pub(super) fn permission(&self, state: &State, asker: &Asker) -> Option<Permission> {
        match self {
            Self::Dashboard(entry) => entry.permission(state, asker),
            Self::Folder(folder, _) => state.permission(&folder.uid, &folder.parent_uid, asker),
        }
    }
}

impl Entry {
    /// What somebody may do with it.
    pub(super) fn permission(&self, state: &State, asker: &Asker) -> Option<Permission> {
        state.permission(self.uid(), self.place_uid(), asker)
    }
}
