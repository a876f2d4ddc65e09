//! How fast bodies are read: in full, and when each series is known by its position. Bodies are the arguments,
//! or else those of `conformance/expfmt`: `cargo bench -p expfmt -- node_exporter.txt`.

#![allow(clippy::print_stdout)] // The figures are the output.

use std::{
    hint::black_box,
    path::{Path, PathBuf},
    time::Instant,
};

use expfmt::{Entry, Format, Parser};
use model::MetricType;

fn main() {
    let mut bodies: Vec<PathBuf> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).map(PathBuf::from).collect();
    if bodies.is_empty() {
        bodies.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/expfmt/text.txt"));
    }
    for path in bodies {
        let body = std::fs::read(&path).expect("the body can be read");
        let known = Known::of(&body);
        let full = gigabytes_per_second(body.len(), || read_in_full(&body));
        let again = gigabytes_per_second(body.len(), || read_by_position(&body, &known));
        let samples = known.series.len();
        let ns = |speed: f64| body.len() as f64 / speed / samples as f64;
        println!(
            "{}: {samples} samples, {} bytes; in full {full:.2} GB/s, {:.0} ns a sample; \
             by position {again:.2} GB/s, {:.0} ns a sample",
            path.display(),
            body.len(),
            ns(full),
            ns(again)
        );
    }
}

/// What a scraper knows of a body that it has read before.
#[derive(Default)]
struct Known {
    series: Vec<Vec<u8>>,
    families: Vec<(String, String, MetricType)>,
}

impl Known {
    fn of(body: &[u8]) -> Self {
        let mut parser = Parser::new(body, Format::PrometheusText004);
        let (mut known, mut help) = (Self::default(), String::new());
        while let Some(entry) = parser.next().expect("the body is valid") {
            match entry {
                Entry::Sample(sample) => known.series.push(sample.series.to_vec()),
                Entry::Help { text, .. } => help = text.into_owned(),
                Entry::Type { metric, kind } => {
                    known.families.push((metric.to_owned(), std::mem::take(&mut help), kind));
                }
                _ => {}
            }
        }
        known
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

fn read_by_position(body: &[u8], known: &Known) -> f64 {
    let mut parser = Parser::new(black_box(body), Format::PrometheusText004);
    let (mut series, mut families) = (known.series.iter().peekable(), known.families.iter().peekable());
    let mut sum = 0.0;
    loop {
        let here = series.peek().filter(|series| parser.remaining().starts_with(series));
        if let Some(Ok(Some(sample))) = here.map(|series| parser.sample_after(series.len())) {
            series.next();
            sum += sample.value;
        } else if families.peek().is_some_and(|(name, help, kind)| parser.skip_family(name, help, *kind, ""))
        {
            families.next();
        } else if !matches!(parser.next(), Ok(Some(_))) {
            return sum;
        }
    }
}
