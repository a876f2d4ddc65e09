//! `/api/access-control/user/permissions`: what somebody may do, in the words of Grafana's permissions, for tools that
//! look before they ask.

use std::collections::BTreeMap;

use axum::{Extension, Json};
use dashboard::Role;

use super::super::Viewer;

const VIEWER: &[(&str, &[&str])] = &[
    ("annotations:read", &["annotations:type:*"]),
    ("dashboards:read", &["dashboards:*", "folders:*"]),
    ("datasources:explore", &[]),
    ("datasources:query", &["datasources:*"]),
    ("datasources:read", &["datasources:*"]),
    ("folders:read", &["folders:*"]),
    ("orgs:read", &[]),
    ("snapshots:read", &[]),
];

const EDITOR: &[(&str, &[&str])] = &[
    ("annotations:create", &["annotations:type:*"]),
    ("annotations:delete", &["annotations:type:*"]),
    ("annotations:write", &["annotations:type:*"]),
    ("dashboards:create", &["folders:*"]),
    ("dashboards:delete", &["dashboards:*", "folders:*"]),
    ("dashboards:write", &["dashboards:*", "folders:*"]),
    ("folders:create", &["folders:*"]),
    ("folders:delete", &["folders:*"]),
    ("folders:write", &["folders:*"]),
    ("snapshots:create", &[]),
    ("snapshots:delete", &[]),
];

const ADMIN: &[(&str, &[&str])] = &[
    ("datasources:create", &[]),
    ("datasources:delete", &["datasources:*"]),
    ("datasources:write", &["datasources:*"]),
    ("org.users:add", &["users:*"]),
    ("org.users:read", &["users:*"]),
    ("org.users:remove", &["users:*"]),
    ("org.users:write", &["users:*"]),
    ("orgs.preferences:read", &[]),
    ("orgs.preferences:write", &[]),
    ("orgs:write", &[]),
    ("serviceaccounts:create", &[]),
    ("serviceaccounts:delete", &["serviceaccounts:*"]),
    ("serviceaccounts:read", &["serviceaccounts:*"]),
    ("serviceaccounts:write", &["serviceaccounts:*"]),
];

const SERVER_ADMIN: &[(&str, &[&str])] = &[
    ("provisioning:reload", &["provisioners:*"]),
    ("server:stats:read", &[]),
    ("settings:read", &["settings:*"]),
    ("users.authtoken:read", &["global.users:*"]),
    ("users.authtoken:write", &["global.users:*"]),
    ("users.password:write", &["global.users:*"]),
    ("users.permissions:write", &["global.users:*"]),
    ("users:create", &[]),
    ("users:delete", &["global.users:*"]),
    ("users:disable", &["global.users:*"]),
    ("users:enable", &["global.users:*"]),
    ("users:logout", &["global.users:*"]),
    ("users:read", &["global.users:*"]),
    ("users:write", &["global.users:*"]),
];

fn permitted(viewer: &Viewer) -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    let tables = [
        (viewer.role() >= Role::Viewer, VIEWER),
        (viewer.role() >= Role::Editor, EDITOR),
        (viewer.role() >= Role::Admin, ADMIN),
        (viewer.is_server_admin(), SERVER_ADMIN),
    ];
    tables.into_iter().filter(|(has, _)| *has).flat_map(|(_, table)| table.iter().copied())
}

/// Actions with their scopes.
pub(super) async fn permissions(
    Extension(viewer): Extension<Viewer>,
) -> Json<BTreeMap<&'static str, &'static [&'static str]>> {
    Json(permitted(&viewer).collect())
}

/// Actions alone.
pub(super) async fn actions(Extension(viewer): Extension<Viewer>) -> Json<BTreeMap<&'static str, bool>> {
    Json(permitted(&viewer).map(|(action, _)| (action, true)).collect())
}
