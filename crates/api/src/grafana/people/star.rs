//! `/api/user/stars`: the dashboards that a user wants at hand.

use axum::{
    Extension, Json,
    extract::{Path, State},
};

use super::{
    super::{Grafana, Viewer},
    request::{Answer, done},
};

pub(super) async fn list(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
) -> Json<Vec<String>> {
    Json(grafana.accounts.stars(viewer.id()))
}

pub(super) async fn add(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(uid): Path<String>,
) -> Answer {
    let id = viewer.id();
    grafana.change(move |grafana| grafana.accounts.set_star(id, &uid, true)).await?;
    done("Dashboard starred!")
}

pub(super) async fn remove(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(uid): Path<String>,
) -> Answer {
    let id = viewer.id();
    grafana.change(move |grafana| grafana.accounts.set_star(id, &uid, false)).await?;
    done("Dashboard unstarred")
}
