//! Reports with figures that tests know.

use crate::{
    Calls, Failure, PartFigures, Report, Run, Scrapes, SensorFigures, StackReport, Symptom, TargetFigures,
    stack::Kind,
};

/// A sensor of whose ten scrapes and ten calls so many worked.
pub(crate) fn sensor(
    job: &str,
    worked: u64,
    answered: u64,
    scrape_seconds: f64,
    memory_max_bytes: u64,
    cpu_mean_cores: f64,
) -> SensorFigures {
    let up = worked == 10;
    let failed = |text: &str| if up { String::new() } else { text.to_owned() };
    SensorFigures {
        job: job.to_owned(),
        faults: Vec::new(),
        part: part(memory_max_bytes, cpu_mean_cores),
        target: Some(TargetFigures {
            health: if up { "up" } else { "down" }.to_owned(),
            last_error: failed(r#"unsupported Content-Type "text/html""#),
            cause: failed("The target says that its answer is a web page."),
            cure: failed("Send text/plain."),
            scrapes: Scrapes { made: 10, worked },
            scrape_median_seconds: Some(scrape_seconds),
            scrape_p99_seconds: Some(scrape_seconds),
            ..TargetFigures::default()
        }),
        calls: Calls { made: 10, answered },
    }
}

fn part(memory_max_bytes: u64, cpu_mean_cores: f64) -> PartFigures {
    PartFigures {
        memory_mean_bytes: memory_max_bytes as f64 / 2.0,
        memory_max_bytes,
        cpu_mean_cores,
        cpu_max_cores: cpu_mean_cores * 2.0,
        ..PartFigures::default()
    }
}

/// A run with these sensors.
pub(crate) fn run(sensors: Vec<SensorFigures>) -> Run {
    Run {
        version: Some("1.2.3".to_owned()),
        interval_ms: 5_000,
        stack: part(10 << 20, 0.004),
        sensors,
        whole: part(12 << 20, 0.005),
        scrapes: Some(Scrapes { made: 20, worked: 10 }),
    }
}

/// Gnomon, and a Prometheus that was killed in the first run.
pub(crate) fn report() -> Report {
    let stack = |stack| StackReport {
        stack,
        before: run(vec![sensor("sensor", 0, 0, 0.105, 17 << 20, 0.022)]),
        after: run(vec![sensor("sensor", 10, 10, 0.002, 2 << 20, 0.001)]),
        apart: run(vec![
            sensor("none", 10, 10, 0.002, 2 << 20, 0.001),
            sensor("content-type", 0, 10, 0.002, 2 << 20, 0.001),
        ]),
        failures: vec![
            Failure {
                symptom: Symptom::Down,
                what: "the target is DOWN".to_owned(),
                faults: vec!["content-type".to_owned()],
            },
            Failure { symptom: Symptom::Slow, what: "it <rains>".to_owned(), faults: Vec::new() },
        ],
    };
    let mut prometheus = stack(Kind::Prometheus);
    prometheus.before.stack.ended = Some("was killed for want of memory after 9 s".to_owned());
    prometheus.before.scrapes = None;
    for sensor in &mut prometheus.before.sensors {
        sensor.target = None;
    }
    Report {
        duration_seconds: 180.0,
        speedup: 1,
        measured: "cgroup v1".to_owned(),
        limits: true,
        stacks: vec![stack(Kind::Gnomon), prometheus],
    }
}
