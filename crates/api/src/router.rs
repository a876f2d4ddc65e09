//! The two routers: one address is open, the other asks who is there.

use axum::{Router, middleware};
use dashboard::Role;

use crate::{
    asset::{self, Assets},
    first_data::Readers,
    grafana::{self, Grafana},
    method::with_security_headers,
    prometheus::{self, Prometheus},
};

/// Prometheus's API and pages, without a login (`:9090`). Dashboards can be seen.
pub fn prometheus_router(prometheus: &Prometheus, grafana: &Grafana, assets: Assets) -> Router {
    let api = api_routes(prometheus, |writes| writes);
    let dashboards =
        grafana::routes(&grafana.without_login()).merge(asking_routes(prometheus, grafana, &api, true));
    let dashboards = dashboards.layer(middleware::from_fn(grafana::let_everyone_view));
    with_security_headers(
        api.merge(prometheus::lifecycle_routes(prometheus))
            .merge(prometheus::admin_routes(prometheus))
            .merge(dashboards)
            .merge(grafana::shared_routes(grafana))
            .merge(grafana::health_route(grafana))
            .merge(asset::routes(assets, Readers::Nobody)),
    )
}

/// Nothing but the metrics about the stack itself.
pub fn metrics_router(prometheus: &Prometheus) -> Router {
    prometheus::metrics_route(prometheus)
}

/// The same pages behind a login (`:3000`).
pub fn dashboard_router(prometheus: &Prometheus, grafana: &Grafana, assets: Assets) -> Router {
    let api = api_routes(prometheus, |writes| writes.route_layer(grafana::at_least(Role::Editor)));
    let dashboards = grafana::routes(grafana).merge(asking_routes(prometheus, grafana, &api, false));
    let known = api.merge(dashboards);
    let private = known.clone().merge(grafana::unknown_routes(known));
    let private = grafana::behind_login(private, grafana);
    let readers = if grafana.is_open() { Readers::Everybody } else { Readers::LoggedIn };
    with_security_headers(
        private
            .merge(grafana::login_routes(grafana))
            .merge(grafana::shared_routes(grafana))
            .merge(grafana::health_route(grafana))
            .merge(asset::routes(assets, readers)),
    )
}

/// The API at its path.
fn api_routes(
    prometheus: &Prometheus,
    guard_writes: impl FnOnce(Router<Prometheus>) -> Router<Prometheus>,
) -> Router {
    Router::new().nest("/api/v1", prometheus::api_routes(prometheus, guard_writes))
}

/// The way to the data sources, this process's own store among them, and pictures of what is asked there.
fn asking_routes(prometheus: &Prometheus, grafana: &Grafana, api: &Router, open: bool) -> Router {
    grafana::asking_routes(grafana, prometheus, api.clone(), open)
}
