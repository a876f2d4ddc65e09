//! Permissions of single folders and dashboards: `/api/folders/UID/permissions` and `/api/dashboards/uid/UID/permissions`,
//! and the same by the newer path `/api/access-control/folders/UID`.

use axum::{
    Extension, Json, Router,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use dashboard::{ChangeError, Entry, Folder, Grant, Grantee, Permission, Role, Standing};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Grafana, Viewer,
    dashboard::Which,
    message,
    request::{Answer, Refusal, nullable, parse},
};
use crate::handler::{get, post};

/// Number and name of what is granted, as clients know them.
const PERMISSIONS: [(Permission, u8, &str); 3] =
    [(Permission::View, 1, "View"), (Permission::Edit, 2, "Edit"), (Permission::Admin, 4, "Admin")];

/// Looking at permissions and changing them, for those to whom that is permitted.
pub(super) fn routes() -> Router<Grafana> {
    let mut routes =
        Router::new().route("/api/folders/{uid}/permissions", get(of_folder).merge(post(set_of_folder)));
    for path in ["/api/dashboards/uid/{uid}/permissions", "/api/dashboards/id/{id}/permissions"] {
        routes = routes.route(path, get(of_dashboard).merge(post(set_of_dashboard)));
    }
    for kind in ["folders", "dashboards"] {
        let place = format!("/api/access-control/{kind}/{{uid}}");
        routes = routes
            .route(&format!("/api/access-control/{kind}/description"), get(description))
            .route(&place, get(of_place).merge(post(set_some)))
            .route(&format!("{place}/{{grantee}}/{{name}}"), post(set_one));
    }
    routes
}

/// One permission of the older paths.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    role: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    user_id: u64,
    #[serde(default, deserialize_with = "nullable")]
    team_id: u64,
    permission: u8,
}

#[derive(Deserialize)]
struct Items {
    #[serde(default, deserialize_with = "nullable")]
    items: Vec<Item>,
}

/// One permission of the newer path, where an empty name takes it away.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Setting {
    #[serde(default, deserialize_with = "nullable")]
    built_in_role: String,
    #[serde(default, deserialize_with = "nullable")]
    user_id: u64,
    #[serde(default, deserialize_with = "nullable")]
    team_id: u64,
    #[serde(default, deserialize_with = "nullable")]
    permission: String,
}

#[derive(Deserialize)]
struct Settings {
    permissions: Vec<Setting>,
}

impl Item {
    fn grant(&self, grafana: &Grafana) -> Result<Grant, Refusal> {
        let role = self.role.as_deref().filter(|role| !role.is_empty());
        if self.user_id > 0 && self.team_id > 0 {
            return Err(Refusal::bad_request("team and user permissions cannot have an associated role"));
        }
        if (self.user_id > 0 || self.team_id > 0) && role.is_some() {
            return Err(Refusal::bad_request("permissions cannot have both a user and team"));
        }
        let known = PERMISSIONS.iter().find(|(_, number, _)| *number == self.permission);
        let (permission, ..) = known.ok_or_else(|| Refusal::bad_request("permission must be 1, 2 or 4"))?;
        let grantee = grantee(grafana, role.unwrap_or_default(), self.user_id, self.team_id)?;
        Ok(Grant { grantee, permission: *permission })
    }
}

impl Setting {
    /// Who is to have what; `None` for nothing.
    fn wanted(&self, grafana: &Grafana) -> Answer<(Grantee, Option<Permission>)> {
        let Self { built_in_role, user_id, team_id, permission } = self;
        let grantee = grantee(grafana, built_in_role, *user_id, *team_id)?;
        if permission.is_empty() {
            return Ok((grantee, None));
        }
        let known = PERMISSIONS.iter().find(|(_, _, name)| name == permission);
        let (permission, ..) =
            known.ok_or_else(|| Refusal::bad_request("permission must be View, Edit or Admin"))?;
        Ok((grantee, Some(*permission)))
    }
}

/// Whom a request names, if there is somebody.
fn grantee(grafana: &Grafana, role: &str, user_id: u64, team_id: u64) -> Result<Grantee, Refusal> {
    match (user_id, team_id) {
        (0, 0) => match role.parse() {
            Ok(role @ (Role::Viewer | Role::Editor)) => Ok(Grantee::Role(role)),
            _ => Err(Refusal::bad_request("role must be Viewer or Editor: admins may do everything")),
        },
        (0, id) => Ok(grafana.accounts.team(id).map(|team| Grantee::Team(team.id))?),
        (id, _) => match name_of(grafana, id) {
            Some(_) => Ok(Grantee::User(id)),
            None => Err(Refusal::bad_request("user not found")),
        },
    }
}

/// Login and address of a user or service account.
fn name_of(grafana: &Grafana, id: u64) -> Option<(String, String)> {
    let user = grafana.accounts.user(id).map(|user| (user.login, user.email));
    user.or_else(|_| grafana.accounts.service_account(id).map(|(one, _)| (one.login, String::new()))).ok()
}

fn number_and_name(permission: Permission) -> (u8, &'static str) {
    let known = PERMISSIONS.iter().find(|(own, ..)| *own == permission);
    known.map_or((0, ""), |(_, number, name)| (*number, name))
}

/// A grant to somebody who is there, as the older paths tell it.
fn item(grafana: &Grafana, standing: &Standing) -> Option<Value> {
    let (number, name) = number_and_name(standing.grant.permission);
    let mut item = json!({
        "permission": number, "permissionName": name, "inherited": standing.inherited_from.is_some(),
        "userId": 0, "userLogin": "", "userEmail": "", "userAvatarUrl": "",
        "teamId": 0, "teamEmail": "", "teamAvatarUrl": "", "team": "",
    });
    match standing.grant.grantee {
        Grantee::Role(role) => item["role"] = role.as_str().into(),
        Grantee::User(id) => {
            let (login, email) = name_of(grafana, id)?;
            (item["userId"], item["userLogin"], item["userEmail"]) = (id.into(), login.into(), email.into());
        }
        Grantee::Team(id) => {
            let team = grafana.accounts.team(id).ok()?;
            (item["teamId"], item["team"], item["teamEmail"]) =
                (id.into(), team.name.into(), team.email.into());
        }
    }
    Some(item)
}

/// The grants at a place, each with what is said of the place that gives it.
fn list(grafana: &Grafana, uid: &str, place: &Value) -> Response {
    let standing = grafana.library.grants(uid);
    let items = standing.iter().filter_map(|one| {
        let mut item = item(grafana, one)?;
        let from = one.inherited_from.as_ref().map(|folder| described_folder(grafana, folder));
        if let (Some(item), Value::Object(place)) =
            (item.as_object_mut(), from.unwrap_or_else(|| place.clone()))
        {
            item.extend(place);
        }
        Some(item)
    });
    Json(items.collect::<Vec<_>>()).into_response()
}

fn described_folder(grafana: &Grafana, folder: &Folder) -> Value {
    json!({
        "folderId": folder.id, "folderUid": folder.parent_uid, "uid": folder.uid, "title": folder.title,
        "slug": folder.slug(), "isFolder": true, "url": grafana.external.link(&folder.url()),
    })
}

fn described_dashboard(grafana: &Grafana, entry: &Entry) -> Value {
    json!({
        "dashboardId": entry.id, "folderUid": entry.folder_uid(), "uid": entry.uid(),
        "title": entry.summary.title, "slug": entry.summary.slug(), "isFolder": false,
        "url": grafana.external.link(&entry.summary.url),
    })
}

async fn of_folder(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(uid): Path<String>,
) -> Response {
    let answer = grafana.answer(move |grafana| {
        let folder = grafana.found_folder(&uid, &viewer, Permission::Admin)?;
        Ok(list(grafana, &uid, &described_folder(grafana, &folder)))
    });
    answer.await
}

async fn of_dashboard(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(which): Path<Which>,
) -> Response {
    let answer = grafana.answer(move |grafana| {
        let entry = grafana.which(&which, &viewer, Permission::Admin)?;
        Ok(list(grafana, entry.uid(), &described_dashboard(grafana, &entry)))
    });
    answer.await
}

/// Replaces the grants of a place by those of a request.
fn replace(grafana: &Grafana, uid: &str, text: &str) -> Result<(), Refusal> {
    let Items { items } = parse(text)?;
    let grants = items.iter().map(|item| item.grant(grafana)).collect::<Result<Vec<_>, _>>()?;
    if (1..grants.len())
        .any(|i| grants.iter().take(i).any(|one| Some(one.grantee) == grants.get(i).map(|g| g.grantee)))
    {
        return Err(Refusal::bad_request("Permission already exists"));
    }
    Ok(grafana.library.set_grants(uid, grants)?)
}

async fn set_of_folder(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(uid): Path<String>,
    request: Request,
) -> Response {
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        grafana.require_editing(&viewer)?;
        let folder = grafana.found_folder(&uid, &viewer, Permission::Admin)?;
        replace(grafana, &uid, text)?;
        let said = json!({ "message": "Folder permissions updated", "id": folder.id, "title": folder.title });
        Ok(Json(said).into_response())
    });
    answer.await
}

async fn set_of_dashboard(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(which): Path<Which>,
    request: Request,
) -> Response {
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        grafana.require_editing(&viewer)?;
        let entry = grafana.which(&which, &viewer, Permission::Admin)?;
        replace(grafana, entry.uid(), text)?;
        Ok(message(StatusCode::OK, "Dashboard permissions updated"))
    });
    answer.await
}

/// Whom something can be granted to, and what.
async fn description() -> Json<Value> {
    let assignments = json!({ "users": true, "serviceAccounts": true, "teams": true, "builtInRoles": true });
    Json(json!({ "assignments": assignments, "permissions": PERMISSIONS.map(|(_, _, name)| name) }))
}

/// The place of the newer path, by its uid, when somebody may change its permissions.
fn place(grafana: &Grafana, uid: &str, viewer: &Viewer) -> Result<(), Refusal> {
    if grafana.library.entry(uid).is_none() && grafana.library.folder(uid).is_none() {
        return Err(ChangeError::NotFound.into());
    }
    grafana.require(uid, viewer, Permission::Admin)
}

async fn of_place(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(uid): Path<String>,
) -> Response {
    let answer = grafana.answer(move |grafana| {
        place(grafana, &uid, &viewer)?;
        let standing = grafana.library.grants(&uid);
        let all = standing.iter().enumerate().filter_map(|(i, one)| setting(grafana, i + 1, one));
        Ok(Json(all.collect::<Vec<_>>()).into_response())
    });
    answer.await
}

/// A grant to somebody who is there, as the newer path tells it.
fn setting(grafana: &Grafana, number: usize, standing: &Standing) -> Option<Value> {
    let (_, name) = number_and_name(standing.grant.permission);
    let is_inherited = standing.inherited_from.is_some();
    let mut setting = json!({
        "id": number, "roleName": "", "isManaged": !is_inherited, "isInherited": is_inherited,
        "isServiceAccount": false, "actions": [], "permission": name,
    });
    match standing.grant.grantee {
        Grantee::Role(role) => setting["builtInRole"] = role.as_str().into(),
        Grantee::User(id) => {
            (setting["userId"], setting["userLogin"]) = (id.into(), name_of(grafana, id)?.0.into());
            setting["isServiceAccount"] = grafana.accounts.service_account(id).is_ok().into();
        }
        Grantee::Team(id) => {
            let team = grafana.accounts.team(id).ok()?;
            (setting["teamId"], setting["teamUid"], setting["team"]) =
                (id.into(), id.to_string().into(), team.name.into());
        }
    }
    Some(setting)
}

/// Grants what a request names, takes away what it names without a permission, and leaves all else.
fn apply(grafana: &Grafana, uid: &str, settings: &[Setting]) -> Result<(), Refusal> {
    let wanted = settings.iter().map(|setting| setting.wanted(grafana)).collect::<Result<Vec<_>, _>>()?;
    let change = |grants: &mut Vec<Grant>| {
        for (grantee, permission) in wanted {
            grants.retain(|grant| grant.grantee != grantee);
            grants.extend(permission.map(|permission| Grant { grantee, permission }));
        }
    };
    Ok(grafana.library.change_grants(uid, change)?)
}

async fn set_some(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path(uid): Path<String>,
    request: Request,
) -> Response {
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        grafana.require_editing(&viewer)?;
        place(grafana, &uid, &viewer)?;
        let Settings { permissions } = parse(text)?;
        apply(grafana, &uid, &permissions)?;
        Ok(message(StatusCode::OK, "Permissions updated"))
    });
    answer.await
}

#[derive(Deserialize)]
struct Named {
    permission: String,
}

async fn set_one(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Path((uid, kind, name)): Path<(String, String, String)>,
    request: Request,
) -> Response {
    let answer = grafana.with_body(request.into_body(), move |grafana, text| {
        grafana.require_editing(&viewer)?;
        place(grafana, &uid, &viewer)?;
        let Named { permission } = parse(text)?;
        let said = if permission.is_empty() { "Permission removed" } else { "Permission updated" };
        apply(grafana, &uid, &[named(&kind, &name, permission)?])?;
        Ok(message(StatusCode::OK, said))
    });
    answer.await
}

/// The setting that a path names.
fn named(kind: &str, name: &str, permission: String) -> Answer<Setting> {
    let none = Setting { built_in_role: String::new(), user_id: 0, team_id: 0, permission };
    let number = |field| name.parse().map_err(|_| Refusal::bad_request(format!("{field} is invalid")));
    match kind {
        "users" => Ok(Setting { user_id: number("userID")?, ..none }),
        "teams" => Ok(Setting { team_id: number("teamID")?, ..none }),
        "builtInRoles" => Ok(Setting { built_in_role: name.to_owned(), ..none }),
        _ => Err(Refusal::new(StatusCode::NOT_FOUND, "Not found")),
    }
}
