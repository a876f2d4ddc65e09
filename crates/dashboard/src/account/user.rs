//! The users' file: `users.json` in the data folder.

use std::{
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{AccountError, Role, password};
use crate::stored_file;

const FILE: &str = "users.json";
/// Bytes of the file; a user takes some 120.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Somebody who may log in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct User {
    /// Given once and never again; from 1 on.
    pub id: u64,
    /// The name to log in with.
    pub login: String,
    /// The name to show; may be empty.
    pub name: String,
    /// May be empty.
    pub email: String,
    /// What the user may do with dashboards.
    pub role: Role,
    /// Whether the user may change users.
    pub is_server_admin: bool,
}

impl User {
    /// A user without name and address, who changes no users.
    pub fn new(id: u64, login: &str, role: Role) -> Self {
        let login = login.to_owned();
        Self { id, login, name: String::new(), email: String::new(), role, is_server_admin: false }
    }
}

/// The users as they are stored.
pub(super) struct Users {
    path: PathBuf,
    stored: Vec<StoredUser>,
}

#[derive(Serialize, Deserialize)]
struct UserFile {
    users: Vec<StoredUser>,
}

#[derive(Clone, Serialize, Deserialize)]
struct StoredUser {
    login: String,
    password_bcrypt: String,
}

impl Users {
    /// Opens the file in a folder; there are no users when there is no file.
    pub(super) fn open(folder: &Path) -> Result<Self, AccountError> {
        let path = folder.join(FILE);
        Ok(Self { stored: read(&path)?, path })
    }

    /// No users; nothing is written unless one is set.
    pub(super) fn none() -> Self {
        Self { stored: Vec::new(), path: PathBuf::new() }
    }

    /// Gives a user a password, and makes the user when there is none. The password counts from now on even
    /// when the file cannot be written.
    pub(super) fn set(&mut self, login: &str, password_bcrypt: String) -> Result<(), AccountError> {
        self.stored.retain(|user| user.login != login);
        self.stored.insert(0, StoredUser { login: login.to_owned(), password_bcrypt });
        write(&self.path, &self.stored)
            .map_err(|source| AccountError::Write { path: self.path.clone(), source })
    }

    /// The user of a login.
    pub(super) fn get(&self, login: &str) -> Option<User> {
        self.find(login).map(|user| User { is_server_admin: true, ..User::new(1, &user.login, Role::Admin) })
    }

    /// The user of a login when the password is right. Blocks for one bcrypt in every case.
    pub(super) fn verify(&self, login: &str, password: &str) -> Option<User> {
        let user = self.find(login);
        let hash = user.map_or(password::OF_NOBODY, |user| &user.password_bcrypt);
        let right = password::verify(password, hash);
        self.get(login).filter(|_| right)
    }

    fn find(&self, login: &str) -> Option<&StoredUser> {
        self.stored.iter().find(|user| user.login == login)
    }
}

fn read(path: &Path) -> Result<Vec<StoredUser>, AccountError> {
    let read = stored_file::read(path, FILE_BYTES_MAX);
    let Some(bytes) = read.map_err(|source| AccountError::Read { path: path.to_owned(), source })? else {
        return Ok(Vec::new());
    };
    let file: UserFile = serde_json::from_slice(&bytes)
        .map_err(|source| AccountError::Damaged { path: path.to_owned(), source })?;
    Ok(file.users)
}

fn write(path: &Path, users: &[StoredUser]) -> io::Result<()> {
    stored_file::replace(path, &serde_json::to_vec_pretty(&UserFile { users: users.to_vec() })?)
}
