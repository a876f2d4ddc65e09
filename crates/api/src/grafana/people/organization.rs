//! `/api/org`: the one organisation, and who belongs to it.

use axum::{
    Extension, Json,
    extract::{Path, State},
    response::IntoResponse,
};
use dashboard::{Organization, Role, UnknownRole, User};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{Grafana, Viewer, search::Page},
    ORGANIZATION_ID, age,
    request::{Answer, Body, done, id, refuse},
    user::found,
};
use crate::parameter::Parameters;

#[derive(Deserialize)]
pub(super) struct NewName {
    name: String,
}

#[derive(Deserialize)]
pub(super) struct NewRole {
    role: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Member {
    login_or_email: String,
    role: String,
}

pub(super) async fn current(State(grafana): State<Grafana>) -> Json<Value> {
    Json(details(&grafana))
}

fn details(grafana: &Grafana) -> Value {
    let address =
        json!({ "address1": "", "address2": "", "city": "", "zipCode": "", "state": "", "country": "" });
    json!({ "id": ORGANIZATION_ID, "name": grafana.accounts.organization().name, "address": address })
}

pub(super) async fn rename(State(grafana): State<Grafana>, Body(form): Body<NewName>) -> Answer {
    let renamed = grafana.change(move |grafana| {
        let organization = Organization { name: form.name, ..grafana.accounts.organization() };
        grafana.accounts.set_organization(organization)
    });
    renamed.await?;
    done("Organization updated")
}

pub(super) async fn list(State(grafana): State<Grafana>) -> Json<Value> {
    Json(json!([{ "id": ORGANIZATION_ID, "name": grafana.accounts.organization().name }]))
}

pub(super) async fn by_id(State(grafana): State<Grafana>, Path(organization): Path<String>) -> Answer {
    require_own(&organization)?;
    Ok(Json(details(&grafana)).into_response())
}

/// Refuses every organization but the one that there is.
fn require_own(organization: &str) -> Answer<()> {
    match id(organization)? {
        ORGANIZATION_ID => Ok(()),
        _ => Err(refuse(StatusCode::NOT_FOUND, "Organization not found")),
    }
}

pub(super) async fn users_by_id(
    State(grafana): State<Grafana>,
    Path(organization): Path<String>,
    parameters: Parameters,
) -> Answer {
    require_own(&organization)?;
    Ok(users(State(grafana), parameters).await.into_response())
}

/// There is one organisation, and there will be no other.
pub(super) async fn create(State(grafana): State<Grafana>, Body(form): Body<NewName>) -> Answer {
    if grafana.accounts.organization().name == form.name {
        return Err(refuse(StatusCode::CONFLICT, "Organization name taken"));
    }
    Err(refuse(StatusCode::FORBIDDEN, "Quota reached: there is one organization and no room for another"))
}

pub(super) async fn rename_by_id(
    state: State<Grafana>,
    Path(organization): Path<String>,
    form: Body<NewName>,
) -> Answer {
    require_own(&organization)?;
    rename(state, form).await
}

pub(super) async fn add_user_by_id(
    state: State<Grafana>,
    Path(organization): Path<String>,
    form: Body<Member>,
) -> Answer {
    require_own(&organization)?;
    add_user(state, form).await
}

pub(super) async fn change_role_by_id(
    state: State<Grafana>,
    Path((organization, user)): Path<(String, String)>,
    form: Body<NewRole>,
) -> Answer {
    require_own(&organization)?;
    change_role(state, Path(user), form).await
}

pub(super) async fn remove_user_by_id(
    state: State<Grafana>,
    viewer: Extension<Viewer>,
    Path((organization, user)): Path<(String, String)>,
) -> Answer {
    require_own(&organization)?;
    remove_user(state, viewer, Path(user)).await
}

pub(super) async fn by_name(State(grafana): State<Grafana>, Path(name): Path<String>) -> Answer {
    if grafana.accounts.organization().name == name {
        Ok(Json(details(&grafana)).into_response())
    } else {
        Err(refuse(StatusCode::NOT_FOUND, "Organization not found"))
    }
}

fn member(grafana: &Grafana, user: &User) -> Value {
    let (seen_at, seen_age) = age::last_seen(grafana.accounts.seen_ms(user.id), grafana.accounts.now_ms());
    json!({
        "orgId": ORGANIZATION_ID,
        "userId": user.id,
        "uid": user.login,
        "email": user.email,
        "name": user.name,
        "avatarUrl": "",
        "login": user.login,
        "role": user.role.as_str(),
        "lastSeenAt": seen_at,
        "lastSeenAtAge": seen_age,
        "created": age::written(user.created_ms),
        "updated": age::written(user.updated_ms),
        "accessControl": {},
        "isDisabled": user.is_disabled,
        "authLabels": [],
        "isExternallySynced": false,
        "isProvisioned": false,
    })
}

pub(super) async fn users(State(grafana): State<Grafana>, parameters: Parameters) -> Json<Value> {
    let mut users = found(&grafana, parameters.get("query"));
    let limit = parameters.get("limit").parse().ok().filter(|&limit: &usize| limit > 0);
    users.truncate(limit.unwrap_or(usize::MAX));
    Json(users.iter().map(|user| member(&grafana, user)).collect())
}

pub(super) async fn lookup(State(grafana): State<Grafana>, parameters: Parameters) -> Json<Value> {
    let users = found(&grafana, parameters.get("query"));
    let entry =
        |user: &User| json!({ "userId": user.id, "uid": user.login, "login": user.login, "avatarUrl": "" });
    Json(users.iter().map(entry).collect())
}

pub(super) async fn search(State(grafana): State<Grafana>, parameters: Parameters) -> Json<Value> {
    let (page, users) = (Page::of(&parameters), found(&grafana, parameters.get("query")));
    let total = users.len();
    let users: Value = page.cut(users).map(|user| member(&grafana, &user)).collect();
    Json(json!({ "totalCount": total, "orgUsers": users, "page": page.number, "perPage": page.limit }))
}

fn role(name: &str) -> Answer<Role> {
    name.parse().map_err(|error: UnknownRole| refuse(StatusCode::BAD_REQUEST, &error.to_string()))
}

/// Everybody belongs to the one organisation already.
pub(super) async fn add_user(State(grafana): State<Grafana>, Body(form): Body<Member>) -> Answer {
    role(&form.role)?;
    let user = grafana.accounts.find_user(&form.login_or_email)?;
    let text = "User is already member of this organization";
    Ok((StatusCode::CONFLICT, Json(json!({ "message": text, "userId": user.id }))).into_response())
}

pub(super) async fn change_role(
    State(grafana): State<Grafana>,
    Path(user): Path<String>,
    Body(form): Body<NewRole>,
) -> Answer {
    let (id, role) = (id(&user)?, role(&form.role)?);
    grafana.change(move |grafana| grafana.accounts.set_role(id, role)).await?;
    done("Organization user updated")
}

/// Who leaves the one organisation belongs to none, and is deleted, as Grafana does.
pub(super) async fn remove_user(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(user): Path<String>,
) -> Answer {
    let id = id(&user)?;
    // An administrator of dashboards is not one of users.
    if !viewer.is_server_admin() && grafana.accounts.user(id).is_ok_and(|user| user.is_server_admin) {
        return Ok(viewer.denied("server administrator"));
    }
    grafana.change(move |grafana| grafana.accounts.delete_user(id)).await?;
    done("User deleted")
}
