use expfmt::Format;
use model::clock::SystemClock;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

const NOW_MS: i64 = 1_000_000_000;

fn subject() -> Subject {
    Subject::from_url("h:1", 10_000, "1").unwrap()
}

/// A scrape at that second of a body in text 0.0.4.
fn visit(second: u64, body: &str) -> Visit {
    let survey = Survey::read(body.as_bytes(), Format::PrometheusText004, &subject().spec.rules.labels);
    let started = Duration::from_secs(second);
    Visit { started, status: Some(200), answer: None, failures: Vec::new(), survey: Some(survey) }
}

/// Severity and text of what is found in scrapes at second 0, 5 and 5.
fn found(bodies: &[&str]) -> Vec<String> {
    let visits = bodies.iter().enumerate().map(|(at, body)| visit(at.min(1) as u64 * 5, body)).collect();
    let findings = report(&subject(), visits, NOW_MS).findings;
    assert!(findings.iter().all(|finding| !finding.cure.is_empty()));
    findings.iter().map(|finding| format!("{}: {}", finding.severity.as_str(), finding.text)).collect()
}

/// A gauge `g` with help, and these lines.
fn gauge(lines: &str) -> String {
    format!("# HELP g G.\n# TYPE g gauge\n{lines}\n")
}

#[test]
fn a_body_is_found_to_be_good_or_wrong() {
    let large: String = (0..10_001).map(|id| format!("g{{id=\"{id}\"}} 1\n")).collect();
    for (lines, expected) in [
        ("g 1", &[][..]),
        ("g{ 1", &["error: Line 3 of the exposition is wrong at column 4: g{ 1 ("]),
        ("g{a=\"1\",a=\"2\"} 1", &["error: Line 3: The series g{a=\"1\",a=\"2\"} has the label a twice. ("]),
        (
            "g 1\ng 2",
            &[
                "warning: Lines that repeat a series: 1. Only the first sample of each is stored: line 4 repeats line 3, g.",
            ],
        ),
        ("g 1 1000000000", &["info: Samples with times of their own: 1."]),
        ("g 1 1000", &["warning: Samples have times of their own, up to 11d13h46m39s old"]),
        ("g 1\ng 2 1000000000", &["info: Samples with times of their own: 1."]),
        ("g{job=\"x\"} 1", &["info: The exposition has labels that the target has too: job."]),
        ("g 1\nx 1", &["info: Metrics without # TYPE: x.", "info: No help text: x."]),
        (
            &large,
            &[
                "warning: The target has 10001 series, 10001 of them of g.",
                "warning: The label id has 10001 values in 10001 series.",
            ],
        ),
    ] {
        let found = found(&[&gauge(lines)]);
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{found}");
        }
    }
}

#[test]
fn series_that_come_and_go_are_laid_to_their_label() {
    let (before, after) = (gauge("g{id=\"1\",a=\"x\"} 1"), gauge("g{id=\"2\",a=\"x\"} 1"));
    let expected =
        "warning: Within 5.0 s, 1 series came and 1 went: new values of id of g (for example \"2\").";
    assert_eq!(found(&[&before, &after, &after]), [expected]);
    assert_eq!(found(&[&before, &before, &before]), [""; 0]);
}

#[test]
fn what_a_scrape_costs_is_told_from_what_the_process_uses_anyway() {
    let cpu = |seconds: f64| {
        format!(
            "# HELP process_cpu_seconds_total C.\n# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total {seconds}\n"
        )
    };
    let dear = found(&[&cpu(1.0), &cpu(1.1), &cpu(1.2)]);
    assert_eq!(dear, ["warning: A scrape costs the target 100 ms of CPU: 0.2 % of a core at one every 1m."]);
    let busy = found(&[&cpu(1.0), &cpu(4.0), &cpu(4.0)]);
    assert_eq!(busy, ["warning: The target's process uses 60 % of a core."]);

    let memory = |mib: u32| {
        let name = "process_resident_memory_bytes";
        format!("# HELP {name} M.\n# TYPE {name} gauge\n{name} {}\n{}", mib << 20, cpu(0.0))
    };
    for quiet in [[20, 21, 20], [17, 21, 30]] {
        assert_eq!(found(&quiet.map(memory).each_ref().map(String::as_str)), [""; 0], "{quiet:?}");
    }
    let swing = found(&[&memory(17), &memory(12), &memory(20)]);
    assert_eq!(
        swing,
        ["warning: The target's memory moves by 8.0 MiB from scrape to scrape, between 12.0 and 20.0 MiB."]
    );
}

#[test]
fn counters_of_failures_that_grow_are_named() {
    let counter = |value: u32| {
        format!(
            "# HELP e_failed_total E.\n# TYPE e_failed_total counter\ne_failed_total{{reason=\"r\"}} {value}\n"
        )
    };
    let found = found(&[&counter(3), &counter(4), &counter(5)]);
    assert_eq!(
        found,
        ["warning: The target counts failures: e_failed_total{reason=\"r\"} went up by 2 to 5."]
    );
}

/// Answers any number of requests with the same bytes.
async fn serve(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    address
}

#[tokio::test]
async fn an_answer_that_would_be_refused_is_looked_at_all_the_same() {
    let settings = Settings { interval: None, version: "1".into(), body_bytes_max: 1 << 20 };
    for (answer, worst, samples, status, text) in [
        ("200 OK\r\nContent-Type: text/html\r\n\r\ng 1\n", Severity::Error, 1, Some(200), "web page"),
        ("200 OK\r\nContent-Type: text/html\r\n\r\n<html>", Severity::Error, 0, Some(200), "web page"),
        ("500 Oh\r\n\r\n", Severity::Error, 0, Some(500), "status 500"),
        ("200 OK\r\nContent-Type: text/plain\r\n\r\n", Severity::Info, 0, Some(200), ""),
    ] {
        let answer = Box::leak(format!("HTTP/1.1 {answer}").into_boxed_str());
        let subject = Subject::from_url(&serve(answer).await, 10_000, "1").unwrap();
        let report = examine(&subject, &settings, &SystemClock::default()).await;
        assert_eq!((report.worst(), report.samples, report.status), (worst, samples, status), "{answer}");
        let first = report.findings.first().map(|finding| &*finding.text).unwrap_or_default();
        assert!(first.contains(text), "{first}");
    }
}
