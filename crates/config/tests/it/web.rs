//! Web configurations: what is refused with what words, and what is taken.
#![allow(clippy::unwrap_used)] // In helpers of tests, too, a failure ends the test.

use std::{fs, path::Path};

use config::{BasicAuth, load_web};
use rcgen::{CertifiedKey, generate_simple_self_signed};

const CASES: &str = include_str!("../../../../conformance/config/web-errors.txt");

fn load(folder: &Path, text: &str) -> Result<net::server::WebConfig, String> {
    let path = folder.join("web.yml");
    fs::write(&path, text).unwrap();
    let folder = format!("{}/", folder.display());
    load_web(&path, BasicAuth::Taken).map_err(|error| error.to_string().replace(&folder, ""))
}

/// A folder with `server.crt`, `server.key` and the key of another certificate, `other.key`.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let make = || generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (CertifiedKey { cert, signing_key }, other) = (make(), make().signing_key);
    fs::write(folder.path().join("server.crt"), cert.pem()).unwrap();
    fs::write(folder.path().join("server.key"), signing_key.serialize_pem()).unwrap();
    fs::write(folder.path().join("other.key"), other.serialize_pem()).unwrap();
    folder
}

#[test]
fn every_refusal_names_place_and_cure() {
    let folder = folder();
    let mut failures = String::new();
    for case in CASES.split("\n== ").skip(1) {
        let (title, rest) = case.split_once('\n').expect("a title");
        let (text, expected) = rest.split_once("-- error\n").expect("an expected error");
        let message = load(folder.path(), text).err().unwrap_or_else(|| "no error".to_owned());
        if message.trim() != expected.trim() {
            failures += &format!("== {title}\n{text}-- error\n{message}\n\n");
        }
    }
    assert!(failures.is_empty(), "these differ; they read now:\n\n{failures}");
}

#[test]
fn all_that_the_format_has_is_taken() {
    let folder = folder();
    let text = include_str!("../../../../conformance/config/web-every-key.yml");
    let config = load(folder.path(), text).unwrap();
    let tls = config.tls.unwrap();
    assert!(tls.ignore_client_order && tls.alpn_protocols == [b"http/1.1"]);
    assert_eq!(config.headers.len(), 5);
    assert!(!config.users.is_empty() && config.rate_limit.is_some());
    let names: Vec<_> = config.files.iter().filter_map(|path| path.file_name()).collect();
    assert_eq!(names, ["server.crt", "server.key", "server.crt", "web.yml"]);

    let empty = load(folder.path(), "").unwrap();
    assert!(empty.tls.is_none() && empty.headers.is_empty() && empty.users.is_empty());
    assert!(empty.rate_limit.is_none());
}

#[test]
fn the_dashboards_take_no_users() {
    let folder = folder();
    let path = folder.path().join("web.yml");
    fs::write(
        &path,
        "basic_auth_users: {ann: $2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG}\n",
    )
    .unwrap();
    assert!(load_web(&path, BasicAuth::Taken).is_ok());
    let error = load_web(&path, BasicAuth::Refused).unwrap_err().to_string();
    assert!(
        error.contains("line 1, column 19: basic_auth_users: the dashboards have users of their own"),
        "{error}"
    );
}
