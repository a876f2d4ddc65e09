//! `/api/users`: all users, for those who may change them.

use axum::{
    Json,
    extract::{Path, State},
    response::IntoResponse,
};
use dashboard::User;
use model::sort;
use serde_json::{Value, json};

use super::{
    super::{Grafana, search::Page},
    ORGANIZATION_ID, age,
    profile::{ProfileForm, rename},
    request::{Answer, Body, contains, id},
};
use crate::parameter::Parameters;

/// A user with all that is known.
pub(super) fn profile(grafana: &Grafana, user: &User) -> Value {
    let theme = grafana.accounts.preferences(user.id).map(|preferences| preferences.theme);
    json!({
        "id": user.id,
        "uid": user.login,
        "email": user.email,
        "name": user.name,
        "login": user.login,
        "theme": theme.unwrap_or_default(),
        "orgId": ORGANIZATION_ID,
        "isGrafanaAdmin": user.is_server_admin,
        "isDisabled": user.is_disabled,
        "isExternal": false,
        "isExternallySynced": false,
        "isProvisioned": false,
        "authLabels": [],
        "createdAt": age::written(user.created_ms),
        "updatedAt": age::written(user.updated_ms),
        "avatarUrl": "",
    })
}

/// A user in a list.
fn entry(grafana: &Grafana, user: &User) -> Value {
    let (seen_at, seen_age) = age::last_seen(grafana.accounts.seen_ms(user.id), grafana.accounts.now_ms());
    json!({
        "id": user.id,
        "uid": user.login,
        "name": user.name,
        "login": user.login,
        "email": user.email,
        "avatarUrl": "",
        "isAdmin": user.is_server_admin,
        "role": user.role.as_str(),
        "isDisabled": user.is_disabled,
        "isProvisioned": false,
        "lastSeenAt": seen_at,
        "lastSeenAtAge": seen_age,
        "authLabels": [],
    })
}

/// The users whose login, name or address has a text in it, by login.
pub(super) fn found(grafana: &Grafana, query: &str) -> Vec<User> {
    let mut users = grafana.accounts.users();
    users.retain(|user| contains([&user.login, &user.name, &user.email], query));
    sort::by(&mut users, |a, b| a.login.cmp(&b.login));
    users
}

pub(super) async fn list(State(grafana): State<Grafana>, parameters: Parameters) -> Json<Value> {
    let users = found(&grafana, parameters.get("query"));
    Json(Page::of(&parameters).cut(users).map(|user| entry(&grafana, &user)).collect())
}

pub(super) async fn search(State(grafana): State<Grafana>, parameters: Parameters) -> Json<Value> {
    let (page, users) = (Page::of(&parameters), found(&grafana, parameters.get("query")));
    let total = users.len();
    let users: Value = page.cut(users).map(|user| entry(&grafana, &user)).collect();
    Json(json!({ "totalCount": total, "users": users, "page": page.number, "perPage": page.limit }))
}

pub(super) async fn lookup(State(grafana): State<Grafana>, parameters: Parameters) -> Answer {
    let user = grafana.accounts.find_user(parameters.get("loginOrEmail"))?;
    Ok(Json(profile(&grafana, &user)).into_response())
}

pub(super) async fn by_id(State(grafana): State<Grafana>, Path(user): Path<String>) -> Answer {
    let user = grafana.accounts.user(id(&user)?)?;
    Ok(Json(profile(&grafana, &user)).into_response())
}

pub(super) async fn update(
    State(grafana): State<Grafana>,
    Path(user): Path<String>,
    Body(form): Body<ProfileForm>,
) -> Answer {
    rename(&grafana, id(&user)?, form).await
}

pub(super) async fn organizations(State(grafana): State<Grafana>, Path(user): Path<String>) -> Answer {
    let user = grafana.accounts.user(id(&user)?)?;
    let (name, role) = (grafana.accounts.organization().name, user.role.as_str());
    Ok(Json(json!([{ "orgId": ORGANIZATION_ID, "name": name, "role": role }])).into_response())
}
