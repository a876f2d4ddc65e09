//! Who may do what: users, service accounts, the organisation, sessions and preferences, as Grafana's API has them.

mod access;
mod admin;
mod age;
mod organization;
mod preference;
mod profile;
mod request;
mod service_account;
mod session;
mod setting;
mod star;
mod team;
mod user;
mod user_agent;

use axum::{Router, extract::DefaultBodyLimit, middleware};
use dashboard::Role;

use super::{
    Grafana, login,
    viewer::{at_least, server_admins, somebody},
};
use crate::handler::{delete, get, patch, post, put};

/// The one organisation.
const ORGANIZATION_ID: u64 = 1;

/// Bytes of a request about people; some names and a password.
const BYTES_MAX: usize = 64 << 10;

/// Routes for those to whom they are open; a layer around them has to say who is there.
pub(super) fn routes() -> Router<Grafana> {
    Router::new()
        .route("/api/user", get(profile::current))
        .route("/api/org", get(organization::current))
        .route("/api/org/preferences", get(preference::of_all))
        .route("/api/login/ping", get(login::ping))
        .route("/api/frontend/settings", get(setting::frontend))
        .route("/api/access-control/user/permissions", get(access::permissions))
        .route("/api/access-control/user/actions", get(access::actions))
        .route("/api/user/stars", get(star::list))
        .merge(own_routes().route_layer(middleware::from_fn(somebody)))
        .merge(organization_routes().route_layer(at_least(Role::Admin)))
        .merge(service_account_routes().route_layer(at_least(Role::Admin)))
        .merge(team_routes().route_layer(at_least(Role::Admin)))
        .merge(server_routes().route_layer(middleware::from_fn(server_admins)))
        .layer(DefaultBodyLimit::max(BYTES_MAX))
}

/// What users change about themselves.
fn own_routes() -> Router<Grafana> {
    Router::new()
        .route("/api/user", put(profile::update))
        .route("/api/user/password", put(profile::change_password))
        .route("/api/user/orgs", get(profile::organizations))
        .route("/api/user/teams", get(team::own))
        .route("/api/user/using/{id}", post(profile::choose_organization))
        .route(
            "/api/user/preferences",
            get(preference::own).merge(put(preference::replace_own)).merge(patch(preference::patch_own)),
        )
        .route("/api/user/stars/dashboard/uid/{uid}", post(star::add).merge(delete(star::remove)))
        .route("/api/user/auth-tokens", get(session::own).merge(delete(session::end_own)))
        .route("/api/user/revoke-auth-token", post(session::revoke_own))
}

fn organization_routes() -> Router<Grafana> {
    Router::new()
        .route("/api/org", put(organization::rename))
        .route("/api/org/preferences", put(preference::replace_of_all).merge(patch(preference::patch_of_all)))
        .route("/api/org/users", get(organization::users).merge(post(organization::add_user)))
        .route("/api/org/users/lookup", get(organization::lookup))
        .route("/api/org/users/search", get(organization::search))
        .route(
            "/api/org/users/{id}",
            patch(organization::change_role).merge(delete(organization::remove_user)),
        )
}

fn service_account_routes() -> Router<Grafana> {
    Router::new()
        .route("/api/serviceaccounts", post(service_account::create))
        .route("/api/serviceaccounts/search", get(service_account::search))
        .route(
            "/api/serviceaccounts/{id}",
            get(service_account::by_id)
                .merge(patch(service_account::update))
                .merge(delete(service_account::delete)),
        )
        .route(
            "/api/serviceaccounts/{id}/tokens",
            get(service_account::tokens).merge(post(service_account::create_token)),
        )
        .route("/api/serviceaccounts/{id}/tokens/{token}", delete(service_account::delete_token))
}

fn team_routes() -> Router<Grafana> {
    Router::new()
        .route("/api/teams", post(team::create))
        .route("/api/teams/search", get(team::search))
        .route("/api/teams/{id}", get(team::by_id).merge(put(team::update)).merge(delete(team::delete)))
        .route("/api/teams/{id}/members", get(team::members).merge(post(team::add_member)))
        .route("/api/teams/{id}/members/{user}", put(team::update_member).merge(delete(team::remove_member)))
        .route("/api/teams/{id}/preferences", get(team::preferences))
}

fn server_routes() -> Router<Grafana> {
    Router::new()
        .route("/api/orgs", get(organization::list).merge(post(organization::create)))
        .route("/api/orgs/{id}", get(organization::by_id).merge(put(organization::rename_by_id)))
        .route(
            "/api/orgs/{id}/users",
            get(organization::users_by_id).merge(post(organization::add_user_by_id)),
        )
        .route(
            "/api/orgs/{id}/users/{user}",
            patch(organization::change_role_by_id).merge(delete(organization::remove_user_by_id)),
        )
        .route("/api/orgs/name/{name}", get(organization::by_name))
        .route("/api/users", get(user::list))
        .route("/api/users/search", get(user::search))
        .route("/api/users/lookup", get(user::lookup))
        .route("/api/users/{id}", get(user::by_id).merge(put(user::update)))
        .route("/api/users/{id}/orgs", get(user::organizations))
        .route("/api/users/{id}/teams", get(team::of_user))
        .route("/api/admin/users", post(admin::create_user))
        .route("/api/admin/users/{id}", delete(admin::delete_user))
        .route("/api/admin/users/{id}/password", put(admin::set_password))
        .route("/api/admin/users/{id}/permissions", put(admin::set_permissions))
        .route("/api/admin/users/{id}/disable", post(admin::disable_user))
        .route("/api/admin/users/{id}/enable", post(admin::enable_user))
        .route("/api/admin/users/{id}/logout", post(admin::log_user_out))
        .route("/api/admin/users/{id}/auth-tokens", get(session::of_user))
        .route("/api/admin/users/{id}/revoke-auth-token", post(session::revoke_of_user))
        .route("/api/admin/settings", get(setting::all))
        .route("/api/admin/stats", get(setting::statistics))
}
