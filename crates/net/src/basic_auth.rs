//! Basic authentication: login and password in the `Authorization` header, checked against bcrypt.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, header};
use sha2::{Digest, Sha256};
use tokio::{sync::Semaphore, task};

/// Characters of the credentials at most; passwords have at most 72 bytes.
const ENCODED_MAX: usize = 1_024;

/// Passwords that were right and are remembered, as many as Prometheus remembers.
const REMEMBERED_MAX: usize = 100;

/// What an unknown user is checked against: of the right form, and the hash of no password that anybody knows.
const SALT_AND_HASH_OF_NOBODY: &str = "GnomonGnomonGnomonGno.GnomonGnomonGnomonGnomonGnomonG";

/// bcrypt's cost where no user says another.
const COST: u32 = 10;

/// Login and password; `None` when there are none, or they are not well formed.
pub fn credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > ENCODED_MAX {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (login, password) = text.split_once(':')?;
    Some((login.to_owned(), password.to_owned()))
}

/// The header of a request that asks as somebody.
pub fn header(login: &str, password: &str) -> HeaderValue {
    let encoded = format!("Basic {}", STANDARD.encode(format!("{login}:{password}")));
    // Base 64 has no character that a header could not have.
    let mut value = HeaderValue::try_from(encoded).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

/// bcrypt's cost of a hash; `None` when it is no bcrypt hash.
pub fn bcrypt_cost(hash: &str) -> Option<u32> {
    let parts: bcrypt::HashParts = hash.parse().ok()?;
    let cost = parts.get_cost();
    (4..=31).contains(&cost).then_some(cost)
}

/// Users and the hashes of their passwords.
#[derive(Debug)]
pub struct Users {
    hashes: BTreeMap<String, String>,
    of_nobody: String,
    /// Digests of users with passwords that were right, the last ones last.
    remembered: Mutex<Vec<[u8; 32]>>,
    /// One password is checked at a time: bcrypt would take all cores.
    checking: Arc<Semaphore>,
}

impl Users {
    /// Takes bcrypt hashes by user.
    pub fn new(hashes: BTreeMap<String, String>) -> Self {
        let cost = hashes.values().filter_map(|hash| bcrypt_cost(hash)).max().unwrap_or(COST);
        let of_nobody = format!("$2b${cost:02}${SALT_AND_HASH_OF_NOBODY}");
        Self { hashes, of_nobody, remembered: Mutex::default(), checking: Arc::new(Semaphore::new(1)) }
    }

    /// True when there is nobody, so that nobody has to say who they are.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Whether a request carries the name and password of a user. bcrypt runs off the network thread, and takes
    /// as long for users that there are not.
    pub async fn admit(&self, headers: &HeaderMap) -> bool {
        let Some((login, password)) = credentials(headers) else { return false };
        let known = self.hashes.get(&login);
        let digest = known.map(|hash| digest(&login, hash, &password));
        if digest.is_some_and(|digest| self.remembers(&digest)) {
            return true;
        }
        let hash = known.unwrap_or(&self.of_nobody).clone();
        // The semaphore is never closed; without a permit the check would only be less orderly.
        let permit = Arc::clone(&self.checking).acquire_owned().await;
        let checked = task::spawn_blocking(move || {
            let _permit = permit;
            bcrypt::verify(password, &hash).unwrap_or(false)
        });
        let right = checked.await.unwrap_or(false);
        match digest {
            Some(digest) if right => {
                self.remember(digest);
                true
            }
            _ => false,
        }
    }

    fn remembers(&self, digest: &[u8; 32]) -> bool {
        self.lock().contains(digest)
    }

    fn remember(&self, digest: [u8; 32]) {
        let mut remembered = self.lock();
        if remembered.len() >= REMEMBERED_MAX {
            remembered.remove(0);
        }
        remembered.push(digest);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<[u8; 32]>> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stands for user, hash and password, so that no password is kept. The lengths keep them apart.
fn digest(login: &str, hash: &str, password: &str) -> [u8; 32] {
    let mut digest = Sha256::new();
    for text in [login, hash, password] {
        digest.update(text.len().to_le_bytes());
        digest.update(text);
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn credentials_are_base64_with_a_colon() {
        let pair = |login: &str, password: &str| Some((login.to_owned(), password.to_owned()));
        let read = |value| credentials(&headers(value));
        assert_eq!(read("Basic YWRtaW46YWRtaW4="), pair("admin", "admin"));
        assert_eq!(read("basic YTpiOmM="), pair("a", "b:c"));
        assert_eq!(read("Basic w6k6w7/Dvw=="), pair("é", "ÿÿ"));
        for wrong in
            ["Bearer YTpi", "Basic", "Basic YWRtaW4", "Basic YWRtaW4=", "Basic a$==", "Basic YTpiOmN="]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_right_password_is_remembered_and_a_wrong_one_is_not() {
        let hash = bcrypt::hash("secret", 4).unwrap();
        let users = Users::new(BTreeMap::from([("ann".to_owned(), hash)]));
        let ask = |login: &str, password: &str| {
            headers(&format!("Basic {}", STANDARD.encode(format!("{login}:{password}"))))
        };
        assert!(!users.admit(&ask("ann", "wrong")).await && !users.admit(&ask("bob", "secret")).await);
        assert!(!users.admit(&HeaderMap::new()).await && users.lock().is_empty());
        assert!(users.admit(&ask("ann", "secret")).await && users.admit(&ask("ann", "secret")).await);
        assert_eq!(users.lock().len(), 1);
        (0..=255).for_each(|i| users.remember([i; 32]));
        assert_eq!(users.lock().len(), REMEMBERED_MAX);
    }

    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let users = Users::new(BTreeMap::from([("ann".to_owned(), bcrypt::hash("secret", 5).unwrap())]));
        assert_eq!(bcrypt_cost(&users.of_nobody), Some(5));
        assert_eq!(bcrypt_cost("doe"), None);
    }
}
