//! Every route of Grafana's API, and who may ask: `conformance/api/roles.txt` against the router.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    case,
    people::{Caller, SECRET},
    stack::Stack,
};

const LEVELS: [&str; 6] = ["key", "anonymous", "user", "editor", "admin", "server"];
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

struct Route {
    method: String,
    path: String,
    /// Its place in [`LEVELS`].
    level: usize,
}

fn routes() -> Vec<Route> {
    let text = fs::read_to_string(case::folder().join("roles.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let route = |line: &str| {
        let [method, path, level] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let level = LEVELS.iter().position(|known| *known == level).unwrap();
        Route { method: method.to_owned(), path: path.to_owned(), level }
    };
    lines.map(route).collect()
}

/// What is asked for is there; the admin.
async fn furnish(stack: &Stack) -> Caller {
    let admin = Caller::admin(stack).await;
    admin.change("POST", "/api/dashboards/db", json!({"dashboard": {"uid": "fan", "title": "Fan"}})).await;
    for uid in ["attic", "cellar"] {
        admin.change("POST", "/api/folders", json!({"uid": uid, "title": uid})).await;
    }
    admin
}

/// Somebody of each level; the first two have no log-in.
async fn callers(stack: &Stack, open: &Stack) -> Vec<Caller> {
    furnish(open).await;
    let server = furnish(stack).await;
    let mut callers = vec![Caller::nobody(stack), Caller::nobody(open)];
    for role in ["Viewer", "Editor", "Admin"] {
        let login = format!("a {role}");
        server.add(&login, role).await;
        callers.push(Caller::logged_in(stack, &login, SECRET).await);
    }
    callers.push(server);
    callers
}

#[tokio::test]
async fn everybody_may_what_the_table_says_and_nothing_else() {
    let (stack, open) = (Stack::new(), Stack::new().open_to_everybody());
    let callers = callers(&stack, &open).await;
    let mut wrong = Vec::new();
    for Route { method, path, level } in routes() {
        for (own, caller) in callers.iter().enumerate() {
            let (status, answer) = caller.ask(&method, &path, json!({})).await;
            let refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&status)
                && answer["message"] != "Invalid old password";
            if refused != (own < level) || status == StatusCode::METHOD_NOT_ALLOWED {
                wrong.push(format!("{method} {path} as {}: {status} {answer}", LEVELS[own]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn no_path_knows_more_methods_than_the_table() {
    let stack = Stack::new();
    let admin = Caller::admin(&stack).await;
    let mut known = BTreeMap::<String, BTreeSet<String>>::new();
    for Route { method, path, .. } in routes() {
        known.entry(path).or_default().insert(method);
    }
    // A data source is asked with any method.
    known.retain(|path, _| !path.contains("/proxy/") && !path.contains("/resources/"));
    for (path, methods) in known {
        for method in METHODS.iter().filter(|method| !methods.contains(**method)) {
            let (status, _) = admin.ask(method, &path, Value::Null).await;
            assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        }
    }
}

#[test]
fn the_table_has_every_path_of_the_source() {
    let mut patterns = BTreeSet::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/grafana"), &mut patterns);
    assert!(patterns.len() > 100, "{patterns:?}");
    let routes = routes();
    let missing: Vec<_> =
        patterns.iter().filter(|pattern| !routes.iter().any(|route| is_of(&route.path, pattern))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The texts in the source that are paths of routes, but for those of tests.
fn collect(folder: &Path, patterns: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, patterns);
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap();
        let texts =
            source.split('"').skip(1).step_by(2).map(|text| text.replace("{{", "{").replace("}}", "}"));
        let is_path = |text: &String| {
            (text.starts_with("/api/") || text.starts_with("/render/")) && !text.ends_with('/')
        };
        patterns.extend(texts.filter(is_path));
    }
}

fn is_of(path: &str, pattern: &str) -> bool {
    let mut parts = path.split('?').next().unwrap().split('/');
    for own in pattern.split('/') {
        match (own, parts.next()) {
            (own, Some(_)) if own.starts_with("{*") => return true,
            (own, Some(part)) if own == part || own.starts_with('{') => {}
            _ => return false,
        }
    }
    parts.next().is_none()
}
