//! Sessions: who holds which token, and until when.

use std::{collections::HashMap, time::Duration};

use sha2::{Digest, Sha256};

/// A session ends when nothing was asked for so long; Grafana's default.
const IDLE_MAX: Duration = Duration::from_secs(7 * 86_400);
/// A session ends so long after its login; Grafana's default.
const AGE_MAX: Duration = Duration::from_secs(30 * 86_400);
/// Sessions held, some 150 bytes each; the one that was idle longest makes room for a new one.
const SESSIONS_MAX: usize = 1_000;

/// The sessions, by the SHA-256 of their tokens: who reads this memory cannot use them, and looking one up
/// takes no time that tells anything about a token.
#[derive(Default)]
pub(super) struct Sessions(HashMap<[u8; 32], Session>);

struct Session {
    login: String,
    started: Duration,
    used: Duration,
}

/// A token of 256 random bits, in hexadecimal.
pub(super) fn new_token() -> Result<String, getrandom::Error> {
    let bytes: [u8; 32] = super::password::random()?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

impl Session {
    fn is_live(&self, now: Duration) -> bool {
        now.saturating_sub(self.used) < IDLE_MAX && now.saturating_sub(self.started) < AGE_MAX
    }
}

impl Sessions {
    /// Opens a session.
    pub(super) fn insert(&mut self, token: &str, login: String, now: Duration) {
        if self.0.len() >= SESSIONS_MAX {
            self.0.retain(|_, session| session.is_live(now));
        }
        if self.0.len() >= SESSIONS_MAX {
            let idle = self.0.iter().min_by_key(|(_, session)| session.used).map(|(key, _)| *key);
            idle.map(|key| self.0.remove(&key));
        }
        self.0.insert(digest(token), Session { login, started: now, used: now });
    }

    /// The login of a live session, which starts to be idle anew.
    pub(super) fn touch(&mut self, token: &str, now: Duration) -> Option<String> {
        let key = digest(token);
        let session = self.0.get_mut(&key)?;
        if !session.is_live(now) {
            self.0.remove(&key);
            return None;
        }
        session.used = now;
        Some(session.login.clone())
    }

    /// Ends a session.
    pub(super) fn remove(&mut self, token: &str) {
        self.0.remove(&digest(token));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_end_by_idleness_age_and_logout() {
        let mut sessions = Sessions::default();
        let day = |n: u64| Duration::from_secs(n * 86_400);
        sessions.insert("idle", "a".into(), day(0));
        sessions.insert("busy", "a".into(), day(0));
        for n in 0..30 {
            assert_eq!(sessions.touch("busy", day(n)).as_deref(), Some("a"), "day {n}");
        }
        assert_eq!(sessions.touch("idle", day(7)), None);
        assert_eq!(sessions.touch("busy", day(30)), None);
        sessions.insert("out", "b".into(), day(30));
        sessions.remove("out");
        assert_eq!(sessions.touch("out", day(30)), None);
        assert!(sessions.0.is_empty());
    }

    #[test]
    fn the_session_idle_longest_makes_room() {
        let mut sessions = Sessions::default();
        let second = |n: usize| Duration::from_secs(n as u64);
        for n in 0..SESSIONS_MAX {
            sessions.insert(&n.to_string(), "a".into(), second(n));
        }
        let now = second(SESSIONS_MAX);
        assert!(sessions.touch("0", now).is_some());
        sessions.insert("new", "a".into(), now);
        assert_eq!(sessions.0.len(), SESSIONS_MAX);
        assert!(sessions.touch("0", now).is_some() && sessions.touch("1", now).is_none());
    }
}
