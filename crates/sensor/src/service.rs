//! The routes.

use std::{sync::Arc, time::Instant};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use expfmt::Exposition;
use model::Clock;
use serde_json::json;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::{
    Fault, Settings,
    document::Document,
    effort::Effort,
    exposition::render,
    fault,
    metrics::Metrics,
    page,
    source::{Snapshot, Source},
};

/// The service as a router, ready to be served.
pub fn service(settings: Settings) -> Router {
    let effort = Arc::<Effort>::default();
    let service = Service {
        source: Source::new(&settings, Arc::clone(&effort)),
        metrics: Metrics::new(),
        effort,
        scrapes: Arc::default(),
        faults: settings.faults,
        clock: settings.clock,
    };
    Router::new()
        .route("/", get(index))
        .route("/sensor", get(sensor))
        .route("/metrics", get(metrics))
        .route("/healthz", get(|| async { "ok\n" }))
        .fallback(|| async { (StatusCode::NOT_FOUND, "404 page not found\n") })
        .with_state(Arc::new(service))
}

struct Service {
    source: Source,
    metrics: Metrics,
    effort: Arc<Effort>,
    /// Number of scrapes that suffered from faults.
    scrapes: Arc<Mutex<u64>>,
    faults: Vec<Fault>,
    clock: Arc<dyn Clock>,
}

impl Service {
    async fn snapshot(&self) -> Arc<Snapshot> {
        let (snapshot, failed) = self.source.snapshot().await;
        self.metrics.read_failures.inc_by(failed as u64);
        snapshot
    }

    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// What the faults make of a scrape; what it returns is to be held until the scrape is answered.
    ///
    /// One scrape after the other: however many come at once, there is one payload.
    async fn suffer(&self) -> Option<Suffering> {
        if self.faults.is_empty() {
            return None;
        }
        let turn = Arc::clone(&self.scrapes).lock_owned().await;
        let (effort, faults) = (Arc::clone(&self.effort), self.faults.clone());
        // On a thread of its own: the rest of the process is not what is to be disturbed.
        let suffered = tokio::task::spawn_blocking(move || Suffering::new(turn, &faults, &effort)).await;
        suffered.inspect_err(|e| tracing::error!(error = %e, "a fault failed")).ok()
    }
}

/// The memory that a scrape holds, and its turn.
struct Suffering {
    _turn: OwnedMutexGuard<u64>,
    _payload: Vec<u8>,
}

impl Suffering {
    fn new(mut turn: OwnedMutexGuard<u64>, faults: &[Fault], effort: &Effort) -> Self {
        *turn += 1;
        let mut payload = Vec::new();
        for fault in faults {
            match *fault {
                Fault::CpuLoop(time) => effort.waste(|| fault::burn(time)),
                Fault::Payload => payload = effort.spend(|| fault::payload(*turn)),
                Fault::ContentType | Fault::RouteError => {}
            }
        }
        Self { _turn: turn, _payload: payload }
    }
}

async fn index(State(service): State<Arc<Service>>) -> Html<String> {
    let snapshot = service.snapshot().await;
    Html(service.effort.spend(|| page::render(&snapshot, &service.faults)))
}

async fn sensor(State(service): State<Arc<Service>>) -> Response {
    let start = Instant::now();
    let response = answer(&service).await;
    service.metrics.requests.inc();
    service.metrics.latency_seconds.observe(start.elapsed().as_secs_f64());
    response
}

async fn answer(service: &Service) -> Response {
    if service.has(Fault::RouteError) {
        service.metrics.count_route_error();
        let error = json!({ "error": "cannot read the sensors: fault route-error is switched on" });
        return (StatusCode::INTERNAL_SERVER_ERROR, Json(error)).into_response();
    }
    let snapshot = service.snapshot().await;
    service.effort.spend(|| Json(Document::from(&*snapshot)).into_response())
}

async fn metrics(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response {
    let held = service.suffer().await;
    service.metrics.set_readings(service.snapshot().await);
    service.metrics.set_cpu_spike(service.effort.spiked(service.clock.monotonic()));
    let accept = if service.has(Fault::ContentType) { String::new() } else { accept(&headers) };
    let rendered = service.effort.spend(|| render(&service.metrics.registry, &accept));
    drop(held);
    match rendered {
        Ok(Exposition { body, .. }) if service.has(Fault::ContentType) => Html(body).into_response(),
        Ok(Exposition { content_type, body }) => {
            ([(header::CONTENT_TYPE, content_type)], body).into_response()
        }
        Err(e) => {
            tracing::error!(error = %e, "cannot render the metrics");
            (StatusCode::INTERNAL_SERVER_ERROR, format!("{e}\n")).into_response()
        }
    }
}

/// All `Accept` headers as one.
fn accept(headers: &HeaderMap) -> String {
    let values = headers.get_all(header::ACCEPT).iter();
    values.filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",")
}
