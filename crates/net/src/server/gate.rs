//! Who may ask, and how often: the layer in front of all others.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};

use super::web_config::WebConfigFile;

/// Has every request of the router looked at as the web configuration says.
pub(super) fn guard(router: Router, config: Arc<WebConfigFile>) -> Router {
    router.layer(middleware::from_fn_with_state(config, admit))
}

async fn admit(State(file): State<Arc<WebConfigFile>>, request: Request, next: Next) -> Response {
    let config = file.current().await;
    if config.rate_limit.as_ref().is_some_and(|limit| !limit.allow()) {
        return refusal(StatusCode::TOO_MANY_REQUESTS);
    }
    let mut response = if config.users.is_empty() || config.users.admit(request.headers()).await {
        next.run(request).await
    } else {
        let mut refusal = refusal(StatusCode::UNAUTHORIZED);
        refusal.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"));
        refusal
    };
    set(response.headers_mut(), &config.headers);
    response
}

/// The words of Go's `http.Error`.
fn refusal(status: StatusCode) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (status, headers, format!("{}\n", status.canonical_reason().unwrap_or_default())).into_response()
}

fn set(headers: &mut HeaderMap, wanted: &HeaderMap) {
    for (name, value) in wanted {
        if value.is_empty() {
            headers.remove(name);
        } else {
            headers.insert(name, value.clone());
        }
    }
}
