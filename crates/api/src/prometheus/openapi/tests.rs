//! The document against the routes, and against the parameters that handlers ask for.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::Value;
use tower_service::Service;

use super::written;
use crate::parameter::asked_for;

#[path = "../../../tests/it/case.rs"]
#[expect(dead_code, reason = "the integration tests use the rest")]
mod case;
#[path = "../../../tests/it/stack.rs"]
#[expect(dead_code, reason = "the integration tests use the rest")]
mod stack;

/// Parameters that mean nothing as long as there are no rules.
const OF_RULES: [&str; 4] = ["rule_name[]", "rule_group[]", "file[]", "match[]"];

/// Endpoints that read no parameters, but a message or for ever.
const WITHOUT_PARAMETERS: [&str; 4] = ["/read", "/write", "/otlp/v1/metrics", "/notifications/live"];

fn document() -> Value {
    let text = written("3.2", "http://box:9090/api/v1");
    serde_saphyr::from_str(&text).unwrap()
}

fn paths(document: &Value) -> &serde_json::Map<String, Value> {
    document["paths"].as_object().unwrap()
}

/// What a reference stands for.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => document.pointer(&reference[1..]).unwrap_or_else(|| panic!("{reference}")),
        None => value,
    }
}

/// The parameters of an operation with examples of their values.
fn parameters(document: &Value, operation: &Value) -> BTreeMap<String, String> {
    let listed = operation["parameters"].as_array().into_iter().flatten();
    let listed = listed.map(|parameter| resolved(document, parameter));
    listed
        .map(|parameter| {
            let example = &parameter["example"];
            let example = example.get(0).unwrap_or(example);
            let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
            (parameter["name"].as_str().unwrap().to_owned(), text)
        })
        .collect()
}

/// The paths in the source of the routes.
fn routes() -> BTreeSet<String> {
    let sources = [include_str!("../../prometheus.rs"), include_str!("../admin.rs")];
    let routes = sources.iter().flat_map(|source| source.split(".route(\"").skip(1));
    let paths = routes.filter_map(|route| route.split('"').next());
    paths.map(|path| path.trim_start_matches("/api/v1").to_owned()).collect()
}

async fn status(method: Method, path: &str) -> StatusCode {
    let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    stack::Stack::with_admin().prometheus().call(request).await.unwrap().status()
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let document = document();
    let described: BTreeSet<String> = paths(&document).keys().cloned().collect();
    assert_eq!(described, routes());
    assert!(written("", "x").contains("openapi: 3.1.0") && !written("", "x").contains("/notifications/live"));
}

#[tokio::test]
async fn every_route_takes_the_methods_that_are_described_and_no_other() {
    let document = document();
    for (path, item) in paths(&document) {
        let at = format!("/api/v1{}", path.replace("{name}", "job"));
        for method in ["GET", "POST", "PUT", "DELETE"] {
            let described = item.get(method.to_lowercase()).is_some();
            let taken = status(method.parse().unwrap(), &at).await != StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(taken, described, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn every_parameter_is_described_and_read() {
    let document = document();
    for (path, item) in
        paths(&document).iter().filter(|(path, _)| !WITHOUT_PARAMETERS.contains(&path.as_str()))
    {
        let method = if item.get("get").is_some() { Method::GET } else { Method::POST };
        let described = parameters(&document, &item[method.as_str().to_lowercase()]);
        let query: Vec<_> =
            described.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let at = format!("/api/v1{}?{}", path.replace("{name}", "job"), query.join("&"));
        asked_for();
        let answered = status(method, &at).await;
        let mut read = asked_for();
        if path == "/rules" {
            read.extend(OF_RULES.map(str::to_owned));
        }
        let described: BTreeSet<_> = described.into_keys().collect();
        assert_eq!(read, described, "{at}: {answered}");
    }
}

#[test]
fn forms_have_the_parameters_of_the_url_and_references_lead_somewhere() {
    let document = document();
    for (path, item) in paths(&document) {
        for operation in ["get", "post", "put"].iter().filter_map(|method| item.get(method)) {
            for answer in operation["responses"].as_object().unwrap().values() {
                resolved(&document, answer);
            }
        }
        let form = item.pointer("/post/requestBody/content/application~1x-www-form-urlencoded/schema");
        let Some(form) = form.map(|form| resolved(&document, form)) else { continue };
        let fields: BTreeSet<_> = form["properties"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(fields, parameters(&document, &item["get"]).into_keys().collect(), "{path}");
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
