//! Which methods an endpoint takes, and what others are told: the words of Go's servers, which clients know.

use std::fmt;

use axum::{
    Router,
    extract::Request,
    handler::Handler,
    middleware,
    response::{IntoResponse, Response},
    routing::{self, MethodRouter},
};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};

use crate::handler::{Answer, Answering, Erased};

/// The methods of an endpoint, sorted, as the `Allow` header lists them.
pub(crate) const GET: &str = "GET, OPTIONS";
pub(crate) const GET_HEAD: &str = "GET, HEAD, OPTIONS";
pub(crate) const GET_POST: &str = "GET, OPTIONS, POST";
pub(crate) const POST: &str = "OPTIONS, POST";

/// An endpoint for the methods in `allowed`; `OPTIONS` is answered with 204.
pub(crate) fn endpoint<S, H, T>(allowed: &'static str, handler: H) -> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
    H: Handler<T, S>,
    T: 'static,
{
    routing::any(Erased::new(Guarded { allowed, handler: Erased::from_handler(handler) }))
}

/// A handler for some methods.
struct Guarded<S> {
    allowed: &'static str,
    handler: Erased<S>,
}

impl<S> Answer<S> for Guarded<S> {
    fn answer(&self, request: Request, state: S) -> Answering {
        match refusal(request.method(), self.allowed) {
            Some(refusal) => Box::pin(async { refusal }),
            None => self.handler.answer(request, state),
        }
    }
}

/// The answer to a method that does not reach the handler.
fn refusal(method: &Method, allowed: &'static str) -> Option<Response> {
    match method.as_str() {
        "OPTIONS" => Some(StatusCode::NO_CONTENT.into_response()),
        method if allowed.split(", ").any(|name| name == method) => None,
        _ => Some(plain(StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, allowed)], "Method Not Allowed\n")),
    }
}

/// What there is not.
pub(crate) async fn not_found() -> Response {
    plain(StatusCode::NOT_FOUND, [], "404 page not found\n")
}

/// An error in plain text, as Go's `http.Error` answers it.
pub(crate) fn go_error(status: StatusCode, message: impl fmt::Display) -> Response {
    plain(status, [], format!("{message}\n"))
}

fn plain<const N: usize>(
    status: StatusCode,
    headers: [(HeaderName, &'static str); N],
    body: impl IntoResponse,
) -> Response {
    let kind =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (status, kind, headers, body).into_response()
}

/// Headers for every answer: nothing from other hosts, no guessing of types, no framing.
///
/// Style attributes are let through, style elements are not: browsers write them by themselves into the editable
/// text of the expression editor.
pub(crate) fn with_security_headers<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    const HEADERS: [(HeaderName, &str); 4] = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
             form-action 'self'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    router.layer(middleware::map_response(|mut response: Response| async move {
        for (name, value) in HEADERS {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }))
}
