//! Keeps other sites' pages from changing anything in the name of somebody who is logged in here.

use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderMap, Method, StatusCode, header};

use super::message;

/// Refuses requests that can change something and come from a page of another origin. Programs, which send no
/// origin, pass.
pub(super) async fn require_same(request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_same(request.headers()) {
        next.run(request).await
    } else {
        message(StatusCode::FORBIDDEN, "origin not allowed")
    }
}

fn is_same(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    match headers.get(header::ORIGIN) {
        None => {
            text(header::HeaderName::from_static("sec-fetch-site")).is_none_or(|site| site != "cross-site")
        }
        Some(origin) => {
            let authority =
                origin.to_str().ok().and_then(|o| o.split_once("://")).map(|(_, authority)| authority);
            authority.is_some() && authority == text(header::HOST)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn only_pages_of_this_server_and_programs_pass() {
        for (origin, expected) in [
            (None, true),
            (Some("http://box:3000"), true),
            (Some("https://box:3000"), true),
            (Some("http://box"), false),
            (Some("http://evil.example"), false),
            (Some("null"), false),
        ] {
            let mut headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("box:3000"))]);
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(is_same(&headers), expected, "{origin:?}");
        }
    }
}
