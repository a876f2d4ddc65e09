use model::CounterReset;
use proptest::prelude::*;

use super::*;
use crate::{Entry, Format, Parser};

/// Keeps everything, up to a number of bytes.
struct Kept {
    text: String,
    attachments: Vec<Attachment>,
    room_bytes: usize,
}

impl Sink for Kept {
    fn text(&mut self, lines: &str) -> bool {
        self.text.push_str(lines);
        self.text.len() <= self.room_bytes
    }

    fn attach(&mut self, attachment: Attachment) -> bool {
        self.attachments.push(attachment);
        true
    }
}

const NATIVE: HistogramRules =
    HistogramRules { native: true, classic_too: false, bucket_limit: 0, bucket_factor_min: 0.0 };

fn unpack(body: &[u8], rules: &HistogramRules) -> Result<Kept> {
    let mut kept = Kept { text: String::new(), attachments: Vec::new(), room_bytes: 1 << 20 };
    protobuf_to_text(body, rules, &mut kept).map(|()| kept)
}

fn bytes(number: u8, content: &[u8]) -> Vec<u8> {
    let len = content.len();
    let len = if len < 128 { vec![len as u8] } else { vec![len as u8 | 0x80, (len >> 7) as u8] };
    [vec![number << 3 | 2], len, content.to_vec()].concat()
}

fn double(number: u8, value: f64) -> Vec<u8> {
    [vec![number << 3 | 1], value.to_le_bytes().to_vec()].concat()
}

fn integer(number: u8, value: u8) -> Vec<u8> {
    vec![number << 3, value]
}

fn label(name: &str, value: &str) -> Vec<u8> {
    bytes(1, &[bytes(1, name.as_bytes()), bytes(2, value.as_bytes())].concat())
}

fn family(name: &str, kind: u8, metrics: &[Vec<u8>]) -> Vec<u8> {
    let metrics: Vec<u8> = metrics.iter().flat_map(|metric| bytes(4, metric)).collect();
    let message = [bytes(1, name.as_bytes()), bytes(2, b"Help \\ \n."), integer(3, kind), metrics].concat();
    // The length before the message is that of a field without its tag.
    bytes(1, &message)[1..].to_vec()
}

/// A counter with an exemplar, a summary, and a histogram in both forms.
fn body() -> Vec<u8> {
    let time = [integer(1, 100), vec![2 << 3, 0x80, 0x89, 0x7a]].concat();
    let exemplar = [label("trace", "x"), double(2, 0.5), bytes(3, &time)].concat();
    let counter = [double(1, 3.0), bytes(2, &exemplar), bytes(3, &time)].concat();
    let counter = [label("path", "/\"a\""), bytes(3, &counter), integer(6, 7)].concat();
    let quantile = bytes(3, &[double(1, 1.0), double(2, 9.5)].concat());
    let summary = bytes(4, &[integer(1, 4), double(2, 8.5), quantile].concat());
    let bucket = bytes(3, &[integer(1, 2), double(2, 2.0)].concat());
    let span = bytes(12, &[integer(1, 1), integer(2, 2)].concat());
    let native = [integer(5, 4), double(6, 0.001), integer(7, 1), span, bytes(13, &[4, 2])].concat();
    let histogram = bytes(7, &[integer(1, 6), double(2, 12.5), bucket, native].concat());
    [
        family("requests_total", 0, &[counter]),
        family("wait.seconds", 2, &[summary]),
        family("size", 4, &[histogram]),
    ]
    .concat()
}

#[test]
fn messages_become_lines() {
    let expected = "\
# HELP requests_total Help \\\\ \\n.\n# TYPE requests_total counter
requests_total{path=\"/\\\"a\\\"\"} 3 0.0075 # {trace=\"x\"} 0.5 100.0025
# HELP \"wait.seconds\" Help \\\\ \\n.\n# TYPE \"wait.seconds\" summary
{\"wait.seconds_count\"} 4\n{\"wait.seconds_sum\"} 8.5\n{\"wait.seconds\",quantile=\"1.0\"} 9.5
# HELP size Help \\\\ \\n.\n# TYPE size histogram\n";
    let kept = unpack(&body(), &NATIVE).unwrap();
    assert_eq!(kept.text, format!("{expected}size 12.5\n# EOF\n"));
    let [counter, histogram] = &kept.attachments[..] else { panic!("{:?}", kept.attachments) };
    assert_eq!((counter.sample, counter.start_ms), (0, Some(100_002)));
    let native = histogram.histogram.as_ref().unwrap();
    assert!(histogram.sample == 4 && native.integer && native.schema == 2 && native.count == 6.0);
    assert!(native.positive.iter().eq([(-1, 2.0), (0, 3.0)]), "{native:?}");
    let classic = "size_count 6\nsize_sum 12.5\nsize_bucket{le=\"2.0\"} 2\nsize_bucket{le=\"+Inf\"} 6\n";
    let kept = unpack(&body(), &HistogramRules::default()).unwrap();
    assert_eq!(kept.text, format!("{expected}{classic}# EOF\n"));
    let kept = unpack(&body(), &HistogramRules { classic_too: true, ..NATIVE }).unwrap();
    assert_eq!(kept.text, format!("{expected}size 12.5\n{classic}# EOF\n"));
}

#[test]
fn the_lines_are_read_as_openmetrics() {
    let text = unpack(&body(), &NATIVE).unwrap().text;
    let mut parser = Parser::new(text.as_bytes(), Format::OpenMetricsText100);
    let mut samples = Vec::new();
    while let Some(entry) = parser.next().unwrap() {
        if let Entry::Sample(sample) = entry {
            samples.push((sample.value, sample.timestamp_ms, parser.exemplar().and_then(|e| e.timestamp_ms)));
        }
    }
    assert_eq!(samples[0], (3.0, Some(7), Some(100_002)));
    assert_eq!(samples.len(), 5);
}

#[test]
fn histograms_are_made_coarser_or_refused() {
    let coarse =
        |rules: &HistogramRules| unpack(&body(), rules).map(|kept| kept.attachments[1].histogram.clone());
    let limited = coarse(&HistogramRules { bucket_limit: 1, ..NATIVE }).unwrap().unwrap();
    assert!(limited.schema == 1 && limited.positive.iter().eq([(0, 5.0)]), "{limited:?}");
    let wide = coarse(&HistogramRules { bucket_factor_min: 2.0, ..NATIVE }).unwrap().unwrap();
    assert!(wide.schema == 0 && wide.counter_reset == CounterReset::Unknown);
    let spans = bytes(12, &[integer(1, 2), integer(2, 1)].concat());
    let histogram = |count: u8| bytes(7, &[integer(1, count), spans.clone(), bytes(13, &[2])].concat());
    let error = unpack(&family("h", 4, &[histogram(2)]), &NATIVE).err().unwrap();
    assert!(
        error.to_string().starts_with("histogram \"h\": 1 observations found in buckets, but"),
        "{error}"
    );
    let gauge = unpack(&family("h", 5, &[histogram(1)]), &NATIVE).unwrap();
    let gauge = gauge.attachments[0].histogram.clone().unwrap();
    assert!(gauge.counter_reset == CounterReset::Gauge && gauge.count == 1.0);
}

#[test]
fn what_is_no_message_is_refused_and_memory_is_bounded() {
    for (body, message) in [
        (vec![5, 0x0a, 9], "cannot decode the body at byte 0: unexpected end"),
        (family("", 0, &[vec![]]), "invalid metric name: "),
        (family("a", 9, &[vec![]]), "unknown metric type for metric \"a\": 9"),
    ] {
        assert_eq!(unpack(&body, &NATIVE).err().unwrap().to_string(), message);
    }
    let mut small = Kept { text: String::new(), attachments: Vec::new(), room_bytes: 99 };
    assert_eq!(protobuf_to_text(&body(), &NATIVE, &mut small), Err(ProtobufError::Memory));
}

proptest! {
    #[test]
    fn damaged_bodies_are_read_or_refused(at: usize, byte: u8, end: usize) {
        let mut body = body();
        let at = at % body.len();
        body[at] = byte;
        body.truncate(end % (body.len() + 1));
        let _ = unpack(&body, &NATIVE);
    }
}
