use std::{fs, path::Path};

use expfmt::{Entry, Format, ParseError, Parser, push_value, visit_labels};
use model::LabelSet;

/// A body as text, an entry a line.
fn dump(body: &[u8], format: Format) -> Result<String, Box<ParseError>> {
    let mut out = String::new();
    let mut parser = Parser::new(body, format);
    while let Some(entry) = parser.next()? {
        let line = match entry {
            Entry::Help { metric, text } => format!("help {metric} {}", quoted(&text)),
            Entry::Type { metric, kind } => format!("type {metric} {kind}"),
            Entry::Unit { metric, unit } => format!("unit {metric} {unit}"),
            Entry::Comment => "comment".to_owned(),
            Entry::Sample(sample) => {
                let mut line = format!("sample {}", labels(sample.series));
                push_number(&mut line, sample.value, sample.timestamp_ms);
                if let Some(exemplar) = parser.exemplar() {
                    line.push_str(&format!(" # {}", labels(exemplar.labels)));
                    push_number(&mut line, exemplar.value, exemplar.timestamp_ms);
                }
                line
            }
        };
        out.push_str(&line);
        out.push('\n');
    }
    Ok(out)
}

fn quoted(text: &str) -> String {
    let mut out = String::new();
    model::label::write_quoted(&mut out, text).expect("a string takes all");
    out
}

fn labels(series: &[u8]) -> LabelSet {
    let mut pairs = Vec::new();
    visit_labels(series, |name, value| pairs.push((name.to_owned(), value.to_owned())))
        .expect("the parser accepted them");
    LabelSet::from_pairs(pairs)
}

fn push_number(line: &mut String, value: f64, timestamp_ms: Option<i64>) {
    line.push(' ');
    push_value(line, value);
    if let Some(timestamp_ms) = timestamp_ms {
        line.push_str(&format!(" @{timestamp_ms}"));
    }
}

#[test]
fn each_body_is_read_as_written_beside_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/expfmt");
    for (name, format) in [("text", Format::PrometheusText004), ("openmetrics", Format::OpenMetricsText100)] {
        let body = fs::read(folder.join(name).with_extension("txt")).unwrap();
        let expected = fs::read_to_string(folder.join(name).with_extension("expected")).unwrap();
        let read = dump(&body, format).unwrap();
        for (read, expected) in read.lines().zip(expected.lines()) {
            assert_eq!(read, expected, "{name}");
        }
        assert_eq!(read.lines().count(), expected.lines().count(), "{name}");
    }
}

/// Bodies of real exporters, where this machine has them.
#[test]
fn real_bodies_are_read_to_their_end() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/expositions");
    for name in ["node_exporter", "alertmanager", "prometheus", "victoriametrics"] {
        let Ok(body) = fs::read(folder.join(name).with_extension("txt")) else { continue };
        let lines = body.split(|&byte| byte == b'\n').filter(|line| !line.is_empty() && line[0] != b'#');
        let read = dump(&body, Format::PrometheusText004).unwrap();
        let found = read.lines().filter(|line| line.starts_with("sample ")).count();
        assert_eq!(found, lines.count(), "{name}");
    }
}
