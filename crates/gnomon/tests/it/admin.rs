//! `gnomon admin` on a folder of accounts.
#![allow(clippy::unwrap_used)] // In helpers of tests, too, a failure ends the test.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

fn reset(folder: &Path, args: &[&str], typed: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gnomon"));
    command.args(["admin", "reset-password", "--storage.tsdb.path"]).arg(folder).args(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut program = command.spawn().unwrap();
    program.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    program.wait_with_output().unwrap()
}

#[test]
fn a_password_is_reset_in_a_folder_that_has_accounts() {
    let dir = tempfile::tempdir().unwrap();
    let users = dir.path().join("users.json");
    let missing = reset(dir.path(), &["secret"], "");
    let said = String::from_utf8_lossy(&missing.stderr).into_owned();
    assert!(!missing.status.success() && said.contains("--storage.tsdb.path"), "{said}");
    assert!(!users.exists(), "a folder that is misspelt is left alone");

    fs::write(&users, r#"{"users": [{"login": "admin", "password_bcrypt": "lost"}]}"#).unwrap();
    assert_eq!(reset(dir.path(), &[], "from standard input\n").status.code(), Some(0));
    let first = fs::read_to_string(&users).unwrap();
    assert!(
        first.contains("$2b$10$") && !first.contains("lost") && !first.contains("standard input"),
        "{first}"
    );
    assert_eq!(reset(dir.path(), &["as an argument", "--user=eve"], "").status.code(), Some(0));
    assert!(fs::read_to_string(&users).unwrap().contains("\"login\": \"eve\""));
    assert_eq!(fs::read_to_string(dir.path().join("audit.log")).unwrap().lines().count(), 2);

    let before = fs::read_to_string(&users).unwrap();
    assert_eq!(reset(dir.path(), &[], "abc\n").status.code(), Some(1), "too short");
    assert_eq!(fs::read_to_string(&users).unwrap(), before);
}
