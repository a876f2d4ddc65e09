//! The service through its routes.

use std::{
    collections::BTreeMap,
    fs,
    process::Command,
    sync::atomic::{AtomicU64, Ordering},
};

use axum::{
    Router,
    body::Body,
    http::{Request, Response, StatusCode, header},
};
use expfmt::{Entry, Format, Parser};
use http_body_util::BodyExt;
use tower_service::Service;

use super::*;

const OPEN_METRICS: &str = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";

struct StoppedClock;

impl Clock for StoppedClock {
    fn now_ms(&self) -> i64 {
        1_795_326_530_123
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs(100)
    }
}

/// Every look at it is ten seconds after the one before.
#[derive(Default)]
struct HastyClock(AtomicU64);

impl Clock for HastyClock {
    fn now_ms(&self) -> i64 {
        0
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs(self.0.fetch_add(10, Ordering::Relaxed))
    }
}

fn simulated(faults: &[&str]) -> Router {
    let faults = faults.iter().map(|f| f.parse().unwrap()).collect();
    service(Settings { simulate: true, faults, clock: Arc::new(StoppedClock), ..Settings::default() })
}

async fn get(router: &Router, path: &str, accept: &str) -> Response<Body> {
    let request = Request::get(path).header(header::ACCEPT, accept).body(Body::empty()).unwrap();
    router.clone().call(request).await.unwrap()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

fn content_type(response: &Response<Body>) -> String {
    response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned()
}

/// The samples of a scrape, by series, read in the format that its content type names.
async fn scrape(router: &Router, accept: &str) -> BTreeMap<String, f64> {
    let response = get(router, "/metrics", accept).await;
    assert_eq!(response.status(), StatusCode::OK);
    let format = Format::from_content_type(&content_type(&response)).unwrap();
    let body = text(response).await;
    let mut parser = Parser::new(body.as_bytes(), format);
    let mut samples = BTreeMap::new();
    while let Some(entry) = parser.next().unwrap_or_else(|e| panic!("{e}\n{body}")) {
        if let Entry::Sample(sample) = entry {
            let series = String::from_utf8(sample.series.to_vec()).unwrap();
            assert_eq!(samples.insert(series, sample.value), None, "{body}");
        }
    }
    samples
}

#[tokio::test]
async fn readings_are_stable_json() {
    let response = get(&simulated(&[]), "/sensor", "").await;
    assert_eq!(content_type(&response), "application/json");
    let body = text(response).await;
    let first =
        r#"{"readings":[{"sensor":"ambient","name":"Ambient temperature","kind":"temperature","value":"#;
    assert!(body.starts_with(first), "{body}");
    let json: serde_json::Value = serde_json::from_str(&body).unwrap();
    let readings = json["readings"].as_array().unwrap();
    let told: Vec<_> =
        readings.iter().map(|r| (r["kind"].as_str().unwrap(), r["unit"].as_str().unwrap())).collect();
    let expected = [
        ("temperature", "celsius"),
        ("humidity", "ratio"),
        ("vibration", "meters_per_second_squared"),
        ("battery", "ratio"),
    ];
    assert_eq!(told, expected);
    for reading in readings {
        assert_eq!(reading["source"], "simulated");
        assert_eq!(reading["timestamp"], "2026-11-22T05:48:50.123Z");
        assert!(reading["value"].is_f64());
    }
}

#[tokio::test]
async fn metrics_are_the_same_in_both_formats() {
    let router = simulated(&[]);
    get(&router, "/sensor", "").await;
    let plain = scrape(&router, "").await;
    let open = scrape(&router, OPEN_METRICS).await;
    assert!(plain.keys().eq(open.keys()));
    for (series, value) in [
        ("sensor_requests_total", 1.0),
        ("sensor_cpu_spike", 0.0),
        ("sensor_processing_latency_seconds_count", 1.0),
        (r#"sensor_processing_latency_seconds_bucket{le="+Inf"}"#, 1.0),
        (r#"sensor_failed_events_total{reason="cpu_spike"}"#, 0.0),
        (r#"sensor_failed_events_total{reason="route_error"}"#, 0.0),
        ("sensor_read_failures_total", 0.0),
        (r#"sensor_info{source="simulated"}"#, 1.0),
    ] {
        assert_eq!(plain.get(series), Some(&value), "{series}");
    }
    for series in [
        r#"sensor_temperature_celsius{sensor="ambient"}"#,
        r#"sensor_relative_humidity_ratio{sensor="ambient"}"#,
        r#"sensor_vibration_meters_per_second_squared{sensor="motor"}"#,
        r#"sensor_battery_charge_ratio{sensor="battery"}"#,
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
        "process_open_fds",
        "process_start_time_seconds",
    ] {
        assert!(plain.contains_key(series), "{series}");
    }
}

#[tokio::test]
async fn the_content_type_is_that_of_the_format_asked_for() {
    let router = simulated(&[]);
    for (accept, expected) in [
        ("", "text/plain; version=0.0.4; charset=utf-8"),
        ("text/html,*/*", "text/plain; version=0.0.4; charset=utf-8"),
        (OPEN_METRICS, "application/openmetrics-text; version=1.0.0; charset=utf-8"),
    ] {
        assert_eq!(content_type(&get(&router, "/metrics", accept).await), expected, "{accept}");
    }
    let router = simulated(&["content-type"]);
    let response = get(&router, "/metrics", OPEN_METRICS).await;
    assert_eq!(content_type(&response), "text/html; charset=utf-8");
    assert!(text(response).await.contains("sensor_requests_total 0\n"));
}

#[tokio::test]
async fn a_route_error_fails_every_call_and_is_counted() {
    let router = simulated(&["route-error"]);
    for _ in 0..2 {
        let response = get(&router, "/sensor", "").await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let json: serde_json::Value = serde_json::from_str(&text(response).await).unwrap();
        assert!(json["error"].is_string());
    }
    let samples = scrape(&router, "").await;
    assert_eq!(samples[r#"sensor_failed_events_total{reason="route_error"}"#], 2.0);
    assert_eq!(samples["sensor_requests_total"], 2.0);
}

#[tokio::test]
async fn a_cpu_loop_is_a_spike_in_every_scrape() {
    let router = simulated(&["cpu-loop=20ms"]);
    let before = scrape(&router, "").await["process_cpu_seconds_total"];
    let samples = scrape(&router, "").await;
    assert_eq!(samples["sensor_cpu_spike"], 1.0);
    assert_eq!(samples[r#"sensor_failed_events_total{reason="cpu_spike"}"#], 2.0);
    // The kernel's figure is to 10 ms.
    assert!(samples["process_cpu_seconds_total"] >= before + 0.01);
}

#[tokio::test]
async fn a_machine_with_sensors_is_read() {
    let sys = tempfile::tempdir().unwrap();
    let zone = sys.path().join("class/thermal/thermal_zone0");
    fs::create_dir_all(&zone).unwrap();
    fs::write(zone.join("type"), "cpu<thermal>\n").unwrap();
    fs::write(zone.join("temp"), "48500\n").unwrap();
    let settings = || Settings { sys: sys.path().to_owned(), ..Settings::default() };
    let router = service(settings());
    let samples = scrape(&router, "").await;
    assert_eq!(samples[r#"sensor_temperature_celsius{sensor="cpu_thermal_"}"#], 48.5);
    assert_eq!(samples[r#"sensor_info{source="real"}"#], 1.0);
    let page = text(get(&router, "/", "").await).await;
    assert!(page.contains("cpu&lt;thermal&gt;</td><td class=n>48.5</td><td>°C"), "{page}");

    fs::write(zone.join("temp"), "").unwrap();
    let samples = scrape(&service(settings()), "").await;
    assert_eq!(samples["sensor_read_failures_total"], 1.0);
    assert!(!samples.keys().any(|series| series.starts_with("sensor_temperature")));
}

#[tokio::test]
async fn a_sensor_that_hangs_does_not_hold_up_the_service() {
    let sys = tempfile::tempdir().unwrap();
    let zone = sys.path().join("class/thermal/thermal_zone0");
    fs::create_dir_all(&zone).unwrap();
    // Opening a pipe to read waits for one who writes.
    let pipe = zone.join("temp");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let clock = Arc::new(HastyClock::default());
    let read_timeout = Duration::from_millis(20);
    let router = service(Settings { sys: sys.path().to_owned(), read_timeout, clock, ..Settings::default() });
    for rounds in [1.0, 2.0] {
        let samples = scrape(&router, "").await;
        assert_eq!(samples["sensor_read_failures_total"], rounds);
        assert_eq!(samples[r#"sensor_info{source="real"}"#], 1.0);
    }
    fs::write(&pipe, "40000\n").unwrap();
    let temperature = r#"sensor_temperature_celsius{sensor="thermal_zone0"}"#;
    while scrape(&router, "").await.get(temperature) != Some(&40.0) {}
}

#[tokio::test]
async fn the_page_leads_on_and_unknown_paths_do_not_exist() {
    let router = simulated(&["payload"]);
    let page = text(get(&router, "/", "").await).await;
    for part in ["href=/sensor", "href=/metrics", "Ambient temperature", "<code>payload</code>"] {
        assert!(page.contains(part), "{part}");
    }
    assert_eq!(text(get(&router, "/healthz", "").await).await, "ok\n");
    assert_eq!(get(&router, "/elsewhere", "").await.status(), StatusCode::NOT_FOUND);
}
