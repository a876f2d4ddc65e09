//! A real Prometheus as a target: what it exposes as protobuf is stored as it says in text.

use std::sync::Arc;

use expfmt::Format;
use model::{Appendable, Budget, LabelSet, Queryable, SampleBlock, SelectHints, clock::SystemClock};
use scrape::{HistogramRules, OfflineTarget, ScrapeConfig};
use testkit::Prometheus;
use tsdb::{Options, Store};

const METRIC: &str = "prometheus_http_request_duration_seconds";

/// The newest sample of each series of the metric that the suffix makes, by handler: value, and count of the
/// histogram if it is one.
fn newest(store: &Store, suffix: &str) -> Vec<(String, f64, Option<f64>)> {
    let matcher =
        model::Matcher::new(model::MatchOp::Equal, "__name__", &format!("{METRIC}{suffix}")).unwrap();
    let querier = store.querier(i64::MIN, i64::MAX).unwrap();
    let mut set = querier.select(&[matcher], &SelectHints::default()).unwrap();
    let mut found = Vec::new();
    while let Some(mut series) = set.next().unwrap() {
        let mut block = SampleBlock::default();
        while series.read(&mut block).unwrap() {}
        let last = block.len() - 1;
        let count = block.histogram(last).map(|histogram| histogram.count);
        assert!(block.start_timestamps_ms.iter().any(|(at, start_ms)| *at == last && *start_ms > 0));
        found.push((series.labels().get("handler").to_owned(), block.values[last], count));
    }
    found
}

#[test]
fn native_histograms_and_start_timestamps_of_a_real_exporter_are_stored() {
    let Some(program) = testkit::peer("prometheus") else { return };
    let peer = Prometheus::start(&program, "{}", &[]);
    let accept = format!("Accept: {}\r\n", Format::PrometheusProto.media_range());
    // The second answer tells how long the first one took.
    let answers = [(); 2].map(|()| peer.request("GET", "/metrics", &accept, b"").unwrap());
    let folder = tempfile::tempdir().unwrap();
    let budget = Budget::new(64 << 20);
    let options = Options::new(folder.path());
    let store = Store::open(options, Arc::new(SystemClock::default()), Arc::clone(&budget)).unwrap();
    let histograms = HistogramRules { native: true, classic_too: true, ..HistogramRules::default() };
    let config = ScrapeConfig { histograms, ..ScrapeConfig::default() };
    let mut target = OfflineTarget::new(store.appender(), &config, LabelSet::empty(), &budget);
    let now_ms = model::Clock::now_ms(&SystemClock::default());
    for (answer, at_ms) in answers.iter().zip(now_ms..) {
        let header = answer.head.lines().find_map(|line| line.strip_prefix("Content-Type: ")).unwrap();
        let format = Format::from_content_type(header).unwrap();
        assert_eq!(format, Format::PrometheusProto);
        target.scrape(&answer.body, format, at_ms).unwrap();
    }
    for flushed in [false, true] {
        let (native, sums, counts) = (newest(&store, ""), newest(&store, "_sum"), newest(&store, "_count"));
        assert!(native.iter().any(|(handler, _, count)| handler == "/metrics" && *count >= Some(1.0)));
        for ((native, sum), count) in native.iter().zip(&sums).zip(&counts) {
            assert_eq!((&native.0, native.1, native.2), (&sum.0, sum.1, Some(count.1)));
        }
        if !flushed {
            store.flush().unwrap();
        }
    }
}
