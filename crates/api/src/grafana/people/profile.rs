//! `/api/user`: whoever is there, about themselves.

use axum::{
    Extension, Json,
    extract::{FromRequest, Path, Request, State},
};
use dashboard::{Profile, User};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{Grafana, Viewer, audit::Detail, identity::SessionId},
    ORGANIZATION_ID,
    request::{Answer, Body, done, id, refuse},
    user,
};
use crate::peer;

/// What users call themselves; Grafana's clients send all of it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ProfileForm {
    login: Option<String>,
    email: Option<String>,
    name: Option<String>,
}

impl ProfileForm {
    /// What is not said stays.
    fn over(self, user: User) -> Profile {
        Profile {
            login: self.login.filter(|login| !login.is_empty()).unwrap_or(user.login),
            email: self.email.unwrap_or(user.email),
            name: self.name.unwrap_or(user.name),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PasswordForm {
    #[serde(default)]
    old_password: String,
    #[serde(default)]
    new_password: String,
}

pub(super) async fn current(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
) -> Json<Value> {
    Json(match &viewer {
        Viewer::Anonymous => program(0, "", "", "Viewer", true),
        Viewer::ServiceAccount(account) => {
            program(account.id, &account.login, &account.name, account.role.as_str(), false)
        }
        Viewer::User(user) => {
            let mut profile = user::profile(&grafana, user);
            profile["orgRole"] = user.role.as_str().into();
            profile["isAnonymous"] = false.into();
            profile
        }
    })
}

/// Somebody without a profile.
fn program(id: u64, login: &str, name: &str, role: &str, is_anonymous: bool) -> Value {
    json!({
        "id": id,
        "uid": login,
        "email": login,
        "name": name,
        "login": login,
        "theme": "",
        "orgId": ORGANIZATION_ID,
        "orgRole": role,
        "isGrafanaAdmin": false,
        "isDisabled": false,
        "isExternal": false,
        "isAnonymous": is_anonymous,
    })
}

pub(super) async fn update(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Body(form): Body<ProfileForm>,
) -> Answer {
    let own_id = viewer.id();
    let login = form.login.as_deref().unwrap_or_default().trim().to_lowercase();
    if !login.is_empty() && login != viewer.login() && !viewer.is_server_admin() {
        return Err(refuse(StatusCode::FORBIDDEN, "only server administrators change usernames"));
    }
    rename(&grafana, own_id, form).await
}

/// Calls a user something else; another login stands in the trace.
pub(super) async fn rename(grafana: &Grafana, user_id: u64, form: ProfileForm) -> Answer {
    let renamed = grafana.change(move |grafana| {
        let user = grafana.accounts.user(user_id)?;
        let before = user.login.clone();
        grafana.accounts.rename_user(user_id, form.over(user))?;
        Ok((before, grafana.accounts.user(user_id)?.login))
    });
    let (before, after) = renamed.await?;
    let mut response = done("User updated")?;
    if before != after {
        response.extensions_mut().insert(Detail(format!("{before} is now {after}")));
    }
    Ok(response)
}

pub(super) async fn change_password(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    request: Request,
) -> Answer {
    let from = peer::address(request.extensions());
    let session = request.extensions().get::<SessionId>().map(|session| session.0);
    let Body(form) = Body::<PasswordForm>::from_request(request, &()).await?;
    let id = viewer.id();
    let changed = grafana.change_password(move |grafana| {
        let PasswordForm { old_password, new_password } = form;
        grafana.accounts.change_password(id, &old_password, &new_password, from, session)
    });
    changed.await?;
    done("User password changed")
}

pub(super) async fn organizations(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
) -> Json<Value> {
    let name = grafana.accounts.organization().name;
    Json(json!([{ "orgId": ORGANIZATION_ID, "name": name, "role": viewer.role().as_str() }]))
}

pub(super) async fn choose_organization(Path(organization): Path<String>) -> Answer {
    match id(&organization)? {
        ORGANIZATION_ID => done("Active organization changed"),
        _ => Err(refuse(StatusCode::UNAUTHORIZED, "Not a valid organization")),
    }
}
