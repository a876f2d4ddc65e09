//! The users' file: `users.json` in the data folder, with users, service accounts and the organisation.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{
    AccountError, Preferences, Role,
    service_account::AccountRecord,
    team::Team,
    user::{NAME_MAX, Profile, User, UserRecord, check_text},
};
use crate::stored_file;

const FILE: &str = "users.json";
/// Bytes of the file: all users, accounts and tokens that there can be, with all they can have.
const FILE_BYTES_MAX: u64 = 32 << 20;
/// The version that is written.
const VERSION: u32 = 2;
/// The name of the organisation until somebody changes it; Grafana's.
const ORGANIZATION: &str = "Main Org.";

/// All accounts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Directory {
    version: u32,
    /// The next user, account or token gets it.
    next_id: u64,
    pub(super) organization: Organization,
    pub(super) users: Vec<UserRecord>,
    #[serde(default)]
    pub(super) service_accounts: Vec<AccountRecord>,
    #[serde(default)]
    pub(super) teams: Vec<Team>,
}

/// The one organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// What it is called.
    pub name: String,
    /// What its users have who prefer nothing else.
    #[serde(default)]
    pub preferences: Preferences,
}

impl Organization {
    /// Whether it can be stored.
    pub(super) fn check(&self) -> Result<(), AccountError> {
        if self.name.trim().is_empty() {
            return Err(AccountError::Invalid { field: "name", why: "it is empty" });
        }
        check_text("name", &self.name, NAME_MAX)?;
        self.preferences.check()
    }
}

/// The file's head; version 1 had none.
#[derive(Deserialize)]
struct Head {
    #[serde(default = "version_1")]
    version: u32,
}

fn version_1() -> u32 {
    1
}

/// Version 1 knew logins and passwords, of administrators only.
#[derive(Deserialize)]
struct DirectoryV1 {
    users: Vec<UserV1>,
}

#[derive(Deserialize)]
struct UserV1 {
    login: String,
    password_bcrypt: String,
}

impl Default for Directory {
    fn default() -> Self {
        let organization =
            Organization { name: ORGANIZATION.to_owned(), preferences: Preferences::default() };
        Self {
            version: VERSION,
            next_id: 1,
            organization,
            users: Vec::new(),
            service_accounts: Vec::new(),
            teams: Vec::new(),
        }
    }
}

impl From<DirectoryV1> for Directory {
    fn from(old: DirectoryV1) -> Self {
        let mut directory = Self::default();
        for UserV1 { login, password_bcrypt } in old.users {
            let id = directory.take_id();
            let user = User { is_server_admin: true, ..User::new(id, &login, Role::Admin) };
            let (preferences, stars) = (Preferences::default(), Vec::new());
            directory.users.push(UserRecord { user, password_bcrypt, epoch: 0, preferences, stars });
        }
        directory
    }
}

impl Directory {
    /// An id that nothing has had.
    pub(super) fn take_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    /// Gives a user a password and everything that an administrator needs; makes the user when nobody is called so.
    pub(super) fn reset_admin(
        &mut self,
        login: &str,
        password_bcrypt: String,
        now_ms: i64,
    ) -> Result<(), AccountError> {
        let id = match self.find(login) {
            Some(record) => record.user.id,
            None => {
                let profile = Profile { login: login.to_owned(), ..Profile::default() };
                self.create_user(profile, Role::Admin, String::new(), now_ms)?.id
            }
        };
        self.set_password(id, password_bcrypt, now_ms)?;
        self.change_user(id, now_ms, |user| {
            (user.role, user.is_server_admin, user.is_disabled) = (Role::Admin, true, false);
        })
    }

    fn parse(bytes: &[u8], path: &Path) -> Result<Self, AccountError> {
        let damaged = |source| AccountError::Damaged { path: path.to_owned(), source };
        let Head { version } = serde_json::from_slice(bytes).map_err(damaged)?;
        match version {
            1 => Ok(serde_json::from_slice::<DirectoryV1>(bytes).map_err(damaged)?.into()),
            VERSION => serde_json::from_slice(bytes).map_err(damaged),
            _ => Err(AccountError::Version { path: path.to_owned(), version, newest: VERSION }),
        }
    }
}

/// Where the accounts are kept.
#[derive(Debug)]
pub(super) struct DirectoryFile {
    path: PathBuf,
    /// What the file was like when it was read or written last.
    stamp: Option<Stamp>,
}

/// A file that was replaced has another one.
type Stamp = (u64, i64, i64, u64);

impl DirectoryFile {
    /// Opens the file in a folder; there is nobody when there is no file.
    pub(super) fn open(folder: &Path) -> Result<(Self, Directory), AccountError> {
        let mut file = Self { path: folder.join(FILE), stamp: None };
        let directory = file.read()?.unwrap_or_default();
        Ok((file, directory))
    }

    /// What somebody else has written since.
    pub(super) fn changed(&mut self) -> Result<Option<Directory>, AccountError> {
        if stamp(&self.path).is_ok_and(|stamp| stamp == self.stamp) { Ok(None) } else { self.read() }
    }

    /// Writes all of it.
    pub(super) fn write(&mut self, directory: &Directory) -> Result<(), AccountError> {
        let error = |source| AccountError::Write { path: self.path.clone(), source };
        let text = serde_json::to_vec_pretty(directory).map_err(|e| error(e.into()))?;
        if text.len() as u64 > FILE_BYTES_MAX {
            // The next start could not read it.
            return Err(AccountError::Full { what: "bytes of users", limit: FILE_BYTES_MAX as usize });
        }
        stored_file::replace(&self.path, &text).map_err(error)?;
        self.stamp = stamp(&self.path).map_err(error)?;
        Ok(())
    }

    fn read(&mut self) -> Result<Option<Directory>, AccountError> {
        // Looked at first: what is written meanwhile is read again.
        let stamp = stamp(&self.path).map_err(|source| self.cannot_read(source))?;
        let bytes =
            stored_file::read(&self.path, FILE_BYTES_MAX).map_err(|source| self.cannot_read(source))?;
        let Some(bytes) = bytes else { return Ok(None) };
        let directory = Directory::parse(&bytes, &self.path)?;
        self.stamp = stamp;
        Ok(Some(directory))
    }

    fn cannot_read(&self, source: io::Error) -> AccountError {
        AccountError::Read { path: self.path.clone(), source }
    }
}

/// `None` when there is no file.
fn stamp(path: &Path) -> io::Result<Option<Stamp>> {
    match fs::metadata(path) {
        Ok(file) => Ok(Some((file.ino(), file.mtime(), file.mtime_nsec(), file.len()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
