//! What is said about the process, its targets and their metrics.

use api::Notifications;
use axum::body::Body;
use http::Request;
use std::sync::atomic::Ordering;

use crate::{
    case::{answer, send, text},
    stack::Stack,
};

async fn get(stack: &Stack, path: &str) -> String {
    answer(&stack.prometheus(), Request::get(path).body(Body::empty()).unwrap()).await
}

fn success(data: &str) -> String {
    format!("200 application/json\n{{\"status\":\"success\",\"data\":{data}}}")
}

#[tokio::test]
async fn the_process_tells_about_itself() {
    let stack = Stack::new();
    for (path, data) in [
        (
            "buildinfo",
            r#"{"version":"3.14.0+gnomon.0.1.0","revision":"abc","branch":"","buildUser":"","buildDate":"","goVersion":""}"#,
        ),
        (
            "runtimeinfo",
            r#"{"startTime":"2023-11-14T22:13:20Z","CWD":"/var/lib/gnomon","hostname":"box","serverTime":"2023-11-14T22:13:21.5Z","reloadConfigSuccess":true,"lastConfigTime":"2023-11-14T22:13:20Z","corruptionCount":0,"goroutineCount":4,"GOMAXPROCS":2,"GOMEMLIMIT":67108864,"GOGC":"","GODEBUG":"","storageRetention":"15d"}"#,
        ),
        ("walreplay", r#"{"min":0,"max":0,"current":0}"#),
        ("config", r#"{"yaml":"global:\n  scrape_interval: 15s\n"}"#),
        ("flags", r#"{"web.page-title":"\u003cGnomon\u003e"}"#),
    ] {
        assert_eq!(get(&stack, &format!("/api/v1/status/{path}")).await, success(data));
    }
}

#[tokio::test]
async fn targets_have_cause_and_cure_beside_what_prometheus_says() {
    let stack = Stack::new();
    let unknown = r#"{"discoveredLabels":{"__address__":"localhost:8000","job":"sensor"},"labels":{"instance":"localhost:8000","job":"sensor"},"scrapePool":"gnomon","scrapeUrl":"http://localhost:8000/metrics","globalUrl":"http://box:8000/metrics","lastError":"","lastScrape":"0001-01-01T00:00:00Z","lastScrapeDuration":0,"health":"unknown","scrapeInterval":"15s","scrapeTimeout":"10s"}"#;
    let expected = format!(
        r#"{{"activeTargets":[{unknown}],"droppedTargets":[],"droppedTargetCounts":{{"gnomon":0,"sensor":0}}}}"#
    );
    assert_eq!(get(&stack, "/api/v1/targets?scrapePool=gnomon").await, success(&expected));
    let active = get(&stack, "/api/v1/targets?state=ACTIVE").await;
    for part in [
        r#""lastScrape":"2023-11-14T22:13:20.12Z","lastScrapeDuration":0.000784,"health":"up""#,
        r#""lastError":"server returned HTTP status 500 \u003coops\u003e","lastScrape""#,
        r#""scrapeTimeout":"10s","cause":"The target failed.","cure":"Look at its log.","findings":[{"severity":"error","text":"The target failed.","cure":"Look at its log."}]}],"droppedTargets":[],"droppedTargetCounts":null}"#,
    ] {
        assert!(active.contains(part), "{active}");
    }
}

#[tokio::test]
async fn metadata_is_given_by_metric_and_by_target() {
    let stack = Stack::new();
    let level = r#""level":[{"type":"gauge","unit":"","help":"Level."}]"#;
    let since = r#""up_since":[{"type":"gauge","unit":"","help":"Since \u003cwhen\u003e."}]"#;
    assert_eq!(get(&stack, "/api/v1/metadata").await, success(&format!("{{{level},{since}}}")));
    assert_eq!(get(&stack, "/api/v1/metadata?limit=1").await, success(&format!("{{{level}}}")));
    assert_eq!(get(&stack, "/api/v1/metadata?metric=up_since").await, success(&format!("{{{since}}}")));
    let row = r#"[{"target":{"job":"b"},"type":"gauge","help":"Level.","unit":""}]"#;
    let path = "/api/v1/targets/metadata?metric=level&match_target=%7Bjob=%22b%22%7D";
    assert_eq!(get(&stack, path).await, success(row));
    let all = get(&stack, "/api/v1/targets/metadata?limit=1").await;
    assert_eq!(all.matches(r#"{"target":{"job":"a"},"metric":"#).count(), 2);
}

#[tokio::test]
async fn jobs_features_and_own_metrics_are_listed() {
    let stack = Stack::new();
    for (path, data) in [
        ("scrape_pools", r#"{"scrapePools":["gnomon","sensor"]}"#),
        ("scrape_pools/config?scrapePool=sensor", r#"{"yaml":"job_name: sensor\n"}"#),
        ("targets/relabel_steps?scrapePool=sensor&labels=%7B%22a%22:%22b%22%7D", r#"{"steps":[]}"#),
        ("features", r#"{"promql_operators":{"</":true}}"#),
        (
            "status/self_metrics",
            r#"[{"name":"took_seconds","help":"Time.","type":"HISTOGRAM","metric":[{"label":[{"name":"route","value":"/"}],"histogram":{"sampleCount":"3","sampleSum":0.5,"bucket":[{"cumulativeCount":"2","upperBound":0.1}]}}]},{"name":"up","help":"Whether.","type":"GAUGE","metric":[{"gauge":{"value":1}}]}]"#,
        ),
        ("status/self_metrics?metric_name_pattern=u", "[]"),
    ] {
        assert_eq!(get(&stack, &format!("/api/v1/{path}")).await, success(data));
    }
    for (path, error) in [
        ("scrape_pools/config", "no scrapePool parameter provided"),
        (
            "scrape_pools/config?scrapePool=x",
            r#"error retrieving scrape config: scrape pool \"x\" not found"#,
        ),
        ("targets/relabel_steps?scrapePool=sensor", "no labels parameter provided"),
        ("targets/relabel_steps?scrapePool=sensor&labels=x", "error parsing labels: "),
        ("status/self_metrics?metric_name_pattern=(", "invalid metric_name_pattern: "),
    ] {
        let answered = get(&stack, &format!("/api/v1/{path}")).await;
        assert!(answered.starts_with("400 ") && answered.contains(error), "{answered}");
    }
}

#[tokio::test]
async fn notifications_are_listed_and_told_as_they_change() {
    let stack = Stack::new();
    stack.notifications.add(Notifications::RELOAD_FAILED);
    let listed = get(&stack, "/api/v1/notifications").await;
    assert!(listed.contains(r#""data":[{"text":"Configuration reload has failed.","date":""#), "{listed}");
    let live = || Request::get("/api/v1/notifications/live").body(Body::empty()).unwrap();
    let first = send(&stack.prometheus(), live()).await;
    assert_eq!(first.headers()["content-type"], "text/event-stream");
    assert_eq!(send(&stack.prometheus(), live()).await.status().as_u16(), 204);
    stack.notifications.remove(Notifications::RELOAD_FAILED);
    stack.notifications.close();
    let events = text(first).await;
    let active: Vec<_> = events.split("\n\n").map(|event| event.ends_with("\"active\":true}")).collect();
    assert_eq!(active, [true, false, false], "{events}");
}

#[tokio::test]
async fn a_stopping_process_says_so() {
    let stack = Stack::new();
    stack.figures.stopping.store(true, Ordering::Relaxed);
    for path in ["/-/ready", "/api/v1/status/flags"] {
        let response = send(&stack.prometheus(), Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(response.status().as_u16(), 503);
        assert_eq!(response.headers()["x-prometheus-stopping"], "true");
    }
    assert!(get(&stack, "/-/healthy").await.starts_with("200 "));
}

#[tokio::test]
async fn lifecycle_calls_work_where_they_are_switched_on() {
    let stack = Stack::with_lifecycle(true);
    let post = |path: &str| Request::post(path).body(Body::empty()).unwrap();
    let router = stack.prometheus();
    let reload = answer(&router, post("/-/reload")).await;
    assert_eq!(
        reload,
        "500 text/plain; charset=utf-8\nfailed to reload config: prometheus.yml:3:1: unknown key"
    );
    assert!(answer(&router, post("/-/quit")).await.ends_with("Requesting termination... Goodbye!"));
    assert!(answer(&router, post("/-/quit")).await.ends_with("Termination already in progress."));
    let metrics = Request::get("/metrics").header("accept", "application/openmetrics-text;version=1.0.0");
    let metrics = answer(&router, metrics.body(Body::empty()).unwrap()).await;
    assert!(metrics.starts_with("200 application/openmetrics-text; version=1.0.0"), "{metrics}");
}

#[tokio::test]
async fn other_origins_may_read_the_api_as_the_flag_says() {
    let request =
        Request::options("/api/v1/query").header("origin", "http://other").body(Body::empty()).unwrap();
    let response = send(&Stack::new().prometheus(), request).await;
    assert_eq!(response.status().as_u16(), 204);
    assert_eq!(response.headers()["access-control-allow-origin"], "http://other");
    assert_eq!(response.headers()["access-control-allow-methods"], "GET, POST, OPTIONS");
}
