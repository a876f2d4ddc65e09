use std::{fs, os::unix::fs::PermissionsExt};

use model::clock::SystemClock;

use super::*;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

fn open(folder: &Path, password: Option<&str>) -> (Accounts, Option<String>) {
    Accounts::open(folder, password, Arc::new(SystemClock::default())).unwrap()
}

#[test]
fn the_first_start_makes_a_password_that_later_ones_keep() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("data");
    let (accounts, made) = open(&folder, None);
    let made = made.unwrap();
    assert_eq!(accounts.check(ADMIN, &made, HERE).unwrap().login, ADMIN);

    let path = folder.join("users.json");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("$2b$10$") && !text.contains(&made), "{text}");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

    let (again, none) = open(&folder, None);
    assert_eq!(none, None);
    assert!(again.log_in(ADMIN, &made, HERE).is_ok());

    // A password from outside counts from then on, and is written only when it is new.
    let (set, none) = open(&folder, Some("correct horse"));
    assert_eq!(none, None);
    assert!(set.log_in(ADMIN, "correct horse", HERE).is_ok());
    assert!(matches!(set.log_in(ADMIN, &made, HERE), Err(LoginError::Invalid)));
    let text = fs::read_to_string(&path).unwrap();
    open(&folder, Some("correct horse")).0.settle().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), text);

    // It is stored without a log-in too.
    open(&folder, Some("horse battery")).0.settle().unwrap();
    let (later, none) = open(&folder, None);
    assert_eq!(none, None);
    assert!(later.log_in(ADMIN, "horse battery", HERE).is_ok());
}

#[test]
fn a_session_lasts_until_logout() {
    let dir = tempfile::tempdir().unwrap();
    let (accounts, _) = open(dir.path(), Some("p"));
    let token = accounts.log_in(ADMIN, "p", HERE).unwrap();
    assert_eq!(token.len(), 64);
    assert_eq!(accounts.authenticate(&token).unwrap().login, ADMIN);
    assert_eq!(accounts.authenticate(""), None);
    accounts.log_out(&token);
    assert_eq!(accounts.authenticate(&token), None);
}

#[test]
fn guessing_is_slowed_down_and_unknown_users_look_like_known_ones() {
    let dir = tempfile::tempdir().unwrap();
    let (accounts, _) = open(dir.path(), Some("p"));
    for login in [ADMIN, "nobody"] {
        for _ in 0..5 {
            assert!(matches!(accounts.log_in(login, "wrong", HERE), Err(LoginError::Invalid)));
        }
        assert!(matches!(accounts.log_in(login, "p", HERE), Err(LoginError::TooMany { .. })), "{login}");
    }
}

#[test]
fn a_damaged_file_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("users.json"), "{\"users\": [").unwrap();
    let error = Accounts::open(dir.path(), None, Arc::new(SystemClock::default())).err().unwrap();
    assert!(matches!(error, AccountError::Damaged { .. }), "{error}");
    assert_eq!(fs::read_to_string(dir.path().join("users.json")).unwrap(), "{\"users\": [");
}
