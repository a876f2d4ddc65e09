//! Data sources: changed by Grafana's API, asked through the proxy, friendly servers and hostile ones.

use std::collections::BTreeMap;

use axum::{Router, body::Body};
use http::{Request, Response, StatusCode, header};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
};

use crate::{
    case::{send, text},
    stack::Stack,
};

/// admin:correct horse
pub(crate) const ADMIN: &str = "Basic YWRtaW46Y29ycmVjdCBob3JzZQ==";

fn request(method: &str, path: &str, body: Option<Value>) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header(header::AUTHORIZATION, ADMIN);
    let request = request.header(header::CONTENT_TYPE, "application/json");
    request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).unwrap()
}

pub(crate) async fn call(router: &Router, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let response = send(router, request(method, path, body)).await;
    let status = response.status().as_u16();
    let text = text(response).await;
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// A server that answers each connection with the same bytes; what it was asked comes out of the channel.
pub(crate) async fn upstream(answer: &'static [u8]) -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (asked, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let asked = asked.clone();
            tokio::spawn(async move {
                let mut head = vec![0; 8192];
                let len = stream.read(&mut head).await.unwrap_or(0);
                _ = asked.send(String::from_utf8_lossy(&head[..len]).into_owned());
                _ = stream.write_all(answer).await;
                // Some answers are never finished.
                _ = stream.read(&mut head).await;
            });
        }
    });
    (url, receiver)
}

pub(crate) async fn add(router: &Router, url: &str, more: Value) -> Value {
    let mut body = json!({ "name": "vm", "type": "prometheus", "uid": "vm", "access": "proxy", "url": url });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let (status, answer) = call(router, "POST", "/api/datasources", Some(body)).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

#[tokio::test]
async fn data_sources_are_kept_and_secrets_never_shown() {
    let router = Stack::new().dashboards();
    let secrets = json!({ "secureJsonData": { "basicAuthPassword": "hunter2" }, "jsonData": null });
    let added = add(&router, "http://vm:8428", secrets).await;
    assert_eq!((&added["message"], &added["id"]), (&json!("Datasource added"), &json!(2)));
    let (_, all) = call(&router, "GET", "/api/datasources", None).await;
    let listed: BTreeMap<_, _> =
        all.as_array().unwrap().iter().map(|s| (s["uid"].as_str().unwrap(), &s["isDefault"])).collect();
    assert_eq!(listed, [("prometheus", &json!(true)), ("vm", &json!(false))].into());

    let (_, mut one) = call(&router, "GET", "/api/datasources/uid/vm", None).await;
    assert_eq!(one["secureJsonFields"], json!({ "basicAuthPassword": true }));
    one["name"] = json!("VM");
    let (status, updated) = call(&router, "PUT", "/api/datasources/2", Some(one.clone())).await;
    assert_eq!((status, &updated["datasource"]["version"]), (200, &json!(2)));
    assert_eq!(updated["datasource"]["secureJsonFields"], one["secureJsonFields"], "secrets stay");
    for (method, path, body, status, expected) in [
        (
            "PUT",
            "/api/datasources/uid/vm",
            Some(one.clone()),
            409,
            "Datasource has already been updated by someone else. Please reload and try again",
        ),
        (
            "POST",
            "/api/datasources",
            Some(json!({ "name": "VM", "type": "loki" })),
            409,
            "data source with the same name already exists",
        ),
        ("POST", "/api/datasources", Some(json!({ "type": "loki" })), 400, "a data source needs a name"),
        (
            "POST",
            "/api/datasources",
            Some(json!([])),
            400,
            "bad request data: invalid type: sequence, expected struct Change",
        ),
        ("DELETE", "/api/datasources/uid/prometheus", None, 403, "Cannot delete read-only data source"),
        ("PUT", "/api/datasources/1", Some(one), 403, "Cannot update read-only data source"),
        ("GET", "/api/datasources/uid/none", None, 404, "Data source not found"),
        ("GET", "/api/datasources/none", None, 400, "id is invalid"),
        ("DELETE", "/api/datasources/name/VM", None, 200, "Data source deleted"),
    ] {
        let (got, answer) = call(&router, method, path, body).await;
        assert_eq!((got, answer["message"].as_str().unwrap()), (status, expected), "{method} {path}");
    }
    let everything =
        call(&router, "GET", "/api/datasources", None).await.1.to_string() + &updated.to_string();
    assert!(!everything.contains("hunter2"));
}

#[tokio::test]
async fn requests_go_on_with_the_credentials_of_the_data_source() {
    let router = Stack::new().dashboards();
    let (url, mut asked) = upstream(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSet-Cookie: a=b\r\nContent-Length: 20\r\n\r\n\
          {\"status\":\"success\"}",
    )
    .await;
    let settings = json!({
        "basicAuth": true, "basicAuthUser": "edge",
        "jsonData": { "httpHeaderName1": "X-Scope-OrgID", "customQueryParameters": "nocache=1" },
        "secureJsonData": { "basicAuthPassword": "p", "httpHeaderValue1": "home" },
    });
    add(&router, &format!("{url}/select/0/"), settings).await;
    let mut request = request("GET", "/api/datasources/proxy/uid/vm/api/v1/query?query=up%26x", None);
    request.headers_mut().insert(header::COOKIE, "gnomon_session=x".parse().unwrap());
    let response = send(&router, request).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(!response.headers().contains_key(header::SET_COOKIE));
    assert_eq!(text(response).await, "{\"status\":\"success\"}");
    let head = asked.recv().await.unwrap().to_ascii_lowercase();
    assert!(head.starts_with("get /select/0/api/v1/query?query=up%26x&nocache=1 http/1.1\r\n"), "{head}");
    // edge:p
    for line in ["authorization: basic zwrnztpw", "x-scope-orgid: home", "user-agent: gnomon/0.1.0"] {
        assert!(head.contains(line), "{head}");
    }
    assert!(!head.contains("cookie") && head.matches("authorization").count() == 1, "{head}");
    let (status, health) = call(&router, "GET", "/api/datasources/uid/vm/health", None).await;
    assert_eq!((status, &health["status"]), (200, &json!("OK")));
}

#[tokio::test]
async fn the_own_store_answers_at_every_path_of_it() {
    let router = Stack::new().dashboards();
    for path in [
        "/api/datasources/proxy/uid/prometheus/api/v1/query?query=1%2B1",
        "/api/datasources/proxy/1/api/v1/query?query=1%2B1",
        "/api/datasources/uid/prometheus/resources/api/v1/label/__name__/values",
        "/api/datasources/1/resources/api/v1/labels",
    ] {
        let (status, answer) = call(&router, "GET", path, None).await;
        assert_eq!((status, &answer["status"]), (200, &json!("success")), "{path}");
    }
    let (_, health) = call(&router, "GET", "/api/datasources/uid/prometheus/health", None).await;
    let expected = json!({ "status": "OK", "message": "Successfully queried the Prometheus API." });
    assert_eq!(health, expected);
}

#[tokio::test]
async fn nothing_but_reading_below_the_url_goes_on() {
    let stack = Stack::new();
    let router = stack.dashboards();
    let (url, mut asked) = upstream(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    add(&router, &format!("{url}/tenant"), json!({})).await;
    for (method, path, status) in [
        ("GET", "../admin", 400),
        ("GET", "api/v1/%2e%2e/%2e%2e/admin", 400),
        ("GET", "api/v1/..%2f..%2fadmin", 400),
        ("GET", "api/v1/%252e%252e/x", 400),
        ("GET", "api/v1/query%0d%0aX:y", 400),
        ("POST", "api/v1/write", 403),
        ("DELETE", "api/v1/query", 403),
        ("POST", "api/v1/admin/tsdb/delete_series", 403),
    ] {
        let (got, answer) =
            call(&router, method, &format!("/api/datasources/proxy/uid/vm/{path}"), None).await;
        assert_eq!(got, status, "{method} {path} {answer}");
    }
    let (status, answer) =
        call(&stack.prometheus(), "GET", "/api/datasources/proxy/uid/vm/api/v1/query", None).await;
    assert_eq!(status, 403, "{answer}");
    assert!(asked.try_recv().is_err(), "nothing was asked");
}

#[tokio::test]
async fn hostile_servers_cost_an_answer_and_no_more() {
    let router = Stack::new().dashboards();
    let answer = async |answer: &'static [u8], more: Value| {
        let (url, _asked) = upstream(answer).await;
        add(&router, &url, more).await;
        let request = request("GET", "/api/datasources/proxy/uid/vm/api/v1/labels", None);
        let response: Response<Body> = send(&router, request).await;
        let status = response.status().as_u16();
        let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await;
        call(&router, "DELETE", "/api/datasources/uid/vm", None).await;
        (
            status,
            kind,
            body.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap()).map_err(|e| e.to_string()),
        )
    };
    let slow = json!({ "jsonData": { "timeout": 1 } });
    let plain = "text/plain; charset=utf-8".to_owned();
    let error = |text: &str| Ok(json!({ "message": text }).to_string());
    let json = "application/json".to_owned();

    let page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n<script/>";
    assert_eq!(answer(page, json!({})).await, (200, plain.clone(), Ok("<script/>".into())));
    let unauthorized = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
    let expected = (400, json.clone(), error("Authentication to data source failed"));
    assert_eq!(answer(unauthorized, json!({})).await, expected);
    let elsewhere = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n";
    let text = "the data source redirects to \"http://169.254.169.254/\": set its URL to that";
    assert_eq!(answer(elsewhere, json!({})).await, (502, json.clone(), error(text)));

    let (status, _, body) = answer(b"", slow.clone()).await;
    assert_eq!(status, 504);
    assert!(body.unwrap().contains("context deadline exceeded"));
    let stalled = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
    let expected = Err("the data source stopped in the middle of its answer".to_owned());
    assert_eq!(answer(stalled, slow).await, (200, plain.clone(), expected));
}

#[tokio::test]
async fn viewers_are_not_told_addresses() {
    let router = Stack::new().open_to_everybody().dashboards();
    let elsewhere = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n";
    let query = json!({ "from": "0", "to": "1", "queries": [{ "expr": "a", "datasource": "vm" }] });
    for (url, why) in
        [(upstream(elsewhere).await.0, "redirects"), ("http://127.0.0.1:1".into(), "does not answer")]
    {
        add(&router, &url, json!({})).await;
        for (path, body) in [
            ("/api/datasources/proxy/uid/vm/api/v1/labels", None),
            ("/api/datasources/uid/vm/health", None),
            ("/api/ds/query", Some(query.clone())),
        ] {
            let mut request = request(if body.is_some() { "POST" } else { "GET" }, path, body);
            request.headers_mut().remove(header::AUTHORIZATION);
            let said = text(send(&router, request).await).await;
            assert!(said.contains(why) && !said.contains("169.254") && !said.contains("127.0.0.1"), "{said}");
        }
        call(&router, "DELETE", "/api/datasources/uid/vm", None).await;
    }
}

#[tokio::test]
async fn queries_are_answered_in_frames() {
    let router = Stack::new().dashboards();
    let (url, mut asked) = upstream(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 108\r\n\r\n\
          {\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"a\":\"b\"},\"value\":[1700000000,\"7\"]}]}}",
    )
    .await;
    add(&router, &url, json!({})).await;
    let query = |id: &str, source: Value, expr: &str| json!({ "refId": id, "datasource": source, "expr": expr, "instant": true });
    let body = json!({
        "from": "1699999000000", "to": "1700000000000",
        "queries": [
            query("A", json!({ "uid": "prometheus" }), "1 + $__range_s"),
            query("B", json!("vm"), "up"),
            query("C", json!(null), "vector(NaN)"),
            json!({ "refId": "D", "expr": "up", "instant": true, "exemplar": true }),
        ],
    });
    let (status, answer) = call(&router, "POST", "/api/ds/query", Some(body)).await;
    assert_eq!(status, 200, "{answer}");
    let data = |id: &str| answer["results"][id]["frames"][0]["data"].clone();
    assert_eq!(data("A"), json!({ "values": [[1_700_000_000_000_i64], [1001]] }));
    assert_eq!(data("B"), json!({ "values": [[1_700_000_000_000_i64], [7]] }));
    let nan = json!({ "values": [[1_700_000_000_000_i64], [null]], "entities": [{}, { "NaN": [0] }] });
    assert_eq!(data("C"), nan);
    assert!(asked.recv().await.unwrap().ends_with("query=up&time=1700000000"));
    assert_eq!(answer["results"]["D"]["frames"].as_array().unwrap().len(), 1, "there are no exemplars");

    let broken = json!({
        "from": "now-1h", "to": "now",
        "queries": [{ "refId": "A", "expr": "sum(" }, { "refId": "B", "datasource": { "uid": "gone" } },
            { "refId": "C", "datasource": { "type": "__expr__", "uid": "__expr__" }, "type": "math", "expression": "$A" }],
    });
    let (status, answer) = call(&router, "POST", "/api/ds/query", Some(broken)).await;
    assert_eq!((status, &answer["results"]["A"]["status"]), (400, &json!(400)));
    assert_eq!(answer["results"]["B"]["error"], "Data source not found");
    let text = "expressions over other queries are not evaluated here: write them in PromQL";
    assert_eq!(
        (&answer["results"]["C"]["error"], &answer["results"]["C"]["status"]),
        (&json!(text), &json!(400))
    );
}

#[tokio::test]
async fn questions_in_one_request_are_each_answered() {
    let stack = Stack::new();
    let (url, _) = upstream(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").await;
    let (breaking, _) =
        upstream(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\nx\r\n").await;
    let router = stack.dashboards();
    add(&router, &url, json!({})).await;
    add(&router, &breaking, json!({ "name": "breaking", "uid": "breaking" })).await;
    let asked = json!([
        "/api/v1/query?query=1%2B1&time=0",
        "/api/datasources/proxy/uid/vm/api/v1/query?query=up",
        "/api/v1/query?query=(",
        "/api/v1/admin/tsdb/delete_series?match[]=up",
        "/api/datasources/proxy/uid/vm/../../x",
        "no address",
        "/api/datasources/proxy/uid/breaking/api/v1/query?query=up",
        "/api/v1/query?query=2%2B2&time=0",
    ]);
    let (status, answer) = call(&router, "POST", "/api/batch", Some(asked)).await;
    let answer = answer.as_str().unwrap();
    assert_eq!(status, 200);
    for (index, status) in [(0, 200), (1, 200), (2, 400), (3, 400), (4, 400), (5, 400), (6, 0), (7, 200)] {
        assert!(answer.contains(&format!("{index} {status} 0\n")), "{index}: {answer}");
    }
    assert!(answer.contains("1 200 2\nhi") && answer.contains("\"2\""), "{answer}");
    assert_eq!(call(&router, "POST", "/api/batch", Some(json!(vec!["/api/v1/labels"; 201]))).await.0, 400);
    let (_, open) = call(
        &stack.prometheus(),
        "POST",
        "/api/batch",
        Some(json!(["/api/v1/query?query=1", "/api/datasources/proxy/uid/vm/api/v1/query?query=1",])),
    )
    .await;
    assert!(open.as_str().unwrap().contains("1 403 0\n"), "{open}");
}
