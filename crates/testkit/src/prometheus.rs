//! A real Prometheus for the time of a test.

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// How long it may take to start, and to do what a test waits for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server with a folder and a port of its own; it ends when dropped.
#[derive(Debug)]
pub struct Prometheus {
    process: Child,
    address: String,
    _folder: TempDir,
}

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

impl Drop for Prometheus {
    fn drop(&mut self) {
        // It may have ended by itself.
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

impl Prometheus {
    /// Starts the program with a configuration and flags beside those that every start needs, and waits until it
    /// is ready.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(program: &Path, config: &str, flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("prometheus.yml");
        fs::write(&file, config).expect("a file");
        // The port is free again when Prometheus binds it.
        let address =
            TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").to_string();
        let process = Command::new(program)
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .arg("--storage.tsdb.retention.time=100y")
            .args(flags)
            .stderr(Stdio::null())
            .spawn()
            .expect("prometheus starts");
        let peer = Self { process, address, _folder: folder };
        peer.wait_until("ready", |peer| {
            peer.request("GET", "/-/ready", "", b"").is_some_and(|response| response.status == "200")
        });
        peer
    }

    /// Asks again and again until it is as a test needs it.
    ///
    /// # Panics
    /// When it does not become so within a minute.
    pub fn wait_until(&self, what: &str, is: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !is(self) {
            assert!(start.elapsed() < PATIENCE, "prometheus is not {what}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// The answer to a request; each line of `headers` ends with CR and LF. `None` while it does not listen.
    ///
    /// # Panics
    /// When the answer breaks off.
    pub fn request(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Option<Response> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
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
}
