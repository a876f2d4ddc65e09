//! A real Prometheus on the same files.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, ChildStderr, Command, Stdio},
};

use config::Config;

/// A running Prometheus, killed when dropped.
#[derive(Debug)]
struct Peer {
    child: Child,
    /// Its log; when nobody holds this end it is ended by its next line.
    log: BufReader<ChildStderr>,
    port: u16,
    _data: tempfile::TempDir,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Peer {
    /// Starts it on a file and waits until it is ready; what it wrote to its log when it ended before that.
    fn start(program: &Path, file: &Path) -> Result<Self, String> {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let data = tempfile::tempdir().expect("a folder");
        let mut child = Command::new(program)
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", data.path().display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .env("SITE", "attic")
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("a program that starts");
        let log = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut peer = Self { child, log, port, _data: data };
        let mut text = String::new();
        for line in peer.log.by_ref().lines().map_while(Result::ok) {
            if line.contains("Server is ready") {
                return Ok(peer);
            }
            text += &line;
        }
        Err(text)
    }

    /// The configuration as it prints it.
    fn printed(&self) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("an open port");
        stream.write_all(b"GET /api/v1/status/config HTTP/1.0\r\n\r\n").expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let json: serde_json::Value = serde_json::from_str(body).expect("JSON");
        json["data"]["yaml"].as_str().expect("a text").to_owned()
    }
}

/// Takes away what has no counterpart here.
fn comparable(printed: &str) -> String {
    let global_schemes =
        "  metric_name_validation_scheme: utf8\n  metric_name_escaping_scheme: allow-utf-8\n";
    let defaults =
        ["runtime:\n  gogc: 75\n", "otlp:\n  translation_strategy: UnderscoreEscapingWithSuffixes\n"];
    let text = defaults.iter().fold(printed.to_owned(), |text, section| text.replace(section, ""));
    let text: String =
        text.split_inclusive('\n').filter(|line| !line.contains("outofordertimewindow:")).collect();
    text.replace(&format!("{global_schemes}scrape_configs"), "scrape_configs")
}

#[test]
fn prometheus_takes_and_prints_the_same() {
    let Some(program) = testkit::peer("prometheus") else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for file in ["conformance/config/every-key.yml", "conformance/config/quotes.yml", "deploy/prometheus.yml"]
    {
        let path = root.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        let environment = |name: &str| (name == "SITE").then(|| "attic".to_owned());
        let ours = Config::parse_with(&text, file, &environment).unwrap();
        let peer = Peer::start(&program, &path).unwrap();
        assert_eq!(ours.to_yaml(), comparable(&peer.printed()), "{file}");
        drop(peer);
        // And what is printed here is a file for Prometheus.
        let printed = tempfile::Builder::new().suffix(".yml").tempfile().unwrap();
        std::fs::write(printed.path(), ours.to_yaml()).unwrap();
        Peer::start(&program, printed.path()).map_err(|log| format!("{file}: {log}")).unwrap();
    }
}
