//! What can go wrong with accounts.

use std::{io, path::PathBuf, time::Duration};

/// Why accounts cannot be opened, or not be changed as somebody wished.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The users' file is not what this program writes.
    #[error(
        "the users' file {} is damaged; put a copy of it back, or remove it and the next start makes a new admin \
         password",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where and how.
        source: serde_json::Error,
    },
    /// The users' file was written by a newer version.
    #[error("the users' file {} has version {version}, this program reads up to {newest}; use a newer one", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// What it says.
        version: u32,
        /// The newest version that is known.
        newest: u32,
    },
    /// The system has no random numbers.
    #[error("no random numbers from the system: {0}")]
    Random(getrandom::Error),
    /// A password is longer than bcrypt looks at: its end would not count.
    #[error("the password has {bytes} bytes, at most {limit_bytes} are possible")]
    PasswordTooLong {
        /// Its length.
        bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
    /// A password is too short for a user who chooses it here.
    #[error("Password is missing or too short")]
    PasswordTooShort,
    /// The password that a change has to name is another one.
    #[error("Invalid old password")]
    PasswordWrong,
    /// Whoever asks is not let in now.
    #[error(transparent)]
    Refused(LoginError),
    /// A name, address or other text cannot be stored.
    #[error("{field}: {why}")]
    Invalid {
        /// What it was for.
        field: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Somebody else has the login or address, or another account or token the name.
    #[error("{what} '{name}' already exists")]
    Taken {
        /// What it is.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// There is no such user, account, token or session.
    #[error("{what} not found")]
    Missing {
        /// What it is.
        what: &'static str,
    },
    /// Nobody would be left who may change users.
    #[error("cannot remove last grafana admin")]
    LastServerAdmin,
    /// Nobody would be left who may change the organisation.
    #[error("Cannot remove last organization admin")]
    LastAdmin,
    /// The memory budget has no room for it.
    #[error("no memory for accounts of {bytes} bytes")]
    Memory {
        /// Bytes that all accounts would take.
        bytes: usize,
    },
    /// There are as many as there can be.
    #[error("there are {limit} {what} already, which is the most")]
    Full {
        /// Of what.
        what: &'static str,
        /// How many there can be.
        limit: usize,
    },
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// There is no such user, or the password is another one; which of both is not told.
    #[error("Invalid username or password")]
    Invalid,
    /// Too many wrong passwords from this address.
    #[error("too many failed logins, try again in {} s", retry_after.as_secs().max(1))]
    TooMany {
        /// How long every further attempt is refused.
        retry_after: Duration,
    },
    /// A service account's token is unknown, malformed, or its account disabled.
    #[error("Invalid API key")]
    InvalidToken,
    /// The memory budget has no room for a session.
    #[error("no memory for a session")]
    Memory,
    /// A service account's token has expired.
    #[error("Expired API key")]
    ExpiredToken,
    /// The system has no random numbers.
    #[error("no random numbers from the system: {0}")]
    Random(getrandom::Error),
}
