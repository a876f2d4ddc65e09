//! Secrets that are handed out once and kept as digests: a session's cookie, a service account's token.

use sha2::{Digest, Sha256};

use super::password::random;

/// What tokens of service accounts begin with; programs that look for leaked secrets know it.
const PREFIX: &str = "glsa_";
/// Characters of a token's secret: 190 bits.
const SECRET_LEN: usize = 32;
/// Digits of the checksum behind the secret.
const CHECKSUM_LEN: usize = 8;
/// Letters and digits; 62 of the 64 that six bits can tell apart.
const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A secret is kept so: who reads it cannot use it, and looking one up takes no time that tells anything about it.
pub(super) type SecretDigest = [u8; 32];

/// The digest of a secret.
pub(super) fn digest(secret: &str) -> SecretDigest {
    Sha256::digest(secret).into()
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A digest as [`hex`] writes it.
pub(super) fn parse_digest(text: &str) -> Option<SecretDigest> {
    let mut digest = SecretDigest::default();
    if text.len() != 2 * digest.len() || !text.is_ascii() {
        return None;
    }
    for (byte, pair) in digest.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(digest)
}

/// The secret of a session's cookie: 256 random bits.
pub(super) fn new_cookie() -> Result<String, getrandom::Error> {
    Ok(hex(&random::<32>()?))
}

/// A token for a service account.
pub(super) fn new_key() -> Result<String, getrandom::Error> {
    let mut secret = String::with_capacity(SECRET_LEN);
    while secret.len() < SECRET_LEN {
        // Numbers without a letter are passed over: all letters are equally likely.
        let letters =
            random::<SECRET_LEN>()?.into_iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 63)));
        secret.extend(letters.take(SECRET_LEN - secret.len()).map(|letter| char::from(*letter)));
    }
    Ok(format!("{PREFIX}{secret}_{}", checksum(&secret)))
}

/// Whether a text has the form of a token. What is misspelt or cut off is refused without a look at the accounts.
pub(super) fn is_key(text: &str) -> bool {
    text.len() == PREFIX.len() + SECRET_LEN + 1 + CHECKSUM_LEN
        && text
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split_once('_'))
            .is_some_and(|(secret, sum)| secret.len() == SECRET_LEN && sum == checksum(secret))
}

fn checksum(secret: &str) -> String {
    let sum = crc32fast::hash([PREFIX, secret].concat().as_bytes());
    format!("{sum:08x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_shows_when_it_is_misspelt() {
        let key = new_key().unwrap();
        assert!(is_key(&key) && key.starts_with("glsa_") && key.len() == 46, "{key}");
        assert_ne!(key, new_key().unwrap());
        let swapped = key.replacen(&key[6..7], if &key[6..7] == "x" { "y" } else { "x" }, 1);
        for wrong in ["", "glsa_", "glsa__", &key[1..], &key[..45], &swapped, &"ü".repeat(23)] {
            assert!(!is_key(wrong), "{wrong}");
        }
    }

    #[test]
    fn digests_are_read_as_they_are_written() {
        let some = digest("a");
        assert_eq!(parse_digest(&hex(&some)), Some(some));
        for wrong in ["", "00", &"g".repeat(64), &"ü".repeat(32)] {
            assert_eq!(parse_digest(wrong), None);
        }
    }
}
