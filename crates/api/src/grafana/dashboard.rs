//! The dashboards: `/api/search` and `/api/dashboards/uid/<uid>`, as Grafana answers them. They can be read only.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use dashboard::{Dashboard, Search, Summary};
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::{Grafana, message};
use crate::{
    external::ExternalUrl,
    parameter::{Parameters, parse_integer},
};

/// Results of a search unless the client wants fewer or more, and at most, as in Grafana.
const SEARCH_LIMIT: usize = 1_000;
const SEARCH_LIMIT_MAX: usize = 5_000;

pub(super) async fn search(State(grafana): State<Grafana>, parameters: Parameters) -> Response {
    let search = Search {
        text: parameters.get("query").to_owned(),
        tags: parameters.all("tag").map(str::to_owned).collect(),
    };
    let positive = |name| {
        parse_integer(parameters.get(name)).ok().and_then(|n| usize::try_from(n).ok()).filter(|&n| n > 0)
    };
    let limit = positive("limit").unwrap_or(SEARCH_LIMIT).min(SEARCH_LIMIT_MAX);
    let skipped = (positive("page").unwrap_or(1) - 1).saturating_mul(limit);
    // There are dashboards and no folders to be found on their own.
    let dashboards = matches!(parameters.get("type"), "" | "dash-db");
    let links = Arc::clone(&grafana.external);
    let found = grafana.blocking(move |grafana| grafana.library.search(&search)).await;
    match found {
        Ok(found) => {
            let found = found.iter().filter(|_| dashboards).skip(skipped).take(limit);
            Json(found.map(|summary| hit(summary, &links)).collect::<Vec<_>>()).into_response()
        }
        Err(error) => error,
    }
}

fn hit(summary: &Summary, links: &ExternalUrl) -> Value {
    let mut hit = json!({
        "uid": summary.uid,
        "orgId": 1,
        "title": summary.title,
        "uri": format!("db/{}", slug(summary)),
        "url": links.link(&summary.url),
        "slug": "",
        "type": "dash-db",
        "tags": summary.tags,
        "isStarred": false,
        "sortMeta": 0,
        "isDeleted": false,
    });
    if let (Some(folder), Some(fields)) = (&summary.folder, hit.as_object_mut()) {
        fields.insert("folderTitle".to_owned(), folder.as_str().into());
    }
    hit
}

fn slug(summary: &Summary) -> &str {
    summary.url.splitn(4, '/').nth(3).unwrap_or_default()
}

pub(super) async fn by_uid(State(grafana): State<Grafana>, Path(uid): Path<String>) -> Response {
    let links = Arc::clone(&grafana.external);
    match grafana.blocking(move |grafana| grafana.library.get(&uid)).await {
        Ok(Ok(Some(dashboard))) => with_meta(&dashboard, &links),
        Ok(Ok(None)) => message(StatusCode::NOT_FOUND, "Dashboard not found"),
        Ok(Err(error)) => {
            tracing::error!(%error, cause = std::error::Error::source(&error).map(ToString::to_string), "dashboard");
            message(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
        }
        Err(error) => error,
    }
}

/// The dashboard's own text goes out as it stands in its file, so that no field is lost.
fn with_meta(dashboard: &Dashboard, links: &ExternalUrl) -> Response {
    let summary = &dashboard.summary;
    let meta = json!({
        "type": "db",
        "canSave": false,
        "canEdit": false,
        "canAdmin": false,
        "canStar": false,
        "canDelete": false,
        "slug": slug(summary),
        "url": links.link(&summary.url),
        "version": 1,
        "hasAcl": false,
        "isFolder": false,
        "folderTitle": summary.folder.as_deref().unwrap_or("General"),
        "provisioned": true,
        "provisionedExternalId": "",
    });
    let body = format!("{{\"meta\":{meta},\"dashboard\":{}}}", dashboard.json);
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}
