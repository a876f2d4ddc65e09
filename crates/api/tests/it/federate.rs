//! Federation, against what a real Prometheus says of the same samples.

use axum::body::Body;
use http::Request;

use crate::{case, case::answer, peer, stack::Stack};

/// Paths and `Accept` headers.
const REQUESTS: [(&str, &str); 8] = [
    ("match[]=temperature_celsius", ""),
    (
        "match[]=%7Bkind=~%22.*e.*%22%7D&match[]=requests_total&match[]=%7Bcode=%22500%22%7D",
        "text/plain;escaping=dots",
    ),
    (
        "match[]=%7B__name__=~%22odd.*%22%7D",
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.3",
    ),
    ("match[]=nothing_here", ""),
    ("", ""),
    ("match[]=%7Bregion=%22eu%22%7D", ""),
    ("match[]=up(", ""),
    ("match[]=temperature_celsius%7Bsensor=%22air%22%7D", "text/plain;version=0.0.4;escaping=values"),
];

async fn ask(stack: &Stack, query: &str, accept: &str) -> String {
    let request = Request::get(format!("/federate?{query}")).header("accept", accept);
    answer(&stack.prometheus(), request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn the_newest_samples_are_served_with_external_labels() {
    let expected = "200 text/plain; version=0.0.4; charset=utf-8; escaping=dots\n\
        # TYPE requests_total untyped\n\
        requests_total{code=\"500\",instance=\"box:8000\",job=\"sensor\",region=\"eu\"} 8 1700000030000";
    let stack = Stack::with_endless_lookback();
    let answered =
        ask(&stack, "match[]=requests_total%7Bcode=%22500%22%7D", "text/plain;escaping=dots").await;
    assert_eq!(answered, expected);
    let old = ask(&Stack::new(), "match[]=requests_total", "").await;
    assert_eq!(old, "200 text/plain; version=0.0.4; charset=utf-8; escaping=underscores");
}

#[tokio::test]
async fn prometheus_federates_likewise() {
    let Some(program) = testkit::peer("prometheus") else { return };
    // Federation has no time of its own: only a lookback as long as this finds the samples.
    let peer = peer::with_data(&program, &case::read_all(), &["--query.lookback-delta=100y"]);
    let stack = Stack::with_endless_lookback();
    for (query, accept) in REQUESTS {
        let headers = format!("Accept: {accept}\r\n");
        let theirs = peer.request("GET", &format!("/federate?{query}"), &headers, b"").unwrap();
        assert_eq!(ask(&stack, query, accept).await, peer::written(theirs), "{query}");
    }
}
