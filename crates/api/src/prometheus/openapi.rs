//! `openapi.yaml`: what the API can be asked, for programs to read.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;

use super::{Prometheus, status::API_VERSION};
use crate::parameter::Parameters;

/// Head and paths, and what these refer to.
const PATHS: &str = include_str!("openapi.yaml");
const COMPONENTS: &str = include_str!("openapi-components.yaml");

/// A path that OpenAPI 3.2 can describe and 3.1 cannot: a stream of events.
const EVENTS: &str = include_str!("openapi-events.yaml");

pub(super) async fn document(State(state): State<Prometheus>, parameters: Parameters) -> Response {
    let server = format!("{}/api/v1", state.settings.external);
    let body = written(parameters.get("openapi_version"), &server);
    let headers = [
        (header::CONTENT_TYPE, "application/yaml; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache, no-store, must-revalidate"),
    ];
    (headers, body).into_response()
}

/// The document in a version of OpenAPI; in 3.1, which most programs read, unless 3.2 is asked for.
fn written(version: &str, server: &str) -> String {
    let paths = PATHS.replacen("SERVER", server, 1).replacen("VERSION", API_VERSION, 1);
    if matches!(version, "3.2" | "3.2.0") {
        let paths = paths.replacen("openapi: 3.1.0", "openapi: 3.2.0", 1);
        [paths.as_str(), EVENTS, COMPONENTS].concat()
    } else {
        [paths.as_str(), COMPONENTS].concat()
    }
}

#[cfg(test)]
mod tests;
