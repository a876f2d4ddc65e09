//! What the dashboards' part of the API works with, and how their files are read anew.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
};
use dashboard::{Annotations, Library, Role, Snapshots};
use http::StatusCode;

use super::{Grafana, at_least, message, request::Refusal};
use crate::handler::post;

/// Reads the files that say where dashboards are, and tells what is wrong with them. It may block.
pub(super) type Reload = Arc<dyn Fn() -> Result<(), String> + Send + Sync>;

/// Dashboards, and what belongs to them.
#[derive(Clone)]
pub struct Dashboards {
    pub(super) library: Arc<Library>,
    pub(super) annotations: Arc<Annotations>,
    pub(super) snapshots: Arc<Snapshots>,
    pub(super) reload: Reload,
}

impl Dashboards {
    /// Takes the dashboards, the annotations, the snapshots, and what reads the provisioning files anew: it may
    /// block, and tells what is wrong with them.
    pub fn new(
        library: Arc<Library>,
        annotations: Annotations,
        snapshots: Snapshots,
        reload: impl Fn() -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        let (annotations, snapshots) = (Arc::new(annotations), Arc::new(snapshots));
        Self { library, annotations, snapshots, reload: Arc::new(reload) }
    }
}

/// Reading files anew, for admins.
pub(super) fn routes() -> Router<Grafana> {
    let reload = post(reload).route_layer(at_least(Role::Admin));
    Router::new().route("/api/admin/provisioning/dashboards/reload", reload)
}

async fn reload(State(grafana): State<Grafana>) -> Response {
    let answer = grafana.answer(|grafana| match (grafana.reload_dashboards)() {
        Ok(()) => Ok(message(StatusCode::OK, "Dashboards config reloaded").into_response()),
        Err(problems) => Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, problems)),
    });
    answer.await
}
