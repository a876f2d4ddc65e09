//! `/api/user/preferences` and `/api/org/preferences`.

use axum::{Extension, Json, extract::State, response::IntoResponse};
use dashboard::{AccountError, Organization, Preferences};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{Grafana, Viewer},
    request::{Answer, Body, done},
};

/// What is changed; Grafana's clients send more than is stored here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PreferencesForm {
    theme: Option<String>,
    #[serde(rename = "homeDashboardUID")]
    home_dashboard_uid: Option<String>,
    timezone: Option<String>,
    week_start: Option<String>,
}

impl PreferencesForm {
    /// What is not said stays.
    fn over(self, before: Preferences) -> Preferences {
        Preferences {
            theme: self.theme.unwrap_or(before.theme),
            home_dashboard_uid: self.home_dashboard_uid.unwrap_or(before.home_dashboard_uid),
            timezone: self.timezone.unwrap_or(before.timezone),
            week_start: self.week_start.unwrap_or(before.week_start),
        }
    }
}

fn written(preferences: &Preferences) -> Value {
    json!({
        "theme": preferences.theme,
        "homeDashboardUID": preferences.home_dashboard_uid,
        "timezone": preferences.timezone,
        "weekStart": preferences.week_start,
    })
}

pub(super) async fn own(State(grafana): State<Grafana>, Extension(viewer): Extension<Viewer>) -> Answer {
    Ok(Json(written(&grafana.accounts.preferences(viewer.id())?)).into_response())
}

pub(super) async fn replace_own(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Body(form): Body<PreferencesForm>,
) -> Answer {
    set_own(&grafana, &viewer, |_| Ok(form.over(Preferences::default()))).await
}

pub(super) async fn patch_own(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
    Body(form): Body<PreferencesForm>,
) -> Answer {
    let id = viewer.id();
    set_own(&grafana, &viewer, move |grafana| Ok(form.over(grafana.accounts.preferences(id)?))).await
}

async fn set_own(
    grafana: &Grafana,
    viewer: &Viewer,
    preferences: impl FnOnce(&Grafana) -> Result<Preferences, AccountError> + Send + 'static,
) -> Answer {
    let id = viewer.id();
    let set = grafana.change(move |grafana| grafana.accounts.set_preferences(id, preferences(grafana)?));
    set.await?;
    done("Preferences updated")
}

pub(super) async fn of_all(State(grafana): State<Grafana>) -> Json<Value> {
    Json(written(&grafana.accounts.organization().preferences))
}

pub(super) async fn replace_of_all(
    State(grafana): State<Grafana>,
    Body(form): Body<PreferencesForm>,
) -> Answer {
    set_of_all(&grafana, |_| form.over(Preferences::default())).await
}

pub(super) async fn patch_of_all(
    State(grafana): State<Grafana>,
    Body(form): Body<PreferencesForm>,
) -> Answer {
    set_of_all(&grafana, |before| form.over(before)).await
}

async fn set_of_all(
    grafana: &Grafana,
    preferences: impl FnOnce(Preferences) -> Preferences + Send + 'static,
) -> Answer {
    let set = grafana.change(move |grafana| {
        let Organization { name, preferences: before } = grafana.accounts.organization();
        grafana.accounts.set_organization(Organization { name, preferences: preferences(before) })
    });
    set.await?;
    done("Preferences updated")
}
