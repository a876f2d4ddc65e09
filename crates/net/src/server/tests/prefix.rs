//! A server below a path.

use super::*;

#[tokio::test]
async fn routes_are_found_below_the_prefix_only_and_counted_without_it() {
    let router = Router::new().route("/", get(|| async { "home" })).route("/metrics", get(|| async { "ok" }));
    let server = Server::bind("localhost:0", "--listen").unwrap().with_prefix("/prom".to_owned());
    assert!(server.url().ends_with("/prom"));
    let server = start_server(server, router);
    let ask = |path: &str| format!("GET {path} HTTP/1.1\r\n");
    assert_eq!(server.ask(&ask("/prom/metrics")).await.1, b"ok");
    assert_eq!(server.ask(&ask("/prom/")).await.1, b"home");
    let (head, _) = server.ask(&ask("/")).await;
    assert!(head.starts_with("http/1.1 302") && head.contains("location: /prom/\r\n"), "{head}");
    assert!(server.ask(&ask("/metrics")).await.0.starts_with("http/1.1 404"));
    let handlers: Vec<_> = server.traffic.snapshot().into_iter().map(|(handler, _)| handler).collect();
    assert_eq!(handlers, ["/".into(), "/metrics".into()] as [Box<str>; 2]);
}
