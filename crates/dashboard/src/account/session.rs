//! Sessions: who holds which secret, and until when.
//!
//! A session's secret is renewed while it is used. The one before stays good until its successor was seen, as the
//! answer that brought it may have been lost, and for requests that were under way for a little longer.
//!
//! Times are milliseconds on the process's monotonic scale, which a jump of the wall clock does not move; what comes
//! from an earlier process lies before its zero.

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
};

use super::{
    memory::TABLE_FACTOR,
    token::{SecretDigest, digest, new_cookie},
};

const DAY_MS: i64 = 86_400_000;
/// A session ends when nothing was asked for so long; Grafana's default.
const IDLE_MAX_MS: i64 = 7 * DAY_MS;
/// A session ends so long after its login; Grafana's default.
const AGE_MAX_MS: i64 = 30 * DAY_MS;
/// After so long a secret is renewed; each time the sessions are written.
const RENEWED_AFTER_MS: i64 = 3_600_000;
/// How long the secret before is good once its successor was seen.
const GRACE_MS: i64 = 60_000;
/// Sessions held, some 500 bytes each; the one that was idle longest makes room for a new one.
const SESSIONS_MAX: usize = 1_000;
/// Sessions of one user: a program that logs in with every run ends its own, not those of others.
const PER_USER_MAX: usize = 50;
/// Characters of the browser's name that are kept.
const AGENT_MAX: usize = 200;

/// Who opened a session, as far as the connection tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The peer's address.
    pub address: IpAddr,
    /// What the browser calls itself.
    pub agent: String,
}

/// An open session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Session {
    /// Given once and never again.
    pub id: u64,
    /// Who opened it, and from where.
    pub client: Client,
    /// When it was opened, in milliseconds since the Unix epoch.
    pub created_ms: i64,
    /// When it was used last, likewise.
    pub seen_ms: i64,
}

/// A session as it is held.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) user_id: u64,
    /// The user's epoch when it was opened: a later one ends it.
    pub(super) epoch: u64,
    pub(super) client: Client,
    pub(super) opened: i64,
    pub(super) used: i64,
    pub(super) renewed: i64,
    pub(super) secret: SecretDigest,
    pub(super) previous: Option<Previous>,
}

/// The secret before.
#[derive(Clone, Debug)]
pub(super) struct Previous {
    pub(super) secret: SecretDigest,
    /// `None` until its successor was seen.
    pub(super) until: Option<i64>,
}

/// What a secret opened.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Touched {
    pub(super) id: u64,
    pub(super) user_id: u64,
    pub(super) epoch: u64,
    /// The secret to use from now on, when it was renewed.
    pub(super) renewed: Option<String>,
}

/// The sessions, and which secret opens which.
#[derive(Default)]
pub(super) struct Sessions {
    held: BTreeMap<u64, Held>,
    ids: HashMap<SecretDigest, u64>,
    last_id: u64,
}

impl Held {
    fn is_live(&self, now: i64) -> bool {
        now.saturating_sub(self.used) < IDLE_MAX_MS && now.saturating_sub(self.opened) < AGE_MAX_MS
    }
}

impl Sessions {
    /// None yet; those to come have higher numbers.
    pub(super) fn numbered_from(last_id: u64) -> Self {
        Self { last_id, ..Self::default() }
    }

    /// The highest number that was given.
    pub(super) fn last_id(&self) -> u64 {
        self.last_id
    }

    /// Opens a session; returns its secret.
    pub(super) fn open(
        &mut self,
        user_id: u64,
        epoch: u64,
        client: Client,
        now: i64,
    ) -> Result<String, getrandom::Error> {
        let secret = new_cookie()?;
        let client = Client { agent: client.agent.chars().take(AGENT_MAX).collect(), ..client };
        self.make_room(user_id, now);
        let (opened, used, renewed) = (now, now, now);
        let secret_digest = digest(&secret);
        let held =
            Held { user_id, epoch, client, opened, used, renewed, secret: secret_digest, previous: None };
        self.insert(self.last_id.saturating_add(1), held);
        Ok(secret)
    }

    /// Takes a session over from an earlier process.
    pub(super) fn insert(&mut self, id: u64, held: Held) {
        let secrets = [Some(held.secret), held.previous.as_ref().map(|previous| previous.secret)];
        self.ids.extend(secrets.into_iter().flatten().map(|secret| (secret, id)));
        self.held.insert(id, held);
        self.last_id = self.last_id.max(id);
    }

    /// The live session of a secret, which starts to be idle anew; the secret is renewed when it is time.
    pub(super) fn touch(&mut self, secret: &str, now: i64) -> Option<Touched> {
        let secret = digest(secret);
        let id = *self.ids.get(&secret)?;
        let held = self.held.get_mut(&id)?;
        if !held.is_live(now) {
            self.remove(id);
            return None;
        }
        let is_current = held.secret == secret;
        match &mut held.previous {
            Some(Previous { until: Some(until), .. }) if now >= *until => {
                self.forget_previous(id);
                if !is_current {
                    return None;
                }
            }
            Some(Previous { until: until @ None, .. }) if is_current => *until = Some(now + GRACE_MS),
            _ => {}
        }
        let held = self.held.get_mut(&id)?;
        held.used = now;
        let (user_id, epoch) = (held.user_id, held.epoch);
        // The secret before is renewed again when its successor did not arrive. Some programs never take one.
        let is_lost = held.previous.as_ref().is_some_and(|previous| previous.until.is_none());
        let is_due = now.saturating_sub(held.renewed) >= RENEWED_AFTER_MS && (is_current || is_lost);
        let renewed = is_due.then(|| self.renew(id, secret, now)).flatten();
        Some(Touched { id, user_id, epoch, renewed })
    }

    /// A session's user, and the epoch that it belongs to.
    pub(super) fn user(&self, secret: &str) -> Option<(u64, u64)> {
        let id = self.ids.get(&digest(secret))?;
        self.held.get(id).map(|held| (*id, held.user_id))
    }

    /// Gives a session a new secret; `used` stays good for a while.
    fn renew(&mut self, id: u64, used: SecretDigest, now: i64) -> Option<String> {
        let secret = new_cookie().ok()?;
        let held = self.held.get_mut(&id)?;
        let given_up = [held.secret, held.previous.take().map_or(used, |previous| previous.secret)];
        held.secret = digest(&secret);
        held.previous = Some(Previous { secret: used, until: None });
        held.renewed = now;
        for secret in given_up.iter().filter(|secret| **secret != used) {
            self.ids.remove(secret);
        }
        self.ids.insert(held.secret, id);
        Some(secret)
    }

    fn forget_previous(&mut self, id: u64) {
        if let Some(previous) = self.held.get_mut(&id).and_then(|held| held.previous.take()) {
            self.ids.remove(&previous.secret);
        }
    }

    /// Ends a session; false when there is none.
    pub(super) fn remove(&mut self, id: u64) -> bool {
        let Some(held) = self.held.remove(&id) else { return false };
        self.ids.remove(&held.secret);
        held.previous.map(|previous| self.ids.remove(&previous.secret));
        true
    }

    /// Takes a session into its user's new epoch, which ends all others.
    pub(super) fn keep_alone(&mut self, user_id: u64, kept_id: Option<u64>, epoch: u64) {
        if let Some(held) = kept_id.and_then(|id| self.held.get_mut(&id)) {
            held.epoch = epoch;
        }
        self.retain(|held| held.user_id != user_id || held.epoch == epoch);
    }

    /// Keeps those sessions alone that fulfil a condition.
    pub(super) fn retain(&mut self, keep: impl Fn(&Held) -> bool) {
        let ended: Vec<u64> = self.held.iter().filter(|(_, held)| !keep(held)).map(|(id, _)| *id).collect();
        for id in ended {
            self.remove(id);
        }
    }

    /// The live sessions, oldest first.
    pub(super) fn live(&self, now: i64) -> impl Iterator<Item = (u64, &Held)> {
        self.held.iter().filter(move |(_, held)| held.is_live(now)).map(|(id, held)| (*id, held))
    }

    fn make_room(&mut self, user_id: u64, now: i64) {
        if self.held.len() >= SESSIONS_MAX {
            self.retain(|held| held.is_live(now));
        }
        if self.held.len() >= SESSIONS_MAX {
            self.remove_idlest(|_| true);
        }
        if self.held.values().filter(|held| held.user_id == user_id).count() >= PER_USER_MAX {
            self.remove_idlest(|held| held.user_id == user_id);
        }
    }

    /// Ends the session that was idle longest; false when there is none.
    pub(super) fn remove_idlest(&mut self, among: impl Fn(&Held) -> bool) -> bool {
        let idlest = self.held.iter().filter(|(_, held)| among(held)).min_by_key(|(_, held)| held.used);
        idlest.map(|(id, _)| *id).is_some_and(|id| self.remove(id))
    }

    /// Bytes that the sessions take.
    pub(super) fn size_bytes(&self) -> usize {
        let held = self.held.len() * size_of::<(u64, Held)>();
        let ids = self.ids.len() * size_of::<(SecretDigest, u64)>();
        let agents: usize = self.held.values().map(|held| held.client.agent.capacity()).sum();
        TABLE_FACTOR * (held + ids) + agents
    }
}

#[cfg(test)]
mod tests;
