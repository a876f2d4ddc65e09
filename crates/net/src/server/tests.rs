use std::io::Read;

use axum::{
    extract::ConnectInfo,
    http::header,
    routing::{get, post},
};
use flate2::read::GzDecoder;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
    task::JoinHandle,
};

mod prefix;
mod tls;

use super::*;

struct Running {
    address: SocketAddr,
    traffic: Arc<Traffic>,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

impl Running {
    async fn send(&self, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }

    /// Head and body of the answer to a request that closes its connection.
    async fn ask(&self, request: &str) -> (String, Vec<u8>) {
        split(self.send(&format!("{request}Host: x\r\nConnection: close\r\n\r\n")).await).await
    }
}

async fn split(mut stream: TcpStream) -> (String, Vec<u8>) {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let head = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
    (String::from_utf8(answer[..head].to_vec()).unwrap().to_lowercase(), answer[head..].to_vec())
}

/// Reads one answer whose body is `ok` and leaves the connection open.
async fn read_ok(stream: &mut TcpStream) {
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\nok") {
        assert!(stream.read_buf(&mut answer).await.unwrap() > 0);
    }
}

fn start(router: Router, limits: Limits) -> Running {
    start_server(Server::bind("localhost:0", "--listen").unwrap().with_limits(limits), router)
}

fn start_server(server: Server, router: Router) -> Running {
    let traffic = Arc::<Traffic>::default();
    let server = server.with_traffic(Arc::clone(&traffic));
    let address = server.local_addr();
    let (stop, stopped) = oneshot::channel::<()>();
    let ended = tokio::spawn(server.serve(router, async { stopped.await.unwrap_or_default() }));
    Running { address, traffic, stop, ended }
}

fn text() -> String {
    "sensor_temperature_celsius 21.5\n".repeat(5_000)
}

fn gunzip(body: &[u8]) -> String {
    let mut plain = String::new();
    GzDecoder::new(body).read_to_string(&mut plain).unwrap();
    plain
}

fn unzstd(body: &[u8]) -> String {
    String::from_utf8(zstd::decode_all(body).unwrap()).unwrap()
}

#[tokio::test]
async fn long_text_is_compressed_for_those_who_accept_it() {
    let router = Router::new()
        .route("/text", get(|| async { text() }))
        .route("/short", get(|| async { "short" }))
        .route("/gz", get(|| async { ([(header::CONTENT_ENCODING, "gzip")], text()) }));
    let server = start(router, Limits::default());
    for (coding, decode) in [("gzip", gunzip as fn(&[u8]) -> String), ("zstd", unzstd)] {
        let request = format!("GET /text HTTP/1.0\r\nAccept-Encoding: {coding}\r\n");
        let (head, body) = server.ask(&request).await;
        assert!(head.contains(&format!("content-encoding: {coding}")), "{head}");
        assert!(head.contains("vary: accept-encoding"), "{head}");
        assert!(decode(&body) == text() && body.len() < text().len() / 20);
    }

    for request in ["GET /text HTTP/1.0\r\n", "GET /gz HTTP/1.0\r\nAccept-Encoding: gzip\r\n"] {
        assert_eq!(server.ask(request).await.1, text().as_bytes());
    }
    let (head, _) = server.ask("GET /short HTTP/1.1\r\nAccept-Encoding: gzip\r\n").await;
    assert!(head.contains("content-length: 5") && !head.contains("vary"), "{head}");
}

#[tokio::test]
async fn bodies_beyond_the_limit_are_refused_announced_or_not() {
    let router =
        Router::new().route("/", post(|body: axum::body::Bytes| async move { body.len().to_string() }));
    let server = start(router, Limits { body_bytes_max: 10, ..Limits::default() });
    let post = |rest: &str| format!("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{rest}");
    let (head, body) = split(server.send(&post("Content-Length: 4\r\n\r\n1234")).await).await;
    assert!(head.starts_with("http/1.1 200") && body == b"4", "{head}");
    for rest in
        ["Content-Length: 11\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n"]
    {
        let (head, _) = split(server.send(&post(rest)).await).await;
        assert!(head.starts_with("http/1.1 413"), "{head}");
    }
}

#[tokio::test]
async fn requests_know_their_peer_and_are_counted_by_route() {
    let peer = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() };
    let server = start(Router::new().route("/label/{name}", get(peer)), Limits::default());
    assert_eq!(server.ask("GET /label/job HTTP/1.1\r\n").await.1, b"127.0.0.1");
    assert!(server.ask("GET /elsewhere HTTP/1.1\r\n").await.0.starts_with("http/1.1 404"));
    let figures = server.traffic.snapshot();
    let codes: Vec<_> = figures.iter().map(|(h, f)| (&**h, f.requests.iter().next().unwrap())).collect();
    assert_eq!(codes, [("/label/:name", (&200, &1)), ("other", (&404, &1))]);
}

#[tokio::test(start_paused = true)]
async fn slow_heads_and_idle_connections_are_cut_at_their_own_time() {
    let limits = Limits {
        head_timeout: Duration::from_secs(10),
        idle_timeout: Duration::from_secs(60),
        ..Limits::default()
    };
    let server = start(Router::new().route("/", get(|| async { "ok" })), limits);
    for (request, seconds) in [("", 60), ("GET / HT", 10), ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 60)] {
        let mut stream = server.send(request).await;
        let since = tokio::time::Instant::now();
        let mut answer = Vec::new();
        let _cut = stream.read_to_end(&mut answer).await;
        assert_eq!(since.elapsed().as_secs(), seconds, "{request:?}");
    }
}

#[tokio::test]
async fn shutdown_lets_a_running_request_end_and_cuts_an_idle_connection() {
    let (entered, mut inside) = tokio::sync::mpsc::channel::<oneshot::Sender<()>>(1);
    let slow = move || async move {
        let (release, released) = oneshot::channel();
        entered.send(release).await.unwrap();
        released.await.unwrap();
        "done"
    };
    let server = start(Router::new().route("/", get(slow)), Limits::default());
    let mut idle = server.send("").await;
    let busy = server.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let release = inside.recv().await.unwrap();
    server.stop.send(()).unwrap();
    assert_eq!(idle.read(&mut [0]).await.unwrap(), 0);
    release.send(()).unwrap();
    assert_eq!(split(busy).await.1, b"done");
    server.ended.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn shutdown_does_not_wait_for_ever() {
    let server = start(Router::new().route("/", get(std::future::pending::<&str>)), Limits::default());
    let mut stuck = server.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    server.stop.send(()).unwrap();
    server.ended.await.unwrap();
    let _cut = stuck.read(&mut [0]).await;
}

#[tokio::test]
async fn without_a_free_slot_answers_go_out_as_they_are() {
    let limits = Limits { compressions_max: 0, ..Limits::default() };
    let server = start(Router::new().route("/", get(|| async { text() })), limits);
    let (head, body) = server.ask("GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n").await;
    assert!(!head.contains("content-encoding") && body == text().as_bytes(), "{head}");
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_while_requests_run_on_all() {
    let (entered, mut inside) = tokio::sync::mpsc::channel::<oneshot::Sender<()>>(1);
    let slow = move || async move {
        let (release, released) = oneshot::channel();
        entered.send(release).await.unwrap();
        released.await.unwrap();
        "ok"
    };
    let limits = Limits { connections_max: 1, ..Limits::default() };
    let server = start(Router::new().route("/", get(slow)), limits);
    let mut first = server.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let release = inside.recv().await.unwrap();
    let mut second = server.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    release.send(()).unwrap();
    read_ok(&mut first).await;
    // Now the first is idle, and goes.
    inside.recv().await.unwrap().send(()).unwrap();
    read_ok(&mut second).await;
    assert_eq!(first.read(&mut [0]).await.unwrap(), 0);
}

/// Half-open requests once kept everybody else out until their time was over.
#[tokio::test(start_paused = true)]
async fn connections_that_ask_nothing_make_room_for_those_that_do() {
    let limits = Limits { connections_max: 8, ..Limits::default() };
    let server = start(Router::new().route("/", get(|| async { "ok" })), limits);
    let begin = tokio::time::Instant::now();
    let mut mute = Vec::new();
    for i in 0..20 {
        mute.push(server.send(if i % 2 == 0 { "" } else { "GET / HT" }).await);
    }
    for _ in 0..3 {
        assert_eq!(server.ask("GET / HTTP/1.1\r\n").await.1, b"ok");
    }
    assert_eq!(begin.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn a_request_that_panics_is_lost_alone() {
    let router = Router::new()
        .route(
            "/panic",
            get(|| async {
                if true {
                    panic!("on purpose")
                }
            }),
        )
        .route("/", get(|| async { "ok" }));
    let server = start(router, Limits::default());
    let mut lost = server.send("GET /panic HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(!lost.read(&mut [0]).await.is_ok_and(|bytes| bytes > 0));
    assert_eq!(server.ask("GET / HTTP/1.1\r\n").await.1, b"ok");
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    let server = start(Router::new(), Limits::default());
    // Not a byte more than the limit: with some unread, the connection would end without an answer.
    let mut stream = server.send(&format!("GET /{}", "a".repeat((64 << 10) - 5))).await;
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.unwrap();
    assert!(&status == b"HTTP/1.1 431" || &status == b"HTTP/1.1 414", "{}", String::from_utf8_lossy(&status));
}

#[tokio::test]
async fn a_target_with_quotes_and_brackets_is_understood() {
    let echo = get(|uri: axum::http::Uri| async move { uri.to_string() });
    let running = start(Router::new().route("/q", echo), Limits::default());
    let (head, body) = running.ask("GET /q?query=up{job=\"é\"}>0 HTTP/1.1\r\n").await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert_eq!(String::from_utf8(body).unwrap(), "/q?query=up%7Bjob=%22%C3%A9%22%7D%3E0");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_of_its_answer_is_cut() {
    let limits = Limits { write_timeout: Duration::from_secs(7), ..Limits::default() };
    let server = start(Router::new().route("/", get(|| async { vec![0; 64 << 20] })), limits);
    let mut stream = server.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    tokio::time::sleep(Duration::from_secs(8)).await;
    let mut answer = Vec::new();
    let _cut = stream.read_to_end(&mut answer).await;
    assert!(answer.len() < 64 << 20);
}
