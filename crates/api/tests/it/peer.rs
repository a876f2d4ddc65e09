//! The same cases against a real Prometheus, so that what the files expect is what it answers.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    thread,
};

use testkit::{Prometheus, Response};

use crate::case::{self, Case};

#[test]
fn prometheus_answers_every_case_likewise() {
    let Some(program) = testkit::peer("prometheus") else { return };
    let cases = case::read_all();
    let peer = with_data(&program, &cases, &[]);
    case::compare(&cases, cases.iter().map(|case| answer(&peer, case)));
}

/// A Prometheus that has scraped the data of the cases.
pub(crate) fn with_data(program: &Path, cases: &[Case], flags: &[&str]) -> Prometheus {
    let target = serve(fs::read_to_string(case::folder().join("data.txt")).unwrap());
    let config = format!(
        "global: {{scrape_interval: 1s, scrape_timeout: 1s, external_labels: {{region: eu}}}}\n\
         scrape_configs:\n- job_name: data\n  honor_labels: true\n  \
         static_configs: [{{targets: [\"{target}\"]}}]\n"
    );
    let peer = Prometheus::start(program, &config, flags);
    let loaded = cases.iter().find(|case| case.answer.contains("temperature_celsius")).unwrap();
    peer.wait_until("in possession of the samples", |peer| answer(peer, loaded) == loaded.answer);
    peer
}

/// Its answer as the case files write it.
fn answer(peer: &Prometheus, case: &Case) -> String {
    let form = case.form.as_deref().unwrap_or_default();
    let headers = "Content-Type: application/x-www-form-urlencoded\r\n";
    written(peer.request(&case.method, &case.path, headers, form.as_bytes()).unwrap())
}

/// An answer as the case files write it.
pub(crate) fn written(response: Response) -> String {
    let content_type =
        response.head.lines().find_map(|line| line.strip_prefix("Content-Type: ")).unwrap_or("-");
    let body = String::from_utf8(response.body).unwrap();
    format!("{} {content_type}\n{body}", response.status).trim_end().to_owned()
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
