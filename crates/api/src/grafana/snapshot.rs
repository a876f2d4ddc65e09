//! Snapshots: `/api/snapshots`, as Grafana answers it. Who has a snapshot's key sees it without a login.

use axum::{
    Extension, Json, Router,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use dashboard::{NewSnapshot, Object, Role, Snapshot, SnapshotError};
use http::StatusCode;
use model::{Part, Reservation};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use super::{
    Grafana, Viewer, at_least,
    folder::rfc3339,
    request::{Refusal, nullable, parse},
};
use crate::{
    handler::{delete as delete_with, get, post},
    parameter::{Parameters, parse_integer},
    prometheus::stream::{self, Pieces},
};

/// Snapshots in a list that names no number, as in Grafana.
const LIMIT: usize = 1_000;

const DELETED: &str = "Snapshot deleted. It might take an hour before it's cleared from any CDN caches.";

/// Making and deleting snapshots, for editors.
pub(super) fn routes() -> Router<Grafana> {
    let changes = Router::new()
        .route("/api/snapshots", post(add))
        .route("/api/snapshots/{key}", delete_with(delete))
        .route("/api/snapshots-delete/{key}", get(delete_by))
        .route("/api/dashboard/snapshots", get(list));
    changes.route_layer(at_least(Role::Editor)).route("/api/snapshot/shared-options", get(sharing))
}

/// Routes for whoever has the key of a snapshot, logged in or not.
pub(crate) fn shared_routes(grafana: &Grafana) -> Router {
    Router::new().route("/api/snapshots/{key}", get(by_key)).with_state(grafana.clone())
}

#[derive(Deserialize)]
struct SnapshotRequest<'a> {
    #[serde(borrow)]
    dashboard: &'a RawValue,
    #[serde(default, deserialize_with = "nullable")]
    name: String,
    /// Seconds.
    #[serde(default, deserialize_with = "nullable")]
    expires: i64,
    #[serde(default, deserialize_with = "nullable")]
    external: bool,
}

impl From<SnapshotError> for Refusal {
    fn from(error: SnapshotError) -> Self {
        let status = match error {
            SnapshotError::NotFound => StatusCode::NOT_FOUND,
            SnapshotError::Full { .. } => StatusCode::FORBIDDEN,
            SnapshotError::Memory(_) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(%error, cause, "snapshot");
        }
        Self::new(status, error.to_string())
    }
}

async fn add(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    request: Request,
) -> Response {
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        let asked: SnapshotRequest<'_> = parse(text)?;
        if asked.external {
            return Err(Refusal::new(StatusCode::FORBIDDEN, "External dashboard creation is disabled"));
        }
        let json = asked.dashboard.get();
        Object::parse(json).map_err(|error| Refusal::bad_request(format!("bad request data: {error}")))?;
        let new = NewSnapshot {
            json,
            name: if asked.name.is_empty() { "Unnamed snapshot" } else { &asked.name },
            expires_seconds: u64::try_from(asked.expires).unwrap_or(0),
            login: viewer.login(),
            user_id: viewer.id(),
        };
        let Snapshot { id, key, delete_key, .. } = grafana.snapshots.add(&new)?;
        let said = json!({
            "id": id,
            "key": key,
            "url": format!("{}/dashboard/snapshot/{key}", grafana.external),
            "deleteKey": delete_key,
            "deleteUrl": format!("{}/api/snapshots-delete/{delete_key}", grafana.external),
        });
        Ok(Json(said).into_response())
    });
    answer.await
}

async fn by_key(State(grafana): State<Grafana>, Path(key): Path<String>) -> Response {
    let answer = grafana.answer(move |grafana| {
        let mut account = grafana.budget.open(Part::Dashboard);
        let (snapshot, json) = grafana.snapshots.get(&key, &mut account)?;
        let meta = json!({
            "isSnapshot": true, "type": "snapshot", "canSave": false, "canEdit": false, "canAdmin": false,
            "canStar": false, "canDelete": false, "slug": "", "url": "", "version": 0, "hasAcl": false,
            "isFolder": false, "folderId": 0, "folderUid": "", "folderTitle": "", "folderUrl": "",
            "provisioned": false, "provisionedExternalId": "",
            "created": rfc3339(snapshot.created_ms), "expires": expires(&snapshot),
        });
        let opening = format!("{{\"meta\":{meta},\"dashboard\":");
        Ok(stream::respond(Shared { opening: Some(opening), json: Some(json), at: 0, _account: account }))
    });
    answer.await
}

/// Bytes of a dashboard that are written at a time.
const PIECE_BYTES: usize = 16 << 10;

/// A snapshot on its way out; its memory is given back with it.
struct Shared {
    opening: Option<String>,
    /// `None` once all of it is written.
    json: Option<String>,
    /// What is written of it.
    at: usize,
    _account: Reservation,
}

impl Pieces for Shared {
    fn write_next(&mut self, out: &mut String) -> bool {
        if let Some(opening) = self.opening.take() {
            out.push_str(&opening);
            return true;
        }
        let Some(json) = &self.json else { return false };
        let end = json.len().min(json.floor_char_boundary(self.at + PIECE_BYTES));
        out.push_str(json.get(self.at..end).unwrap_or_default());
        self.at = end;
        if end == json.len() {
            self.json = None;
            out.push('}');
        }
        true
    }
}

/// One that never goes lasts fifty years, as in Grafana.
fn expires(snapshot: &Snapshot) -> String {
    const FIFTY_YEARS_MS: i64 = 50 * 365 * 86_400_000;
    rfc3339(snapshot.expires_ms.unwrap_or_else(|| snapshot.created_ms.saturating_add(FIFTY_YEARS_MS)))
}

/// Whether a snapshot is somebody's own, or an admin's to look after: what it shows may be of dashboards that other
/// editors must not see.
fn is_for(snapshot: &Snapshot, viewer: &Viewer) -> bool {
    let is_own = viewer.id() > 0 && snapshot.user_id == viewer.id();
    is_own || viewer.role() >= Role::Admin
}

async fn list(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    parameters: Parameters,
) -> Response {
    let limit = parse_integer(parameters.get("limit")).ok().and_then(|limit| usize::try_from(limit).ok());
    let text = parameters.get("query").to_lowercase();
    let answer = grafana.answer(move |grafana| {
        let all = grafana.snapshots.list();
        let found = all.iter().filter(|snapshot| is_for(snapshot, &viewer));
        let found = found.filter(|snapshot| snapshot.name.to_lowercase().contains(&text));
        let found = found.take(limit.filter(|limit| *limit > 0).unwrap_or(LIMIT)).map(item);
        Ok(Json(found.collect::<Vec<_>>()).into_response())
    });
    answer.await
}

fn item(snapshot: &Snapshot) -> Value {
    let created = rfc3339(snapshot.created_ms);
    json!({
        "id": snapshot.id,
        "name": snapshot.name,
        "key": snapshot.key,
        "orgId": 1,
        "userId": 0,
        "external": false,
        "externalUrl": "",
        "expires": expires(snapshot),
        "created": created,
        "updated": created,
    })
}

async fn delete(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(key): Path<String>,
) -> Response {
    let answer = grafana.answer(move |grafana| {
        let all = grafana.snapshots.list();
        if all.iter().any(|snapshot| snapshot.key == key && !is_for(snapshot, &viewer)) {
            return Err(Refusal::denied(&viewer, "snapshots:delete"));
        }
        let snapshot = grafana.snapshots.delete(&key)?;
        Ok(Json(json!({ "message": DELETED, "id": snapshot.id })).into_response())
    });
    answer.await
}

async fn delete_by(State(grafana): State<Grafana>, Path(key): Path<String>) -> Response {
    let answer = grafana.answer(move |grafana| {
        let snapshot = grafana.snapshots.delete_by(&key)?;
        Ok(Json(json!({ "message": DELETED, "id": snapshot.id })).into_response())
    });
    answer.await
}

/// Whether snapshots can go elsewhere: they cannot.
async fn sharing() -> Json<Value> {
    Json(json!({
        "snapshotEnabled": true, "externalEnabled": false, "externalSnapshotName": "", "externalSnapshotURL": "",
    }))
}
