//! The part of Grafana's HTTP API that dashboards, and tools that look after them, need.

mod absent;
mod access;
mod annotation;
mod audit;
mod cookie;
mod dashboard;
mod data_source;
mod folder;
mod identity;
mod import;
mod login;
mod origin;
mod people;
mod permission;
mod provisioning;
mod query;
mod render;
mod request;
mod resource;
mod search;
mod snapshot;
mod version;
mod viewer;

use std::{net::SocketAddr, sync::Arc};

use ::dashboard::{Accounts, Annotations, Library, Snapshots};
use axum::{
    Json, Router,
    extract::{ConnectInfo, DefaultBodyLimit, Request},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::{Extensions, HeaderMap, StatusCode, Uri};
use model::Budget;
use net::server::Secured;
use serde_json::json;
use tokio::sync::Semaphore;
use tower_service::Service;

use crate::{
    external::ExternalUrl,
    handler::{any, get, post},
    instance::Instance,
    offload::offload,
};
pub use data_source::Sources;
pub(crate) use data_source::asking_routes;
pub use provisioning::Dashboards;
pub(crate) use snapshot::shared_routes;
pub(crate) use viewer::{Viewer, at_least};

/// The version of Grafana that clients are told.
const API_VERSION: &str = "12.3.0";
/// Bytes of a login: anybody may send one, so not many are held.
const LOGIN_BYTES_MAX: usize = 4 << 10;

/// What the handlers share.
#[derive(Clone)]
pub struct Grafana {
    library: Arc<Library>,
    annotations: Arc<Annotations>,
    snapshots: Arc<Snapshots>,
    reload_dashboards: provisioning::Reload,
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
    /// Pictures that are drawn, and that wait for it.
    desk: Arc<render::Desk>,
}

impl Grafana {
    /// Takes the dashboards with what belongs to them, the accounts that may log in, the data sources, the stack, the
    /// version of Gnomon, what pays for requests, and where browsers find the server.
    pub fn new(
        dashboards: Dashboards,
        accounts: Arc<Accounts>,
        sources: Sources,
        instance: Arc<dyn Instance>,
        version: &'static str,
        budget: Arc<Budget>,
        external: ExternalUrl,
    ) -> Self {
        let checking = Arc::new(Semaphore::new(1));
        let (external, desk) = (Arc::new(external), Arc::default());
        let Dashboards { library, annotations, snapshots, reload: reload_dashboards } = dashboards;
        let anonymous = false;
        Self {
            library,
            annotations,
            snapshots,
            reload_dashboards,
            accounts,
            sources,
            instance,
            version,
            budget,
            external,
            checking,
            anonymous,
            desk,
        }
    }

    /// The same, with everybody allowed to look without a login.
    #[must_use]
    pub fn open_to_everybody(mut self) -> Self {
        self.anonymous = true;
        self
    }

    /// Whether everybody may look.
    pub(crate) fn is_open(&self) -> bool {
        self.anonymous
    }

    /// The same where nobody can log in.
    pub(crate) fn without_login(&self) -> Self {
        Self { anonymous: false, ..self.clone() }
    }

    /// The same at another address.
    #[must_use]
    pub fn placed(mut self, external: ExternalUrl) -> Self {
        self.external = Arc::new(external);
        self
    }

    /// The version of Grafana whose API this is, by which clients choose what they ask, and Gnomon's.
    fn api_version(&self) -> String {
        format!("{API_VERSION}+gnomon.{}", self.version)
    }

    /// Does what may wait for the disk off the network thread; an answer when that panicked.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, Response> {
        let grafana = self.clone();
        let done = offload(move || work(&grafana)).await;
        done.ok_or_else(|| message(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error"))
    }
}

/// Routes for whoever may see dashboards. A layer around them has to say who that is.
pub(crate) fn routes(grafana: &Grafana) -> Router {
    Router::new()
        .merge(absent::routes())
        .merge(search::routes())
        .merge(dashboard::routes())
        .merge(folder::routes())
        .merge(annotation::routes())
        .merge(snapshot::routes())
        .merge(provisioning::routes())
        .merge(resource::routes())
        .merge(data_source::routes())
        .merge(permission::routes())
        .merge(people::routes())
        .with_state(grafana.clone())
}

/// Everything else that Grafana's clients may ask for. A slash at the end of a known path does not count: many write
/// one.
pub(crate) fn unknown_routes(known: Router) -> Router {
    let answer = async move |mut request: Request| match without_slash(request.uri()) {
        None => message(StatusCode::NOT_FOUND, "Not found"),
        Some(uri) => {
            *request.uri_mut() = uri;
            forget_route(request.extensions_mut());
            known.clone().call(request).await.unwrap_or_else(|never| match never {})
        }
    };
    Router::new().route("/api/{*path}", any(answer))
}

fn without_slash(uri: &Uri) -> Option<Uri> {
    let path = uri.path().strip_suffix('/')?;
    let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
    format!("{path}{query}").parse().ok()
}

/// Leaves who asks and from where: what one route found in the path would be parameters of the next one, too.
fn forget_route(extensions: &mut Extensions) {
    fn keep<T: Clone + Send + Sync + 'static>(from: &mut Extensions, to: &mut Extensions) {
        from.remove::<T>().map(|value| to.insert(value));
    }
    let mut all = std::mem::take(extensions);
    keep::<Viewer>(&mut all, extensions);
    keep::<identity::SessionId>(&mut all, extensions);
    keep::<ConnectInfo<SocketAddr>>(&mut all, extensions);
    keep::<Secured>(&mut all, extensions);
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
    let health = json!({ "database": "ok", "version": grafana.api_version() });
    Router::new().route("/api/health", get(async move || Json(health)))
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

/// Whether a request comes from a browser that logged in, by what it says.
pub(crate) fn has_session(headers: &HeaderMap) -> bool {
    cookie::secret(headers).is_some()
}

/// An answer as Grafana words what went wrong, or right.
fn message(status: StatusCode, text: &str) -> Response {
    (status, Json(json!({ "message": text }))).into_response()
}
