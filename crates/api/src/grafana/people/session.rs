//! `/api/user/auth-tokens`: sessions, which Grafana calls so, listed and ended.

use axum::{
    Extension, Json,
    extract::{Path, State},
    response::IntoResponse,
};
use dashboard::Session;
use http::StatusCode;
use model::sort;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{Grafana, Viewer, identity::SessionId},
    age,
    request::{Answer, Body, done, id, refuse},
    user_agent::UserAgent,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Revoked {
    auth_token_id: u64,
}

fn listed(sessions: &[Session], own: Option<u64>) -> Json<Value> {
    let entry = |session: &Session| {
        let agent = UserAgent::parse(&session.client.agent);
        json!({
            "id": session.id,
            "isActive": Some(session.id) == own,
            "clientIp": session.client.address,
            "device": "Other",
            "os": agent.system,
            "osVersion": "",
            "browser": agent.browser,
            "browserVersion": agent.version,
            "createdAt": age::written(session.created_ms),
            "seenAt": age::written(session.seen_ms),
        })
    };
    Json(sessions.iter().map(entry).collect())
}

/// The session that a request came with.
fn session(own: Option<Extension<SessionId>>) -> Option<u64> {
    own.map(|Extension(SessionId(id))| id)
}

pub(super) async fn own(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    own: Option<Extension<SessionId>>,
) -> Json<Value> {
    let mut sessions = grafana.accounts.sessions(viewer.id());
    sort::by_key(&mut sessions, |session| std::cmp::Reverse(session.seen_ms));
    listed(&sessions, session(own))
}

/// Ends all sessions but the one that asks; Grafana has no such request.
pub(super) async fn end_own(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    own: Option<Extension<SessionId>>,
) -> Answer {
    let (id, own) = (viewer.id(), session(own));
    grafana.change(move |grafana| grafana.accounts.end_sessions(id, own)).await?;
    done("User logged out")
}

pub(super) async fn revoke_own(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    own: Option<Extension<SessionId>>,
    Body(form): Body<Revoked>,
) -> Answer {
    if session(own) == Some(form.auth_token_id) {
        return Err(refuse(StatusCode::BAD_REQUEST, "Cannot revoke active user auth token"));
    }
    revoke(&grafana, viewer.id(), form).await
}

pub(super) async fn of_user(State(grafana): State<Grafana>, Path(user): Path<String>) -> Answer {
    Ok(listed(&grafana.accounts.sessions(id(&user)?), None).into_response())
}

pub(super) async fn revoke_of_user(
    State(grafana): State<Grafana>,
    Path(user): Path<String>,
    Body(form): Body<Revoked>,
) -> Answer {
    revoke(&grafana, id(&user)?, form).await
}

async fn revoke(grafana: &Grafana, user_id: u64, form: Revoked) -> Answer {
    let ended = grafana.change(move |grafana| grafana.accounts.end_session(user_id, form.auth_token_id));
    ended.await?;
    done("User auth token revoked")
}
