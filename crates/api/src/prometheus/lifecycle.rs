//! What stands outside of `/api/v1`: health, reload and end of the process, its own metrics, federation.

use axum::{
    Router,
    extract::State,
    middleware,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode, header};

use super::{Prometheus, when_ready};
use crate::{
    json::Object,
    method::{GET, GET_HEAD, endpoint},
};

const CHANGES: &str = "GET, OPTIONS, POST, PUT";

/// Routes outside of `/api/v1`.
pub(crate) fn routes(state: &Prometheus) -> Router {
    let ready = endpoint(GET_HEAD, async || "Prometheus Server is Ready.\n")
        .layer(middleware::from_fn_with_state(state.clone(), when_ready));
    let federate = endpoint(GET, super::federate::federate)
        .layer(middleware::from_fn_with_state(state.clone(), when_ready));
    Router::new()
        .route("/federate", federate)
        .route("/-/healthy", endpoint(GET_HEAD, async || "Prometheus Server is Healthy.\n"))
        .route("/-/ready", ready)
        .route("/-/reload", endpoint(CHANGES, reload))
        .route("/-/quit", endpoint(CHANGES, quit))
        .route("/version", endpoint(GET, version))
        .with_state(state.clone())
        .merge(metrics_route(state))
}

/// The route of the metrics about the stack itself.
pub(crate) fn metrics_route(state: &Prometheus) -> Router {
    Router::new().route("/metrics", endpoint(GET, metrics)).with_state(state.clone())
}

async fn reload(State(state): State<Prometheus>, method: Method) -> Response {
    if let Some(refusal) = refusal(&state, &method) {
        return refusal;
    }
    match state.instance.reload().await {
        Ok(()) => ().into_response(),
        Err(why) => {
            let text = format!("failed to reload config: {why}\n");
            (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
        }
    }
}

async fn quit(State(state): State<Prometheus>, method: Method) -> Response {
    if let Some(refusal) = refusal(&state, &method) {
        return refusal;
    }
    let first = state.instance.quit();
    let text = if first { "Requesting termination... Goodbye!" } else { "Termination already in progress." };
    text.into_response()
}

/// Only `POST` and `PUT` pass, and these only when the flag is set.
fn refusal(state: &Prometheus, method: &Method) -> Option<Response> {
    if method == Method::GET {
        return Some((StatusCode::METHOD_NOT_ALLOWED, "Only POST or PUT requests allowed").into_response());
    }
    let refused = !state.settings.lifecycle;
    refused.then(|| (StatusCode::FORBIDDEN, "Lifecycle API is not enabled.").into_response())
}

async fn metrics(State(state): State<Prometheus>, headers: HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let page = state.instance.metrics(accept);
    ([(header::CONTENT_TYPE, page.content_type)], page.body).into_response()
}

async fn version(State(state): State<Prometheus>) -> String {
    let mut body = String::new();
    let mut object = Object::new(&mut body);
    super::status::write_build_info(&mut object, &state.settings);
    object.end();
    body + "\n"
}
