//! Users as they are listed and changed.

use std::net::IpAddr;

use super::{
    AccountError, Accounts, LoginError, Organization, Preferences, Profile, Role, Session, User, password,
    session::Held, session_file::Now,
};

impl Accounts {
    /// All users, oldest first.
    pub fn users(&self) -> Vec<User> {
        self.directory().users.iter().map(|record| record.user.clone()).collect()
    }

    /// A user.
    ///
    /// # Errors
    /// When there is none.
    pub fn user(&self, id: u64) -> Result<User, AccountError> {
        self.directory().user(id).map(|record| record.user.clone())
    }

    /// The user of a login or address; upper case does not count.
    ///
    /// # Errors
    /// When there is none.
    pub fn find_user(&self, login_or_email: &str) -> Result<User, AccountError> {
        let directory = self.directory();
        let found = directory.find(login_or_email).map(|record| record.user.clone());
        found.ok_or(AccountError::Missing { what: "user" })
    }

    /// When a user, a service account's token or nobody was seen last, in milliseconds since the Unix epoch.
    pub fn seen_ms(&self, id: u64) -> Option<i64> {
        self.state().seen.get(&id).copied()
    }

    /// Now, in milliseconds since the Unix epoch.
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Makes a user.
    ///
    /// # Errors
    /// When the login or address is taken, or something about it cannot be stored.
    pub fn create_user(
        &self,
        profile: Profile,
        role: Role,
        new_password: &str,
    ) -> Result<User, AccountError> {
        password::check_chosen(new_password)?;
        let (hash, now_ms) = (password::hash(new_password)?, self.clock.now_ms());
        self.change(|directory| directory.create_user(profile, role, hash, now_ms))
    }

    /// Calls a user something else.
    ///
    /// # Errors
    /// When there is no such user, or the login or address is taken.
    pub fn rename_user(&self, id: u64, profile: Profile) -> Result<(), AccountError> {
        let now_ms = self.clock.now_ms();
        self.change(|directory| directory.rename_user(id, profile, now_ms))
    }

    /// Gives a user another role.
    ///
    /// # Errors
    /// When there is no such user, or no administrator would be left.
    pub fn set_role(&self, id: u64, role: Role) -> Result<(), AccountError> {
        let now_ms = self.clock.now_ms();
        self.change(|directory| directory.change_user(id, now_ms, |user| user.role = role))
    }

    /// Makes a user somebody who may change users, or not any more.
    ///
    /// # Errors
    /// When there is no such user, or nobody would be left who may.
    pub fn set_server_admin(&self, id: u64, is_server_admin: bool) -> Result<(), AccountError> {
        let now_ms = self.clock.now_ms();
        self.change(|directory| {
            directory.change_user(id, now_ms, |user| user.is_server_admin = is_server_admin)
        })
    }

    /// Keeps a user from logging in, which ends all sessions, or lets the user log in again.
    ///
    /// # Errors
    /// When there is no such user, or nobody would be left in charge.
    pub fn set_disabled(&self, id: u64, is_disabled: bool) -> Result<(), AccountError> {
        let now_ms = self.clock.now_ms();
        let epoch = self.change(|directory| {
            directory.change_user(id, now_ms, |user| user.is_disabled = is_disabled)?;
            directory.end_sessions(id)
        })?;
        self.end_others(id, None, epoch);
        Ok(())
    }

    /// Deletes a user, whose sessions end.
    ///
    /// # Errors
    /// When there is no such user, or nobody would be left in charge.
    pub fn delete_user(&self, id: u64) -> Result<(), AccountError> {
        self.change(|directory| directory.delete_user(id))?;
        self.forget(&[id]);
        let mut state = self.state();
        state.sessions.retain(|held| held.user_id != id);
        drop(state);
        self.save_sessions();
        Ok(())
    }

    /// Gives a user another password; all sessions end.
    ///
    /// # Errors
    /// When there is no such user, or the password cannot be used.
    pub fn set_password(&self, id: u64, new_password: &str) -> Result<(), AccountError> {
        self.replace_password(id, new_password, None)
    }

    /// Gives a user another password, as the user who knows the old one; all sessions end but the one that asks.
    /// Guessing the old one is slowed down as guessing at a log-in is.
    ///
    /// # Errors
    /// When the old password is another one, or the new one cannot be used.
    pub fn change_password(
        &self,
        id: u64,
        old_password: &str,
        new_password: &str,
        from: IpAddr,
        kept_session: Option<u64>,
    ) -> Result<(), AccountError> {
        let login = self.user(id)?.login;
        self.check(&login, old_password, from).map_err(|error| match error {
            LoginError::Invalid => AccountError::PasswordWrong,
            other => AccountError::Refused(other),
        })?;
        self.replace_password(id, new_password, kept_session)
    }

    fn replace_password(&self, id: u64, new_password: &str, kept: Option<u64>) -> Result<(), AccountError> {
        password::check_chosen(new_password)?;
        let (hash, now_ms) = (password::hash(new_password)?, self.clock.now_ms());
        let epoch = self.change(|directory| directory.set_password(id, hash, now_ms))?;
        self.end_others(id, kept, epoch);
        Ok(())
    }

    /// The live sessions of a user.
    pub fn sessions(&self, user_id: u64) -> Vec<Session> {
        let Now { monotonic, wall_ms } = self.now();
        let state = self.state();
        let own = state.sessions.live(monotonic).filter(|(_, held)| held.user_id == user_id);
        let at = |time: i64| wall_ms.saturating_sub(monotonic.saturating_sub(time));
        let session = |(id, held): (u64, &Held)| Session {
            id,
            client: held.client.clone(),
            created_ms: at(held.opened),
            seen_ms: at(held.used),
        };
        own.map(session).collect()
    }

    /// Ends one session of a user.
    ///
    /// # Errors
    /// When the user has no such session.
    pub fn end_session(&self, user_id: u64, session_id: u64) -> Result<(), AccountError> {
        let is_own = self.sessions(user_id).iter().any(|session| session.id == session_id);
        if !is_own {
            return Err(AccountError::Missing { what: "user auth token" });
        }
        let mut state = self.state();
        state.is_dirty |= state.sessions.remove(session_id);
        drop(state);
        self.save_sessions();
        Ok(())
    }

    /// Ends the sessions of a user: all, or all but the one that asks.
    ///
    /// # Errors
    /// When there is no such user.
    pub fn end_sessions(&self, user_id: u64, kept_session: Option<u64>) -> Result<(), AccountError> {
        let epoch = self.change(|directory| directory.end_sessions(user_id))?;
        self.end_others(user_id, kept_session, epoch);
        Ok(())
    }

    fn end_others(&self, user_id: u64, kept_session: Option<u64>, epoch: u64) {
        let mut state = self.state();
        state.sessions.keep_alone(user_id, kept_session, epoch);
        state.is_dirty = true;
        drop(state);
        self.save_sessions();
    }

    /// Forgets when something was seen last.
    pub(super) fn forget(&self, ids: &[u64]) {
        let mut state = self.state();
        state.seen.retain(|id, _| !ids.contains(id));
        state.is_dirty = true;
    }

    /// What a user prefers.
    ///
    /// # Errors
    /// When there is no such user.
    pub fn preferences(&self, user_id: u64) -> Result<Preferences, AccountError> {
        self.directory().user(user_id).map(|record| record.preferences.clone())
    }

    /// Uid of the dashboard that somebody begins with: the own choice, else that of the organisation; may be empty.
    pub fn home_dashboard_uid(&self, user_id: u64) -> String {
        let directory = self.directory();
        let own = directory.user(user_id).ok().map(|record| &record.preferences.home_dashboard_uid);
        let of_all = &directory.organization.preferences.home_dashboard_uid;
        own.filter(|uid| !uid.is_empty()).unwrap_or(of_all).clone()
    }

    /// Stores what a user prefers.
    ///
    /// # Errors
    /// When there is no such user or preference.
    pub fn set_preferences(&self, user_id: u64, preferences: Preferences) -> Result<(), AccountError> {
        self.change(|directory| directory.set_preferences(user_id, preferences))
    }

    /// Uids of the dashboards that a user starred; none for who is no user.
    pub fn stars(&self, user_id: u64) -> Vec<String> {
        self.directory().user(user_id).map(|record| record.stars.clone()).unwrap_or_default()
    }

    /// Stars a dashboard, or takes the star away.
    ///
    /// # Errors
    /// When there is no such user, or no room for another star.
    pub fn set_star(&self, user_id: u64, uid: &str, starred: bool) -> Result<(), AccountError> {
        self.change(|directory| directory.set_star(user_id, uid, starred))
    }

    /// The organisation.
    pub fn organization(&self) -> Organization {
        self.directory().organization.clone()
    }

    /// Changes the organisation.
    ///
    /// # Errors
    /// When something of it cannot be stored.
    pub fn set_organization(&self, organization: Organization) -> Result<(), AccountError> {
        organization.check()?;
        self.change(|directory| {
            directory.organization = organization;
            Ok(())
        })
    }
}
