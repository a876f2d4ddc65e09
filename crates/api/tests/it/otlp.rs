//! OTLP through the router, and what a query finds afterwards.

use std::io::Write;

use axum::body::Body;
use flate2::{Compression, write::GzEncoder};
use http::Request;

use crate::{
    case::{answer, send},
    stack::Stack,
};

/// A sum of that temporality and a gauge, at second 10.
fn metrics(temporality: u8) -> String {
    format!(
        r#"{{"resourceMetrics":[{{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"shop"}}}}]}},"scopeMetrics":[{{"metrics":[
        {{"name":"orders","sum":{{"isMonotonic":true,"aggregationTemporality":{temporality},"dataPoints":[{{"asInt":"5","timeUnixNano":"10000000000"}}]}}}},
        {{"name":"queue.length","gauge":{{"dataPoints":[{{"asDouble":2.5,"timeUnixNano":"10000000000"}}]}}}}]}}]}}]}}"#
    )
}

fn post(content_type: &str, encoding: &str, body: Vec<u8>) -> Request<Body> {
    let request = Request::post("/api/v1/otlp/v1/metrics").header("content-type", content_type);
    request.header("content-encoding", encoding).body(Body::from(body)).unwrap()
}

async fn values(stack: &Stack) -> String {
    let path = "/api/v1/query?time=12&query=sum%20by%20(__name__)(%7Bjob=%22shop%22%7D)";
    let found = answer(&stack.prometheus(), Request::get(path).body(Body::empty()).unwrap()).await;
    found.split_once("\"result\":").unwrap().1.to_owned()
}

#[tokio::test]
async fn metrics_are_found_after_200() {
    let stack = Stack::new();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(metrics(2).as_bytes()).unwrap();
    let request = post("application/json", "gzip", gzip.finish().unwrap());
    assert_eq!(answer(&stack.prometheus(), request).await, "200 application/json\n{}");
    let expected = r#"[{"metric":{"__name__":"orders_total"},"value":[12,"5"]},{"metric":{"__name__":"queue_length"},"value":[12,"2.5"]}]}}"#;
    assert_eq!(values(&stack).await, expected);
    let empty = answer(&stack.prometheus(), post("application/x-protobuf", "", Vec::new())).await;
    assert_eq!(empty, "200 application/x-protobuf");
}

#[tokio::test]
async fn what_is_not_taken_is_told_and_holds_up_nothing() {
    let stack = Stack::new();
    let request = post("application/json; charset=utf-8", "", metrics(1).into_bytes());
    let told = r#"{"partialSuccess":{"rejectedDataPoints":"1","errorMessage":"invalid temporality and type combination for metric \"orders\""}}"#;
    assert_eq!(answer(&stack.prometheus(), request).await, format!("200 application/json\n{told}"));
    assert!(values(&stack).await.contains("queue_length"));
    let only_delta = metrics(1).replace("\"gauge\"", "\"sum\"");
    let request = post("application/json", "", only_delta.into_bytes());
    let refused = answer(&stack.prometheus(), request).await;
    assert!(refused.starts_with("400 text/plain; charset=utf-8\ninvalid temporality"), "{refused}");
}

#[tokio::test]
async fn deltas_are_summed_up_where_that_is_switched_on() {
    let stack = Stack::with_delta_sums();
    for second in ["10", "11"] {
        let body = metrics(1).replace("\"10000000000\"", &format!("\"{second}000000000\""));
        let answered = answer(&stack.prometheus(), post("application/json", "", body.into_bytes())).await;
        assert_eq!(answered, "200 application/json\n{}");
    }
    let found = values(&stack).await;
    assert!(found.contains(r#"{"__name__":"orders_total"},"value":[12,"10"]"#), "{found}");
}

#[tokio::test]
async fn requests_that_cannot_be_read_are_refused() {
    let router = Stack::new().prometheus();
    for (content_type, encoding, body, status, words) in [
        (
            "text/plain",
            "",
            "",
            400,
            "unsupported content type: text/plain, supported: [application/json, application/x-protobuf]",
        ),
        (
            "application/json",
            "zstd",
            "{}",
            400,
            "unsupported compression: zstd. Only \"gzip\" or no compression supported",
        ),
        ("application/json", "gzip", "{}", 400, "gzip: "),
        ("application/json", "", "{", 400, "cannot decode the request: "),
        ("application/x-protobuf", "", "\n\u{9}", 400, "cannot decode the request at byte 1: unexpected end"),
    ] {
        let response = send(&router, post(content_type, encoding, body.into())).await;
        assert_eq!(response.status().as_u16(), status);
        let text = crate::case::text(response).await;
        assert!(text.starts_with(words), "{text}");
    }
    let request = post("application/json", "", b"{}".to_vec());
    let refused = answer(&Stack::without_receiver().prometheus(), request).await;
    assert!(refused.starts_with("404 ") && refused.contains("--web.enable-otlp-receiver"), "{refused}");
}

#[tokio::test]
async fn a_bomb_is_refused_before_it_goes_off() {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..48 {
        gzip.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let response =
        send(&Stack::new().prometheus(), post("application/json", "gzip", gzip.finish().unwrap())).await;
    assert!(matches!(response.status().as_u16(), 413 | 503));
}
