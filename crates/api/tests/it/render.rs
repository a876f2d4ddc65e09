//! Pictures of dashboards.

use axum::{
    body::{Body, to_bytes},
    response::Response,
};
use http::{Request, StatusCode, header};

use serde_json::json;

use super::{
    source::{ADMIN, add, call, upstream},
    stack::Stack,
};

const RANGE: &str = "from=1700000000000&to=1700000045001&tz=utc";

async fn get(stack: &Stack, path: &str, accept: &str) -> Response<Body> {
    let request = Request::get(path).header(header::ACCEPT, accept).body(Body::empty()).unwrap();
    super::case::send(&stack.prometheus(), request).await
}

async fn bytes(response: Response<Body>) -> Vec<u8> {
    to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()
}

#[tokio::test]
async fn a_panel_is_drawn_from_the_store() {
    let stack = Stack::new();
    let path = format!("/render/d-solo/drawn/any-slug?panelId=2&{RANGE}&width=400&height=300&theme=light");
    let response = get(&stack, &path, "image/avif,image/svg+xml,*/*").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "image/png");
    let png = bytes(response).await;
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    let size = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((size(16), size(20)), (400, 300));

    let response = get(&stack, &format!("{path}&var-sensor=water"), "image/svg+xml").await;
    assert_eq!(response.headers()[header::CONTENT_TYPE], "image/svg+xml");
    let svg = String::from_utf8(bytes(response).await).unwrap();
    assert!(svg.contains(">Temperature of water<") && svg.contains(">4<") && svg.contains(">°C<"), "{svg}");
    let of_all = bytes(get(&stack, &format!("/render/d/drawn?{RANGE}&format=svg"), "*/*").await).await;
    let of_all = String::from_utf8(of_all).unwrap();
    assert!(of_all.contains(">Drawn<") && of_all.contains(">Temperature of air<"), "{of_all}");
}

#[tokio::test]
async fn a_panel_asks_the_data_source_that_it_names() {
    let stack = Stack::new();
    let router = stack.dashboards();
    let (url, mut asked) = upstream(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 102\r\n\r\n\
          {\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1700000000,\"42\"]}]}}",
    )
    .await;
    add(&router, &url, json!({})).await;
    let panel =
        json!({ "id": 1, "type": "stat", "datasource": { "uid": "$ds" }, "targets": [{ "expr": "far" }] });
    let variable = json!({ "type": "datasource", "name": "ds", "query": "prometheus", "regex": "/vm/" });
    let dashboard =
        json!({ "uid": "far", "title": "Far", "panels": [panel], "templating": { "list": [variable] } });
    let saved = call(&router, "POST", "/api/dashboards/db", Some(json!({ "dashboard": dashboard }))).await;
    assert_eq!(saved.0, 200, "{saved:?}");
    let path = format!("/render/d-solo/far?panelId=1&{RANGE}&format=svg");
    let request = Request::get(&path).header(header::AUTHORIZATION, ADMIN).body(Body::empty()).unwrap();
    let svg = String::from_utf8(bytes(super::case::send(&router, request).await).await).unwrap();
    assert!(svg.contains(">42<"), "{svg}");
    assert!(asked.recv().await.unwrap().contains("query=far&start="));
    let svg = String::from_utf8(bytes(get(&stack, &path, "*/*").await).await).unwrap();
    assert!(svg.contains("other data sources are asked at"), "{svg}");
}

#[tokio::test]
async fn what_cannot_be_drawn_is_refused() {
    let stack = Stack::new();
    for (path, status) in [
        ("/render/d-solo/none?panelId=2", StatusCode::NOT_FOUND),
        ("/render/d-solo/drawn?panelId=9", StatusCode::NOT_FOUND),
        ("/render/d-solo/drawn", StatusCode::BAD_REQUEST),
        ("/render/d-solo/drawn?panelId=2&width=3001", StatusCode::BAD_REQUEST),
        ("/render/d-solo/drawn?panelId=2&width=1000&scale=4", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(get(&stack, path, "*/*").await.status(), status, "{path}");
    }
    let request = Request::get("/render/d-solo/drawn?panelId=2").body(Body::empty()).unwrap();
    let response = super::case::send(&stack.dashboards(), request).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "behind the login");
}
