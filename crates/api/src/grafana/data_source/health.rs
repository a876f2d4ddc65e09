//! `.../health`: whether a data source answers queries.

use axum::{
    Extension, Json, Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use dashboard::{DataSource, data_source::Key};
use http::StatusCode;
use serde_json::{Value, json};

use super::{Asking, Viewer, message, only_behind_login, refusal};
use crate::handler::get;

pub(super) fn routes() -> Router<Asking> {
    Router::new()
        .route("/api/datasources/uid/{uid}/health", get(by_uid))
        .route("/api/datasources/{id}/health", get(by_id))
}

async fn by_uid(
    State(asking): State<Asking>,
    Extension(viewer): Extension<Viewer>,
    Path(uid): Path<String>,
) -> Response {
    answer(&asking, &viewer, Key::Uid(&uid)).await
}

async fn by_id(
    State(asking): State<Asking>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Response {
    match id.parse() {
        Ok(id) => answer(&asking, &viewer, Key::Id(id)).await,
        Err(_) => message(StatusCode::BAD_REQUEST, "id is invalid"),
    }
}

async fn answer(asking: &Asking, viewer: &Viewer, key: Key<'_>) -> Response {
    let source = match asking.grafana.sources.store.find(key) {
        Ok(source) => source,
        Err(error) => return refusal(&error),
    };
    if asking.open && !source.is_own() {
        return only_behind_login();
    }
    match check(asking, viewer, &source).await {
        Ok(()) => Json(json!({ "status": "OK", "message": "Successfully queried the Prometheus API." }))
            .into_response(),
        Err(why) => {
            (StatusCode::BAD_REQUEST, Json(json!({ "status": "ERROR", "message": why }))).into_response()
        }
    }
}

/// Asks what one and one are.
async fn check(asking: &Asking, viewer: &Viewer, source: &DataSource) -> Result<(), String> {
    let (status, body) = asking.ask_briefly(viewer, source, "api/v1/query", "query=1%2B1").await?;
    let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
    if answer["status"] == "success" {
        return Ok(());
    }
    let why = answer["error"].as_str().map_or_else(|| "there is no Prometheus API".to_owned(), str::to_owned);
    Err(format!("HTTP status {status}: {why}"))
}
