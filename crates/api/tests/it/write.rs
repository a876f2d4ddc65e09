//! Remote write through the router: what is answered, and what a query finds afterwards.

use axum::body::Body;
use http::{HeaderMap, Request, Response};

use crate::{
    case::{answer, send, text},
    stack::Stack,
};

pub(crate) const V1: &str = "application/x-protobuf";
pub(crate) const V2: &str = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

/// A field of a message.
pub(crate) fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let len = content.len();
    assert!(len < 1 << 14, "a length of two bytes");
    let len = if len < 128 { vec![len as u8] } else { vec![len as u8 | 0x80, (len >> 7) as u8] };
    [&[number << 3 | 2][..], &len, content].concat()
}

/// A sample after a second of 1970.
pub(crate) fn sample(second: u8, value: f64) -> Vec<u8> {
    let ms = u32::from(second) * 1_000;
    let timestamp = [0x10, ms as u8 | 0x80, (ms >> 7) as u8 | 0x80, (ms >> 14) as u8];
    field(2, &[&[0x09][..], &value.to_le_bytes(), &timestamp].concat())
}

/// A series of a 1.0 request.
pub(crate) fn series(labels: &[(&str, &str)], fields: &[Vec<u8>]) -> Vec<u8> {
    let label = |(name, value): &(&str, &str)| {
        field(1, &[field(1, name.as_bytes()), field(2, value.as_bytes())].concat())
    };
    let labels: Vec<u8> = labels.iter().flat_map(label).collect();
    field(1, &[labels, fields.concat()].concat())
}

/// A 2.0 request with one series `rw2{job="x"}`.
pub(crate) fn request_v2(fields: &[Vec<u8>]) -> Vec<u8> {
    let symbols: Vec<u8> =
        ["", "__name__", "rw2", "job", "x"].iter().flat_map(|s| field(4, s.as_bytes())).collect();
    [symbols, field(5, &[field(1, &[1, 2, 3, 4]), fields.concat()].concat())].concat()
}

pub(crate) fn post(content_type: &str, message: &[u8]) -> Request<Body> {
    let body = snap::raw::Encoder::new().compress_vec(message).unwrap();
    let request = Request::post("/api/v1/write").header("content-type", content_type);
    request.header("content-encoding", "snappy").body(Body::from(body)).unwrap()
}

async fn write(stack: &Stack, content_type: &str, message: &[u8]) -> (u16, HeaderMap, String) {
    let response: Response<Body> = send(&stack.prometheus(), post(content_type, message)).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, text(response).await)
}

async fn value(stack: &Stack, query: &str) -> String {
    let path = format!("/api/v1/query?time=20&query={query}");
    let found = answer(&stack.prometheus(), Request::get(path).body(Body::empty()).unwrap()).await;
    found
        .split_once(r#""value":[20,""#)
        .map_or(String::new(), |(_, v)| v.trim_end_matches("\"]}]}}").to_owned())
}

#[tokio::test]
async fn samples_are_found_after_204() {
    let stack = Stack::new();
    let labels = [("job", "x"), ("__name__", "rw1")];
    let message = series(&labels, &[sample(10, 1.5), sample(20, 2.5)]);
    let (status, headers, body) = write(&stack, V1, &message).await;
    assert_eq!((status, body.as_str(), headers.get(WRITTEN)), (204, "", None));
    assert_eq!(value(&stack, "sum_over_time(rw1[1m])").await, "4");
    let (status, headers, _) = write(&stack, V2, &request_v2(&[sample(10, 3.0), sample(20, 4.0)])).await;
    assert_eq!((status, &headers[WRITTEN]), (204, &http::HeaderValue::from_static("2")));
    assert_eq!(value(&stack, "sum_over_time(rw2[1m])").await, "7");
}

const WRITTEN: &str = "x-prometheus-remote-write-samples-written";

#[tokio::test]
async fn what_is_wrong_is_told_and_the_rest_is_written() {
    let stack = Stack::new();
    let good = series(&[("__name__", "good")], &[sample(20, 1.0)]);
    let nameless = series(&[("job", "x")], &[sample(20, 1.0)]);
    let (status, _, body) = write(&stack, V1, &[nameless, good.clone()].concat()).await;
    assert_eq!((status, body.as_str()), (400, "invalid metric name or labels, got {job=\"x\"}\n"));
    assert_eq!(value(&stack, "good").await, "1");
    let late = series(&[("__name__", "good")], &[sample(10, 1.0)]);
    let (status, _, body) = write(&stack, V1, &late).await;
    assert_eq!((status, body.as_str()), (400, "out of order sample for series good\n"));
    // The same once more is no error: senders repeat what was not acknowledged.
    assert_eq!(write(&stack, V1, &good).await.0, 204);
    // An empty histogram at 30 ms, and one that says that it has observations.
    let (sound, wrong) = (field(3, &[0x78, 30]), field(3, &[0x08, 1, 0x78, 40]));
    let (status, headers, body) = write(&stack, V2, &request_v2(&[sample(20, 1.0), sound, wrong])).await;
    assert!(status == 400 && body.starts_with("0 observations found in buckets, but the Count field is 1: "));
    assert_eq!(headers[WRITTEN], "1");
    assert_eq!(headers["x-prometheus-remote-write-histograms-written"], "1");
    let histogram = series(&[("__name__", "histogram")], &[field(4, &[0x78, 30])]);
    assert_eq!(write(&stack, V1, &histogram).await.0, 204);
    assert_eq!(value(&stack, "histogram_count(histogram)").await, "0");
}

#[tokio::test]
async fn headers_and_bodies_are_refused_in_the_words_of_prometheus() {
    let stack = Stack::new();
    for (content_type, encoding, status, words) in [
        (
            "text/plain",
            "snappy",
            415,
            "expected application/x-protobuf as the first (media) part, got text/plain content-type",
        ),
        (
            "application/x-protobuf;proto",
            "snappy",
            415,
            "as per https://www.rfc-editor.org/rfc/rfc9110#parameter expected parameters to be key-values, got proto in application/x-protobuf;proto content-type",
        ),
        (
            "application/x-protobuf;proto=foo",
            "snappy",
            415,
            "got application/x-protobuf;proto=foo content type; unknown remote write protobuf message foo, supported: prometheus.WriteRequest, io.prometheus.write.v2.Request",
        ),
        (
            V1,
            "gzip",
            415,
            "gzip encoding (compression) is not accepted by this server; only snappy is acceptable",
        ),
        (V1, "snappy", 400, "snappy: corrupt input"),
        ("", "", 400, "snappy: corrupt input"),
    ] {
        let request = Request::post("/api/v1/write").header("content-type", content_type);
        let request = request.header("content-encoding", encoding).body(Body::from("abc")).unwrap();
        let found = answer(&stack.prometheus(), request).await;
        assert!(found.starts_with(&format!("{status} text/plain; charset=utf-8\n{words}")), "{found}");
    }
    let (status, _, body) = write(&stack, V1, b"\x0a\x05").await;
    assert_eq!((status, body.as_str()), (400, "cannot decode the request at byte 1: unexpected end\n"));
    let get = Request::get("/api/v1/write").body(Body::empty()).unwrap();
    assert!(answer(&stack.prometheus(), get).await.starts_with("405 "));
}

#[tokio::test]
async fn a_small_body_that_unpacks_to_a_large_one_is_refused() {
    let stack = Stack::new();
    let (status, headers, body) = write(&stack, V2, &vec![0; 33 << 20]).await;
    assert_eq!((status, &headers[WRITTEN]), (413, &http::HeaderValue::from_static("0")));
    assert_eq!(body, "the request has 34603008 bytes when decompressed, at most 33554432 are taken\n");
    // Millions of empty series: their columns would take twenty times the bytes of the message.
    let (status, _, body) = write(&stack, V1, &b"\x0a\x00".repeat(12 << 20)).await;
    assert_eq!(status, 503, "{body}");
    let good = series(&[("__name__", "good")], &[sample(20, 1.0)]);
    assert_eq!(write(&stack, V1, &good).await.0, 204, "the memory is free again");
}

#[tokio::test]
async fn without_the_flag_there_is_no_receiver() {
    let found = answer(&Stack::without_receiver().prometheus(), post(V1, b"")).await;
    let words = "remote write receiver needs to be enabled with --web.enable-remote-write-receiver";
    assert_eq!(found, format!("404 text/plain; charset=utf-8\n{words}"));
}
