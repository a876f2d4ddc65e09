//! `/api/serviceaccounts`: programs that log in with tokens.

use axum::{
    Json,
    extract::{Path, State},
    response::IntoResponse,
};
use dashboard::{AccountError, Role, ServiceAccount, ServiceAccountChange, Token};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{Grafana, request::nullable, search::Page},
    ORGANIZATION_ID, age,
    request::{Answer, Body, contains, done, finished, id, refuse},
};
use crate::parameter::Parameters;

/// Of a token that ends within so long Grafana says in how many seconds.
const SOON_MS: i64 = 7 * 86_400_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewAccount {
    name: String,
    role: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    is_disabled: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccountForm {
    name: Option<String>,
    role: Option<String>,
    is_disabled: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewToken {
    name: String,
    /// 0 is without end.
    #[serde(default, deserialize_with = "nullable")]
    seconds_to_live: i64,
}

fn described(account: &ServiceAccount, tokens: usize) -> Value {
    json!({
        "id": account.id,
        "uid": account.login,
        "name": account.name,
        "login": account.login,
        "orgId": ORGANIZATION_ID,
        "isDisabled": account.is_disabled,
        "isExternal": false,
        "role": account.role.as_str(),
        "tokens": tokens,
        "createdAt": age::written(account.created_ms),
        "avatarUrl": "",
    })
}

fn role(name: Option<&str>) -> Answer<Option<Role>> {
    let role = name.map(str::parse).transpose();
    role.map_err(|_| refuse(StatusCode::BAD_REQUEST, "Invalid role specified"))
}

pub(super) async fn create(State(grafana): State<Grafana>, Body(form): Body<NewAccount>) -> Answer {
    let role = role(form.role.as_deref())?.unwrap_or(Role::Viewer);
    let created = grafana
        .blocking(move |grafana| grafana.accounts.create_service_account(&form.name, role, form.is_disabled));
    let account = match created.await {
        // A wrong request here, a conflict elsewhere.
        Ok(Err(error @ AccountError::Taken { .. })) => {
            return Err(refuse(StatusCode::BAD_REQUEST, &error.to_string()));
        }
        created => finished(created)?,
    };
    Ok((StatusCode::CREATED, Json(described(&account, 0))).into_response())
}

pub(super) async fn search(State(grafana): State<Grafana>, parameters: Parameters) -> Json<Value> {
    let mut found = grafana.accounts.service_accounts();
    let is = |name| matches!(parameters.get(name), "true" | "1");
    found.retain(|(account, tokens)| {
        contains([&account.login, &account.name, ""], parameters.get("query"))
            && (!is("disabled") || account.is_disabled)
            && (!is("expiredTokens") || tokens.iter().any(|token| grafana.accounts.has_expired(token)))
    });
    let (page, total) = (Page::of(&parameters), found.len());
    let accounts: Value =
        page.cut(found).map(|(account, tokens)| described(&account, tokens.len())).collect();
    Json(json!({
        "totalCount": total,
        "serviceAccounts": accounts,
        "page": page.number,
        "perPage": page.limit,
    }))
}

/// A service account of a path with its tokens.
fn account(grafana: &Grafana, account: &str) -> Answer<(ServiceAccount, Vec<Token>)> {
    Ok(grafana.accounts.service_account(id(account)?)?)
}

pub(super) async fn by_id(State(grafana): State<Grafana>, Path(path_id): Path<String>) -> Answer {
    let (account, tokens) = account(&grafana, &path_id)?;
    Ok(Json(described(&account, tokens.len())).into_response())
}

pub(super) async fn update(
    State(grafana): State<Grafana>,
    Path(path_id): Path<String>,
    Body(form): Body<AccountForm>,
) -> Answer {
    let (id, role) = (id(&path_id)?, role(form.role.as_deref())?);
    let change = ServiceAccountChange { name: form.name, role, is_disabled: form.is_disabled };
    let changed = grafana.change(move |grafana| {
        grafana.accounts.change_service_account(id, change)?;
        grafana.accounts.service_account(id)
    });
    let (account, tokens) = changed.await?;
    Ok(Json(json!({
        "id": account.id,
        "message": "Service account updated",
        "name": account.name,
        "serviceaccount": described(&account, tokens.len()),
    }))
    .into_response())
}

pub(super) async fn delete(State(grafana): State<Grafana>, Path(path_id): Path<String>) -> Answer {
    let id = id(&path_id)?;
    grafana.change(move |grafana| grafana.accounts.delete_service_account(id)).await?;
    done("Service account deleted")
}

fn listed(grafana: &Grafana, token: &Token) -> Value {
    let now_ms = grafana.accounts.now_ms();
    let left_ms = token.expires_ms.map_or(0, |expires_ms| expires_ms.saturating_sub(now_ms));
    let soon = (0..SOON_MS).contains(&left_ms);
    json!({
        "id": token.id,
        "name": token.name,
        "created": age::written(token.created_ms),
        "lastUsedAt": grafana.accounts.seen_ms(token.id).map(age::written),
        "expiration": token.expires_ms.map(age::written),
        "secondsUntilExpiration": if soon { left_ms as f64 / 1e3 } else { 0.0 },
        "hasExpired": token.has_expired(now_ms),
        "isRevoked": false,
    })
}

pub(super) async fn tokens(State(grafana): State<Grafana>, Path(path_id): Path<String>) -> Answer {
    let (_, tokens) = account(&grafana, &path_id)?;
    Ok(Json(tokens.iter().map(|token| listed(&grafana, token)).collect::<Value>()).into_response())
}

pub(super) async fn create_token(
    State(grafana): State<Grafana>,
    Path(path_id): Path<String>,
    Body(form): Body<NewToken>,
) -> Answer {
    let Ok(seconds) = u64::try_from(form.seconds_to_live) else {
        return Err(refuse(StatusCode::BAD_REQUEST, "invalid SecondsToLive value"));
    };
    let account_id = id(&path_id)?;
    let created = grafana.change(move |grafana| {
        grafana.accounts.create_token(account_id, &form.name, Some(seconds).filter(|&seconds| seconds > 0))
    });
    let (token, key) = created.await?;
    Ok(Json(json!({ "id": token.id, "name": token.name, "key": key })).into_response())
}

pub(super) async fn delete_token(
    State(grafana): State<Grafana>,
    Path((path_id, token)): Path<(String, String)>,
) -> Answer {
    let (account, token) = (id(&path_id)?, id(&token)?);
    grafana.change(move |grafana| grafana.accounts.delete_token(account, token)).await?;
    done("Service account token deleted")
}
