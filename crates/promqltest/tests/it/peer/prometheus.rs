//! A Prometheus of our own for the time of a test.

use std::{fmt::Write as _, path::Path};

use serde_json::Value;

use super::{Times, answer::Answer, data::SeriesData, remote_write};

pub(crate) struct Prometheus(testkit::Prometheus);

impl Prometheus {
    /// Starts it and hands it the series.
    pub(crate) fn start(program: &Path, series: &[SeriesData]) -> Self {
        let features = "--enable-feature=promql-experimental-functions,native-histograms";
        let peer =
            testkit::Prometheus::start(program, "{}", &["--web.enable-remote-write-receiver", features]);
        let head = "Content-Encoding: snappy\r\nX-Prometheus-Remote-Write-Version: 0.1.0\r\n";
        let written = peer.request("POST", "/api/v1/write", head, &remote_write::request(series));
        assert_eq!(written.unwrap().status, "204");
        Self(peer)
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
        let response = self.0.request("POST", path, head, form.as_bytes()).unwrap();
        serde_json::from_slice(&response.body).unwrap()
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
