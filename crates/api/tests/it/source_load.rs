//! Large answers of other servers.

use std::{fs, future::poll_fn, pin::pin};

use axum::body::Body;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::{
    case::{send, text},
    source::{ADMIN, add},
    stack::Stack,
};

const OPENING: &str =
    r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"job":"x"},"values":["#;
const CLOSING: &str = r#"[1700000000,"7"]]}]}}"#;
/// How often the same lot of points is sent: 50 MB in all.
const LOTS: usize = 50;
const POINTS_OF_LOT: usize = 1_000;

/// Points with long numbers: 1 MB as text, little in memory.
fn lot() -> String {
    format!(r#"[1700000000,"1.{}"],"#, "0".repeat(1_000)).repeat(POINTS_OF_LOT)
}

/// A server with one long answer, to one client.
async fn large_upstream() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        _ = stream.read(&mut vec![0; 8192]).await;
        let lot = lot();
        let length = OPENING.len() + LOTS * lot.len() + CLOSING.len();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{OPENING}");
        stream.write_all(head.as_bytes()).await.unwrap();
        for _ in 0..LOTS {
            stream.write_all(lot.as_bytes()).await.unwrap();
        }
        stream.write_all(CLOSING.as_bytes()).await.unwrap();
    });
    url
}

/// CPU time of this thread, in hundredths of a second: unlike the clock it stands still while others have the core.
fn cpu_ticks() -> u64 {
    let stat = fs::read_to_string("/proc/thread-self/stat").unwrap();
    let (_, after_name) = stat.rsplit_once(") ").unwrap();
    after_name.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}

/// Reading JSON of this size took seconds of the thread that scrapes on time.
#[tokio::test]
async fn a_large_answer_is_read_off_the_network_thread() {
    let router = Stack::new().dashboards();
    add(&router, &large_upstream().await, json!({})).await;
    let query = json!({ "refId": "A", "datasource": { "uid": "vm" }, "expr": "x" });
    let body = json!({ "from": "1699999000000", "to": "1700000000000", "queries": [query] }).to_string();
    let request = Request::post("/api/ds/query").header(header::AUTHORIZATION, ADMIN).body(Body::from(body));
    let mut answer = pin!(send(&router, request.unwrap()));
    let mut longest = 0;
    let response = poll_fn(|cx| {
        let before = cpu_ticks();
        let polled = answer.as_mut().poll(cx);
        longest = longest.max(cpu_ticks() - before);
        polled
    })
    .await;
    assert_eq!(response.status(), StatusCode::OK);
    let answer: Value = serde_json::from_str(&text(response).await).unwrap();
    let values = &answer["results"]["A"]["frames"][0]["data"]["values"][1];
    assert_eq!(values.as_array().unwrap().len(), LOTS * POINTS_OF_LOT + 1);
    assert!(longest < 25, "the network thread was busy for {longest} hundredths of a second");
}
