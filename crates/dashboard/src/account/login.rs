//! Who is let in: by password, by session, by token.

use std::{net::IpAddr, time::Duration};

use sha2::{Digest, Sha256};

use super::{Accounts, Checked, Client, LoginError, ServiceAccount, State, User, password};

/// How long a password that was right is known without another bcrypt, for clients that send it with every
/// request.
const CHECKED_FOR: Duration = Duration::from_secs(60);
/// Passwords known so; 72 bytes each.
const CHECKED_MAX: usize = 32;
/// How old the time may be at which somebody was seen last, before it is worth noting anew.
const SEEN_AFTER_MS: i64 = 60_000;

/// A session that was just opened.
#[derive(Debug)]
#[non_exhaustive]
pub struct LoggedIn {
    /// Whose it is.
    pub user: User,
    /// For the user's cookie.
    pub secret: String,
}

/// A request that carried a session.
#[derive(Debug)]
#[non_exhaustive]
pub struct Authenticated {
    /// Whose session it is.
    pub user: User,
    /// Which one.
    pub session_id: u64,
    /// What to put into the user's cookie from now on; [`Accounts::save_sessions`] is due then.
    pub renewed: Option<String>,
}

impl Accounts {
    /// Checks login and password and opens a session. The secret is always a new one: what the browser had before
    /// is never taken up.
    ///
    /// # Errors
    /// See [`LoginError`].
    pub fn log_in(&self, login: &str, password: &str, client: Client) -> Result<LoggedIn, LoginError> {
        // The epoch is that of the password which was checked: a session does not outlive a change meanwhile.
        let (user, epoch) = self.check_with_epoch(login, password, client.address)?;
        let secret = {
            let mut state = self.state();
            state.is_dirty = true;
            let now = self.now().monotonic;
            let secret = state.sessions.open(user.id, epoch, client, now).map_err(LoginError::Random)?;
            state.pay();
            state.sessions.user(&secret).ok_or(LoginError::Memory)?;
            secret
        };
        self.save_sessions();
        Ok(LoggedIn { user, secret })
    }

    /// Ends the session of a secret; nothing happens when it opens none. Tells whose it was. Blocks for the disk.
    pub fn log_out(&self, secret: &str) -> Option<User> {
        let user_id = {
            let mut state = self.state();
            let (id, user_id) = state.sessions.user(secret)?;
            state.is_dirty |= state.sessions.remove(id);
            user_id
        };
        self.save_sessions();
        self.user(user_id).ok()
    }

    /// Checks login and password of one request, as basic authentication sends them.
    ///
    /// Blocks for bcrypt, unless the same was right within the last minute.
    ///
    /// # Errors
    /// See [`LoginError`].
    pub fn check(&self, login: &str, password: &str, address: IpAddr) -> Result<User, LoginError> {
        self.check_with_epoch(login, password, address).map(|(user, _)| user)
    }

    fn check_with_epoch(
        &self,
        login: &str,
        password: &str,
        address: IpAddr,
    ) -> Result<(User, u64), LoginError> {
        self.refresh();
        let login = login.trim().to_lowercase();
        let digest = self.password_digest(&login, password);
        let now = self.clock.monotonic();
        if let Some(known) = self.begin_check(&login, &digest, address, now)? {
            return Ok(known);
        }
        if let Err(error) = self.settle() {
            tracing::error!(%error, "the admin's new password is not stored");
        }
        let (user, epoch) = self.verify(&login, password).ok_or(LoginError::Invalid)?;
        let mut state = self.state();
        state.attempts.succeeded(&login, address, now);
        state.checked.retain(|_, checked| now < checked.until);
        if state.checked.len() < CHECKED_MAX {
            state.checked.insert(digest, Checked { until: now + CHECKED_FOR, user_id: user.id, epoch });
        }
        self.note_seen(&mut state, user.id);
        Ok((user, epoch))
    }

    /// Counts an attempt, unless the password is known to be right.
    fn begin_check(
        &self,
        login: &str,
        digest: &[u8; 32],
        address: IpAddr,
        now: Duration,
    ) -> Result<Option<(User, u64)>, LoginError> {
        let directory = self.directory();
        let mut state = self.state();
        if let Some(checked) = state.checked.get(digest).copied().filter(|checked| now < checked.until)
            && let Ok(record) = directory.user(checked.user_id)
            && record.epoch == checked.epoch
            && !record.user.is_disabled
        {
            self.note_seen(&mut state, record.user.id);
            return Ok(Some((record.user.clone(), record.epoch)));
        }
        // Counted before it is known to be wrong: guesses that run side by side count too.
        let attempt = state.attempts.begin(login, address, now);
        state.pay_alone();
        attempt.map(|()| None).map_err(|retry_after| LoginError::TooMany { retry_after })
    }

    /// The user of a login when the password is right, and the epoch. Blocks for one bcrypt in every case: nobody can
    /// tell by the time whether there is such a user.
    fn verify(&self, login: &str, password: &str) -> Option<(User, u64)> {
        let directory = self.directory();
        let record = directory.find(login);
        let hash = record.map_or(password::OF_NOBODY, |record| &record.password_bcrypt);
        let is_right = password::verify(password, hash);
        record
            .filter(|record| is_right && !record.user.is_disabled)
            .map(|record| (record.user.clone(), record.epoch))
    }

    /// The user of a session; `None` when the secret opens none or it has ended. Does not block, but for a
    /// users' file that somebody else has just written.
    pub fn authenticate(&self, secret: &str) -> Option<Authenticated> {
        self.refresh_at_times();
        let directory = self.directory();
        let mut state = self.state();
        let touched = state.sessions.touch(secret, self.now().monotonic)?;
        let record = directory.user(touched.user_id).ok();
        let Some(record) = record.filter(|record| record.epoch == touched.epoch && !record.user.is_disabled)
        else {
            state.is_dirty |= state.sessions.remove(touched.id);
            return None;
        };
        state.is_dirty |= touched.renewed.is_some();
        self.note_seen(&mut state, touched.user_id);
        Some(Authenticated { user: record.user.clone(), session_id: touched.id, renewed: touched.renewed })
    }

    /// The service account of a token. Blocks no more than [`Accounts::authenticate`].
    ///
    /// # Errors
    /// When the token opens nothing, or nothing any more.
    pub fn authenticate_token(&self, key: &str) -> Result<ServiceAccount, LoginError> {
        self.refresh_at_times();
        let directory = self.directory();
        let (account, token_id) = directory.open_token(key, self.clock.now_ms())?;
        self.note_seen(&mut self.state(), token_id);
        Ok(account.clone())
    }

    fn note_seen(&self, state: &mut State, id: u64) {
        let now_ms = self.clock.now_ms();
        let seen_ms = state.seen.entry(id).or_insert(0);
        if now_ms.saturating_sub(*seen_ms) >= SEEN_AFTER_MS {
            *seen_ms = now_ms;
            state.is_dirty = true;
        }
    }

    fn password_digest(&self, login: &str, password: &str) -> [u8; 32] {
        let hash = Sha256::new().chain_update(self.key).chain_update((login.len() as u64).to_le_bytes());
        hash.chain_update(login).chain_update(password).finalize().into()
    }
}
