//! Parameters of requests.

use api::Parameters;
use axum::{body::Body, extract::FromRequest};
use http::{Request, header};

/// Takes the bytes as a form, and as the query string of a URL where they can be one: both have the same parameters.
pub fn parameter(bytes: &[u8]) {
    let form = Request::post("/")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(bytes.to_vec()))
        .unwrap();
    let Some(form) = read(form) else { return };
    // What follows a `#` belongs to no query string.
    if !bytes.contains(&b'#')
        && let Ok(url) = Request::get([b"/?", bytes].concat().as_slice()).body(Body::empty())
    {
        let url = read(url).unwrap();
        for name in ["query", "match[]", "start", "end", "limit"] {
            assert!(url.all(name).eq(form.all(name)), "{name}");
        }
    }
}

fn read(request: Request<Body>) -> Option<Parameters> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let parameters = runtime.block_on(Parameters::from_request(request, &())).ok()?;
    // Whatever is said about a time, it is a time or an error.
    drop((parameters.limit(), parameters.range_ms(), parameters.time_ms("time")));
    Some(parameters)
}
