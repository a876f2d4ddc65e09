//! Exemplars and metadata by remote write, as a query finds them; a real Prometheus takes and answers the same.

use axum::body::{Body, to_bytes};
use http::Request;
use testkit::Prometheus;

use crate::{
    case::{answer, send},
    stack::Stack,
    write::{V1, V2, field, post, request_v2, sample, series},
};

/// A time in milliseconds as two bytes or more.
fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

fn value_and_time(value: f64, ms: u64) -> Vec<u8> {
    [&[0x11][..], &value.to_le_bytes(), &[0x18], &varint(ms)].concat()
}

/// An exemplar of a 1.0 request.
fn exemplar(ms: u64, value: f64, labels: &[(&str, &str)]) -> Vec<u8> {
    let label = |(name, value): &(&str, &str)| {
        field(1, &[field(1, name.as_bytes()), field(2, value.as_bytes())].concat())
    };
    let labels: Vec<u8> = labels.iter().flat_map(label).collect();
    field(3, &[labels, value_and_time(value, ms)].concat())
}

/// Content type and message of each request, in order.
fn requests() -> Vec<(&'static str, Vec<u8>)> {
    let trace = |id| [("trace_id", id)];
    let bucket = [("__name__", "lat_bucket"), ("job", "x"), ("le", "1")];
    let other = [("__name__", "lat_bucket"), ("job", "y"), ("le", "1")];
    let long = "é".repeat(120);
    // Of a 2.0 request's series: the labels are symbols, "job" and "x".
    let exemplar_v2 = |ms, value| field(4, &[field(1, &[3, 4]), value_and_time(value, ms)].concat());
    vec![
        (V1, series(&bucket, &[sample(10, 1.0), exemplar(10_000, 0.5, &trace("a<b>"))])),
        // As Prometheus sends them: without samples, many at once.
        (
            V1,
            series(
                &bucket,
                &[
                    exemplar(10_000, 0.5, &trace("a<b>")),
                    exemplar(11_000, 0.25, &trace("b")),
                    exemplar(10_500, 0.5, &trace("late")),
                    exemplar(11_000, 0.75, &[("span_id", "1"), ("trace_id", "c"), ("empty", "")]),
                    exemplar(12_345, f64::INFINITY, &[]),
                    exemplar(13_000, 1.0, &trace(&long)),
                    exemplar(14_000, 1.0, &trace(&format!("{long}é"))),
                ],
            ),
        ),
        (V1, series(&[("__name__", "unknown")], &[exemplar(10_000, 1.0, &trace("a"))])),
        (V1, series(&[("job", "nameless")], &[exemplar(10_000, 1.0, &trace("a"))])),
        (V1, series(&other, &[sample(20, 1.0), exemplar(20_000, -0.0, &trace("d"))])),
        (V2, request_v2(&[sample(20, 1.0), exemplar_v2(20_000, 1.0), exemplar_v2(21_000, 2.0)])),
        (V2, request_v2(&[exemplar_v2(21_000, 2.0), exemplar_v2(20_000, 1.0)])),
    ]
}

const QUERIES: [&str; 13] = [
    "query=lat_bucket&start=0&end=100",
    "query=lat_bucket%7Bjob%3D%22x%22%7D&start=10.5&end=1970-01-01T00:00:12Z",
    "query=sum(rate(lat_bucket%7Bjob%3D~%22y%7Cz%22%7D%5B5m%5D))%20%2F%20rw2&start=0&end=100",
    "query=histogram_quantile(0.9,%20rate(lat_bucket%5B1m:%5D))&start=0&end=11",
    "query=rw2",
    "query=lat_bucket%20or%20lat_bucket&start=20&end=20",
    "query=unknown",
    "query=nothing&start=1700000000000&end=1700000060000",
    "query=1%20%2B%20time()",
    "query=lat_bucket&start=2&end=1",
    "query=lat_bucket(",
    "query=",
    "query=lat_bucket&start=x",
];

const WRITTEN: &str = "x-prometheus-remote-write-exemplars-written";

async fn answers(stack: &Stack) -> (Vec<(u16, Option<String>)>, Vec<String>) {
    let router = stack.prometheus();
    let mut written = Vec::new();
    for (content_type, message) in requests() {
        let response = send(&router, post(content_type, &message)).await;
        let count = response.headers().get(WRITTEN).map(|count| count.to_str().unwrap().to_owned());
        written.push((response.status().as_u16(), count));
    }
    let mut found = Vec::new();
    for query in QUERIES {
        let request = Request::get(format!("/api/v1/query_exemplars?{query}")).body(Body::empty()).unwrap();
        found.push(answer(&router, request).await);
    }
    (written, found)
}

#[tokio::test]
async fn exemplars_of_remote_write_are_found() {
    let (written, found) = answers(&Stack::new()).await;
    assert_eq!(written[5], (204, Some("2".into())));
    assert_eq!(written[6], (400, Some("1".into())), "one is there already, one comes too late");
    assert_eq!(
        found[1],
        "200 application/json\n{\"status\":\"success\",\"data\":[{\"seriesLabels\":{\"__name__\":\"lat_bucket\",\
         \"job\":\"x\",\"le\":\"1\"},\"exemplars\":[{\"labels\":{\"trace_id\":\"b\"},\"value\":\"0.25\",\
         \"timestamp\":11},{\"labels\":{\"span_id\":\"1\",\"trace_id\":\"c\"},\"value\":\"0.75\",\
         \"timestamp\":11}]}]}"
    );
    assert_eq!(found[8], "204 -", "an expression that reads nothing");
}

#[tokio::test]
async fn prometheus_takes_and_finds_the_same_exemplars() {
    let Some(program) = testkit::peer("prometheus") else { return };
    let flags = ["--enable-feature=exemplar-storage", "--web.enable-remote-write-receiver"];
    let peer = Prometheus::start(&program, "{}", &flags);
    let mut written = Vec::new();
    for (content_type, message) in requests() {
        let body = to_bytes(post(content_type, &message).into_body(), usize::MAX).await.unwrap();
        let headers = format!("Content-Type: {content_type}\r\nContent-Encoding: snappy\r\n");
        let response = peer.request("POST", "/api/v1/write", &headers, &body).unwrap();
        let count = response.head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case(WRITTEN).then(|| value.to_owned())
        });
        written.push((response.status.parse().unwrap(), count));
    }
    let found = QUERIES.map(|query| {
        let response = peer.request("GET", &format!("/api/v1/query_exemplars?{query}"), "", b"").unwrap();
        let content_type = if response.body.is_empty() { "-" } else { "application/json" };
        let body = String::from_utf8(response.body).unwrap();
        format!("{} {content_type}\n{body}", response.status).trim_end().to_owned()
    });
    let (own_written, own_found) = answers(&Stack::new()).await;
    assert_eq!(own_written, written);
    for (query, (own, found)) in QUERIES.iter().zip(own_found.iter().zip(&found)) {
        assert_eq!(own, found, "{query}");
    }
}

#[tokio::test]
async fn what_senders_say_about_metrics_is_known() {
    let stack = Stack::new();
    let text = |number, text: &str| field(number, text.as_bytes());
    let said = |kind: u8, name, help, unit| {
        field(3, &[vec![0x08, kind], text(2, name), text(4, help), text(5, unit)].concat())
    };
    let level = said(1, "level", "Said by a target.", "");
    let message = [said(3, "lat_seconds", "Latency.", "seconds"), said(9, "", "x", ""), level].concat();
    assert_eq!(send(&stack.prometheus(), post(V1, &message)).await.status(), 204);
    // Of a 2.0 request's series: a counter, help "job", unit "x".
    let metadata = field(5, &[0x08, 1, 0x18, 3, 0x20, 4]);
    let message = request_v2(&[sample(20, 1.0), metadata]);
    assert_eq!(send(&stack.prometheus(), post(V2, &message)).await.status(), 204);
    let known = |path: &'static str| {
        let router = stack.prometheus();
        async move { answer(&router, Request::get(path).body(Body::empty()).unwrap()).await }
    };
    let all = known("/api/v1/metadata").await;
    let lat = r#""lat_seconds":[{"type":"histogram","unit":"seconds","help":"Latency."}]"#;
    let rw2 = r#""rw2":[{"type":"counter","unit":"x","help":"job"}]"#;
    assert!(all.contains(lat) && all.contains(rw2) && !all.contains("Said by a target."), "{all}");
    assert!(known("/api/v1/metadata?metric=rw2").await.ends_with(&format!("\"data\":{{{rw2}}}}}")));
}
