//! Who may see the dashboards: users, passwords, sessions, and a brake on guessing.

mod attempt;
mod password;
mod role;
mod session;
mod user;

use std::{
    collections::HashMap,
    io,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard},
    time::Duration,
};

use model::Clock;
use sha2::{Digest, Sha256};

use attempt::Attempts;
use session::Sessions;
use user::Users;

pub use password::PASSWORD_BYTES_MAX;
pub use role::{Role, UnknownRole};
pub use user::User;

/// The user that the first start makes.
pub const ADMIN: &str = "admin";

/// How long a password that was right is known without another bcrypt, for clients that send it with every
/// request.
const CHECKED_FOR: Duration = Duration::from_secs(60);
/// Passwords known so; 72 bytes each.
const CHECKED_MAX: usize = 32;

/// Why accounts cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// The users' file cannot be read.
    #[error("cannot read the users' file {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The users' file cannot be written.
    #[error("cannot write the users' file {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The users' file is not what this program writes.
    #[error("the users' file {} is damaged; remove it and the next start makes a new admin password", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where and how.
        source: serde_json::Error,
    },
    /// A password is longer than bcrypt looks at: its end would not count.
    #[error("the password has {bytes} bytes, at most {limit_bytes} are possible")]
    PasswordTooLong {
        /// Its length.
        bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
    /// A password is empty.
    #[error("the password is empty")]
    PasswordEmpty,
    /// The system has no random numbers.
    #[error("no random numbers from the system: {0}")]
    Random(getrandom::Error),
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
    /// The system has no random numbers.
    #[error("no random numbers from the system: {0}")]
    Random(getrandom::Error),
}

/// Users, their sessions and the brake on guessing.
pub struct Accounts {
    users: RwLock<Users>,
    /// The admin's password as the start was given it, until [`Accounts::settle`] has seen to it.
    given: Mutex<Option<String>>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    /// Makes the digests of checked passwords worthless outside this process.
    key: [u8; 32],
}

#[derive(Default)]
struct State {
    sessions: Sessions,
    attempts: Attempts,
    /// Digest of a login and its password, and until when it is known to be right.
    checked: HashMap<[u8; 32], Duration>,
}

impl Accounts {
    /// Opens the users' file in a folder; the first time makes it, with the user `admin`.
    ///
    /// `admin_password` sets the admin's password at every start, once [`Accounts::settle`] was called. Without
    /// it the first start makes a random one, which is returned: show it once, it is kept nowhere. Blocks for
    /// the disk, and at the first start for one bcrypt.
    ///
    /// # Errors
    /// When the file cannot be read or written, or the given password cannot be used.
    pub fn open(
        folder: &Path,
        admin_password: Option<&str>,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, Option<String>), AccountError> {
        let mut users = Users::open(folder)?;
        let mut made = None;
        match admin_password {
            Some(given) => password::check_length(given)?,
            None if users.get(ADMIN).is_some() => {}
            None => {
                let new = password::new_password()?;
                users.set(ADMIN, password::hash(&new)?)?;
                made = Some(new);
            }
        }
        Ok((Self::new(users, admin_password, clock)?, made))
    }

    /// Accounts of nobody: nothing is read or written, and every login fails.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn none(clock: Arc<dyn Clock>) -> Result<Self, AccountError> {
        Self::new(Users::none(), None, clock)
    }

    fn new(users: Users, given: Option<&str>, clock: Arc<dyn Clock>) -> Result<Self, AccountError> {
        let key = password::random().map_err(AccountError::Random)?;
        let given = Mutex::new(given.map(ToOwned::to_owned));
        Ok(Self { users: RwLock::new(users), given, clock, state: Mutex::default(), key })
    }

    /// Stores the password that the start was given, unless it is the one that is stored.
    ///
    /// Blocks for one or two bcrypts, which is why [`Accounts::open`] does not do it: nobody should wait for
    /// metrics because of a password. A log-in that comes first waits, or does it itself.
    ///
    /// # Errors
    /// When the file cannot be written; the password holds until the process ends.
    pub fn settle(&self) -> Result<(), AccountError> {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(password) = given.take() else {
            return Ok(());
        };
        if self.users().verify(ADMIN, &password).is_some() {
            return Ok(());
        }
        let hash = password::hash(&password)?;
        self.users.write().unwrap_or_else(PoisonError::into_inner).set(ADMIN, hash)
    }

    /// Checks login and password and opens a session; the token is for the user's cookie.
    ///
    /// Blocks for some 100 ms of CPU: call it where blocking is allowed.
    ///
    /// # Errors
    /// See [`LoginError`].
    pub fn log_in(&self, login: &str, password: &str, address: IpAddr) -> Result<String, LoginError> {
        let user = self.check(login, password, address)?;
        let token = session::new_token().map_err(LoginError::Random)?;
        let now = self.clock.monotonic();
        self.state().sessions.insert(&token, user.login, now);
        Ok(token)
    }

    /// Checks login and password of one request, as basic authentication sends them.
    ///
    /// Blocks as [`Accounts::log_in`] does, unless the same was right within the last minute.
    ///
    /// # Errors
    /// See [`LoginError`].
    pub fn check(&self, login: &str, password: &str, address: IpAddr) -> Result<User, LoginError> {
        let digest = self.digest(login, password);
        let now = self.clock.monotonic();
        {
            let mut state = self.state();
            if state.checked.get(&digest).is_some_and(|until| now < *until)
                && let Some(user) = self.users().get(login)
            {
                return Ok(user);
            }
            // Counted before it is known to be wrong: guesses that run side by side count too.
            let attempt = state.attempts.begin(login, address, now);
            attempt.map_err(|retry_after| LoginError::TooMany { retry_after })?;
        }
        if let Err(error) = self.settle() {
            tracing::error!(%error, "the admin's new password is not stored");
        }
        let user = self.users().verify(login, password).ok_or(LoginError::Invalid)?;
        let mut state = self.state();
        state.attempts.succeeded(login, address);
        state.checked.retain(|_, until| now < *until);
        if state.checked.len() < CHECKED_MAX {
            state.checked.insert(digest, now + CHECKED_FOR);
        }
        Ok(user)
    }

    /// The user of a session; `None` when the token opens none or it has expired. Does not block.
    pub fn authenticate(&self, token: &str) -> Option<User> {
        let now = self.clock.monotonic();
        let login = self.state().sessions.touch(token, now)?;
        self.users().get(&login)
    }

    /// Ends a session; nothing happens when there is none. Does not block.
    pub fn log_out(&self, token: &str) {
        self.state().sessions.remove(token);
    }

    fn digest(&self, login: &str, password: &str) -> [u8; 32] {
        let hash = Sha256::new().chain_update(self.key).chain_update((login.len() as u64).to_le_bytes());
        hash.chain_update(login).chain_update(password).finalize().into()
    }

    fn users(&self) -> RwLockReadGuard<'_, Users> {
        self.users.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No change of the state has a middle that a panic could leave behind.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
