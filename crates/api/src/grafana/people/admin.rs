//! `/api/admin/users`: what is done to users by those who may.

use axum::{
    Extension, Json,
    extract::{Path, State},
    response::IntoResponse,
};
use dashboard::{AccountError, Accounts, Profile, Role};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::{
    super::{Grafana, Viewer},
    ORGANIZATION_ID,
    request::{Answer, Body, done, finished, id, refuse},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewUser {
    login: Option<String>,
    email: Option<String>,
    name: Option<String>,
    password: Option<String>,
    #[serde(alias = "OrgId")]
    org_id: Option<u64>,
    /// Grafana gives everybody the role of its configuration; here it can be said at once.
    role: Option<Role>,
}

#[derive(Deserialize)]
pub(super) struct NewPassword {
    #[serde(default)]
    password: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Permissions {
    is_grafana_admin: bool,
}

pub(super) async fn create_user(State(grafana): State<Grafana>, Body(form): Body<NewUser>) -> Answer {
    let NewUser { login, email, name, password, org_id, role } = form;
    let [login, email, name, password] = [login, email, name, password].map(Option::unwrap_or_default);
    // 0 is what Grafana's clients send for the one that everybody gets.
    if org_id.is_some_and(|id| id > ORGANIZATION_ID) {
        return Err(refuse(StatusCode::BAD_REQUEST, "organization not found"));
    }
    let taken = format!("User with email '{email}' or username '{login}' already exists");
    let created = grafana.checked(move |grafana| {
        grafana.accounts.create_user(Profile { login, email, name }, role.unwrap_or(Role::Viewer), &password)
    });
    let user = match created.await {
        Ok(Err(AccountError::Taken { .. })) => return Err(refuse(StatusCode::PRECONDITION_FAILED, &taken)),
        created => finished(created)?,
    };
    Ok(Json(json!({ "message": "User created", "id": user.id })).into_response())
}

pub(super) async fn set_password(
    State(grafana): State<Grafana>,
    Path(user): Path<String>,
    Body(form): Body<NewPassword>,
) -> Answer {
    let id = id(&user)?;
    let set = grafana.change_password(move |grafana| grafana.accounts.set_password(id, &form.password));
    set.await?;
    done("User password updated")
}

pub(super) async fn set_permissions(
    State(grafana): State<Grafana>,
    Path(user): Path<String>,
    Body(form): Body<Permissions>,
) -> Answer {
    let is_server_admin = form.is_grafana_admin;
    let set = move |accounts: &Accounts, id| accounts.set_server_admin(id, is_server_admin);
    change(&grafana, &user, set, "User permissions updated").await
}

pub(super) async fn delete_user(State(grafana): State<Grafana>, Path(user): Path<String>) -> Answer {
    change(&grafana, &user, Accounts::delete_user, "User deleted").await
}

pub(super) async fn disable_user(State(grafana): State<Grafana>, Path(user): Path<String>) -> Answer {
    change(&grafana, &user, |accounts, id| accounts.set_disabled(id, true), "User disabled").await
}

pub(super) async fn enable_user(State(grafana): State<Grafana>, Path(user): Path<String>) -> Answer {
    change(&grafana, &user, |accounts, id| accounts.set_disabled(id, false), "User enabled").await
}

pub(super) async fn log_user_out(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(user): Path<String>,
) -> Answer {
    if id(&user).is_ok_and(|id| id == viewer.id()) {
        return Err(refuse(StatusCode::BAD_REQUEST, "You cannot logout yourself"));
    }
    change(&grafana, &user, |accounts, id| accounts.end_sessions(id, None), "User logged out").await
}

/// Changes something about the user of a path.
async fn change(
    grafana: &Grafana,
    user: &str,
    change: impl FnOnce(&Accounts, u64) -> Result<(), AccountError> + Send + 'static,
    text: &str,
) -> Answer {
    let id = id(user)?;
    grafana.change(move |grafana| change(&grafana.accounts, id)).await?;
    done(text)
}
