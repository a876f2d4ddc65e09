//! `openapi.yaml`: what the API can be asked, for programs to read.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;

use super::{Prometheus, status::API_VERSION};
use crate::parameter::Parameters;

const DOCUMENT: &str = include_str!("openapi.yaml");

/// What OpenAPI 3.2 can describe beside that: a stream of events.
const EVENTS: &str = include_str!("openapi-events.yaml");

/// Where these stand in the document.
const COMPONENTS: &str = "\ncomponents:\n";

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
    let document = DOCUMENT.replacen("SERVER", server, 1).replacen("VERSION", API_VERSION, 1);
    if !matches!(version, "3.2" | "3.2.0") {
        return document;
    }
    let components = format!("\n{EVENTS}{}", COMPONENTS.trim_start());
    document.replacen("openapi: 3.1.0", "openapi: 3.2.0", 1).replacen(COMPONENTS, &components, 1)
}

#[cfg(test)]
mod tests;
