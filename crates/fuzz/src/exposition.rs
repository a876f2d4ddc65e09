//! Bodies of targets, in each text format.

use expfmt::{Entry, Format, Parser, openmetrics_to_text, visit_labels};

/// Parses the bytes as each format: errors have their place within the body, what was read is read back, and what is
/// OpenMetrics can be written as text.
pub fn exposition(bytes: &[u8]) {
    for format in [Format::PrometheusText004, Format::OpenMetricsText100] {
        let complete = parse(bytes, format);
        if complete && format.is_open_metrics() {
            let text = openmetrics_to_text(super::text(bytes));
            if let (Ok(text), true) = (text, std::str::from_utf8(bytes).is_ok()) {
                assert!(parse(text.as_bytes(), Format::PrometheusText004), "{text:?}");
            }
        }
    }
}

/// Reads a body; true when it has no fault.
fn parse(bytes: &[u8], format: Format) -> bool {
    let mut parser = Parser::new(bytes, format);
    loop {
        let before = parser.clone();
        let sample = match parser.next() {
            Ok(None) => return true,
            Ok(Some(Entry::Sample(sample))) => sample,
            Ok(Some(_)) => continue,
            Err(error) => {
                let lines = bytes.iter().filter(|&&byte| byte == b'\n').count() + 1;
                assert!((1..=lines).contains(&error.line) && error.column >= 1, "{error:?}");
                assert_eq!(parser.next(), Ok(None), "nothing follows an error");
                return false;
            }
        };
        visit_labels(sample.series, |_, _| {}).unwrap();
        if let Some(exemplar) = parser.exemplar() {
            visit_labels(exemplar.labels, |_, _| {}).unwrap();
        }
        if before.remaining().starts_with(sample.series) {
            // The fast way of a line that is known reads the same.
            let mut fast = before;
            let again = fast.sample_after(sample.series.len()).unwrap();
            let bits = |s: &expfmt::Sample<'_>| (s.series.to_vec(), s.value.to_bits(), s.timestamp_ms);
            assert!(again.is_none_or(|again| bits(&again) == bits(&sample)));
        }
    }
}
