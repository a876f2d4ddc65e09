//! Annotations: `/api/annotations`, as Grafana answers it.

use axum::{
    Extension, Json, Router,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use dashboard::{Annotation, AnnotationError, AnnotationSearch, Asker, Permission, Role};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use super::{
    Grafana, Viewer,
    request::{Answer, Refusal, id, parse},
};
use crate::{
    handler::{delete as delete_with, get, patch as patch_with, post, put},
    parameter::{Parameters, parse_bool, parse_integer},
};

/// Annotations and tags that a request gets when it names no number, as in Grafana.
const LIMIT: usize = 100;

/// Looking at annotations and changing them: the permissions of their dashboards decide, and the role for those that
/// belong to none.
pub(super) fn routes() -> Router<Grafana> {
    Router::new()
        .route("/api/annotations", get(search).merge(post(add)))
        .route("/api/annotations/tags", get(tags))
        .route("/api/annotations/graphite", post(add_from_graphite))
        .route("/api/annotations/mass-delete", post(delete_many))
        .route(
            "/api/annotations/{id}",
            get(by_id).merge(put(update)).merge(patch_with(patch)).merge(delete_with(delete)),
        )
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AnnotationRequest<'a> {
    dashboard_id: Option<i64>,
    #[serde(rename = "dashboardUID")]
    dashboard_uid: Option<String>,
    panel_id: Option<i64>,
    time: Option<i64>,
    time_end: Option<i64>,
    text: Option<String>,
    tags: Option<Vec<String>>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    annotation_id: Option<u64>,
}

#[derive(Deserialize)]
struct GraphiteRequest {
    what: Option<String>,
    /// Seconds since the Unix epoch.
    when: Option<i64>,
    data: Option<String>,
    tags: Option<Tags>,
}

/// Tags as Graphite has written them at different times.
#[derive(Deserialize)]
#[serde(untagged)]
enum Tags {
    Words(String),
    List(Vec<String>),
}

impl From<AnnotationError> for Refusal {
    fn from(error: AnnotationError) -> Self {
        let status = match error {
            AnnotationError::NotFound => StatusCode::NOT_FOUND,
            AnnotationError::Memory { .. } => StatusCode::SERVICE_UNAVAILABLE,
            AnnotationError::Storage { .. } => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(%error, cause, "annotation");
        }
        Self::new(status, error.to_string())
    }
}

impl Grafana {
    /// The uid of the dashboard that a request names by uid or number; empty for none.
    fn annotated(&self, uid: Option<&str>, id: Option<i64>) -> Result<String, Refusal> {
        match (uid.filter(|uid| !uid.is_empty()), id.filter(|id| *id != 0)) {
            (Some(uid), _) => Ok(uid.to_owned()),
            (None, None) => Ok(String::new()),
            (None, Some(id)) => {
                let entry = self.library.entry_by_id(id);
                let entry = entry.ok_or_else(|| Refusal::bad_request("Dashboard not found"))?;
                Ok(entry.uid().to_owned())
            }
        }
    }

    /// Whether somebody may do something with the annotations of a dashboard; of none the role decides. Those of one
    /// that is gone are for admins: nobody knows any more who was allowed to see it.
    fn may_annotate(&self, dashboard_uid: &str, asker: &Asker, needed: Permission) -> bool {
        if !dashboard_uid.is_empty() && self.library.entry(dashboard_uid).is_none() {
            return asker.role >= Role::Admin;
        }
        self.library.permission(dashboard_uid, asker) >= Some(needed)
    }

    /// The annotations that match and that somebody may see.
    pub(super) fn seen_annotations(&self, search: &AnnotationSearch, viewer: &Viewer) -> Vec<Annotation> {
        let asker = self.asker(viewer);
        let is_seen = |one: &Annotation| self.may_annotate(&one.dashboard_uid, &asker, Permission::View);
        self.annotations.search(search, is_seen)
    }

    /// Refuses who may not change the annotations of a dashboard.
    fn require_annotating(&self, dashboard_uid: &str, viewer: &Viewer) -> Result<(), Refusal> {
        let asker = self.require_editing(viewer)?;
        if self.may_annotate(dashboard_uid, &asker, Permission::Edit) {
            return Ok(());
        }
        Err(Refusal::denied(viewer, "annotations:write"))
    }

    /// The dashboard that an annotation belongs to.
    fn dashboard_of(&self, id: u64) -> Result<String, Refusal> {
        Ok(self.annotations.get(id).ok_or(AnnotationError::NotFound)?.dashboard_uid)
    }

    fn annotation(&self, one: &Annotation) -> Value {
        let dashboard_id = match one.dashboard_uid.as_str() {
            "" => 0,
            uid => self.library.entry(uid).map_or(0, |entry| entry.id),
        };
        json!({
            "id": one.id,
            "alertId": 0,
            "alertName": "",
            "dashboardId": dashboard_id,
            "dashboardUID": one.dashboard_uid,
            "panelId": one.panel_id,
            "userId": 0,
            "newState": "",
            "prevState": "",
            "created": one.created_ms,
            "updated": one.updated_ms,
            "time": one.time_ms,
            "timeEnd": one.end_ms,
            "text": one.text,
            "tags": one.tags,
            "login": one.login,
            "email": "",
            "avatarUrl": "",
            "data": serde_json::from_str(&one.data).unwrap_or_else(|_| json!({})),
        })
    }

    fn annotate(&self, annotation: Annotation, said: &str) -> Answer {
        let id = self.annotations.add(annotation)?;
        Ok(Json(json!({ "message": said, "id": id })).into_response())
    }
}

fn done(text: &str) -> Response {
    super::message(StatusCode::OK, text)
}

fn number(parameters: &Parameters, name: &str) -> Option<i64> {
    parse_integer(parameters.get(name)).ok()
}

fn limit(parameters: &Parameters) -> usize {
    let limit = number(parameters, "limit").and_then(|limit| usize::try_from(limit).ok());
    limit.filter(|limit| *limit > 0).unwrap_or(LIMIT)
}

async fn search(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    parameters: Parameters,
) -> Response {
    let answer = grafana.answer(move |grafana| {
        // There are no annotations of alerts.
        if parameters.get("type") == "alert" {
            return Ok(Json(json!([])).into_response());
        }
        let id = number(&parameters, "dashboardId");
        let uid = grafana.annotated(Some(parameters.get("dashboardUID")), id)?;
        let positive = |name| number(&parameters, name).filter(|number| *number > 0);
        let search = AnnotationSearch {
            from_ms: positive("from"),
            to_ms: positive("to"),
            dashboard_uid: Some(uid).filter(|uid| !uid.is_empty()),
            panel_id: positive("panelId"),
            tags: parameters.all("tags").filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
            any_tag: parse_bool(parameters.get("matchAny")).unwrap_or(false),
            limit: limit(&parameters),
        };
        let found = grafana.seen_annotations(&search, &viewer);
        let found: Vec<_> = found.iter().map(|one| grafana.annotation(one)).collect();
        Ok(Json(found).into_response())
    });
    answer.await
}

async fn add(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    request: Request,
) -> Response {
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        grafana.require_editing(&viewer)?;
        let asked: AnnotationRequest<'_> = parse(text)?;
        let dashboard_uid = grafana.annotated(asked.dashboard_uid.as_deref(), asked.dashboard_id)?;
        grafana.require_annotating(&dashboard_uid, &viewer)?;
        let annotation = Annotation {
            dashboard_uid,
            panel_id: asked.panel_id.unwrap_or(0),
            time_ms: asked.time.unwrap_or(0),
            end_ms: asked.time_end.unwrap_or(0),
            text: asked.text.unwrap_or_default(),
            tags: asked.tags.unwrap_or_default(),
            data: asked.data.map_or_else(String::new, |data| data.get().to_owned()),
            login: viewer.login().to_owned(),
            ..Annotation::default()
        };
        grafana.annotate(annotation, "Annotation added")
    });
    answer.await
}

async fn add_from_graphite(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    request: Request,
) -> Response {
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        grafana.require_annotating("", &viewer)?;
        let asked: GraphiteRequest = parse(text)?;
        let Some(what) = asked.what.filter(|what| !what.is_empty()) else {
            let text = "Failed to save Graphite annotation: what field should not be empty";
            return Err(Refusal::bad_request(text));
        };
        let time_ms = asked.when.unwrap_or(0).saturating_mul(1_000);
        let tags = match asked.tags {
            None => Vec::new(),
            Some(Tags::List(tags)) => tags,
            Some(Tags::Words(words)) => words.split_ascii_whitespace().map(str::to_owned).collect(),
        };
        let data = asked.data.filter(|data| !data.is_empty());
        let text = data.map_or_else(|| what.clone(), |data| format!("{what}\n{data}"));
        let login = viewer.login().to_owned();
        let annotation = Annotation { time_ms, text, tags, login, ..Annotation::default() };
        grafana.annotate(annotation, "Graphite annotation added")
    });
    answer.await
}

async fn by_id(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(text): Path<String>,
) -> Response {
    let answer = grafana.answer(move |grafana| {
        let one = grafana.annotations.get(id(&text)?).ok_or(AnnotationError::NotFound)?;
        if !grafana.may_annotate(&one.dashboard_uid, &grafana.asker(&viewer), Permission::View) {
            return Err(Refusal::denied(&viewer, "annotations:read"));
        }
        Ok(Json(grafana.annotation(&one)).into_response())
    });
    answer.await
}

/// Changes what is given, for `PATCH` as for `PUT`: Grafana's clients send all fields with the latter.
async fn change(
    grafana: &Grafana,
    viewer: Viewer,
    path_id: String,
    request: Request,
    said: &'static str,
) -> Response {
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        grafana.require_editing(&viewer)?;
        let id = id(&path_id)?;
        grafana.require_annotating(&grafana.dashboard_of(id)?, &viewer)?;
        let asked: AnnotationRequest<'_> = parse(text)?;
        let changed = grafana.annotations.update(id, |one| {
            one.text = asked.text.filter(|text| !text.is_empty()).unwrap_or_else(|| one.text.clone());
            one.tags = asked.tags.unwrap_or_else(|| one.tags.clone());
            one.data = asked.data.map_or_else(|| one.data.clone(), |data| data.get().to_owned());
            if let Some(time_ms) = asked.time.filter(|time| *time > 0) {
                one.time_ms = time_ms;
            }
            if let Some(end_ms) = asked.time_end.filter(|end| *end > 0) {
                one.end_ms = end_ms;
            }
        });
        changed?;
        Ok(done(said))
    });
    answer.await
}

async fn update(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(path_id): Path<String>,
    request: Request,
) -> Response {
    change(&grafana, viewer, path_id, request, "Annotation updated").await
}

async fn patch(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(path_id): Path<String>,
    request: Request,
) -> Response {
    change(&grafana, viewer, path_id, request, "Annotation patched").await
}

async fn delete(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(path_id): Path<String>,
) -> Response {
    let answer = grafana.answer(move |grafana| {
        grafana.require_editing(&viewer)?;
        let id = id(&path_id)?;
        grafana.require_annotating(&grafana.dashboard_of(id)?, &viewer)?;
        match grafana.annotations.delete(|one| one.id == id)? {
            0 => Err(AnnotationError::NotFound.into()),
            _ => Ok(done("Annotation deleted")),
        }
    });
    answer.await
}

async fn delete_many(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    request: Request,
) -> Response {
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        let asker = grafana.require_editing(&viewer)?;
        let asked: AnnotationRequest<'_> = parse(text)?;
        let uid = grafana.annotated(asked.dashboard_uid.as_deref(), asked.dashboard_id)?;
        let panel_id = asked.panel_id.filter(|id| *id != 0 && !uid.is_empty());
        let annotation_id = asked.annotation_id.filter(|id| *id != 0);
        if annotation_id.is_none() && panel_id.is_none() {
            let text = "DashboardId or DashboardUID, and PanelId or AnnotationId have to be given";
            return Err(Refusal::bad_request(text));
        }
        let own_uid = match annotation_id {
            None => uid.clone(),
            Some(id) => grafana.annotations.get(id).map(|one| one.dashboard_uid).unwrap_or_default(),
        };
        if !grafana.may_annotate(&own_uid, &asker, Permission::Edit) {
            return Err(Refusal::denied(&viewer, "annotations:delete"));
        }
        grafana.annotations.delete(|one| match annotation_id {
            None => one.dashboard_uid == uid && Some(one.panel_id) == panel_id,
            Some(id) => one.id == id,
        })?;
        Ok(done("Annotations deleted"))
    });
    answer.await
}

async fn tags(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    parameters: Parameters,
) -> Response {
    let answer = grafana.answer(move |grafana| {
        let asker = grafana.asker(&viewer);
        let is_seen = |one: &Annotation| grafana.may_annotate(&one.dashboard_uid, &asker, Permission::View);
        let tags = grafana.annotations.tags(parameters.get("tag"), limit(&parameters), is_seen);
        let tags: Vec<_> = tags.iter().map(|(tag, count)| json!({ "tag": tag, "count": count })).collect();
        Ok(Json(json!({ "result": { "tags": tags } })).into_response())
    });
    answer.await
}
