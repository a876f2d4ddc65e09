//! What tools ask about the server itself: `/api/frontend/settings`, `/api/admin/settings`, `/api/admin/stats`.

use axum::{Extension, Json, extract::State};
use dashboard::Role;
use serde_json::{Value, json};

use super::super::{Grafana, Viewer};

/// What pages and tools may know without a login where everybody may look.
pub(super) async fn frontend(
    State(grafana): State<Grafana>,
    Extension(viewer): Extension<Viewer>,
) -> Json<Value> {
    let build = json!({
        "version": grafana.api_version(),
        "edition": "Gnomon",
        "env": "production",
        "hideVersion": false,
    });
    Json(json!({
        "anonymousEnabled": grafana.anonymous || matches!(viewer, Viewer::Anonymous),
        // Where everybody is nobody there is no login.
        "disableLoginForm": !grafana.anonymous && matches!(viewer, Viewer::Anonymous),
        "appUrl": format!("{}/", grafana.external),
        "appSubUrl": grafana.external.path,
        "buildInfo": build,
        "defaultDatasource": "Prometheus",
    }))
}

/// What can be set, in the sections of Grafana's configuration; nothing that is secret.
pub(super) async fn all(State(grafana): State<Grafana>) -> Json<Value> {
    let external = &grafana.external;
    Json(json!({
        "DEFAULT": { "app_mode": "production" },
        "auth.anonymous": { "enabled": grafana.anonymous.to_string(), "org_role": Role::Viewer.as_str() },
        "auth.basic": { "enabled": "true" },
        "server": {
            "protocol": external.scheme,
            "http_port": external.listen_port.to_string(),
            "root_url": format!("{external}/"),
        },
        "users": { "allow_sign_up": "false", "auto_assign_org_role": Role::Viewer.as_str() },
    }))
}

/// How much there is.
pub(super) async fn statistics(State(grafana): State<Grafana>) -> Json<Value> {
    let users = grafana.accounts.users();
    let with = |role| users.iter().filter(|user| user.role == role).count();
    let stars: usize = users.iter().map(|user| grafana.accounts.stars(user.id).len()).sum();
    let sessions: usize = users.iter().map(|user| grafana.accounts.sessions(user.id).len()).sum();
    Json(json!({
        "orgs": 1,
        "users": users.len(),
        "admins": with(Role::Admin),
        "editors": with(Role::Editor),
        "viewers": with(Role::Viewer),
        "stars": stars,
        "activeSessions": sessions,
        "serviceAccounts": grafana.accounts.service_accounts().len(),
    }))
}
