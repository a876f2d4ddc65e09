//! The routes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use collect::Reading;
use model::{Clock, civil::Civil};
use serde::Serialize;
use serde_json::json;

use crate::{
    Exposition, Fault, Settings,
    effort::Effort,
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
        scrapes: AtomicU64::new(0),
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
    scrapes: AtomicU64,
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

    /// What the faults make of a scrape; the memory is to be held until it is answered.
    async fn suffer(&self) -> Vec<u8> {
        let turn = self.scrapes.fetch_add(1, Ordering::Relaxed);
        let (effort, faults) = (Arc::clone(&self.effort), self.faults.clone());
        let work = move || {
            let mut held = Vec::new();
            for fault in faults {
                match fault {
                    Fault::CpuLoop(time) => effort.waste(|| fault::burn(time)),
                    Fault::Payload => held = effort.spend(|| fault::payload(turn)),
                    Fault::ContentType | Fault::RouteError => {}
                }
            }
            held
        };
        if self.faults.is_empty() {
            return Vec::new();
        }
        // On a thread of its own: the rest of the process is not what is to be disturbed.
        tokio::task::spawn_blocking(work).await.unwrap_or_default()
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
    service.effort.spend(|| document(&snapshot))
}

/// The answer of `/sensor`, described in `docs/sensor.md`.
#[derive(Serialize)]
struct Document<'a> {
    readings: Vec<Entry<'a>>,
}

/// One reading in it.
#[derive(Serialize)]
struct Entry<'a> {
    sensor: &'a str,
    name: &'a str,
    kind: &'static str,
    value: f64,
    unit: &'static str,
    source: &'static str,
    timestamp: &'a str,
}

fn document(snapshot: &Snapshot) -> Response {
    let timestamp = Civil::from_ms(snapshot.at_ms).to_string();
    let entry = |reading| entry(reading, snapshot, &timestamp);
    Json(Document { readings: snapshot.readings.iter().map(entry).collect() }).into_response()
}

fn entry<'a>(reading: &'a Reading, snapshot: &Snapshot, timestamp: &'a str) -> Entry<'a> {
    Entry {
        sensor: &reading.sensor,
        name: &reading.name,
        kind: reading.kind.as_str(),
        value: reading.value,
        unit: reading.kind.unit(),
        source: snapshot.origin.as_str(),
        timestamp,
    }
}

async fn metrics(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response {
    let held = service.suffer().await;
    service.metrics.set_readings(service.snapshot().await);
    service.metrics.set_cpu_spike(service.effort.spiked(service.clock.monotonic()));
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let accept = if service.has(Fault::ContentType) { "" } else { accept };
    let rendered = service.effort.spend(|| Exposition::render(&service.metrics.registry, accept));
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
