//! Prometheus's HTTP API, version 1, and the endpoints beside it.

mod admin;
mod alerting;
mod answer;
mod block;
mod cors;
mod exemplar;
mod export;
mod expression;
mod feature;
mod federate;
mod histogram;
mod lifecycle;
mod metadata;
mod notification;
mod openapi;
mod otlp;
mod query;
mod read;
mod result;
mod scrape_pool;
mod search;
mod selection;
mod self_metrics;
mod series;
mod status;
pub(crate) mod stream;
mod target;
mod tree;
mod union;
mod write;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode};
use model::{ExemplarQueryable, metadata::MetadataQueryable};
use tsdb::Store;

use crate::{
    evaluator::Evaluator,
    instance::{Instance, Readiness, Settings},
    method::{GET, GET_POST, POST, endpoint, not_found},
    notification::Notifications,
    receiver::Receiver,
};

pub(crate) use admin::routes as admin_routes;
pub(crate) use lifecycle::{metrics_route, routes as lifecycle_routes};
pub use otlp::OtlpReceiver;
pub use read::ReadLimits;

/// What the handlers share.
#[derive(Clone)]
pub struct Prometheus {
    /// The running stack.
    pub instance: Arc<dyn Instance>,
    /// Evaluates queries.
    pub evaluator: Arc<Evaluator>,
    /// Reads exemplars.
    pub exemplars: Arc<dyn ExemplarQueryable>,
    /// What was said about metrics, by whomsoever.
    pub metadata: Arc<dyn MetadataQueryable>,
    /// Takes remote write, where that is switched on.
    pub receiver: Option<Arc<Receiver>>,
    /// What is deleted from and copied, where that is switched on.
    pub admin: Option<Store>,
    /// Takes OTLP, where that is switched on.
    pub otlp: Option<OtlpReceiver>,
    /// What does not change.
    pub settings: Arc<Settings>,
    /// What people should know now.
    pub notifications: Notifications,
}

/// Routes of the API, relative to `/api/v1`; those that write pass through `guard_writes`. `openapi.yaml` describes
/// them; a test holds the two together.
pub(crate) fn api_routes(
    state: &Prometheus,
    guard_writes: impl FnOnce(Router<Prometheus>) -> Router<Prometheus>,
) -> Router {
    let writes = Router::new()
        .route("/write", endpoint(POST, write::write))
        .route("/otlp/v1/metrics", endpoint(POST, otlp::write));
    let router = Router::new()
        .route("/query", endpoint(GET_POST, query::instant))
        .route("/query_range", endpoint(GET_POST, query::range))
        .route("/query_exemplars", endpoint(GET_POST, exemplar::query))
        .route("/format_query", endpoint(GET_POST, expression::format))
        .route("/parse_query", endpoint(GET_POST, expression::parse))
        .route("/series", endpoint(GET_POST, series::series))
        .route("/labels", endpoint(GET_POST, series::label_names))
        .route("/label/{name}/values", endpoint(GET, series::label_values))
        .route("/scrape_pools", endpoint(GET, scrape_pool::names))
        .route("/scrape_pools/config", endpoint(GET, scrape_pool::config))
        .route("/targets", endpoint(GET, target::targets))
        .route("/targets/metadata", endpoint(GET, metadata::by_target))
        .route("/targets/relabel_steps", endpoint(GET, scrape_pool::relabel_steps))
        .route("/metadata", endpoint(GET, metadata::by_metric))
        .route("/status/buildinfo", endpoint(GET, status::build_info))
        .route("/status/runtimeinfo", endpoint(GET, status::runtime_info))
        .route("/status/config", endpoint(GET, status::config))
        .route("/status/flags", endpoint(GET, status::flags))
        .route("/status/tsdb", endpoint(GET, status::tsdb))
        .route("/status/tsdb/blocks", endpoint(GET, block::blocks))
        .route("/status/self_metrics", endpoint(GET, self_metrics::self_metrics))
        .route("/features", endpoint(GET, feature::features))
        .route("/openapi.yaml", endpoint(GET, openapi::document))
        .route("/rules", endpoint(GET, alerting::rules))
        .route("/alerts", endpoint(GET, alerting::alerts))
        .route("/alertmanagers", endpoint(GET, alerting::alertmanagers))
        .route("/search/metric_names", endpoint(GET_POST, search::metric_names))
        .route("/search/label_names", endpoint(GET_POST, search::label_names))
        .route("/search/label_values", endpoint(GET_POST, search::label_values))
        .route("/read", endpoint(POST, read::read))
        .merge(guard_writes(writes))
        .fallback(no_endpoint);
    // What tells about the start and the end is answered then, too.
    let always = Router::new()
        .route("/status/walreplay", endpoint(GET, status::wal_replay))
        .route("/notifications", endpoint(GET, notification::list))
        .route("/notifications/live", endpoint(GET, notification::live));
    router
        .layer(middleware::from_fn_with_state(state.clone(), when_ready))
        .merge(always)
        .layer(middleware::from_fn_with_state(state.clone(), cors::add_headers))
        .with_state(state.clone())
}

/// A path that there is not; browsers ask with `OPTIONS` before they know.
async fn no_endpoint(method: Method) -> Response {
    if method == Method::OPTIONS { StatusCode::NO_CONTENT.into_response() } else { not_found().await }
}

/// Answers 503 until the store is open, and again once the process is about to end.
async fn when_ready(State(state): State<Prometheus>, request: Request, next: Next) -> Response {
    let stopping = match state.instance.readiness() {
        Readiness::Ready => return next.run(request).await,
        Readiness::Starting => "false",
        Readiness::Stopping => "true",
    };
    (StatusCode::SERVICE_UNAVAILABLE, [("x-prometheus-stopping", stopping)], "Service Unavailable")
        .into_response()
}
