//! The brake on guessing passwords.

use std::{
    collections::HashMap,
    iter,
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use super::memory::TABLE_FACTOR;

/// Attempts without a delay, for a login at an address and for an address as a whole (many people may stand
/// behind one).
const FREE_PER_LOGIN: u32 = 5;
const FREE_PER_ADDRESS: u32 = 20;
/// The delay after the first attempt beyond; it doubles with each further one, up to the maximum.
const DELAY_MIN: Duration = Duration::from_secs(1);
const DELAY_MAX: Duration = Duration::from_secs(300);
/// After so long without an attempt all is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(900);
/// Entries held, some 150 bytes each; the oldest makes room for a new one. Who fills the table with made-up
/// logins keeps the entry of his own address the newest.
const ENTRIES_MAX: usize = 2_000;
/// How long a login is known at an address where its password was right, and how many are.
const KNOWN_FOR: Duration = Duration::from_secs(30 * 86_400);
const KNOWN_MAX: usize = 1_000;
/// Characters of a login that are kept.
const LOGIN_MAX: usize = 64;

/// A login at an address, or the address as a whole.
type Key = (IpAddr, Option<String>);

/// Failed and running attempts.
#[derive(Default)]
pub(super) struct Attempts {
    entries: HashMap<Key, Entry>,
    /// When a login's password was right at an address last. There only its own wrong ones count: who makes up
    /// logins locks out nobody else behind that address.
    known: HashMap<(IpAddr, String), Duration>,
}

struct Entry {
    count: u32,
    last: Duration,
}

impl Entry {
    /// When the next attempt is allowed.
    fn allowed_at(&self, free: u32) -> Duration {
        match self.count.checked_sub(free) {
            None => self.last,
            Some(beyond) => self.last + DELAY_MIN.saturating_mul(1 << beyond.min(16)).min(DELAY_MAX),
        }
    }
}

impl Attempts {
    /// Bytes that are held.
    pub(super) fn size_bytes(&self) -> usize {
        let entries = self.entries.len() * size_of::<(Key, Entry)>();
        let known = self.known.len() * size_of::<((IpAddr, String), Duration)>();
        let logins = self.entries.keys().filter_map(|(_, login)| login.as_ref());
        let logins = logins.chain(self.known.keys().map(|(_, login)| login));
        TABLE_FACTOR * (entries + known) + logins.map(String::capacity).sum::<usize>()
    }

    /// Counts an attempt; refuses it, with the time until one is allowed, when there were too many.
    pub(super) fn begin(&mut self, login: &str, address: IpAddr, now: Duration) -> Result<(), Duration> {
        let keys = self.counted(login, address, now);
        for (key, free) in keys.clone() {
            let Some(entry) = self.entries.get(&key) else { continue };
            if now.saturating_sub(entry.last) >= FORGOTTEN_AFTER {
                self.entries.remove(&key);
            } else if now < entry.allowed_at(free) {
                return Err(entry.allowed_at(free) - now);
            }
        }
        for (key, _) in keys {
            self.make_room(now);
            let entry = self.entries.entry(key).or_insert(Entry { count: 0, last: now });
            entry.count = entry.count.saturating_add(1);
            entry.last = now;
        }
        Ok(())
    }

    /// Forgets the attempts of somebody who knew the password.
    pub(super) fn succeeded(&mut self, login: &str, address: IpAddr, now: Duration) {
        for (key, _) in self.counted(login, address, now) {
            self.entries.remove(&key);
        }
        if self.known.len() >= KNOWN_MAX {
            let oldest = self.known.iter().min_by_key(|(_, last)| **last).map(|(key, _)| key.clone());
            oldest.map(|key| self.known.remove(&key));
        }
        self.known.insert(own_key(login, address), now);
    }

    /// What an attempt counts for, and how many are free: the login, and the address for those unknown there.
    fn counted(
        &self,
        login: &str,
        address: IpAddr,
        now: Duration,
    ) -> impl Iterator<Item = (Key, u32)> + Clone + use<> {
        let (network, login) = own_key(login, address);
        let known = self.known.get(&(network, login.clone()));
        let is_known = known.is_some_and(|last| now.saturating_sub(*last) < KNOWN_FOR);
        let of_address = (!is_known).then_some(((network, None), FREE_PER_ADDRESS));
        iter::once(((network, Some(login)), FREE_PER_LOGIN)).chain(of_address)
    }

    fn make_room(&mut self, now: Duration) {
        if self.entries.len() < ENTRIES_MAX {
            return;
        }
        self.entries.retain(|_, entry| now.saturating_sub(entry.last) < FORGOTTEN_AFTER);
        if self.entries.len() >= ENTRIES_MAX {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.last).map(|(key, _)| key.clone());
            oldest.map(|key| self.entries.remove(&key));
        }
    }
}

fn own_key(login: &str, address: IpAddr) -> (IpAddr, String) {
    (network(address), login.chars().take(LOGIN_MAX).collect())
}

/// Of IPv6 the first 64 bits: whoever has one address there has them all.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn delays_double_and_end_with_success() {
        let mut attempts = Attempts::default();
        let (me, mut now) = (address("10.0.0.1"), Duration::ZERO);
        for _ in 0..FREE_PER_LOGIN {
            assert_eq!(attempts.begin("admin", me, now), Ok(()));
        }
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            assert_eq!(attempts.begin("admin", me, now), Err(Duration::from_secs(seconds)));
            now += Duration::from_secs(seconds);
            assert_eq!(attempts.begin("admin", me, now), Ok(()));
        }
        assert_eq!(attempts.begin("admin", address("10.0.0.2"), now), Ok(()), "another address");
        assert_eq!(attempts.begin("other", me, now), Ok(()), "another login");
        attempts.succeeded("admin", me, now);
        assert_eq!(attempts.begin("admin", me, now), Ok(()));
    }

    /// Twenty wrong passwords of made-up logins kept everybody out who shared the address.
    #[test]
    fn made_up_logins_lock_out_nobody_who_is_known_there() {
        let mut attempts = Attempts::default();
        let (here, now) = (address("10.0.0.1"), Duration::ZERO);
        attempts.succeeded("eve", here, now);
        for n in 0..100 {
            _ = attempts.begin(&format!("user{n}"), here, now);
        }
        assert!(attempts.begin("new", here, now).is_err());
        for _ in 0..FREE_PER_LOGIN {
            assert_eq!(attempts.begin("eve", here, now), Ok(()));
        }
        assert!(attempts.begin("eve", here, now).is_err(), "its own wrong ones count");
        for n in 0..2 * KNOWN_MAX {
            attempts.succeeded(&n.to_string(), here, now);
        }
        assert_eq!(attempts.known.len(), KNOWN_MAX);
    }

    #[test]
    fn made_up_logins_do_not_free_an_address_or_fill_the_memory() {
        let mut attempts = Attempts::default();
        let mut let_in = 0;
        for n in 0..10_000u64 {
            let from = IpAddr::V6(Ipv6Addr::from_bits(n.into()));
            let_in += u32::from(attempts.begin(&format!("user{n}"), from, Duration::ZERO).is_ok());
        }
        assert_eq!(let_in, FREE_PER_ADDRESS);
        for n in 0..10_000u32 {
            let from = IpAddr::V4(std::net::Ipv4Addr::from_bits(n));
            assert_eq!(attempts.begin("admin", from, Duration::from_secs(u64::from(n) / 100)), Ok(()));
        }
        assert!(attempts.entries.len() <= ENTRIES_MAX);
    }
}
