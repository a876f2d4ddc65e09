//! Permissions of folders and dashboards, which are those of the roles and cannot be others.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::request::{Refusal, parse};

/// Role, number and name of what it may do.
const OF_ROLES: [(&str, u8, &str); 2] = [("Viewer", 1, "View"), ("Editor", 2, "Edit")];

#[derive(Deserialize)]
struct Permissions {
    items: Vec<Permission>,
}

#[derive(Deserialize)]
struct Permission {
    role: Option<String>,
    permission: u8,
}

/// What the roles may do at a place.
pub(super) fn list(place: &Value) -> Response {
    let all = OF_ROLES.map(|(role, number, name)| {
        let mut one = json!({
            "role": role, "permission": number, "permissionName": name, "inherited": false,
            "userId": 0, "userLogin": "", "userEmail": "", "teamId": 0, "team": "",
        });
        if let (Some(one), Some(place)) = (one.as_object_mut(), place.as_object()) {
            one.extend(place.clone());
        }
        one
    });
    Json(all).into_response()
}

/// Takes what is so anyway; an answer to what is not.
pub(super) fn check(text: &str) -> Result<(), Refusal> {
    let asked: Permissions = parse(text)?;
    let is_so = |asked: &Permission| {
        let role = asked.role.as_deref();
        OF_ROLES.iter().any(|(own, number, _)| role == Some(own) && asked.permission == *number)
    };
    if asked.items.len() == OF_ROLES.len() && asked.items.iter().all(is_so) {
        return Ok(());
    }
    let text = "permissions are those of the roles: viewers view and editors edit; give people another role";
    Err(Refusal::bad_request(text))
}
