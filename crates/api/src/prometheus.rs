//! Prometheus's HTTP API, version 1, and the endpoints beside it.

mod answer;
mod cors;
mod lifecycle;
#[allow(dead_code, unused_imports)] // Queries, which use the rest of it, follow.
mod status;
#[allow(dead_code, unused_imports)] // Queries, which use the rest of it, follow.
mod stream;
mod target;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode};

use crate::{
    instance::{Instance, Readiness, Settings},
    method::{GET, endpoint, not_found},
};

pub(crate) use lifecycle::routes as lifecycle_routes;

/// What the handlers share.
#[derive(Clone)]
pub struct Prometheus {
    /// The running stack.
    pub instance: Arc<dyn Instance>,
    /// What does not change.
    pub settings: Arc<Settings>,
}

/// Routes of the API, relative to `/api/v1`.
pub(crate) fn api_routes(state: &Prometheus) -> Router {
    let router = Router::new()
        .route("/targets", endpoint(GET, target::targets))
        .route("/status/buildinfo", endpoint(GET, status::build_info))
        .route("/status/runtimeinfo", endpoint(GET, status::runtime_info))
        .route("/status/config", endpoint(GET, status::config))
        .route("/status/flags", endpoint(GET, status::flags))
        .fallback(no_endpoint);
    router
        .layer(middleware::from_fn_with_state(state.clone(), cors::add_headers))
        .layer(middleware::from_fn_with_state(state.clone(), when_ready))
        .with_state(state.clone())
}

/// A path that there is not; browsers ask with `OPTIONS` before they know.
async fn no_endpoint(method: Method) -> Response {
    if method == Method::OPTIONS { StatusCode::NO_CONTENT.into_response() } else { not_found().await }
}

/// Answers 503 until the store is open, and again once the process is about to end.
async fn when_ready(State(state): State<Prometheus>, request: Request, next: Next) -> Response {
    let stopping = match state.instance.readiness() {
        Readiness::Ready => return next.run(request).await,
        Readiness::Starting => "false",
        Readiness::Stopping => "true",
    };
    (StatusCode::SERVICE_UNAVAILABLE, [("x-prometheus-stopping", stopping)], "Service Unavailable")
        .into_response()
}
