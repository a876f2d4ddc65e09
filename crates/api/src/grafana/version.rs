//! Versions of a dashboard: `/api/dashboards/uid/<uid>/versions` and `/restore`, as Grafana answers them.

use axum::{
    Extension, Json, Router,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use dashboard::{Entry, Permission, Version};
use http::{StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Grafana, Viewer,
    dashboard::Which,
    folder::{time, who},
    message,
    request::parse,
};
use crate::{
    handler::{get, post},
    parameter::{Parameters, parse_integer},
};

/// Looking at versions, and restoring one; by uid, and by number for older clients.
pub(super) fn routes() -> Router<Grafana> {
    Router::new()
        .route("/api/dashboards/uid/{uid}/versions", get(list))
        .route("/api/dashboards/uid/{uid}/versions/{version}", get(single))
        .route("/api/dashboards/uid/{uid}/restore", post(restore))
        .route("/api/dashboards/id/{id}/versions", get(list))
        .route("/api/dashboards/id/{id}/versions/{version}", get(single))
        .route("/api/dashboards/id/{id}/restore", post(restore))
}

#[derive(Deserialize)]
struct RestoreRequest {
    version: u32,
}

/// A version of Grafana has a number of its own; here it follows from the dashboard's.
fn describe(entry: &Entry, version: &Version) -> Value {
    let text = match version {
        Version { restored_from: from @ 1.., .. } => format!("Restored from version {from}"),
        Version { message, .. } => message.clone(),
    };
    json!({
        "id": version.version,
        "dashboardId": entry.id,
        "uid": entry.uid(),
        "parentVersion": version.parent_version,
        "restoredFrom": version.restored_from,
        "version": version.version,
        "created": time(&version.saved),
        "createdBy": who(&version.saved),
        "message": text,
    })
}

async fn list(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(which): Path<Which>,
    parameters: Parameters,
) -> Response {
    let number = |name| parse_integer(parameters.get(name)).ok().and_then(|n| usize::try_from(n).ok());
    let limit = number("limit").filter(|limit| *limit > 0).unwrap_or(usize::MAX);
    let start = number("start").unwrap_or(0);
    let answer = grafana.answer(move |grafana| {
        let entry = grafana.which(&which, &viewer, Permission::Edit)?;
        let versions = grafana.library.versions(entry.uid())?;
        let versions = versions.iter().skip(start).take(limit).map(|version| describe(&entry, version));
        let versions: Vec<_> = versions.collect();
        // Clients that ask by number know the list alone, as Grafana gave it until 11.1.
        Ok(if which.is_by_number() {
            Json(versions).into_response()
        } else {
            Json(json!({ "continueToken": "", "versions": versions })).into_response()
        })
    });
    answer.await
}

async fn single(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(which): Path<Which>,
) -> Response {
    let version = which.version.as_ref().and_then(|version| version.parse().ok());
    let Some(version) = version else { return message(StatusCode::BAD_REQUEST, "version is invalid") };
    let answer = grafana.answer(move |grafana| {
        let entry = grafana.which(&which, &viewer, Permission::Edit)?;
        let (version, json) = grafana.library.version(entry.uid(), version)?;
        let mut body = describe(&entry, &version).to_string();
        // The text goes out as it was saved.
        body.truncate(body.len() - 1);
        body = format!("{body},\"data\":{json}}}");
        Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
    });
    answer.await
}

async fn restore(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(which): Path<Which>,
    request: Request,
) -> Response {
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        grafana.require_editing(&viewer)?;
        let RestoreRequest { version } = parse(text)?;
        let entry = grafana.which(&which, &viewer, Permission::Edit)?;
        Ok(grafana.saved(&grafana.library.restore(entry.uid(), version, viewer.login())?))
    });
    answer.await
}
