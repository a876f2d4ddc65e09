//! Requests to the servers.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

/// How long a server may take to start, and to do what a test waits for.
const PATIENCE: Duration = Duration::from_secs(60);

/// An answer.
#[derive(Debug)]
pub struct Response {
    /// The status code as text.
    pub status: String,
    /// The lines before the body.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

/// An address whose port is free until somebody binds it.
pub(crate) fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").to_string()
}

/// Waits until something is so, at most a minute.
pub(crate) fn wait_until(what: &str, is: impl Fn() -> bool) {
    let start = Instant::now();
    while !is() {
        assert!(start.elapsed() < PATIENCE, "the server is not {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// The answer to a request; each line of `headers` ends with CR and LF. `None` while nobody listens.
pub(crate) fn request(
    address: &str,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> Option<Response> {
    let mut stream = TcpStream::connect(address).ok()?;
    let head = format!("{method} {path} HTTP/1.0\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).expect("a request");
    stream.write_all(body).expect("a request's body");
    let mut response = Vec::new();
    stream.read_to_end(&mut response).expect("an answer");
    let end = response.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a head");
    let body = response.split_off(end + 4);
    let head = String::from_utf8(response).expect("a head of text");
    let status = head.split(' ').nth(1).expect("a status").to_owned();
    Some(Response { status, head, body })
}
