use std::{fs, net::IpAddr, os::unix::fs::PermissionsExt};

use model::{Budget, Part, clock::SystemClock};

use super::*;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

fn client() -> Client {
    Client { address: HERE, agent: "browser".into() }
}

/// Logs in; the secret.
fn log_in(accounts: &Accounts, login: &str, password: &str) -> Result<String, LoginError> {
    accounts.log_in(login, password, client()).map(|logged_in| logged_in.secret)
}

fn who(accounts: &Accounts, secret: &str) -> Option<String> {
    accounts.authenticate(secret).map(|authenticated| authenticated.user.login)
}

fn add(accounts: &Accounts, login: &str, role: Role) -> u64 {
    let profile = Profile { login: login.into(), email: format!("{login}@box"), ..Profile::default() };
    accounts.create_user(profile, role, "secret").unwrap().id
}

fn open(folder: &Path, password: Option<&str>) -> (Accounts, Option<String>) {
    Accounts::open(folder, password, &Budget::new(1 << 20), Arc::new(SystemClock::default())).unwrap()
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
    assert!(log_in(&again, ADMIN, &made).is_ok());

    // A password from outside counts from then on, and is written only when it is new.
    let (set, none) = open(&folder, Some("correct horse"));
    assert_eq!(none, None);
    assert!(log_in(&set, ADMIN, "correct horse").is_ok());
    assert!(matches!(log_in(&set, ADMIN, &made), Err(LoginError::Invalid)));
    let text = fs::read_to_string(&path).unwrap();
    open(&folder, Some("correct horse")).0.settle().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), text);

    // It is stored without a log-in too.
    open(&folder, Some("horse battery")).0.settle().unwrap();
    let (later, none) = open(&folder, None);
    assert_eq!(none, None);
    assert!(log_in(&later, ADMIN, "horse battery").is_ok());
}

#[test]
fn a_session_lasts_until_log_out_and_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let (accounts, _) = open(dir.path(), Some("p"));
    let (secret, other) = (log_in(&accounts, ADMIN, "p").unwrap(), log_in(&accounts, ADMIN, "p").unwrap());
    assert!(secret.len() == 64 && secret != other);
    assert_eq!(who(&accounts, &secret).as_deref(), Some(ADMIN));
    assert_eq!(who(&accounts, ""), None);
    assert_eq!(accounts.log_out(&other).map(|user| user.login).as_deref(), Some(ADMIN));

    let path = dir.path().join("sessions.json");
    let text = fs::read_to_string(&path).unwrap();
    assert!(!text.contains(&secret), "{text}");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let (again, _) = open(dir.path(), Some("p"));
    assert_eq!(who(&again, &secret).as_deref(), Some(ADMIN));
    assert_eq!(who(&again, &other), None);
    assert_eq!(again.sessions(1)[0].client, client());

    fs::write(&path, "{").unwrap();
    let (damaged, _) = open(dir.path(), Some("p"));
    assert_eq!(who(&damaged, &secret), None);
    assert!(log_in(&damaged, ADMIN, "p").is_ok());
}

#[test]
fn a_new_password_ends_all_other_sessions() {
    let dir = tempfile::tempdir().unwrap();
    let (accounts, _) = open(dir.path(), Some("p"));
    let id = add(&accounts, "Eve", Role::Editor);
    let (kept, ended) =
        (log_in(&accounts, "eve", "secret").unwrap(), log_in(&accounts, "EVE@box", "secret").unwrap());
    let own = accounts.authenticate(&kept).unwrap().session_id;
    assert!(accounts.check("eve", "secret", HERE).is_ok());
    let wrong = accounts.change_password(id, "guess", "longer", HERE, Some(own));
    assert!(matches!(wrong, Err(AccountError::PasswordWrong)), "{wrong:?}");
    accounts.change_password(id, "secret", "longer", HERE, Some(own)).unwrap();
    assert!(who(&accounts, &kept).is_some() && who(&accounts, &ended).is_none());
    assert!(accounts.check("eve", "secret", HERE).is_err(), "not even from memory");

    accounts.set_disabled(id, true).unwrap();
    assert_eq!(who(&accounts, &kept), None);
    assert!(matches!(log_in(&accounts, "eve", "longer"), Err(LoginError::Invalid)));
    accounts.set_disabled(id, false).unwrap();
    assert_eq!(who(&accounts, &kept), None, "an old session stays ended");
    assert!(log_in(&accounts, "eve", "longer").is_ok());
}

#[test]
fn somebody_stays_in_charge() {
    let dir = tempfile::tempdir().unwrap();
    let (accounts, _) = open(dir.path(), None);
    let last = |done: Result<(), AccountError>| matches!(done, Err(AccountError::LastServerAdmin));
    assert!(last(accounts.delete_user(1)) && last(accounts.set_disabled(1, true)));
    assert!(last(accounts.set_server_admin(1, false)));
    assert!(matches!(accounts.set_role(1, Role::Viewer), Err(AccountError::LastAdmin)));
    let id = add(&accounts, "second", Role::Admin);
    accounts.set_server_admin(id, true).unwrap();
    accounts.delete_user(1).unwrap();
    let (again, made) = open(dir.path(), None);
    assert_eq!(made, None);
    assert_eq!(again.users(), accounts.users());
    assert_eq!(add(&again, "third", Role::Viewer), 3, "ids are not given twice");
}

#[test]
fn names_are_taken_once_and_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let (accounts, _) = open(dir.path(), None);
    let id = add(&accounts, "eve", Role::Viewer);
    let create = |login: &str, email: &str| {
        let profile = Profile { login: login.into(), email: email.into(), name: String::new() };
        accounts.create_user(profile, Role::Viewer, "secret")
    };
    for (login, email) in [("eve", ""), (" EVE ", ""), ("x", "eve@box"), ("eve@box", ""), ("", "Eve@Box")] {
        assert!(matches!(create(login, email), Err(AccountError::Taken { .. })), "{login} {email}");
    }
    for (login, email) in [("", ""), ("a\n b", ""), (&*"x".repeat(191), ""), ("sa-1-x", ""), ("API_key", "")]
    {
        assert!(matches!(create(login, email), Err(AccountError::Invalid { .. })), "{login:?} {email}");
    }
    accounts.rename_user(id, Profile { login: "eva".into(), ..Profile::default() }).unwrap();
    let forged = Profile { login: "gnomon admin".into(), ..Profile::default() };
    assert!(matches!(accounts.rename_user(id, forged), Err(AccountError::Invalid { .. })));
    assert!(create("eve", "").is_ok());
    for n in 0..100 {
        accounts.set_star(id, &format!("d{n}"), true).unwrap();
    }
    assert!(matches!(accounts.set_star(id, "more", true), Err(AccountError::Full { .. })));
    accounts.set_star(id, "d0", false).unwrap();
    assert_eq!(accounts.stars(id).len(), 99);
    assert_eq!(accounts.stars(0), Vec::<String>::new());
}

#[test]
fn tokens_open_their_account_until_they_end() {
    let dir = tempfile::tempdir().unwrap();
    let (accounts, _) = open(dir.path(), None);
    let account = accounts.create_service_account("Grafana backup", Role::Viewer, false).unwrap();
    assert_eq!(account.login, "sa-1-grafana-backup");
    let (token, key) = accounts.create_token(account.id, "a", None).unwrap();
    let (_, expired) = accounts.create_token(account.id, "b", Some(0)).unwrap();
    let opens =
        |accounts: &Accounts, key: &str| accounts.authenticate_token(key).map(|account| account.login);
    assert_eq!(opens(&accounts, &key).unwrap(), "sa-1-grafana-backup");
    assert!(accounts.seen_ms(token.id).is_some());
    assert!(matches!(opens(&accounts, &expired), Err(LoginError::ExpiredToken)));
    assert!(matches!(opens(&accounts, &token::new_key().unwrap()), Err(LoginError::InvalidToken)));
    assert!(!fs::read_to_string(dir.path().join("users.json")).unwrap().contains(&key));

    let (again, _) = open(dir.path(), None);
    assert!(opens(&again, &key).is_ok());
    let change = |is_disabled| ServiceAccountChange { is_disabled, ..ServiceAccountChange::default() };
    again.change_service_account(account.id, change(Some(true))).unwrap();
    assert!(opens(&again, &key).is_err());
    again.change_service_account(account.id, change(Some(false))).unwrap();
    again.delete_token(account.id, token.id).unwrap();
    assert!(opens(&again, &key).is_err());
    again.delete_service_account(account.id).unwrap();
    assert!(again.service_accounts().is_empty());
}

#[test]
fn a_password_that_was_reset_beside_it_counts_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let (running, _) = open(dir.path(), Some("before"));
    let secret = log_in(&running, ADMIN, "before").unwrap();
    let (tool, _) = open(dir.path(), None);
    tool.reset_password(ADMIN, "after").unwrap();
    assert_eq!(who(&running, &secret), None, "before anybody logs in");
    assert!(log_in(&running, ADMIN, "before").is_err());
    assert!(log_in(&running, ADMIN, "after").is_ok());
}

/// What was written beside it was read once, refused, and then written over.
#[test]
fn what_was_written_beside_it_counts_where_memory_is_used_up() {
    let dir = tempfile::tempdir().unwrap();
    let budget = Budget::new(1 << 20);
    let (running, _) =
        Accounts::open(dir.path(), Some("before"), &budget, Arc::new(SystemClock::default())).unwrap();
    let secret = log_in(&running, ADMIN, "before").unwrap();
    let (tool, _) = open(dir.path(), None);
    for n in 0..10 {
        tool.create_service_account(&format!("{n}{}", "x".repeat(100)), Role::Viewer, false).unwrap();
    }
    tool.reset_password(ADMIN, "after").unwrap();

    let mut others = budget.open(Part::Query);
    assert!(others.grow(budget.limit_bytes() - budget.used_bytes()));
    running.keep();
    assert!(who(&running, &secret).is_none() && running.service_accounts().len() == 10);
    assert!(running.check(ADMIN, "before", HERE).is_err() && running.check(ADMIN, "after", HERE).is_ok());
    let held = budget.part_bytes(Part::Account);
    drop(others);
    running.keep();
    assert!(budget.part_bytes(Part::Account) > held, "paid for later");
    add(&running, "max", Role::Viewer);
    assert!(open(dir.path(), None).0.check(ADMIN, "after", HERE).is_ok());
}

#[test]
fn a_file_of_version_1_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let hash = password::hash("secret").unwrap();
    let path = dir.path().join("users.json");
    fs::write(&path, format!(r#"{{"users": [{{"login": "admin", "password_bcrypt": "{hash}"}}]}}"#)).unwrap();
    let (accounts, made) = open(dir.path(), None);
    assert_eq!(made, None);
    let user = accounts.check(ADMIN, "secret", HERE).unwrap();
    assert_eq!((user.id, user.role, user.is_server_admin), (1, Role::Admin, true));
    accounts.set_role(1, Role::Admin).unwrap();
    assert!(fs::read_to_string(&path).unwrap().contains("\"version\": 2"));
    fs::write(&path, r#"{"version": 3}"#).unwrap();
    let error = Accounts::open(dir.path(), None, &Budget::new(1 << 20), Arc::new(SystemClock::default()))
        .err()
        .unwrap();
    assert!(matches!(error, AccountError::Version { version: 3, .. }), "{error}");
}

#[test]
fn guessing_is_slowed_down_and_unknown_users_look_like_known_ones() {
    let dir = tempfile::tempdir().unwrap();
    let (accounts, _) = open(dir.path(), Some("p"));
    for login in [ADMIN, "nobody"] {
        for _ in 0..5 {
            assert!(matches!(log_in(&accounts, login, "wrong"), Err(LoginError::Invalid)));
        }
        assert!(matches!(log_in(&accounts, login, "p"), Err(LoginError::TooMany { .. })), "{login}");
    }
}

#[test]
fn a_damaged_file_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("users.json"), "{\"users\": [").unwrap();
    let error = Accounts::open(dir.path(), None, &Budget::new(1 << 20), Arc::new(SystemClock::default()))
        .err()
        .unwrap();
    assert!(matches!(error, AccountError::Damaged { .. }), "{error}");
    assert_eq!(fs::read_to_string(dir.path().join("users.json")).unwrap(), "{\"users\": [");
}

/// The file grew past what is read, and the next start failed.
#[test]
fn users_that_could_not_be_read_again_are_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let (mut file, mut directory) = DirectoryFile::open(folder.path()).unwrap();
    file.write(&directory).unwrap();
    directory.organization.name = "x".repeat(32 << 20);
    assert!(matches!(file.write(&directory), Err(AccountError::Full { .. })));
    assert!(DirectoryFile::open(folder.path()).is_ok());
}

#[test]
fn nobody_is_called_as_tokens_are() {
    let profile = Profile { login: "API_key".into(), ..Profile::default() };
    let made = Directory::default().create_user(profile, Role::Viewer, String::new(), 0);
    assert!(matches!(made, Err(AccountError::Invalid { field: "login", .. })));
}

#[test]
fn what_is_held_is_drawn_from_the_budget() {
    let dir = tempfile::tempdir().unwrap();
    let budget = Budget::new(1 << 20);
    let (accounts, _) =
        Accounts::open(dir.path(), Some("correct horse"), &budget, Arc::new(SystemClock::default())).unwrap();
    let held = || budget.part_bytes(Part::Account);
    let alone = held();
    let eva = add(&accounts, "eva", Role::Viewer);
    let with_eva = held();
    assert!(with_eva > alone);
    accounts.set_star(eva, &"x".repeat(40), true).unwrap();
    assert!(held() > alone + 40);
    // Each change copies the directory, and leaves no spare room in the tables that were there.
    accounts.set_star(eva, &"x".repeat(40), true).unwrap();
    let without_team = held();
    let team = accounts.create_team(&"x".repeat(100), "").unwrap().id;
    accounts.put_into_team(team, TeamMember { user_id: eva, is_admin: false }).unwrap();
    assert!(held() >= without_team + 100 + size_of::<Team>() + size_of::<TeamMember>());
    let before = held();
    let first = log_in(&accounts, "eva", "secret").unwrap();
    assert!(held() > before);

    // Without memory a session makes room for the next one, and nobody is added.
    let mut others = budget.open(Part::Query);
    assert!(others.grow(budget.limit_bytes() - budget.used_bytes()));
    let second = log_in(&accounts, "eva", "secret").unwrap();
    assert_eq!((who(&accounts, &first), who(&accounts, &second)), (None, Some("eva".into())));
    let profile = Profile { login: "max".into(), ..Profile::default() };
    let refused = accounts.create_user(profile, Role::Viewer, "secret");
    assert!(matches!(refused, Err(AccountError::Memory { .. })));
    assert!(accounts.find_user("max").is_err());
    drop(others);
    let with_session = held();
    accounts.delete_user(eva).unwrap();
    accounts.keep();
    assert!(held() < with_session);
    drop(accounts);
    assert_eq!(held(), 0);
}
