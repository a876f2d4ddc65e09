//! Requests to the servers, without a library that would take CPU from them.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use model::percent;
use serde_json::Value;

const CONNECT: Duration = Duration::from_secs(1);
const ANSWER: Duration = Duration::from_secs(60);
/// No query here has an answer near it.
const ANSWER_BYTES_MAX: u64 = 256 << 20;

/// The body of the answer to `GET path`; an answer other than 2xx is an error.
pub(crate) fn get(address: SocketAddr, path: &str) -> io::Result<String> {
    request(address, &format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n"), path, b"")
}

/// Sends a body; each line of `headers` ends with CR and LF. An answer other than 2xx is an error.
pub(crate) fn post(address: SocketAddr, path: &str, headers: &str, body: &[u8]) -> io::Result<()> {
    let length = body.len();
    let head =
        format!("POST {path} HTTP/1.0\r\nHost: {address}\r\n{headers}Content-Length: {length}\r\n\r\n");
    request(address, &head, path, body).map(drop)
}

/// A connection that stays open from request to request, as the senders of remote write keep theirs.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    address: SocketAddr,
}

impl Connection {
    /// Connects.
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, CONNECT)?;
        stream.set_read_timeout(Some(ANSWER))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, address })
    }

    /// As [`post`].
    pub(crate) fn post(&mut self, path: &str, headers: &str, body: &[u8]) -> io::Result<()> {
        let (address, length) = (self.address, body.len());
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Content-Length: {length}\r\n\r\n");
        self.stream.write_all(&[head.as_bytes(), body].concat())?;
        let mut answer = Vec::new();
        read_answer(&mut self.stream, &mut answer)?;
        check(&String::from_utf8_lossy(&answer), path)
    }
}

/// HTTP/1.0: the answer comes whole and ends with the connection.
fn request(address: SocketAddr, head: &str, path: &str, body: &[u8]) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, CONNECT)?;
    stream.set_read_timeout(Some(ANSWER))?;
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    read_answer(&mut stream, &mut answer)?;
    let mut answer = String::from_utf8(answer).map_err(io::Error::other)?;
    check(&answer, path)?;
    let body_bytes = answer.split_once("\r\n\r\n").map_or(0, |(_, body)| body.len());
    Ok(answer.split_off(answer.len() - body_bytes))
}

/// An answer other than 2xx is an error.
fn check(answer: &str, path: &str) -> io::Result<()> {
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| io::Error::other("a torn answer"))?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    if status.starts_with('2') {
        return Ok(());
    }
    Err(io::Error::other(format!("{path}: status {status}: {}", body.trim_end())))
}

/// Reads to the end, or to the length that the head gives when the connection stays open.
fn read_answer(stream: &mut TcpStream, answer: &mut Vec<u8>) -> io::Result<()> {
    let mut buffer = vec![0; 64 << 10];
    let mut end = ANSWER_BYTES_MAX;
    while (answer.len() as u64) < end {
        let length = match stream.read(&mut buffer)? {
            0 => return Ok(()),
            length => length,
        };
        answer.extend_from_slice(buffer.get(..length).unwrap_or_default());
        if end == ANSWER_BYTES_MAX {
            end = whole_bytes(answer).unwrap_or(end);
        }
    }
    Ok(())
}

fn whole_bytes(answer: &[u8]) -> Option<u64> {
    let head_bytes = answer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(answer.get(..head_bytes)?).ok()?.to_ascii_lowercase();
    if head.split(' ').nth(1) == Some("204") {
        return Some(head_bytes as u64);
    }
    let (_, rest) = head.split_once("\r\ncontent-length:")?;
    let length: u64 = rest.lines().next()?.trim().parse().ok()?;
    Some(head_bytes as u64 + length)
}

/// The value of the first sample that an instant query gives; nothing when it gives none. VictoriaMetrics is told
/// not to hold back what is younger than 30 s; the others do not know that parameter.
pub(crate) fn value(address: SocketAddr, expression: &str) -> io::Result<Option<f64>> {
    let body = get(
        address,
        &format!("/api/v1/query?nocache=1&latency_offset=1ms&query={}", percent::encode(expression)),
    )?;
    let answer: Value = serde_json::from_str(&body)?;
    let sample = answer.pointer("/data/result/0/value/1").and_then(Value::as_str);
    Ok(sample.and_then(|text| text.parse().ok()))
}
