//! Users, and what can be changed about them.

use serde::{Deserialize, Serialize};

use super::{AccountError, Preferences, Role, directory::Directory};

/// Characters of a login, a name or an address; Grafana's limit.
pub(super) const NAME_MAX: usize = 190;
/// Basic authentication takes it for a token.
const TOKEN_LOGIN: &str = "api_key";
/// Users; each takes some 300 bytes, and up to 4 KiB with all stars.
const USERS_MAX: usize = 500;
/// Logins that stand for something else in the trace of changes or in basic authentication; so do those that begin
/// as service accounts' do.
const RESERVED: [&str; 2] = ["api_key", "gnomon admin"];
const RESERVED_START: &str = "sa-";
/// Dashboards that a user may star.
const STARS_MAX: usize = 100;
/// Characters of a dashboard's uid.
const UID_MAX: usize = 40;

/// Somebody who may log in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// Given once and never again; from 1 on.
    pub id: u64,
    /// The name to log in with, in lower case.
    pub login: String,
    /// The name to show; may be empty.
    pub name: String,
    /// May be empty.
    pub email: String,
    /// What the user may do with dashboards.
    pub role: Role,
    /// Whether the user may change users.
    pub is_server_admin: bool,
    /// A disabled user cannot log in.
    pub is_disabled: bool,
    /// When the user was made, in milliseconds since the Unix epoch.
    pub created_ms: i64,
    /// When the user was changed last, likewise.
    pub updated_ms: i64,
}

impl User {
    /// A user without name and address, who changes no users.
    pub fn new(id: u64, login: &str, role: Role) -> Self {
        Self {
            id,
            login: login.to_lowercase(),
            name: String::new(),
            email: String::new(),
            role,
            is_server_admin: false,
            is_disabled: false,
            created_ms: 0,
            updated_ms: 0,
        }
    }

    fn is_called(&self, login_or_email: &str) -> bool {
        self.login == login_or_email || (!self.email.is_empty() && self.email == login_or_email)
    }
}

/// What a user is called. Without a login the address is the login.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// The name to log in with; upper case does not count.
    pub login: String,
    /// May be empty; can be logged in with as well.
    pub email: String,
    /// The name to show; may be empty.
    pub name: String,
}

impl Profile {
    fn checked(self) -> Result<Self, AccountError> {
        let email = self.email.trim().to_lowercase();
        let login = self.login.trim().to_lowercase();
        let login = if login.is_empty() { email.clone() } else { login };
        if login.is_empty() {
            return Err(AccountError::Invalid {
                field: "login",
                why: "Validation error, need to specify either username or email",
            });
        }
        if login == TOKEN_LOGIN {
            return Err(AccountError::Invalid { field: "login", why: "api_key stands for a token" });
        }
        let name = self.name.trim().to_owned();
        for (field, text) in [("login", &login), ("email", &email), ("name", &name)] {
            check_text(field, text, NAME_MAX)?;
        }
        Ok(Self { login, email, name })
    }
}

/// A user as stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct UserRecord {
    pub(super) user: User,
    pub(super) password_bcrypt: String,
    /// Counts what ends all sessions: a new password, a log-out everywhere.
    #[serde(default)]
    pub(super) epoch: u64,
    #[serde(default)]
    pub(super) preferences: Preferences,
    /// Uids of dashboards.
    #[serde(default)]
    pub(super) stars: Vec<String>,
}

/// Whether a text can be stored: not too long, and nothing in it that is not meant to be seen.
pub(super) fn check_text(field: &'static str, text: &str, characters_max: usize) -> Result<(), AccountError> {
    if text.chars().count() > characters_max {
        return Err(AccountError::Invalid { field, why: "too long" });
    }
    if text.contains(char::is_control) {
        return Err(AccountError::Invalid { field, why: "control characters are not allowed" });
    }
    Ok(())
}

fn check_not_reserved(login: &str) -> Result<(), AccountError> {
    if RESERVED.contains(&login) || login.starts_with(RESERVED_START) {
        return Err(AccountError::Invalid { field: "login", why: "it is reserved" });
    }
    Ok(())
}

impl Directory {
    /// The record of a login or address; upper case does not count.
    pub(super) fn find(&self, login_or_email: &str) -> Option<&UserRecord> {
        let wanted = login_or_email.trim().to_lowercase();
        self.users.iter().find(|record| record.user.is_called(&wanted))
    }

    /// The record of a user.
    pub(super) fn user(&self, id: u64) -> Result<&UserRecord, AccountError> {
        self.users.iter().find(|record| record.user.id == id).ok_or(AccountError::Missing { what: "user" })
    }

    fn user_mut(&mut self, id: u64) -> Result<&mut UserRecord, AccountError> {
        self.users
            .iter_mut()
            .find(|record| record.user.id == id)
            .ok_or(AccountError::Missing { what: "user" })
    }

    /// Makes a user.
    pub(super) fn create_user(
        &mut self,
        profile: Profile,
        role: Role,
        password_bcrypt: String,
        now_ms: i64,
    ) -> Result<User, AccountError> {
        let Profile { login, email, name } = profile.checked()?;
        check_not_reserved(&login)?;
        self.check_free(&login, &email, None)?;
        if self.users.len() >= USERS_MAX {
            return Err(AccountError::Full { what: "users", limit: USERS_MAX });
        }
        let id = self.take_id();
        let user =
            User { email, name, created_ms: now_ms, updated_ms: now_ms, ..User::new(id, &login, role) };
        self.users.push(UserRecord {
            user: user.clone(),
            password_bcrypt,
            epoch: 0,
            preferences: Preferences::default(),
            stars: Vec::new(),
        });
        Ok(user)
    }

    /// Calls a user something else.
    pub(super) fn rename_user(&mut self, id: u64, profile: Profile, now_ms: i64) -> Result<(), AccountError> {
        let Profile { login, email, name } = profile.checked()?;
        if login != self.user(id)?.user.login {
            check_not_reserved(&login)?;
        }
        self.check_free(&login, &email, Some(id))?;
        self.change_user(id, now_ms, |user| *user = User { login, email, name, ..user.clone() })
    }

    /// Changes what a user may do, and refuses what would leave nobody in charge.
    pub(super) fn change_user(
        &mut self,
        id: u64,
        now_ms: i64,
        change: impl FnOnce(&mut User),
    ) -> Result<(), AccountError> {
        let record = self.user_mut(id)?;
        change(&mut record.user);
        record.user.updated_ms = now_ms;
        self.check_in_charge()
    }

    /// Deletes a user.
    pub(super) fn delete_user(&mut self, id: u64) -> Result<(), AccountError> {
        self.user(id)?;
        self.users.retain(|record| record.user.id != id);
        self.leave_teams(id);
        self.check_in_charge()
    }

    /// Gives a user another password; all sessions end.
    pub(super) fn set_password(
        &mut self,
        id: u64,
        password_bcrypt: String,
        now_ms: i64,
    ) -> Result<u64, AccountError> {
        let record = self.user_mut(id)?;
        record.password_bcrypt = password_bcrypt;
        record.user.updated_ms = now_ms;
        record.epoch += 1;
        Ok(record.epoch)
    }

    /// Ends all sessions of a user; returns what counts from now on.
    pub(super) fn end_sessions(&mut self, id: u64) -> Result<u64, AccountError> {
        let record = self.user_mut(id)?;
        record.epoch += 1;
        Ok(record.epoch)
    }

    pub(super) fn set_preferences(&mut self, id: u64, preferences: Preferences) -> Result<(), AccountError> {
        preferences.check()?;
        self.user_mut(id)?.preferences = preferences;
        Ok(())
    }

    /// Stars a dashboard, or takes the star away.
    pub(super) fn set_star(&mut self, id: u64, uid: &str, starred: bool) -> Result<(), AccountError> {
        check_text("uid", uid, UID_MAX)?;
        let stars = &mut self.user_mut(id)?.stars;
        stars.retain(|star| star != uid);
        if !starred {
            return Ok(());
        }
        if stars.len() >= STARS_MAX {
            return Err(AccountError::Full { what: "stars", limit: STARS_MAX });
        }
        stars.push(uid.to_owned());
        Ok(())
    }

    /// Whether nobody else has the login or the address.
    fn check_free(&self, login: &str, email: &str, own_id: Option<u64>) -> Result<(), AccountError> {
        let others = || self.users.iter().map(|record| &record.user).filter(|user| Some(user.id) != own_id);
        for name in [login, email].into_iter().filter(|name| !name.is_empty()) {
            if others().any(|user| user.is_called(name)) {
                return Err(AccountError::Taken { what: "User", name: name.to_owned() });
            }
        }
        Ok(())
    }

    fn check_in_charge(&self) -> Result<(), AccountError> {
        let mut able = self.users.iter().map(|record| &record.user).filter(|user| !user.is_disabled);
        if !able.clone().any(|user| user.is_server_admin) {
            return Err(AccountError::LastServerAdmin);
        }
        if able.any(|user| user.role == Role::Admin) { Ok(()) } else { Err(AccountError::LastAdmin) }
    }
}
