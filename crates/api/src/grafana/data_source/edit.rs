//! Adding, changing and removing data sources.

use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    response::{IntoResponse, Response},
};
use dashboard::{DataSource, DataSourceError, Definition, Role, data_source::Key};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Grafana, Viewer, at_least, json::whole, message, refusal};
use crate::handler::{delete, post, put};

/// Bytes of a request: the settings of a data source at their largest, quoted.
const BODY_BYTES_MAX: usize = 256 << 10;

/// Routes for admins.
pub(super) fn routes() -> Router<Grafana> {
    let routes = Router::new()
        .route("/api/datasources", post(add))
        .route("/api/datasources/{id}", put(update_by_id).merge(delete(remove_by_id)))
        .route("/api/datasources/uid/{uid}", put(update_by_uid).merge(delete(remove_by_uid)))
        .route("/api/datasources/name/{name}", delete(remove_by_name));
    routes.route_layer(at_least(Role::Admin)).layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// What a client sends.
#[derive(Deserialize)]
struct Change {
    #[serde(flatten)]
    definition: Definition,
    /// The one that the client has seen.
    version: Option<u64>,
}

impl Change {
    fn read(body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body).map(without_nulls).and_then(serde_json::from_value)
    }
}

fn bad_request(error: &serde_json::Error) -> Response {
    message(StatusCode::BAD_REQUEST, &format!("bad request data: {error}"))
}

/// Clients write null for what they do not set.
fn without_nulls(mut body: Value) -> Value {
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
        if let Some(secrets) = fields.get_mut("secureJsonData").and_then(Value::as_object_mut) {
            secrets.retain(|_, value| !value.is_null());
        }
    }
    body
}

async fn add(State(grafana): State<Grafana>, Extension(viewer): Extension<Viewer>, body: Bytes) -> Response {
    let change = match Change::read(&body) {
        Ok(change) => change,
        Err(error) => return bad_request(&error),
    };
    match grafana.blocking(|grafana| grafana.sources.store.add(change.definition)).await {
        Ok(added) => changed(&grafana, &viewer, added.as_deref(), "Datasource added"),
        Err(error) => error,
    }
}

async fn update_by_id(
    grafana: State<Grafana>,
    viewer: Extension<Viewer>,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    match id.parse() {
        Ok(id) => update(&grafana, &viewer, Chosen::Id(id), &body).await,
        Err(_) => message(StatusCode::BAD_REQUEST, "id is invalid"),
    }
}

async fn update_by_uid(
    grafana: State<Grafana>,
    viewer: Extension<Viewer>,
    Path(uid): Path<String>,
    body: Bytes,
) -> Response {
    update(&grafana, &viewer, Chosen::Uid(uid), &body).await
}

/// A key that goes to another thread.
enum Chosen {
    Id(u64),
    Uid(String),
    Name(String),
}

impl Chosen {
    fn key(&self) -> Key<'_> {
        match self {
            Self::Id(id) => Key::Id(*id),
            Self::Uid(uid) => Key::Uid(uid),
            Self::Name(name) => Key::Name(name),
        }
    }
}

async fn update(grafana: &Grafana, viewer: &Viewer, chosen: Chosen, body: &[u8]) -> Response {
    let Change { definition, version } = match Change::read(body) {
        Ok(change) => change,
        Err(error) => return bad_request(&error),
    };
    let done = grafana.blocking(move |g| g.sources.store.update(chosen.key(), definition, version)).await;
    match done {
        Ok(Err(DataSourceError::ReadOnly)) => {
            message(StatusCode::FORBIDDEN, "Cannot update read-only data source")
        }
        Ok(updated) => changed(grafana, viewer, updated.as_deref(), "Datasource updated"),
        Err(error) => error,
    }
}

fn changed(
    grafana: &Grafana,
    viewer: &Viewer,
    done: Result<&DataSource, &DataSourceError>,
    text: &str,
) -> Response {
    match done {
        Ok(source) => Json(json!({
            "message": text,
            "id": source.id,
            "name": source.definition.name,
            "datasource": whole(grafana, viewer, source),
        }))
        .into_response(),
        Err(error) => refusal(error),
    }
}

async fn remove_by_id(grafana: State<Grafana>, Path(id): Path<String>) -> Response {
    match id.parse() {
        Ok(id) => remove(&grafana, Chosen::Id(id)).await,
        Err(_) => message(StatusCode::BAD_REQUEST, "id is invalid"),
    }
}

async fn remove_by_uid(grafana: State<Grafana>, Path(uid): Path<String>) -> Response {
    remove(&grafana, Chosen::Uid(uid)).await
}

async fn remove_by_name(grafana: State<Grafana>, Path(name): Path<String>) -> Response {
    remove(&grafana, Chosen::Name(name)).await
}

async fn remove(grafana: &Grafana, chosen: Chosen) -> Response {
    match grafana.blocking(move |grafana| grafana.sources.store.remove(chosen.key())).await {
        Ok(Ok(source)) => {
            grafana.sources.upstreams.forget(source.id);
            Json(json!({ "message": "Data source deleted", "id": source.id })).into_response()
        }
        Ok(Err(DataSourceError::ReadOnly)) => {
            message(StatusCode::FORBIDDEN, "Cannot delete read-only data source")
        }
        Ok(Err(error)) => refusal(&error),
        Err(error) => error,
    }
}
