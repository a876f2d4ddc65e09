//! `/api/teams`: users to whom something is granted together.

use axum::{
    Extension, Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use dashboard::{AccountError, Team, TeamMember};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{Grafana, Viewer, request::nullable, search::Page},
    ORGANIZATION_ID,
    request::{Answer, Body, contains, done, finished, id, refuse},
};
use crate::parameter::Parameters;

/// What clients call a member who is the team's admin.
const ADMIN: u8 = 4;

#[derive(Deserialize)]
pub(super) struct TeamForm {
    #[serde(default, deserialize_with = "nullable")]
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    email: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MemberForm {
    user_id: u64,
}

#[derive(Deserialize)]
pub(super) struct MembershipForm {
    #[serde(default, deserialize_with = "nullable")]
    permission: u8,
}

fn described(team: &Team) -> Value {
    json!({
        "id": team.id,
        "uid": team.id.to_string(),
        "orgId": ORGANIZATION_ID,
        "name": team.name,
        "email": team.email,
        "externalUID": "",
        "isProvisioned": false,
        "avatarUrl": "",
        "memberCount": team.members.len(),
        "permission": 0,
        "accessControl": null,
    })
}

/// A team of a path; its uid is its number as well.
fn team(grafana: &Grafana, path_id: &str) -> Answer<Team> {
    Ok(grafana.accounts.team(id(path_id)?)?)
}

/// The outcome of work off the network thread, in the words that clients know for a name that is taken.
fn named<T>(done: Result<Result<T, AccountError>, Response>) -> Answer<T> {
    match done {
        Ok(Err(AccountError::Taken { .. })) => Err(refuse(StatusCode::CONFLICT, "Team name taken")),
        done => finished(done),
    }
}

pub(super) async fn search(State(grafana): State<Grafana>, parameters: Parameters) -> Json<Value> {
    let mut found = grafana.accounts.teams();
    let (query, name) = (parameters.get("query"), parameters.get("name"));
    found.retain(|team| contains([&team.name, "", ""], query) && (name.is_empty() || team.name == name));
    let (page, total) = (Page::of(&parameters), found.len());
    let teams: Value = page.cut(&found).map(described).collect();
    Json(json!({ "totalCount": total, "teams": teams, "page": page.number, "perPage": page.limit }))
}

pub(super) async fn create(State(grafana): State<Grafana>, Body(form): Body<TeamForm>) -> Answer {
    let created = grafana.blocking(move |grafana| grafana.accounts.create_team(&form.name, &form.email));
    let Team { id, .. } = named(created.await)?;
    Ok(Json(json!({ "message": "Team created", "teamId": id, "uid": id.to_string() })).into_response())
}

pub(super) async fn by_id(State(grafana): State<Grafana>, Path(path_id): Path<String>) -> Answer {
    Ok(Json(described(&team(&grafana, &path_id)?)).into_response())
}

pub(super) async fn update(
    State(grafana): State<Grafana>,
    Path(path_id): Path<String>,
    Body(form): Body<TeamForm>,
) -> Answer {
    let id = id(&path_id)?;
    let changed = grafana.blocking(move |grafana| grafana.accounts.rename_team(id, &form.name, &form.email));
    named(changed.await)?;
    done("Team updated")
}

pub(super) async fn delete(State(grafana): State<Grafana>, Path(path_id): Path<String>) -> Answer {
    let id = id(&path_id)?;
    grafana.change(move |grafana| grafana.accounts.delete_team(id)).await?;
    done("Team deleted")
}

pub(super) async fn members(State(grafana): State<Grafana>, Path(path_id): Path<String>) -> Answer {
    let team = team(&grafana, &path_id)?;
    let members = team.members.iter().filter_map(|member| {
        let user = grafana.accounts.user(member.user_id).ok()?;
        Some(json!({
            "orgId": ORGANIZATION_ID, "teamId": team.id, "teamUID": team.id.to_string(),
            "userId": user.id, "userUID": user.login, "auth_module": "", "email": user.email, "name": user.name,
            "login": user.login, "avatarUrl": "", "labels": [],
            "permission": if member.is_admin { ADMIN } else { 0 },
        }))
    });
    Ok(Json(members.collect::<Value>()).into_response())
}

pub(super) async fn add_member(
    State(grafana): State<Grafana>,
    Path(path_id): Path<String>,
    Body(MemberForm { user_id }): Body<MemberForm>,
) -> Answer {
    let team = team(&grafana, &path_id)?;
    if team.members.iter().any(|member| member.user_id == user_id) {
        return Err(refuse(StatusCode::BAD_REQUEST, "User is already added to this team"));
    }
    let member = TeamMember { user_id, is_admin: false };
    grafana.change(move |grafana| grafana.accounts.put_into_team(team.id, member)).await?;
    done("Member added to Team")
}

pub(super) async fn update_member(
    State(grafana): State<Grafana>,
    Path((path_id, user)): Path<(String, String)>,
    Body(form): Body<MembershipForm>,
) -> Answer {
    let (team, user_id) = (team(&grafana, &path_id)?, id(&user)?);
    if !team.members.iter().any(|member| member.user_id == user_id) {
        return Err(refuse(StatusCode::NOT_FOUND, "Team member not found."));
    }
    let member = TeamMember { user_id, is_admin: form.permission == ADMIN };
    grafana.change(move |grafana| grafana.accounts.put_into_team(team.id, member)).await?;
    done("Team member updated")
}

pub(super) async fn remove_member(
    State(grafana): State<Grafana>,
    Path((path_id, user)): Path<(String, String)>,
) -> Answer {
    let (id, user_id) = (id(&path_id)?, id(&user)?);
    grafana.change(move |grafana| grafana.accounts.take_from_team(id, user_id)).await?;
    done("Team Member removed")
}

/// A team prefers nothing: who looks is told so.
pub(super) async fn preferences(State(grafana): State<Grafana>, Path(path_id): Path<String>) -> Answer {
    team(&grafana, &path_id)?;
    Ok(Json(json!({})).into_response())
}

fn of(grafana: &Grafana, user_id: u64) -> Json<Value> {
    let teams = grafana.accounts.teams_of(user_id);
    let teams = teams.into_iter().filter_map(|id| grafana.accounts.team(id).ok());
    Json(teams.map(|team| described(&team)).collect())
}

pub(super) async fn own(State(grafana): State<Grafana>, Extension(viewer): Extension<Viewer>) -> Json<Value> {
    of(&grafana, viewer.id())
}

pub(super) async fn of_user(State(grafana): State<Grafana>, Path(user): Path<String>) -> Answer {
    let user = grafana.accounts.user(id(&user)?)?;
    Ok(of(&grafana, user.id).into_response())
}
