//! The same cases against a real Prometheus, so that what the files expect is what it answers.

use std::{
    env, fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::case::{self, Case};

/// How long Prometheus may take to start and scrape once.
const PATIENCE: Duration = Duration::from_secs(60);

struct Peer {
    process: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Drop for Peer {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

#[test]
fn prometheus_answers_every_case_likewise() {
    let Some(binary) = binary() else {
        return eprintln!("skipped: no prometheus in GNOMON_PEERS or target/peers/bin (make peers)");
    };
    let peer = Peer::start(&binary);
    let cases = case::read_all();
    let loaded = cases.iter().find(|case| case.answer.contains("temperature_celsius")).unwrap();
    let start = Instant::now();
    while peer.answer(loaded) != loaded.answer {
        assert!(start.elapsed() < PATIENCE, "prometheus has not scraped the samples");
        thread::sleep(Duration::from_millis(50));
    }
    case::compare(&cases, cases.iter().map(|case| peer.answer(case)));
}

fn binary() -> Option<PathBuf> {
    let given = env::var_os("GNOMON_PEERS").map(PathBuf::from);
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/peers/bin");
    given.into_iter().chain([built]).map(|folder| folder.join("prometheus")).find(|path| path.is_file())
}

impl Peer {
    /// Starts Prometheus with one target, the samples of the cases.
    fn start(binary: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("prometheus.yml");
        let target = serve(fs::read_to_string(case::folder().join("data.txt")).unwrap());
        let text = format!(
            "global: {{scrape_interval: 1s, scrape_timeout: 1s}}\nscrape_configs:\n- job_name: data\n  \
             honor_labels: true\n  static_configs: [{{targets: [\"{target}\"]}}]\n"
        );
        fs::write(&config, text).unwrap();
        // The port is free again when Prometheus binds it.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let process = Command::new(binary)
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .arg("--storage.tsdb.retention.time=100y")
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { process, address, _folder: folder }
    }

    /// Its answer as the case files write it; empty while it does not listen.
    fn answer(&self, case: &Case) -> String {
        let Ok(mut stream) = TcpStream::connect(&self.address) else { return String::new() };
        let form = case.form.as_deref().unwrap_or_default();
        let Case { method, path, .. } = case;
        let request = format!(
            "{method} {path} HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{form}",
            form.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap();
        let content_type = head.lines().find_map(|line| line.strip_prefix("Content-Type: ")).unwrap_or("-");
        format!("{status} {content_type}\n{body}").trim_end().to_owned()
    }
}

/// Serves one page to whoever asks, for as long as the test runs.
fn serve(page: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            _ = stream.read(&mut [0; 4096]);
            let head = "HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n\r\n";
            _ = stream.write_all(format!("{head}{page}").as_bytes());
        }
    });
    address
}
