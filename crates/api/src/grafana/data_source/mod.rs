//! Data sources: `/api/datasources`, as Grafana answers it, and the way to them.

mod batch;
mod edit;
mod health;
mod json;
mod path;
mod proxy;
mod question;
mod relay;
mod upstream;

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    body::Body,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use dashboard::{DataSourceError, DataSources, Role, data_source::Key};
use http::StatusCode;
use http_body_util::Limited;
use model::{ExemplarQueryable, Part, Reservation, with_causes};
use serde_json::{Value, json};

use super::{
    Grafana, Viewer, at_least, message, query, render,
    request::{Answer, Refusal},
};
use crate::{
    evaluator::Evaluator,
    handler::{get, post},
    held_request::HeldRequest,
    prometheus::Prometheus,
};
pub(super) use question::{Failed, Question, take, wait};
use relay::relay;
use upstream::UpstreamError;
use upstream::Upstreams;

/// The data sources, and how their files are read anew.
#[derive(Clone)]
pub struct Sources {
    store: Arc<DataSources>,
    reload: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
    upstreams: Arc<Upstreams>,
}

impl Sources {
    /// Takes the store, the version of Gnomon, which others are told, and what reads the provisioning files anew: it
    /// may block, and tells what is wrong with them.
    pub fn new(
        store: Arc<DataSources>,
        version: &str,
        reload: impl Fn() -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        Self { store, reload: Arc::new(reload), upstreams: Arc::new(Upstreams::new(version)) }
    }
}

impl Sources {
    /// The servers behind the data sources.
    pub(super) fn upstreams(&self) -> &Upstreams {
        &self.upstreams
    }

    /// The data sources.
    pub(super) fn store(&self) -> &DataSources {
        &self.store
    }
}

/// What handlers have that ask data sources.
#[derive(Clone)]
pub(super) struct Asking {
    pub(super) grafana: Grafana,
    /// Evaluates queries of the own store.
    pub(super) evaluator: Arc<Evaluator>,
    /// Exemplars of the own store.
    pub(super) exemplars: Arc<dyn ExemplarQueryable>,
    /// The API of the own store.
    own: Router,
    /// Whether nobody had to log in: then the others, which have been told passwords, are not asked.
    pub(super) open: bool,
}

impl Asking {
    /// An account for what is asked and answered.
    pub(super) fn account(&self) -> Reservation {
        self.evaluator.account(Part::Query)
    }

    /// A body of at most so many bytes, held at the expense of the budget, with `factor` times as much beside it for
    /// what is read from it.
    pub(super) async fn held(
        &self,
        body: Body,
        bytes_max: usize,
        factor: usize,
    ) -> Answer<(Vec<u8>, Reservation)> {
        let held = HeldRequest::read(Body::new(Limited::new(body, bytes_max)), self.account()).await;
        let held = held.map_err(|error| Refusal::new(error.status(), error.to_string()))?;
        let (body, mut account) = held.into_parts();
        if account.grow(body.len() * factor) {
            Ok((body, account))
        } else {
            Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "no memory for the request"))
        }
    }
}

/// What those are told who ask where nobody logs in.
pub(super) const ONLY_BEHIND_LOGIN: &str =
    "other data sources are asked at the dashboards' address, by those who logged in";

/// The way to the data sources, and pictures of what is asked there. `own` is the API of the own store; where `open`
/// says that nobody has to log in, the others are out of reach.
pub(crate) fn asking_routes(grafana: &Grafana, prometheus: &Prometheus, own: Router, open: bool) -> Router {
    let (evaluator, exemplars) = (Arc::clone(&prometheus.evaluator), Arc::clone(&prometheus.exemplars));
    let asking = Asking { grafana: grafana.clone(), evaluator, exemplars, own, open };
    let routes = proxy::routes().merge(batch::routes()).merge(health::routes());
    routes.merge(query::routes()).merge(render::routes()).with_state(asking)
}

fn only_behind_login() -> Response {
    message(StatusCode::FORBIDDEN, ONLY_BEHIND_LOGIN)
}

/// Looking at data sources, and changing them.
pub(super) fn routes() -> Router<Grafana> {
    Router::new()
        .route("/api/datasources", get(list))
        .route("/api/datasources/{id}", get(by_id))
        .route("/api/datasources/uid/{uid}", get(by_uid))
        .route("/api/datasources/name/{name}", get(by_name))
        .route("/api/datasources/id/{name}", get(id_of_name))
        .route("/api/admin/provisioning/datasources/reload", post(reload).route_layer(at_least(Role::Admin)))
        .merge(edit::routes())
}

async fn list(State(grafana): State<Grafana>, Extension(viewer): Extension<Viewer>) -> Json<Value> {
    let all = grafana.sources.store.all();
    Json(all.iter().map(|source| json::item(&grafana, &viewer, source)).collect())
}

async fn by_uid(grafana: State<Grafana>, viewer: Extension<Viewer>, Path(uid): Path<String>) -> Response {
    one(&grafana, &viewer, Key::Uid(&uid))
}

async fn by_name(grafana: State<Grafana>, viewer: Extension<Viewer>, Path(name): Path<String>) -> Response {
    one(&grafana, &viewer, Key::Name(&name))
}

async fn by_id(grafana: State<Grafana>, viewer: Extension<Viewer>, Path(id): Path<String>) -> Response {
    match id.parse() {
        Ok(id) => one(&grafana, &viewer, Key::Id(id)),
        Err(_) => message(StatusCode::BAD_REQUEST, "id is invalid"),
    }
}

fn one(grafana: &Grafana, viewer: &Viewer, key: Key<'_>) -> Response {
    match grafana.sources.store.find(key) {
        Ok(source) => Json(json::whole(grafana, viewer, &source)).into_response(),
        Err(error) => refusal(&error),
    }
}

async fn id_of_name(State(grafana): State<Grafana>, Path(name): Path<String>) -> Response {
    match grafana.sources.store.find(Key::Name(&name)) {
        Ok(source) => Json(json!({ "id": source.id })).into_response(),
        Err(error) => refusal(&error),
    }
}

async fn reload(State(grafana): State<Grafana>) -> Response {
    match grafana.blocking(|grafana| (grafana.sources.reload)()).await {
        Ok(Ok(())) => message(StatusCode::OK, "Datasources config reloaded"),
        Ok(Err(problems)) => message(StatusCode::INTERNAL_SERVER_ERROR, &problems),
        Err(error) => error,
    }
}

/// What went wrong, in Grafana's words where it has some.
fn refusal(error: &DataSourceError) -> Response {
    let text = with_causes(error);
    match error {
        DataSourceError::NotFound => message(StatusCode::NOT_FOUND, "Data source not found"),
        DataSourceError::NameExists | DataSourceError::UidExists => {
            message(StatusCode::CONFLICT, &error.to_string())
        }
        DataSourceError::OldVersion => message(
            StatusCode::CONFLICT,
            "Datasource has already been updated by someone else. Please reload and try again",
        ),
        DataSourceError::Invalid { source, .. } => message(StatusCode::BAD_REQUEST, &source.to_string()),
        DataSourceError::TooMany { .. } | DataSourceError::FileTooLarge { .. } => {
            message(StatusCode::BAD_REQUEST, &error.to_string())
        }
        _ => {
            tracing::error!(%error, cause = text, "data source");
            message(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
        }
    }
}
