//! What resources there are: `/apis`, a group and a version below it, as clients of Kubernetes ask before all else.

use axum::{
    Json, Router,
    extract::Path,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::{Value, json};

use super::{Resource, dashboard::Dashboards, folder::Folders, print::failure};
use crate::{
    grafana::{Grafana, request::Refusal},
    handler::get,
};

/// What can be done with a resource.
const VERBS: [&str; 6] = ["create", "delete", "get", "list", "patch", "update"];

pub(super) fn routes() -> Router<Grafana> {
    let mut groups = json!({ "kind": "APIGroupList", "apiVersion": "v1" });
    groups["groups"] = json!([group::<Dashboards>(), group::<Folders>()]);
    Router::new()
        .route("/apis", get(async move || Json(groups)))
        .merge(routes_of::<Dashboards>())
        .merge(routes_of::<Folders>())
}

fn routes_of<R: Resource>() -> Router<Grafana> {
    let mut alone = group::<R>();
    alone["kind"] = "APIGroup".into();
    alone["apiVersion"] = "v1".into();
    let path = format!("/apis/{}", R::GROUP);
    Router::new()
        .route(&path, get(async move || Json(alone)))
        .route(&format!("{path}/{{version}}"), get(resources::<R>))
}

fn group<R: Resource>() -> Value {
    let version =
        |version: &&str| json!({ "groupVersion": format!("{}/{version}", R::GROUP), "version": version });
    let versions: Vec<Value> = R::VERSIONS.iter().map(version).collect();
    json!({ "name": R::GROUP, "preferredVersion": versions.first(), "versions": versions })
}

async fn resources<R: Resource>(Path(version): Path<String>) -> Response {
    if !R::VERSIONS.contains(&version.as_str()) {
        let text = format!("there are {} of the versions {}", R::PLURAL, R::VERSIONS.join(", "));
        return failure(Refusal::new(StatusCode::NOT_FOUND, text));
    }
    let resource = json!({
        "name": R::PLURAL, "singularName": R::KIND.to_lowercase(), "namespaced": true, "kind": R::KIND, "verbs": VERBS,
    });
    let all = json!({
        "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": format!("{}/{version}", R::GROUP),
        "resources": [resource],
    });
    Json(all).into_response()
}
