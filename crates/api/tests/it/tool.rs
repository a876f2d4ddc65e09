//! What tools for Grafana ask, replayed: `conformance/api/tools.txt`.

use std::{collections::BTreeMap, fs};

use axum::Router;
use http::Method;
use serde_json::Value;

use crate::{case, library::ask, stack::Stack};

/// What was kept of answers, by name.
type Kept = BTreeMap<String, String>;

fn filled(text: &str, kept: &Kept) -> String {
    kept.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("${name}"), value))
}

/// The value of a path such as `items.0.name`.
fn field<'a>(answer: &'a Value, path: &str) -> Option<&'a Value> {
    answer.pointer(&format!("/{}", path.replace('.', "/")))
}

/// What is wrong with an answer, if something is; keeps what has to be kept.
fn complaint(answer: &Value, condition: &str, kept: &mut Kept) -> Option<String> {
    if let Some((name, path)) = condition.split_once(":=") {
        let value = field(answer, path)?;
        kept.insert(name.to_owned(), value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        return None;
    }
    let (path, expected) = match condition.split_once('=') {
        Some((path, expected)) => (path, Some(serde_json::from_str::<Value>(expected).unwrap())),
        None => (condition, None),
    };
    let found = field(answer, path).filter(|value| !value.is_null());
    let is_right = found.is_some() && expected.is_none_or(|expected| found == Some(&expected));
    (!is_right).then(|| condition.to_owned())
}

/// Sends what one tool sends; the lines come in pairs.
async fn replay(router: &Router, lines: &[&str]) -> Vec<String> {
    let (mut kept, mut wrong) = (Kept::new(), Vec::new());
    for pair in lines.chunks(2) {
        let [request, expected]: [&str; 2] = pair.try_into().unwrap();
        let request = filled(request, &kept);
        let mut parts = request.splitn(3, ' ');
        let method: Method = parts.next().unwrap().parse().unwrap();
        let (status, answer) =
            ask(router, method, parts.next().unwrap(), parts.next().unwrap_or_default()).await;
        let expected = filled(expected, &kept);
        let mut is_text = false;
        let mut conditions = expected.split(|c| {
            is_text ^= c == '"';
            c == ' ' && !is_text
        });
        let is_status = conditions.next() == Some(status.as_str());
        let complaints: Vec<_> =
            conditions.filter_map(|condition| complaint(&answer, condition, &mut kept)).collect();
        if !is_status || !complaints.is_empty() {
            wrong.push(format!("{request}\n  {status} {complaints:?} in {answer}"));
        }
    }
    wrong
}

#[tokio::test]
async fn tools_get_what_they_need() {
    let text = fs::read_to_string(case::folder().join("tools.txt")).unwrap();
    let mut wrong = Vec::new();
    for tool in text.split("\n== ").skip(1) {
        let mut lines: Vec<_> = tool.lines().filter(|line| !line.is_empty()).collect();
        let name = lines.remove(0);
        let complaints = replay(&Stack::new().dashboards(), &lines).await;
        wrong.extend(complaints.into_iter().map(|complaint| format!("{name}: {complaint}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
