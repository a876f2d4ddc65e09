//! The one data source: Prometheus's API of this process.

use axum::{
    Json,
    extract::Path,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::{Value, json};

use super::message;

/// Its uid; dashboards that name no data source, or a Prometheus one, get this one.
const UID: &str = "prometheus";

fn prometheus() -> Value {
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
        "jsonData": { "httpMethod": "POST" },
        "readOnly": true,
    })
}

pub(super) async fn list() -> Json<Value> {
    Json(Value::Array(vec![prometheus()]))
}

pub(super) async fn by_uid(Path(uid): Path<String>) -> Response {
    if uid == UID { Json(prometheus()).into_response() } else { missing() }
}

pub(super) async fn by_name(Path(name): Path<String>) -> Response {
    if name == "Prometheus" { Json(prometheus()).into_response() } else { missing() }
}

fn missing() -> Response {
    message(StatusCode::NOT_FOUND, "Data source not found")
}
