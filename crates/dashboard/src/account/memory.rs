//! What users, sessions and the brake on guessing take, to the byte where texts are and by entry where tables are.

use std::{collections::HashMap, mem::size_of};

use model::Reservation;

use super::{
    AccountError, Attempts, Checked, Preferences, Seen, Sessions, State, Team, TeamMember,
    directory::Directory,
    service_account::{AccountRecord, TokenRecord},
    user::UserRecord,
};

/// Room for entries that tables have beside those that are there, as a factor: they double.
pub(super) const TABLE_FACTOR: usize = 2;

fn texts(texts: &[&String]) -> usize {
    texts.iter().map(|text| text.capacity()).sum()
}

impl Preferences {
    fn heap_bytes(&self) -> usize {
        let Self { theme, home_dashboard_uid, timezone, week_start } = self;
        texts(&[theme, home_dashboard_uid, timezone, week_start])
    }
}

impl UserRecord {
    fn heap_bytes(&self) -> usize {
        let Self { user, password_bcrypt, preferences, stars, epoch: _ } = self;
        let stars =
            stars.capacity() * size_of::<String>() + stars.iter().map(String::capacity).sum::<usize>();
        texts(&[&user.login, &user.name, &user.email, password_bcrypt]) + preferences.heap_bytes() + stars
    }
}

impl AccountRecord {
    fn heap_bytes(&self) -> usize {
        let Self { account, tokens } = self;
        let of_tokens: usize = tokens.iter().map(TokenRecord::heap_bytes).sum();
        texts(&[&account.name, &account.login]) + tokens.capacity() * size_of::<TokenRecord>() + of_tokens
    }
}

impl Team {
    fn heap_bytes(&self) -> usize {
        let Self { name, email, members, id: _, created_ms: _ } = self;
        texts(&[name, email]) + members.capacity() * size_of::<TeamMember>()
    }
}

impl Directory {
    /// Bytes of users with their preferences and stars, of service accounts, of teams and of the organisation.
    pub(super) fn size_bytes(&self) -> usize {
        let users: usize = self.users.iter().map(UserRecord::heap_bytes).sum();
        let accounts: usize = self.service_accounts.iter().map(AccountRecord::heap_bytes).sum();
        let teams: usize = self.teams.iter().map(Team::heap_bytes).sum();
        let organization = self.organization.name.capacity() + self.organization.preferences.heap_bytes();
        let tables = self.users.capacity() * size_of::<UserRecord>()
            + self.service_accounts.capacity() * size_of::<AccountRecord>()
            + self.teams.capacity() * size_of::<Team>();
        size_of::<Self>() + users + accounts + teams + organization + tables
    }
}

impl State {
    pub(super) fn new(memory: Reservation) -> Self {
        Self {
            memory,
            sessions: Sessions::default(),
            seen: Seen::default(),
            is_dirty: false,
            attempts: Attempts::default(),
            checked: HashMap::new(),
        }
    }

    /// Bytes of sessions, of what was seen, of passwords that are known to be right, and of the brake on guessing.
    fn size_bytes(&self) -> usize {
        let checked = self.checked.len() * TABLE_FACTOR * (size_of::<[u8; 32]>() + size_of::<Checked>());
        let seen = self.seen.len() * TABLE_FACTOR * size_of::<(u64, i64)>();
        self.sessions.size_bytes() + self.attempts.size_bytes() + checked + seen
    }

    /// Pays for what is held; the sessions that were idle longest give way where there is no memory. False when not
    /// even that helps.
    pub(super) fn pay(&mut self) -> bool {
        loop {
            if self.pay_alone() {
                return true;
            }
            if !self.sessions.remove_idlest(|_| true) {
                return false;
            }
        }
    }

    /// The same, and nothing gives way: what wrong passwords leave behind is bounded, and worth no session.
    pub(super) fn pay_alone(&mut self) -> bool {
        let bytes = self.size_bytes();
        self.memory.resize(bytes)
    }
}

/// Takes so many bytes for the directory.
pub(super) fn pay(memory: &mut Reservation, bytes: usize) -> Result<(), AccountError> {
    if memory.resize(bytes) { Ok(()) } else { Err(AccountError::Memory { bytes }) }
}
