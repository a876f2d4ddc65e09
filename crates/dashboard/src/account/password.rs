//! Passwords: bcrypt and random ones.

use super::AccountError;

/// Bytes of a password: bcrypt does not look at more.
pub const PASSWORD_BYTES_MAX: usize = 72;

/// Bytes of a password that somebody chooses here; Grafana's minimum.
pub const PASSWORD_BYTES_MIN: usize = 4;

/// bcrypt's cost: 2^10 rounds, 86 ms on one core of a server. A guess costs as much; each step up doubles both, and
/// small machines take several times as long already.
const COST: u32 = 10;

/// What an unknown login is checked against, so that the time it takes does not tell that it is unknown: of the
/// right form and cost, and the hash of no password that anybody knows.
pub(super) const OF_NOBODY: &str = "$2b$10$GnomonGnomonGnomonGno.GnomonGnomonGnomonGnomonGnomonG";

/// 32 letters and digits that are not mistaken for each other.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Whether a password can be used.
pub(super) fn check_length(password: &str) -> Result<(), AccountError> {
    match password.len() {
        0 => Err(AccountError::PasswordTooShort),
        1..=PASSWORD_BYTES_MAX => Ok(()),
        bytes => Err(AccountError::PasswordTooLong { bytes, limit_bytes: PASSWORD_BYTES_MAX }),
    }
}

/// Whether a password can be chosen.
pub(super) fn check_chosen(password: &str) -> Result<(), AccountError> {
    if password.len() < PASSWORD_BYTES_MIN {
        Err(AccountError::PasswordTooShort)
    } else {
        check_length(password)
    }
}

/// Hashes a password for storage.
pub(super) fn hash(password: &str) -> Result<String, AccountError> {
    check_length(password)?;
    let salt = random().map_err(AccountError::Random)?;
    let parts = bcrypt::hash_with_salt(password, COST, salt).expect("the cost is within bcrypt's range");
    Ok(parts.to_string())
}

/// True when the hash is that of the password. The time it takes does not tell how much of it is right.
pub(super) fn verify(password: &str, hash: &str) -> bool {
    password.len() <= PASSWORD_BYTES_MAX && bcrypt::verify(password, hash).unwrap_or(false)
}

/// A password of 20 characters: 100 bits.
pub(super) fn new_password() -> Result<String, AccountError> {
    let bytes: [u8; 20] = random().map_err(AccountError::Random)?;
    let letter = |byte: u8| ALPHABET.get(usize::from(byte & 31)).map_or('a', |letter| char::from(*letter));
    Ok(bytes.into_iter().map(letter).collect())
}

/// Random bytes that nobody can guess.
pub(super) fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_a_password_counts() {
        let longest = "x".repeat(PASSWORD_BYTES_MAX);
        let stored = hash(&longest).unwrap();
        assert!(verify(&longest, &stored));
        assert!(!verify(&longest[1..], &stored));
        assert!(!verify(&(longest.clone() + "y"), &stored));
        assert!(matches!(hash(&(longest + "y")), Err(AccountError::PasswordTooLong { bytes: 73, .. })));
        assert!(matches!(hash(""), Err(AccountError::PasswordTooShort)));
        assert!(!verify("x", "no hash"));
    }

    #[test]
    fn checking_nobody_takes_as_long_as_checking_somebody() {
        let cost = |hash: &str| hash.parse::<bcrypt::HashParts>().map(|parts| parts.get_cost()).unwrap();
        assert_eq!(cost(OF_NOBODY), cost(&hash("x").unwrap()));
        assert!(!verify("x", OF_NOBODY));
    }

    #[test]
    fn made_passwords_differ() {
        let (a, b) = (new_password().unwrap(), new_password().unwrap());
        assert!(a != b && a.len() == 20, "{a} {b}");
    }
}
