//! A real Prometheus and a real VictoriaMetrics behind a password, as data sources.

use std::fs;

use axum::Router;
use serde_json::{Value, json};
use testkit::{Prometheus, VictoriaMetrics};

use crate::{
    source::{add, call},
    stack::Stack,
};

/// edge:p
const BASIC: &str = "Authorization: Basic ZWRnZTpw\r\n";

/// Asks a server at every door, with the password and with another one.
async fn check(router: &Router, address: &str) {
    let as_somebody = |password: &str| {
        json!({
            "basicAuth": true, "basicAuthUser": "edge",
            "jsonData": { "timeInterval": "30s" },
            "secureJsonData": { "basicAuthPassword": password },
        })
    };
    add(router, &format!("http://{address}"), as_somebody("p")).await;
    let (status, health) = call(router, "GET", "/api/datasources/uid/vm/health", None).await;
    assert_eq!(status, 200, "{health}");
    let path = "/api/datasources/proxy/uid/vm/api/v1/query_range?query=vector(7)&start=1700000000&end=1700000060&step=30";
    let (_, answer) = call(router, "GET", path, None).await;
    let values = json!([[1_700_000_000, "7"], [1_700_000_030, "7"], [1_700_000_060, "7"]]);
    assert_eq!(answer["data"]["result"][0]["values"], values, "{answer}");

    let (status, labels) = call(router, "GET", "/api/datasources/uid/vm/resources/api/v1/labels", None).await;
    assert_eq!((status, &labels["status"]), (200, &json!("success")));
    let body = json!({
        "from": "1700000000000", "to": "1700000060000",
        "queries": [{
            "refId": "A", "datasource": { "uid": "vm" }, "expr": "vector(7)", "interval": "30s", "maxDataPoints": 2,
        }],
    });
    let (_, answer) = call(router, "POST", "/api/ds/query", Some(body)).await;
    let data = &answer["results"]["A"]["frames"][0]["data"]["values"];
    assert_eq!(
        *data,
        json!([[1_700_000_000_000_i64 - 20_000, 1_700_000_010_000_i64, 1_700_000_040_000_i64], [7, 7, 7]]),
        "{answer}"
    );

    let (_, one) = call(router, "GET", "/api/datasources/uid/vm", None).await;
    let mut changed = one.clone();
    changed["secureJsonData"] = json!({ "basicAuthPassword": "q" });
    call(router, "PUT", "/api/datasources/uid/vm", Some(changed)).await;
    let (status, health) = call(router, "GET", "/api/datasources/uid/vm/health", None).await;
    let expected: Value = json!({ "status": "ERROR", "message": "Authentication to data source failed" });
    assert_eq!((status, health), (400, expected));
}

#[tokio::test]
async fn a_prometheus_with_a_password() {
    let Some(program) = testkit::peer("prometheus") else { return };
    let folder = tempfile::tempdir().unwrap();
    let web = folder.path().join("web.yml");
    let hash = bcrypt::hash("p", 4).unwrap();
    fs::write(&web, format!("basic_auth_users: {{edge: {hash:?}}}\n")).unwrap();
    let flag = format!("--web.config.file={}", web.display());
    let peer = Prometheus::start_as(&program, "{}", &[&flag], BASIC);
    check(&Stack::new().dashboards(), peer.address()).await;
}

#[tokio::test]
async fn a_victoria_metrics_with_a_password() {
    let Some(program) = testkit::peer("victoria-metrics") else { return };
    let flags = ["-httpAuth.username=edge", "-httpAuth.password=p", "-retentionPeriod=100y"];
    let peer = VictoriaMetrics::start(&program, &flags);
    check(&Stack::new().dashboards(), peer.address()).await;
}
