//! How fast bodies are read: in full, and when each series is known by its position. Bodies are the arguments,
//! or else those of `conformance/expfmt`: `cargo bench -p expfmt -- node_exporter.txt`.

#![allow(clippy::print_stdout)] // The figures are the output.

use std::{
    hint::black_box,
    path::{Path, PathBuf},
    time::Instant,
};

use expfmt::{Entry, Format, Parser};

fn main() {
    let mut bodies: Vec<PathBuf> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).map(PathBuf::from).collect();
    if bodies.is_empty() {
        bodies.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/expfmt/text.txt"));
    }
    for path in bodies {
        let body = std::fs::read(&path).expect("the body can be read");
        let series = series(&body);
        let full = gigabytes_per_second(body.len(), || read_in_full(&body));
        let known = gigabytes_per_second(body.len(), || read_by_position(&body, &series));
        let ns = |speed: f64| body.len() as f64 / speed / series.len() as f64;
        println!(
            "{}: {} samples, {} bytes; in full {full:.2} GB/s ({:.0} ns a sample), by position {known:.2} GB/s ({:.0} ns a sample)",
            path.display(),
            series.len(),
            body.len(),
            ns(full),
            ns(known)
        );
    }
}

/// The best of several runs, each long enough for the clock.
fn gigabytes_per_second(bytes: usize, mut read: impl FnMut() -> f64) -> f64 {
    let rounds = 20_000_000 / bytes + 1;
    let speed = |_| {
        let start = Instant::now();
        for _ in 0..rounds {
            black_box(read());
        }
        (bytes * rounds) as f64 / start.elapsed().as_secs_f64() / 1e9
    };
    (0..10).map(speed).fold(0.0, f64::max)
}

fn series(body: &[u8]) -> Vec<Vec<u8>> {
    let mut parser = Parser::new(body, Format::PrometheusText004);
    let mut series = Vec::new();
    while let Some(entry) = parser.next().expect("the body is valid") {
        if let Entry::Sample(sample) = entry {
            series.push(sample.series.to_vec());
        }
    }
    series
}

fn read_in_full(body: &[u8]) -> f64 {
    let mut parser = Parser::new(black_box(body), Format::PrometheusText004);
    let mut sum = 0.0;
    while let Ok(Some(entry)) = parser.next() {
        if let Entry::Sample(sample) = entry {
            sum += sample.value;
        }
    }
    sum
}

fn read_by_position(body: &[u8], series: &[Vec<u8>]) -> f64 {
    let mut parser = Parser::new(black_box(body), Format::PrometheusText004);
    let mut known = series.iter();
    let mut sum = 0.0;
    loop {
        let expected = known.as_slice().first();
        let here = expected.filter(|series| parser.remaining().starts_with(series));
        if let Some(Ok(Some(sample))) = here.map(|series| parser.sample_after(series.len())) {
            known.next();
            sum += sample.value;
            continue;
        }
        match parser.next() {
            Ok(Some(_)) => {}
            _ => return sum,
        }
    }
}
