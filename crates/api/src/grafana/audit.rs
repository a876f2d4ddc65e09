//! A line in the trace for each change: who, from where, what, and what came of it.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use dashboard::Change;
use http::Method;

use super::{Grafana, Viewer};
use crate::peer;

/// Paths that are asked with POST and change nothing, and those of samples, which come all the time.
const QUESTIONS: [&str; 4] = ["/api/v1/", "/api/ds/query", "/api/batch", "/api/datasources/proxy/"];
/// The same where an id stands in between.
const QUESTIONS_OF_A_SOURCE: (&str, &str) = ("/api/datasources/uid/", "/resources/");
/// The path that is asked with GET and deletes all the same.
const DELETES: &str = "/api/snapshots-delete/";

/// What a line has to say beyond the path; handlers leave it with their answers.
#[derive(Clone, Debug)]
pub(super) struct Detail(pub(super) String);

/// Notes what could change something, with its outcome.
pub(super) async fn trace(State(grafana): State<Grafana>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if (request.method().is_safe() && !path.starts_with(DELETES)) || is_question(path) {
        return next.run(request).await;
    }
    let viewer = request.extensions().get::<Viewer>().cloned().unwrap_or(Viewer::Anonymous);
    let from = peer::address(request.extensions());
    let mut what = what(request.method(), path);
    let response = next.run(request).await;
    if let Some(Detail(detail)) = response.extensions().get() {
        what = format!("{what}: {detail}");
    }
    let status = response.status().as_u16();
    let noted = move |grafana: &Grafana| {
        grafana.accounts.record(&Change {
            who: viewer.login(),
            who_id: viewer.id(),
            from,
            what: &what,
            status,
        });
    };
    // An answer is not held back because its trace could not be noted; why is in the log.
    _ = grafana.blocking(noted).await;
    response
}

fn what(method: &Method, path: &str) -> String {
    /// Characters of a path; those of the API have fewer.
    const PATH_MAX: usize = 300;
    format!("{method} {}", path.chars().take(PATH_MAX).collect::<String>())
}

fn is_question(path: &str) -> bool {
    let (start, middle) = QUESTIONS_OF_A_SOURCE;
    QUESTIONS.iter().any(|question| path.starts_with(question))
        || path.strip_prefix(start).is_some_and(|rest| rest.contains(middle))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_leave_no_trace() {
        for (path, expected) in [
            ("/api/v1/query", true),
            ("/api/ds/query", true),
            ("/api/datasources/proxy/uid/a/api/v1/query", true),
            ("/api/datasources/uid/a/resources/api/v1/series", true),
            ("/api/datasources/uid/a", false),
            ("/api/datasources", false),
            ("/api/admin/users", false),
        ] {
            assert_eq!(is_question(path), expected, "{path}");
        }
    }
}
