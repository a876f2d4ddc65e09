//! A Prometheus of our own for the time of a test.

use std::{
    env,
    fmt::Write as _,
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{Times, answer::Answer, data::SeriesData, remote_write};

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Prometheus {
    process: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// Where it is, if it is there.
pub(crate) fn binary() -> Option<PathBuf> {
    let given = env::var_os("GNOMON_PEERS").map(PathBuf::from);
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/peers/bin");
    given.into_iter().chain([built]).map(|folder| folder.join("prometheus")).find(|path| path.is_file())
}

impl Prometheus {
    /// Starts it and hands it the series.
    pub(crate) fn start(binary: &Path, series: &[SeriesData]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("prometheus.yml");
        fs::write(&config, "{}").unwrap();
        // The port is free again when Prometheus binds it.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let process = Command::new(binary)
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .args(["--storage.tsdb.retention.time=100y", "--web.enable-remote-write-receiver"])
            .arg("--enable-feature=promql-experimental-functions,native-histograms")
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let peer = Self { process, address, _folder: folder };
        let start = Instant::now();
        while peer.request("GET", "/-/ready", "", b"").is_none_or(|(status, _)| status != "200") {
            assert!(start.elapsed() < PATIENCE, "prometheus does not start");
            thread::sleep(Duration::from_millis(50));
        }
        let head = "Content-Encoding: snappy\r\nX-Prometheus-Remote-Write-Version: 0.1.0\r\n";
        let written = peer.request("POST", "/api/v1/write", head, &remote_write::request(series));
        assert_eq!(written.unwrap().0, "204");
        peer
    }

    /// Status and body of an answer; `None` while it does not listen.
    fn request(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Option<(String, String)> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        let length = body.len();
        let head = format!("{method} {path} HTTP/1.0\r\n{headers}Content-Length: {length}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        Some((head.split(' ').nth(1).unwrap().to_owned(), body.to_owned()))
    }

    pub(crate) fn answer(&self, text: &str, times: Times) -> Answer {
        let seconds = |ms: i64| ms as f64 / 1000.0;
        let query = escaped(text);
        let (path, form) = match times {
            Times::Instant(at_ms) => ("/api/v1/query", format!("query={query}&time={}", seconds(at_ms))),
            Times::Range(start_ms, end_ms, step_ms) => {
                let (start, end, step) = (seconds(start_ms), seconds(end_ms), seconds(step_ms));
                ("/api/v1/query_range", format!("query={query}&start={start}&end={end}&step={step}"))
            }
        };
        Answer::of_json(&self.post(path, &form))
    }

    /// Why a text is no expression; `None` when it is one.
    pub(crate) fn refusal(&self, text: &str) -> Option<String> {
        let answer = self.post("/api/v1/format_query", &format!("query={}", escaped(text)));
        let error = answer["error"].as_str()?;
        Some(error.strip_prefix("invalid parameter \"query\": ").unwrap_or(error).to_owned())
    }

    fn post(&self, path: &str, form: &str) -> Value {
        let head = "Content-Type: application/x-www-form-urlencoded\r\n";
        let (_, body) = self.request("POST", path, head, form.as_bytes()).unwrap();
        serde_json::from_str(&body).unwrap()
    }
}

fn escaped(text: &str) -> String {
    let mut form = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            form.push(byte.into())
        } else {
            write!(form, "%{byte:02x}").unwrap()
        }
    }
    form
}
