//! Requests of pages and tools that go on to a data source: `/api/datasources/proxy/...` and `.../resources/...`.

use axum::{
    Extension, Router,
    body::{Body, Bytes, to_bytes},
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use dashboard::{DataSource, Role, data_source::Key};
use http::{HeaderMap, Method, StatusCode, Uri, header};
use tower_service::Service;

use super::{Asking, Viewer, message, path, refusal, relay::relay, upstream::UpstreamError};
use crate::handler::any;

/// Bytes of a form: more than any query has.
const FORM_BYTES_MAX: usize = 1 << 20;

/// Headers of a caller that are handed on: what it asks for, not who it is.
const HANDED_ON: [header::HeaderName; 4] =
    [header::ACCEPT, header::ACCEPT_ENCODING, header::CONTENT_TYPE, header::IF_NONE_MATCH];

pub(super) fn routes() -> Router<Asking> {
    Router::new()
        .route("/api/datasources/proxy/uid/{uid}/{*path}", any(by_uid))
        .route("/api/datasources/proxy/{id}/{*path}", any(by_id))
        .route("/api/datasources/uid/{uid}/resources/{*path}", any(by_uid))
        .route("/api/datasources/{id}/resources/{*path}", any(by_id))
}

async fn by_uid(
    State(asking): State<Asking>,
    Extension(viewer): Extension<Viewer>,
    Path((uid, _)): Path<(String, String)>,
    request: Request,
) -> Response {
    // `/api/datasources/proxy/uid/UID/...` and `/api/datasources/uid/UID/resources/...`
    forward(&asking, &viewer, Key::Uid(&uid), 6, request).await
}

async fn by_id(
    State(asking): State<Asking>,
    Extension(viewer): Extension<Viewer>,
    Path((id, _)): Path<(String, String)>,
    request: Request,
) -> Response {
    match id.parse() {
        // `/api/datasources/proxy/ID/...` and `/api/datasources/ID/resources/...`
        Ok(id) => forward(&asking, &viewer, Key::Id(id), 5, request).await,
        Err(_) => message(StatusCode::BAD_REQUEST, "id is invalid"),
    }
}

/// Sends a request on, without the first segments of its path.
pub(super) async fn forward(
    asking: &Asking,
    viewer: &Viewer,
    key: Key<'_>,
    segments: usize,
    request: Request,
) -> Response {
    let source = match asking.grafana.sources.store.find(key) {
        Ok(source) => source,
        Err(error) => return refusal(&error),
    };
    // As it was sent: what is decoded twice may lead elsewhere.
    let uri = request.uri().clone();
    let path = uri.path().splitn(segments + 1, '/').nth(segments).unwrap_or_default();
    if let Some(refusal) = check(viewer, request.method(), path) {
        return refusal;
    }
    if source.is_own() {
        return asking.own(path, request).await;
    }
    if asking.open {
        return super::only_behind_login();
    }
    to_upstream(asking, viewer, &source, path, request).await.unwrap_or_else(|refusal| refusal)
}

/// The answer to a request that may not be sent on.
fn check(viewer: &Viewer, method: &Method, path: &str) -> Option<Response> {
    if !path::stays_below(path) {
        return Some(message(StatusCode::BAD_REQUEST, "the path leads out of the data source"));
    }
    let reads = path::only_reads(method, path);
    let looks = method == Method::GET && viewer.role() >= Role::Admin;
    if reads || looks {
        return None;
    }
    // Grafana's words.
    let text = format!("non allow-listed {method}s not allowed on proxied Prometheus datasource");
    Some(message(StatusCode::FORBIDDEN, &text))
}

async fn to_upstream(
    asking: &Asking,
    viewer: &Viewer,
    source: &DataSource,
    path: &str,
    request: Request,
) -> Result<Response, Response> {
    let upstreams = &asking.grafana.sources.upstreams;
    let refused = |error: UpstreamError| message(error.status(), &error.told(viewer));
    let upstream = upstreams.get(source).map_err(refused)?;
    let place = upstreams.place(&upstream).await.map_err(refused)?;
    let (parts, body) = request.into_parts();
    // Nothing is read from it here.
    let held = asking.held(body, FORM_BYTES_MAX, 0).await;
    let (body, _account) = held.map_err(IntoResponse::into_response)?;
    let headers = handed_on(&parts.headers);
    let query = parts.uri.query().unwrap_or_default();
    let answer = upstream.ask(&parts.method, path, query, headers, body.into()).await.map_err(refused)?;
    Ok(relay(answer, upstream.timeout(), place))
}

fn handed_on(headers: &HeaderMap) -> HeaderMap {
    let known =
        HANDED_ON.into_iter().filter_map(|name| headers.get(&name).cloned().map(|value| (name, value)));
    known.collect()
}

impl Asking {
    /// Asks the own store, without a way over a socket.
    pub(super) async fn own(&self, path: &str, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        let Ok(uri) = format!("/{path}{query}").parse::<Uri>() else {
            return message(StatusCode::BAD_REQUEST, "the path is no path");
        };
        // What the routes so far found out about the request is not about this one.
        let mut inner = Request::new(body);
        *inner.method_mut() = parts.method;
        *inner.uri_mut() = uri;
        *inner.headers_mut() = parts.headers;
        match self.own.clone().call(inner).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// Asks a data source for something small, such as whether it is there.
    ///
    /// # Errors
    /// When it gives no answer, or a longer one.
    pub(super) async fn ask_briefly(
        &self,
        viewer: &Viewer,
        source: &DataSource,
        path: &str,
        query: &str,
    ) -> Result<(StatusCode, Bytes), String> {
        const ANSWER_BYTES_MAX: usize = 64 << 10;
        let (status, body) = if source.is_own() {
            let mut request = Request::new(Body::empty());
            *request.uri_mut() =
                format!("/?{query}").parse().map_err(|error: http::uri::InvalidUri| error.to_string())?;
            let answer = self.own(path, request).await;
            (answer.status(), answer.into_body())
        } else {
            let upstreams = &self.grafana.sources.upstreams;
            let asked = async {
                let upstream = upstreams.get(source)?;
                let place = upstreams.place(&upstream).await?;
                let answer = upstream.ask(&Method::GET, path, query, HeaderMap::new(), Bytes::new()).await?;
                Ok(relay(answer, upstream.timeout(), place))
            };
            let answer: Response = asked.await.map_err(|error: UpstreamError| error.told(viewer))?;
            (answer.status(), answer.into_body())
        };
        let body = to_bytes(body, ANSWER_BYTES_MAX).await.map_err(|error| error.to_string())?;
        Ok((status, body))
    }
}
