//! Who may see and change the dashboards: users, service accounts, passwords, tokens, sessions, and a brake on
//! guessing.

mod attempt;
mod audit;
mod directory;
mod error;
mod login;
mod memory;
mod password;
mod people;
mod preference;
mod program;
mod role;
mod service_account;
mod session;
mod session_file;
mod team;
mod token;
mod user;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use model::{Budget, Clock, Part, Reservation, with_causes};

use crate::stored_file;
use attempt::Attempts;
use audit::AuditFile;
use directory::{Directory, DirectoryFile};
use session::Sessions;
use session_file::{Now, Seen};

pub use audit::Change;
pub use directory::Organization;
pub use error::{AccountError, LoginError};
pub use login::{Authenticated, LoggedIn};
pub use password::{PASSWORD_BYTES_MAX, PASSWORD_BYTES_MIN};
pub use preference::Preferences;
pub use role::{Role, UnknownRole};
pub use service_account::{ServiceAccount, ServiceAccountChange, Token};
pub use session::{Client, Session};
pub use team::{Team, TeamMember};
pub use user::{Profile, User};

/// How often requests look whether somebody else has written the users' file, and how long they leave one alone that
/// cannot be read.
const LOOKS_EVERY_MS: i64 = 1_000;
const UNREADABLE_MS: i64 = 60_000;

/// The user that the first start makes.
pub const ADMIN: &str = "admin";

/// Users and service accounts, their sessions and tokens, and the brake on guessing.
///
/// Methods that change something block for the disk, those with a password for bcrypt, some 100 ms of CPU; the
/// others do not block.
pub struct Accounts {
    /// Replaced as a whole, after it was written: who reads it never waits for the disk.
    directory: RwLock<Arc<Directory>>,
    /// Held by whoever changes the directory; `None` where nothing is stored.
    file: Mutex<Option<DirectoryFile>>,
    /// Pays for the directory.
    memory: Mutex<Reservation>,
    /// When a request looks at the file again, in milliseconds of the monotonic clock.
    looks_at: AtomicI64,
    sessions_path: Option<PathBuf>,
    /// Held by whoever writes the sessions.
    saving: Mutex<()>,
    audit: AuditFile,
    /// The admin's password as the start was given it, until [`Accounts::settle`] has seen to it.
    given: Mutex<Option<String>>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    /// Makes the digests of checked passwords worthless outside this process.
    key: [u8; 32],
}

struct State {
    /// Pays for all the rest.
    memory: Reservation,
    sessions: Sessions,
    seen: Seen,
    /// Whether sessions or what was seen have changed since they were written.
    is_dirty: bool,
    attempts: Attempts,
    /// What is known by the digest of a login and its password.
    checked: HashMap<[u8; 32], Checked>,
}

/// A password that was right.
#[derive(Clone, Copy)]
struct Checked {
    /// Until when that is known.
    until: Duration,
    user_id: u64,
    /// The user's epoch: another password has another one.
    epoch: u64,
}

impl Accounts {
    /// Opens the accounts in a folder; the first time makes them, with the user `admin`.
    ///
    /// `admin_password` sets the admin's password at every start, once [`Accounts::settle`] was called. Without
    /// it the first start makes a random one, which is returned: show it once, it is kept nowhere. Blocks for
    /// the disk, and at the first start for one bcrypt. What is held is drawn from the budget.
    ///
    /// # Errors
    /// When the users' file cannot be read or written, the given password cannot be used, or there is no memory for
    /// the users.
    pub fn open(
        folder: &Path,
        admin_password: Option<&str>,
        budget: &Arc<Budget>,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, Option<String>), AccountError> {
        admin_password.map(password::check_length).transpose()?;
        let (file, directory) = DirectoryFile::open(folder)?;
        let is_new = directory.users.is_empty();
        let mut accounts = Self::new(directory, admin_password, budget, Arc::clone(&clock))?;
        accounts.file = Mutex::new(Some(file));
        accounts.audit = AuditFile::new(folder);
        let path = folder.join(session_file::FILE);
        let mut state = accounts.state();
        (state.sessions, state.seen) = session_file::read(&path, accounts.now());
        state.pay();
        drop(state);
        accounts.sessions_path = Some(path);
        if !is_new || admin_password.is_some() {
            return Ok((accounts, None));
        }
        let made = password::new_password()?;
        let hash = password::hash(&made)?;
        let now_ms = clock.now_ms();
        accounts.change(|directory| directory.reset_admin(ADMIN, hash, now_ms))?;
        Ok((accounts, Some(made)))
    }

    /// Accounts of nobody: nothing is read or written, and every login fails.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn none(clock: Arc<dyn Clock>) -> Result<Self, AccountError> {
        Self::new(Directory::default(), None, &Budget::new(usize::MAX), clock)
    }

    fn new(
        directory: Directory,
        given: Option<&str>,
        budget: &Arc<Budget>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, AccountError> {
        let mut memory = budget.open(Part::Account);
        memory::pay(&mut memory, directory.size_bytes())?;
        Ok(Self {
            memory: Mutex::new(memory),
            directory: RwLock::new(Arc::new(directory)),
            file: Mutex::new(None),
            looks_at: AtomicI64::new(0),
            sessions_path: None,
            saving: Mutex::new(()),
            audit: AuditFile::nowhere(),
            given: Mutex::new(given.map(ToOwned::to_owned)),
            clock,
            state: Mutex::new(State::new(budget.open(Part::Account))),
            key: password::random().map_err(AccountError::Random)?,
        })
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
        let known = self.directory().find(ADMIN).map(|record| record.password_bcrypt.clone());
        if known.is_some_and(|hash| password::verify(&password, &hash)) {
            return Ok(());
        }
        let (hash, now_ms) = (password::hash(&password)?, self.clock.now_ms());
        let stored = self.change(|directory| directory.reset_admin(ADMIN, hash.clone(), now_ms));
        if stored.is_err() {
            let mut directory = Directory::clone(&self.directory());
            directory.reset_admin(ADMIN, hash, now_ms)?;
            self.replace(directory);
        }
        stored
    }

    /// Gives a user another password as somebody who may write the files: the user becomes an administrator of
    /// everything that is not disabled, or is made when nobody is called so.
    ///
    /// # Errors
    /// When the password cannot be used or the file not be written.
    pub fn reset_password(&self, login: &str, new_password: &str) -> Result<(), AccountError> {
        password::check_chosen(new_password)?;
        let hash = password::hash(new_password)?;
        let now_ms = self.clock.now_ms();
        self.change(|directory| directory.reset_admin(login, hash, now_ms))
    }

    /// Writes the sessions, and reads the users anew when somebody else has written them. To be called now and
    /// then, and before the end; nothing is written when nothing has changed. Blocks for the disk.
    pub fn keep(&self) {
        self.refresh();
        self.pay();
        self.save_sessions();
    }

    /// Writes the sessions when they have changed. Blocks for the disk.
    pub fn save_sessions(&self) {
        let Some(path) = &self.sessions_path else { return };
        let _saving = self.saving.lock().unwrap_or_else(PoisonError::into_inner);
        let text = {
            let mut state = self.state();
            state.pay_alone();
            if !std::mem::take(&mut state.is_dirty) {
                return;
            }
            session_file::encode(&state.sessions, &state.seen, self.now())
        };
        if let Err(error) = stored_file::replace(path, &text) {
            self.state().is_dirty = true;
            tracing::error!(file = %path.display(), %error, "sessions are not stored");
        }
    }

    /// Takes over what `gnomon admin` wrote, which knows nothing of this process.
    fn refresh(&self) {
        self.take_over(self.file.lock().unwrap_or_else(PoisonError::into_inner).as_mut());
    }

    /// The same for requests that may not wait: now and then, and not while somebody else sees to the file.
    fn refresh_at_times(&self) {
        let now = self.now().monotonic;
        if now < self.looks_at.load(Ordering::Relaxed) {
            return;
        }
        let Ok(mut file) = self.file.try_lock() else { return };
        let wait = if self.take_over(file.as_mut()) { LOOKS_EVERY_MS } else { UNREADABLE_MS };
        self.looks_at.store(now.saturating_add(wait), Ordering::Relaxed);
    }

    /// False when the file cannot be read; the log says why.
    fn take_over(&self, file: Option<&mut DirectoryFile>) -> bool {
        let changed = file.map_or(Ok(None), DirectoryFile::changed);
        match changed {
            Ok(changed) => {
                changed.into_iter().for_each(|directory| self.replace(directory));
                true
            }
            Err(error) => {
                tracing::error!(error = with_causes(&error), "users are not read anew");
                false
            }
        }
    }

    /// Changes the directory: all of it or nothing, in the file and then here.
    fn change<T>(
        &self,
        change: impl FnOnce(&mut Directory) -> Result<T, AccountError>,
    ) -> Result<T, AccountError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(directory) = file.as_mut().map_or(Ok(None), DirectoryFile::changed)? {
            self.replace(directory);
        }
        let mut directory = Directory::clone(&self.directory());
        let done = change(&mut directory)?;
        // While one takes the place of the other both are there; what has no memory is not written either.
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let (held, bytes) = (memory.bytes(), directory.size_bytes());
        memory::pay(&mut memory, held + bytes)?;
        if let Some(Err(error)) = file.as_mut().map(|file| file.write(&directory)) {
            memory.shrink(bytes);
            return Err(error);
        }
        self.put(directory);
        memory.shrink(held);
        Ok(done)
    }

    /// Takes over a directory that was read, also where there is no memory to pay for it: a password that was reset
    /// would not count, and the next change would write the old one back.
    fn replace(&self, directory: Directory) {
        self.put(directory);
        self.pay();
    }

    /// Pays for the directory as far as there is memory.
    fn pay(&self) {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = self.directory().size_bytes();
        if !memory.resize(bytes) {
            tracing::warn!(bytes, "no memory to pay for the users");
        }
    }

    fn put(&self, directory: Directory) {
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(directory);
        let mut state = self.state();
        // A password that was right may be another one by now.
        state.checked.clear();
        state.pay_alone();
    }

    fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.directory.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn now(&self) -> Now {
        let monotonic = i64::try_from(self.clock.monotonic().as_millis()).unwrap_or(i64::MAX);
        Now { monotonic, wall_ms: self.clock.now_ms() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No change of the state has a middle that a panic could leave behind.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
