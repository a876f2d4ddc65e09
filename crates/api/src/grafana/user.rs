//! Who is there: `/api/user` and `/api/org`.

use axum::{Extension, Json};
use dashboard::User;
use serde_json::{Value, json};

/// Who sent a request.
#[derive(Clone, Debug)]
pub(crate) enum Viewer {
    /// Somebody at the address that asks nobody.
    Anonymous,
    /// Somebody who logged in.
    User(User),
}

pub(super) async fn current(Extension(viewer): Extension<Viewer>) -> Json<Value> {
    let (id, login, role) = match &viewer {
        Viewer::Anonymous => (0, "", "Viewer"),
        Viewer::User(user) => (1, user.login.as_str(), "Admin"),
    };
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
