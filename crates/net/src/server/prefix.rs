//! A path that all others begin with.

use axum::{
    Router,
    extract::Request,
    http::{
        StatusCode, Uri, header,
        uri::{InvalidUri, PathAndQuery},
    },
    response::{IntoResponse, Response},
};
use tower_service::Service;

/// Has the router see paths without `prefix`, which begins with a slash and ends without one; an empty one
/// changes nothing. `/` leads to the prefix, other paths that do not begin with it are not found.
pub(super) fn strip(router: Router, prefix: &str) -> Router {
    if prefix.is_empty() {
        return router;
    }
    let prefix = prefix.to_owned();
    Router::new().fallback(move |mut request: Request| {
        let (mut router, prefix) = (router.clone(), prefix.clone());
        async move {
            match within(request.uri(), &prefix) {
                Some(Ok(uri)) => *request.uri_mut() = uri,
                Some(Err(_)) => return StatusCode::BAD_REQUEST.into_response(),
                None => return outside(request.uri(), &prefix),
            }
            // A router does not fail.
            router.call(request).await.unwrap_or_else(|never| match never {})
        }
    })
}

/// The URI as it is below the prefix; `None` when it is not below it.
fn within(uri: &Uri, prefix: &str) -> Option<Result<Uri, InvalidUri>> {
    let path = uri.path().strip_prefix(prefix)?;
    let path = match path {
        "" => "/",
        path if path.starts_with('/') => path,
        _ => return None,
    };
    let text = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let rest = text.parse::<PathAndQuery>();
    Some(rest.map(|path_and_query| {
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = Some(path_and_query);
        // Only the path is another one, so the parts still go together.
        Uri::from_parts(parts).unwrap_or_default()
    }))
}

fn outside(uri: &Uri, prefix: &str) -> Response {
    if uri.path() == "/" {
        return (StatusCode::FOUND, [(header::LOCATION, format!("{prefix}/"))]).into_response();
    }
    let headers =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (StatusCode::NOT_FOUND, headers, "404 page not found\n").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_the_prefix_is_told_from_what_is_not() {
        for (path, expected) in [
            ("/prom/api/v1/query?query=up", Some("/api/v1/query?query=up")),
            ("/prom", Some("/")),
            ("/prom/", Some("/")),
            ("/prom?a=b", Some("/?a=b")),
            ("https://box/prom/d/x", Some("https://box/d/x")),
            ("/prometheus", None),
            ("/", None),
        ] {
            let found = within(&path.parse().unwrap(), "/prom").map(|uri| uri.unwrap().to_string());
            assert_eq!(found.as_deref(), expected, "{path}");
        }
    }
}
