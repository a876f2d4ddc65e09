//! What there is none of here and clients ask for all the same, many of them before anything else: empty lists in the
//! shape that Grafana gives them, and its words for one that is not found. Nothing can be added.

use axum::{
    Json, Router,
    response::{IntoResponse, Response},
};
use dashboard::Role;
use http::{StatusCode, header};
use serde_json::json;

use super::{Grafana, at_least, message, search::Page};
use crate::{handler::get, parameter::Parameters};

/// What everybody may ask for: alerts and their rules, playlists, plugins.
const LISTS: [(&str, &str); 9] = [
    ("/api/alerts", "[]"),
    ("/api/playlists", "[]"),
    ("/api/plugins", "[]"),
    ("/api/prometheus/grafana/api/v1/alerts", r#"{"status":"success","data":{"alerts":[]}}"#),
    ("/api/prometheus/grafana/api/v1/rules", r#"{"status":"success","data":{"groups":[]}}"#),
    ("/api/ruler/grafana/api/v1/rules", "{}"),
    ("/api/alertmanager/grafana/api/v2/alerts", "[]"),
    ("/api/alertmanager/grafana/api/v2/alerts/groups", "[]"),
    ("/api/alertmanager/grafana/api/v2/silences", "[]"),
];

/// The same for editors: what provisions alerting.
const LISTS_FOR_EDITORS: [(&str, &str); 6] = [
    ("/api/alert-notifications", "[]"),
    ("/api/v1/provisioning/alert-rules", "[]"),
    ("/api/v1/provisioning/contact-points", "[]"),
    ("/api/v1/provisioning/mute-timings", "[]"),
    // A tree of routes, whose root says nothing.
    ("/api/v1/provisioning/policies", "{}"),
    ("/api/v1/provisioning/templates", "[]"),
];

/// The same for admins: keys of before there were service accounts.
const LISTS_FOR_ADMINS: [(&str, &str); 1] = [("/api/auth/keys", "[]")];

pub(super) fn routes() -> Router<Grafana> {
    lists(&LISTS)
        .merge(lists(&LISTS_FOR_EDITORS).route_layer(at_least(Role::Editor)))
        .merge(lists(&LISTS_FOR_ADMINS).route_layer(at_least(Role::Admin)))
        .route("/api/playlists/{uid}", get(async || message(StatusCode::NOT_FOUND, "Playlist not found")))
        .route("/api/library-elements", get(library_elements))
        .route("/api/library-elements/{uid}", get(no_library_element))
        .route("/api/library-elements/name/{name}", get(no_library_element))
        .route("/api/dashboards/public-dashboards", get(public_dashboards))
        .route("/api/dashboards/uid/{uid}/public-dashboards", get(no_public_dashboard))
}

fn lists(all: &[(&'static str, &'static str)]) -> Router<Grafana> {
    all.iter().fold(Router::new(), |router, (path, text)| {
        router.route(path, get(([(header::CONTENT_TYPE, "application/json")], *text)))
    })
}

async fn library_elements(parameters: Parameters) -> Response {
    let page = Page::of(&parameters);
    let result = json!({ "totalCount": 0, "page": page.number, "perPage": page.limit, "elements": [] });
    Json(json!({ "result": result })).into_response()
}

async fn no_library_element() -> Response {
    message(StatusCode::NOT_FOUND, "library element could not be found")
}

async fn public_dashboards(parameters: Parameters) -> Response {
    let page = Page::of(&parameters);
    let none = json!({ "publicDashboards": [], "totalCount": 0, "page": page.number, "perPage": page.limit });
    Json(none).into_response()
}

async fn no_public_dashboard() -> Response {
    let none = json!({
        "statusCode": 404, "messageId": "publicdashboards.notFound", "message": "Public dashboard not found",
    });
    (StatusCode::NOT_FOUND, Json(none)).into_response()
}
