//! Remote read through the router, and the same bytes from a real Prometheus.

use axum::body::{Body, to_bytes};
use http::Request;

use crate::{case, case::send, peer, stack::Stack};

/// From a minute before the samples of the cases until a minute after them, as varints.
const START_END: [&[u8]; 2] =
    [&[0x08, 0xa0, 0xfb, 0x91, 0xff, 0xbc, 0x31], &[0x10, 0xc0, 0xf9, 0x9c, 0xff, 0xbc, 0x31]];

fn field(number: u8, content: &[u8]) -> Vec<u8> {
    [&[number << 3 | 2, content.len() as u8], content].concat()
}

fn matcher(op: u8, name: &str, value: &str) -> Vec<u8> {
    field(3, &[&[0x08, op][..], &field(2, name.as_bytes()), &field(3, value.as_bytes())].concat())
}

/// A query with an equality and a pattern.
fn query(name: &str, label: (&str, &str)) -> Vec<u8> {
    let matchers = [matcher(0, "__name__", name), matcher(2, label.0, label.1)].concat();
    field(1, &[&START_END.concat()[..], &matchers].concat())
}

fn block(message: &[u8]) -> Vec<u8> {
    snap::raw::Encoder::new().compress_vec(message).unwrap()
}

/// Status, content type, content encoding and body.
type Answer = (u16, String, String, Vec<u8>);

async fn ask(stack: &Stack, body: Vec<u8>) -> Answer {
    let request = Request::post("/api/v1/read").body(Body::from(body)).unwrap();
    let response = send(&stack.prometheus(), request).await;
    let header = |name| response.headers().get(name).map_or("", |v| v.to_str().unwrap()).to_owned();
    let (status, kind, encoding) =
        (response.status().as_u16(), header("content-type"), header("content-encoding"));
    (status, kind, encoding, to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec())
}

fn ask_peer(peer: &testkit::Prometheus, body: &[u8]) -> Answer {
    let response = peer.request("POST", "/api/v1/read", "", body).unwrap();
    let header = |name| {
        let line = response.head.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().to_owned()
    };
    let (kind, encoding) = (header("Content-Type: "), header("Content-Encoding: "));
    (response.status.parse().unwrap(), kind, encoding, response.body)
}

/// Series in order of their labels, an external label asked for, no series, and what is wrong.
fn requests() -> Vec<Vec<u8>> {
    let queries = [
        query("temperature_celsius", ("region", "eu")),
        query("nothing_here", ("job", ".*")),
        query("odd_value", ("kind", "h.*|nan|neg_.*|small.*")),
    ]
    .concat();
    let streamed = [&field(2, &[7, 1, 0])[..], &queries].concat();
    let range_of_a_second = [
        START_END.concat(),
        matcher(0, "__name__", "requests_total"),
        field(4, &[0x18, 0x98, 0xc5, 0x96, 0xff, 0xbc, 0x31, 0x20, 0x80, 0xcd, 0x96, 0xff, 0xbc, 0x31]),
    ];
    vec![
        block(&query("temperature_celsius", ("sensor", "water|air"))),
        block(&streamed),
        block(&[field(1, &range_of_a_second.concat()), vec![0x10, 1]].concat()),
        block(&[]),
        b"not snappy".to_vec(),
        block(&field(1, &matcher(0, "a", "b")[1..])),
        block(&[0x10, 7]),
        block(&field(1, &matcher(9, "a", "b"))),
    ]
}

#[tokio::test]
async fn series_come_as_one_message_or_in_frames() {
    let stack = Stack::new();
    let mut answers = Vec::new();
    for request in requests() {
        answers.push(ask(&stack, request).await);
    }
    let statuses: Vec<_> = answers.iter().map(|answer| answer.0).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 400, 400, 400, 400]);
    let message = snap::raw::Decoder::new().decompress_vec(&answers[0].3).unwrap();
    let text = String::from_utf8_lossy(&message);
    assert_eq!(text.matches("temperature_celsius").count(), 2);
    assert_eq!(text.matches("region").count(), 2);
    let frames = &answers[1].3;
    assert!(frames.len() > 500 && !String::from_utf8_lossy(frames).contains("nothing_here"));
}

#[tokio::test]
async fn too_many_samples_are_refused_unless_streamed() {
    let stack = Stack::with_read_limit(3);
    let all = [START_END.concat(), matcher(2, "__name__", ".+")].concat();
    let (status, _, _, body) = ask(&stack, block(&field(1, &all))).await;
    assert_eq!((status, body.as_slice()), (400, &b"exceeded sample limit (3)\n"[..]));
    assert_eq!(ask(&stack, block(&[field(1, &all), vec![0x10, 1]].concat())).await.0, 200);
}

#[tokio::test]
async fn prometheus_answers_with_the_same_bytes() {
    let Some(program) = testkit::peer("prometheus") else { return };
    let flags = ["--storage.remote.read-max-bytes-in-frame=200"];
    let peer = peer::with_data(&program, &case::read_all(), &flags);
    let stack = Stack::new();
    for (n, request) in requests().into_iter().enumerate() {
        let (status, kind, encoding, body) = ask_peer(&peer, &request);
        let ours = ask(&stack, request).await;
        let unpack = |body: &[u8]| match encoding.as_str() {
            "snappy" => snap::raw::Decoder::new().decompress_vec(body).unwrap(),
            _ => body.to_vec(),
        };
        // A matcher of no known kind is the reader's fault; Prometheus answers 500.
        if status == 500 {
            assert_eq!((n, ours.0), (7, 400));
            continue;
        }
        assert_eq!((ours.0, &ours.1, &ours.2), (status, &kind, &encoding), "request {n}");
        // The words about what is wrong are each library's own.
        if status == 200 {
            assert_eq!(unpack(&ours.3), unpack(&body), "request {n}");
        }
    }
}
