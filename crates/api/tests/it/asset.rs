//! Pages and assets.

use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request, StatusCode, header};

use crate::{
    case::{send, text},
    stack::Stack,
};

fn get(path: &str, headers: &[(header::HeaderName, &str)]) -> Request<Body> {
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    let pairs = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
    request.headers_mut().extend(HeaderMap::from_iter(pairs));
    request
}

#[tokio::test]
async fn every_page_is_the_front_end_on_both_addresses() {
    let stack = Stack::new();
    for router in [stack.prometheus(), stack.dashboards()] {
        for path in [
            "/",
            "/login",
            "/dashboards",
            "/d/edge/edge-stack",
            "/dashboard/new",
            "/dashboard/import",
            "/dashboard/snapshots",
            "/dashboard/snapshot/a1b2",
            "/explore",
            "/graph",
            "/query?g0.expr=up",
            "/targets",
        ] {
            let response = send(&router, get(path, &[])).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(response.headers()[header::CACHE_CONTROL], "no-cache");
            let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.starts_with("default-src 'self';") && policy.contains("frame-ancestors 'none'"));
            assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert_eq!(text(response).await, "<!doctype html><title>Gnomon</title>");
        }
    }
}

#[tokio::test]
async fn assets_come_compressed_and_only_when_they_changed() {
    let router = Stack::new().dashboards();
    let path = "/assets/index-a1b2.js";
    let response = send(&router, get(path, &[(header::ACCEPT_ENCODING, "br, gzip")])).await;
    let headers = response.headers().clone();
    assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
    assert_eq!(headers[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
    assert_eq!(headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert!(to_bytes(response.into_body(), 1_000).await.unwrap().starts_with(b"\x1f\x8b"));

    let tag = headers[header::ETAG].to_str().unwrap();
    let known = send(&router, get(path, &[(header::IF_NONE_MATCH, tag)])).await;
    assert_eq!((known.status(), text(known).await.as_str()), (StatusCode::NOT_MODIFIED, ""));
    let plain = send(&router, get(path, &[(header::IF_NONE_MATCH, "W/\"other\"")])).await;
    assert_eq!(text(plain).await, "console.log('gnomon')");
}
