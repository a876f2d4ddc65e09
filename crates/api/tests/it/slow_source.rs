//! Other servers that take their time cost those who ask them, and nobody else.

use std::time::Duration;

use axum::{Router, body::Body};
use http::{Request, header};
use serde_json::{Value, json};
use tokio::{
    io::AsyncReadExt,
    net::TcpListener,
    time::{sleep, timeout},
};

use crate::{
    case::send,
    source::{ADMIN, add, call, upstream},
    stack::Stack,
};

const PATIENCE: Duration = Duration::from_secs(5);

async fn add_with_panel(router: &Router, url: &str) {
    add(router, url, json!({})).await;
    let panel =
        json!({ "id": 1, "type": "stat", "datasource": { "uid": "vm" }, "targets": [{ "expr": "far" }] });
    let dashboard = json!({ "uid": "far", "title": "Far", "panels": [panel] });
    let saved = call(router, "POST", "/api/dashboards/db", Some(json!({ "dashboard": dashboard }))).await;
    assert_eq!(saved.0, 200, "{saved:?}");
}

fn picture() -> Request<Body> {
    let request = Request::get("/render/d-solo/far?panelId=1").header(header::AUTHORIZATION, ADMIN);
    request.body(Body::empty()).unwrap()
}

fn question() -> Value {
    let query = json!({ "refId": "A", "datasource": { "uid": "vm" }, "expr": "far" });
    json!({ "from": "0", "to": "1000", "queries": [query] })
}

#[tokio::test]
async fn the_own_store_answers_while_others_are_waited_for() {
    const BEGUN: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{";
    for (answer, pictures) in [(&b""[..], true), (BEGUN, true), (BEGUN, false)] {
        // Two queries run at once here.
        let router = Stack::new().dashboards();
        let (url, mut asked) = upstream(answer).await;
        add_with_panel(&router, &url).await;
        let waiting = [(); 3].map(|()| {
            let router = router.clone();
            tokio::spawn(async move {
                match pictures {
                    true => drop(send(&router, picture()).await),
                    false => drop(call(&router, "POST", "/api/ds/query", Some(question())).await),
                }
            })
        });
        asked.recv().await.unwrap();
        sleep(Duration::from_millis(200)).await;
        let own = call(&router, "GET", "/api/v1/query?query=1%2B1", None);
        let (status, answer) = timeout(PATIENCE, own).await.expect("the own store waits for others");
        assert_eq!(status, 200, "{answer}");
        assert!(waiting.iter().all(|one| !one.is_finished()));
        waiting.iter().for_each(|one| one.abort());
    }
}

#[tokio::test]
async fn pictures_that_stood_back_are_drawn() {
    const NUMBER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 101\r\n\r\n\
        {\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1700000000,\"4\"]}]}}";
    let router = Stack::new().dashboards();
    let (url, _asked) = upstream(NUMBER).await;
    add_with_panel(&router, &url).await;
    let drawn = [(); 6].map(|()| {
        let router = router.clone();
        tokio::spawn(async move { send(&router, picture()).await.status() })
    });
    for one in drawn {
        assert_eq!(one.await.unwrap(), 200);
    }
}

#[tokio::test]
async fn who_has_gone_is_not_answered_for() {
    let router = Stack::new().dashboards();
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    add_with_panel(&router, &format!("http://{}", silent.local_addr().unwrap())).await;
    let client = tokio::spawn(async move { send(&router, picture()).await.status() });
    let (mut stream, _) = silent.accept().await.unwrap();
    let mut head = vec![0; 8192];
    assert!(stream.read(&mut head).await.unwrap() > 0);
    client.abort();
    let end = timeout(PATIENCE, stream.read(&mut head)).await.expect("the question is still there");
    assert!(matches!(end, Ok(0) | Err(_)), "{end:?}");
}
