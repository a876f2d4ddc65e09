//! Requests to a router.

use axum::{
    Router,
    body::{Body, to_bytes},
};
use http::{Request, Response, header};
use tower_service::Service;

/// The answer of a router as the case files write it.
pub(crate) async fn answer(router: &Router, request: Request<Body>) -> String {
    let response = send(router, request).await;
    let status = response.status().as_u16();
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.map_or("-", |v| v.to_str().unwrap()).to_owned();
    format!("{status} {content_type}\n{}", text(response).await).trim_end().to_owned()
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> Response<Body> {
    router.clone().call(request).await.unwrap()
}

pub(crate) async fn text(response: Response<Body>) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}
