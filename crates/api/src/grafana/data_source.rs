//! The one data source: Prometheus's API of this process.

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::StatusCode;
use model::duration::DurationMs;
use serde_json::{Value, json};

use super::{Grafana, message};

/// Its uid; dashboards that name no data source, or a Prometheus one, get this one.
const UID: &str = "prometheus";

/// Panels take the interval as the least step, and make their rates' ranges from it.
fn prometheus(grafana: &Grafana) -> Value {
    let interval = DurationMs(grafana.instance.scrape_interval_ms()).to_string();
    json!({
        "id": 1,
        "uid": UID,
        "orgId": 1,
        "name": "Prometheus",
        "type": "prometheus",
        "typeName": "Prometheus",
        "access": "proxy",
        "url": "/",
        "user": "",
        "database": "",
        "basicAuth": false,
        "isDefault": true,
        "jsonData": { "httpMethod": "POST", "timeInterval": interval },
        "readOnly": true,
    })
}

pub(super) async fn list(State(grafana): State<Grafana>) -> Json<Value> {
    Json(Value::Array(vec![prometheus(&grafana)]))
}

pub(super) async fn by_uid(State(grafana): State<Grafana>, Path(uid): Path<String>) -> Response {
    if uid == UID { Json(prometheus(&grafana)).into_response() } else { missing() }
}

pub(super) async fn by_name(State(grafana): State<Grafana>, Path(name): Path<String>) -> Response {
    if name == "Prometheus" { Json(prometheus(&grafana)).into_response() } else { missing() }
}

fn missing() -> Response {
    message(StatusCode::NOT_FOUND, "Data source not found")
}
