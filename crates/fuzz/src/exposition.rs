//! Bodies of targets, in each format.

use expfmt::{
    Attachment, Entry, Format, HistogramRules, Parser, Sink, openmetrics_to_text, protobuf_to_text,
    visit_labels,
};

/// Parses the bytes as each format: errors have their place within the body, what was read is read back, what is
/// OpenMetrics can be written as text, and what protobuf unpacks to is read or refused as text.
pub fn exposition(bytes: &[u8]) {
    unpack(bytes);
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

/// Text of a body at most.
const UNPACKED_BYTES_MAX: usize = 1 << 20;

/// Keeps text up to a bound.
#[derive(Default)]
struct Unpacked(String);

impl Sink for Unpacked {
    fn text(&mut self, lines: &str) -> bool {
        self.0.push_str(lines);
        self.0.len() <= UNPACKED_BYTES_MAX
    }

    fn attach(&mut self, attachment: Attachment) -> bool {
        assert!(attachment.histogram.is_some() || attachment.start_ms.is_some());
        true
    }
}

fn unpack(bytes: &[u8]) {
    for (native, classic_too, bucket_limit) in [(false, false, 0), (true, true, 3)] {
        let rules = HistogramRules { native, classic_too, bucket_limit, bucket_factor_min: 1.1 };
        let mut unpacked = Unpacked::default();
        if protobuf_to_text(bytes, &rules, &mut unpacked).is_ok() {
            parse(unpacked.0.as_bytes(), Format::OpenMetricsText100);
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
