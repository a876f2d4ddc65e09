//! The part of Grafana's HTTP API that dashboards, and tools that look after them, need.

mod audit;
mod cookie;
mod dashboard;
mod data_source;
mod folder;
mod identity;
mod login;
mod origin;
mod people;
mod permission;
mod query;
mod request;
mod search;
mod version;
mod viewer;

use std::sync::Arc;

use ::dashboard::{Accounts, Library, Role};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{any, delete, get, post, put},
};
use http::StatusCode;
use model::Budget;
use serde_json::json;
use tokio::{sync::Semaphore, task};

use crate::{external::ExternalUrl, instance::Instance};
pub use data_source::Sources;
pub(crate) use data_source::asking_routes;
pub(crate) use viewer::{Viewer, at_least};

/// Bytes of a login: anybody may send one, so not many are held.
const LOGIN_BYTES_MAX: usize = 4 << 10;

/// What the handlers share.
#[derive(Clone)]
pub struct Grafana {
    library: Arc<Library>,
    accounts: Arc<Accounts>,
    sources: Sources,
    instance: Arc<dyn Instance>,
    version: &'static str,
    /// Pays for what requests hold.
    budget: Arc<Budget>,
    /// Where browsers find it.
    external: Arc<ExternalUrl>,
    /// One password is checked at a time: bcrypt would take all cores.
    checking: Arc<Semaphore>,
    /// Whether everybody may look who is not logged in.
    anonymous: bool,
}

impl Grafana {
    /// Takes the dashboards, the accounts that may log in, the data sources, the stack, the version of Gnomon, what
    /// pays for requests, and where browsers find the server.
    pub fn new(
        library: Arc<Library>,
        accounts: Arc<Accounts>,
        sources: Sources,
        instance: Arc<dyn Instance>,
        version: &'static str,
        budget: Arc<Budget>,
        external: ExternalUrl,
    ) -> Self {
        let checking = Arc::new(Semaphore::new(1));
        let external = Arc::new(external);
        let anonymous = false;
        Self { library, accounts, sources, instance, version, budget, external, checking, anonymous }
    }

    /// The same, with everybody allowed to look without a login.
    #[must_use]
    pub fn open_to_everybody(mut self) -> Self {
        self.anonymous = true;
        self
    }

    /// The same at another address.
    #[must_use]
    pub fn placed(mut self, external: ExternalUrl) -> Self {
        self.external = Arc::new(external);
        self
    }

    /// Does what may wait for the disk off the network thread; an answer when that panicked.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, Response> {
        let grafana = self.clone();
        let done = task::spawn_blocking(move || work(&grafana)).await;
        done.map_err(|_| message(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error"))
    }
}

/// Routes for whoever may see dashboards. A layer around them has to say who that is.
pub(crate) fn routes(grafana: &Grafana) -> Router {
    Router::new()
        .merge(library_routes())
        .merge(data_source::routes())
        .merge(people::routes())
        .with_state(grafana.clone())
}

/// Dashboards and folders: viewers look, editors change.
fn library_routes() -> Router<Grafana> {
    let looks = Router::new()
        .route("/api/search", get(search::search))
        .route("/api/search/sorting", get(search::orders))
        .route("/api/dashboards/uid/{uid}", get(dashboard::by_uid))
        .route("/api/dashboards/home", get(dashboard::home))
        .route("/api/dashboards/tags", get(dashboard::tags))
        .route("/api/folders", get(folder::list))
        .route("/api/folders/id/{id}", get(folder::by_id))
        .route("/api/folders/{uid}", get(folder::by_uid))
        .route("/api/folders/{uid}/counts", get(folder::counts));
    let changes = Router::new()
        .route("/api/dashboards/db", post(dashboard::save))
        .route("/api/dashboards/uid/{uid}", delete(dashboard::delete))
        .route("/api/dashboards/uid/{uid}/versions", get(version::list))
        .route("/api/dashboards/uid/{uid}/versions/{version}", get(version::single))
        .route("/api/dashboards/uid/{uid}/restore", post(version::restore))
        .route("/api/dashboards/uid/{uid}/permissions", get(dashboard::permissions))
        .route("/api/dashboards/id/{id}/versions", get(version::list))
        .route("/api/dashboards/id/{id}/versions/{version}", get(version::single))
        .route("/api/dashboards/id/{id}/restore", post(version::restore))
        .route("/api/folders", post(folder::create))
        .route("/api/folders/{uid}", put(folder::update).delete(folder::delete))
        .route("/api/folders/{uid}/move", post(folder::relocate))
        .route("/api/folders/{uid}/permissions", get(folder::permissions));
    let grants = Router::new()
        .route("/api/dashboards/uid/{uid}/permissions", post(dashboard::set_permissions))
        .route("/api/folders/{uid}/permissions", post(folder::set_permissions));
    let changes = changes.route_layer(at_least(Role::Editor));
    looks.merge(changes).merge(grants.route_layer(at_least(Role::Admin)))
}

/// Everything else that Grafana's clients may ask for.
pub(crate) fn unknown_routes() -> Router {
    Router::new().route("/api/{*path}", any(async || message(StatusCode::NOT_FOUND, "Not found")))
}

/// Routes for whoever is not logged in yet.
pub(crate) fn login_routes(grafana: &Grafana) -> Router {
    Router::new()
        .route("/login", post(login::log_in).layer(DefaultBodyLimit::max(LOGIN_BYTES_MAX)))
        .route("/logout", get(login::log_out))
        .layer(middleware::from_fn(origin::require_same))
        .with_state(grafana.clone())
}

/// The route for probes.
pub(crate) fn health_route(grafana: &Grafana) -> Router {
    let version = grafana.version;
    Router::new()
        .route("/api/health", get(async move || Json(json!({ "database": "ok", "version": version }))))
}

/// Puts routes behind the login; what changes something has to come from a page of this server.
pub(crate) fn behind_login(routes: Router, grafana: &Grafana) -> Router {
    routes
        .layer(middleware::from_fn_with_state(grafana.clone(), audit::trace))
        .layer(middleware::from_fn_with_state(grafana.clone(), identity::require))
        .layer(middleware::from_fn(origin::require_same))
}

/// Lets everybody look.
pub(crate) async fn let_everyone_view(mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(Viewer::Anonymous);
    next.run(request).await
}

/// An answer as Grafana words what went wrong, or right.
fn message(status: StatusCode, text: &str) -> Response {
    (status, Json(json!({ "message": text }))).into_response()
}
