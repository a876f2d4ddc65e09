//! Who is there: `/api/user` and `/api/org`.

use axum::{Extension, Json};
use serde_json::{Value, json};

use super::Viewer;

pub(super) async fn current(Extension(viewer): Extension<Viewer>) -> Json<Value> {
    let (id, login, role) = (viewer.id(), viewer.login(), viewer.role().as_str());
    Json(json!({
        "id": id,
        "uid": login,
        "email": "",
        "name": login,
        "login": login,
        "theme": "",
        "orgId": 1,
        "orgRole": role,
        "isGrafanaAdmin": id == 1,
        "isDisabled": false,
        "isExternal": false,
        "isAnonymous": id == 0,
    }))
}

pub(super) async fn organisation() -> Json<Value> {
    Json(json!({ "id": 1, "name": "Main Org." }))
}
