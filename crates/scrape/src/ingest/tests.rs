use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use model::{Budget, FloatHistogram, Part};
use proptest::prelude::*;

use super::*;
use crate::{settings::ScrapeConfig, test_store::TestStore};

struct Rig {
    store: TestStore,
    ingest: Ingest,
    scratch: Scratch,
    pool: FamilyPool,
}

impl Rig {
    fn new(change: impl FnOnce(&mut Rules)) -> Self {
        let store = TestStore::new();
        let budget = Budget::new(1 << 20);
        let labels = LabelRules::new(&ScrapeConfig::default(), LabelSet::from_pairs([("job", "j")]));
        let mut rules =
            Rules { labels, honor_timestamps: true, track_timestamps_staleness: false, sample_limit: 0 };
        change(&mut rules);
        let ingest = Ingest::new(Box::new(store.clone()), rules, budget.open(Part::Scrape));
        let pool = FamilyPool::new(budget.open(Part::Scrape));
        Self { store, ingest, scratch: Scratch::default(), pool }
    }

    fn try_scrape(&mut self, timestamp_ms: i64, text: &str) -> (Tally, Result<(), ScrapeError>) {
        let body = Body { bytes: text.as_bytes(), format: Format::PrometheusText004, attachments: &[] };
        let elapsed = || Duration::from_millis(250);
        self.ingest.store(&body, timestamp_ms, &elapsed, &mut self.scratch, &self.pool)
    }

    fn scrape(&mut self, timestamp_ms: i64, text: &str) -> Tally {
        let (tally, result) = self.try_scrape(timestamp_ms, text);
        result.unwrap();
        tally
    }

    fn fail(&mut self, timestamp_ms: i64) {
        self.ingest.fail(0, timestamp_ms, Duration::ZERO, &mut self.scratch).unwrap();
    }

    fn samples(&self, series: &str) -> String {
        self.store.samples(series).join(", ")
    }
}

#[test]
fn the_cpu_time_of_the_target_is_found_wherever_it_stands() {
    let mut rig = Rig::new(|_| {});
    for (at, body, seconds) in [
        (1, "a 1\nprocess_cpu_seconds_total 2\nb 1\n", Some(2.0)),
        (2, "a 1\nprocess_cpu_seconds_total 3\nb 1\n", Some(3.0)),
        (3, "a 1\nprocess_cpu_seconds_total 4\nc 1\n", Some(4.0)),
        (4, "d 1\na 1\nprocess_cpu_seconds_total 5\n", Some(5.0)),
        (5, "d 1\na 1\n", None),
    ] {
        assert_eq!(rig.scrape(at, body).cpu_seconds, seconds, "{body}");
    }
}

#[test]
fn samples_far_ahead_of_their_scrape_are_dropped() {
    let mut rig = Rig::new(|_| {});
    assert_eq!(rig.scrape(10, "a 1 600010\nb 2 600011\nc 3 9223372036854775807\n").out_of_bounds, 2);
    assert_eq!(
        (rig.samples("a"), rig.samples("b"), rig.samples("c")),
        ("600010 1".into(), String::new(), String::new())
    );
}

#[test]
fn a_scrape_is_stored_with_its_own_series() {
    let mut rig = Rig::new(|_| {});
    assert_eq!(rig.scrape(10, "a 1\nb{x=\"1\"} 2\n").added, 2);
    assert_eq!(rig.scrape(20, "a 3\nb{x=\"1\"} 4\n").added, 0);
    assert_eq!(rig.samples("a"), "10 1, 20 3");
    assert_eq!(rig.samples(r#"b{job="j", x="1"}"#), "10 2, 20 4");
    assert_eq!(rig.samples("up"), "10 1, 20 1");
    assert_eq!(rig.samples("scrape_duration_seconds"), "10 0.25, 20 0.25");
    assert_eq!(rig.samples("scrape_samples_scraped"), "10 2, 20 2");
    assert_eq!(rig.samples("scrape_samples_post_metric_relabeling"), "10 2, 20 2");
    assert_eq!(rig.samples("scrape_series_added"), "10 2, 20 0");
}

#[test]
fn series_that_go_end_and_series_that_come_start() {
    let mut rig = Rig::new(|_| {});
    rig.scrape(10, "a 1\nb 1\nc 1\nd 1\n");
    assert_eq!(rig.scrape(20, "a 2\nc 2\nnew 2\nd 2\nnewer 2\n").added, 2);
    rig.scrape(30, "a 3\n\n  c 3\n");
    assert_eq!(rig.samples("a"), "10 1, 20 2, 30 3");
    assert_eq!(rig.samples("b"), "10 1, 20 stale");
    assert_eq!(rig.samples("c"), "10 1, 20 2, 30 3");
    assert_eq!(rig.samples("d"), "10 1, 20 2, 30 stale");
    assert_eq!(rig.samples("new"), "20 2, 30 stale");
    rig.scrape(40, "d 4\nc 4\na 4\n");
    assert_eq!(rig.samples("d"), "10 1, 20 2, 30 stale, 40 4");
    assert_eq!(rig.samples("c"), "10 1, 20 2, 30 3, 40 4");
    rig.scrape(50, "");
    assert_eq!(rig.samples("c"), "10 1, 20 2, 30 3, 40 4, 50 stale");
}

#[test]
fn a_series_under_another_text_goes_on() {
    let mut rig = Rig::new(|_| {});
    rig.scrape(10, "m{a=\"1\",b=\"2\"} 1\n");
    rig.scrape(20, "m{b=\"2\",a=\"1\"} 2\n");
    assert_eq!(rig.samples("m"), "10 1, 20 2");
}

#[test]
fn a_failed_scrape_ends_all_series_once() {
    let mut rig = Rig::new(|_| {});
    rig.scrape(10, "a 1\n");
    let (tally, result) = rig.try_scrape(20, "a 2\nb ?\n");
    assert!(matches!(result, Err(ScrapeError::Parse(_))));
    assert_eq!(tally.samples, 1);
    rig.fail(20);
    rig.fail(30);
    assert_eq!(rig.scrape(40, "a 4\n").added, 0);
    assert_eq!(rig.samples("a"), "10 1, 20 stale, 40 4");
    assert_eq!(rig.samples("up"), "10 1, 20 0, 30 0, 40 1");
    rig.ingest.end(50, &mut rig.scratch).unwrap();
    assert_eq!(rig.samples("up"), "10 1, 20 0, 30 0, 40 1, 50 stale");
    assert_eq!(rig.samples("a"), "10 1, 20 stale, 40 4, 50 stale");
}

#[test]
fn repeated_series_are_counted_and_the_first_is_stored() {
    let mut rig = Rig::new(|_| {});
    for (time, text) in
        [(10, "a 1\na 2\nup 7\nm{x=\"1\",y=\"\"} 1\nm{x=\"1\"} 2\n"), (20, "a 3\na 4\nup 7\n")]
    {
        let duplicates = text.lines().count() - if time == 10 { 2 } else { 1 };
        for late in 0..2 {
            assert_eq!(rig.scrape(time + late, text).duplicate, duplicates);
        }
    }
    assert_eq!(rig.samples("a"), "10 1, 11 1, 20 3, 21 3");
    assert_eq!(rig.samples("up"), "10 1, 11 1, 20 1, 21 1");
    assert_eq!(rig.samples("m"), "10 1, 11 1, 20 stale");
}

#[test]
fn timestamps_are_honoured_without_staleness() {
    let mut rig = Rig::new(|_| {});
    rig.scrape(10, "a 1 5\nb 1\nc 1 6\na 2 6\n");
    rig.scrape(20, "a 3 15\nb 2 16\n");
    rig.scrape(30, "b 3\n");
    rig.fail(40);
    assert_eq!(rig.samples("a"), "5 1, 6 2, 15 3");
    assert_eq!(rig.samples("b"), "10 1, 16 2, 30 3, 40 stale");
    assert_eq!(rig.samples("c"), "6 1");

    let mut rig = Rig::new(|rules| rules.track_timestamps_staleness = true);
    rig.scrape(10, "a 1 5\nb 1 5\n");
    rig.scrape(20, "b 2 15\n");
    rig.fail(30);
    assert_eq!((rig.samples("a"), rig.samples("b")), ("5 1, 20 stale".into(), "5 1, 15 2, 30 stale".into()));

    let mut rig = Rig::new(|rules| rules.honor_timestamps = false);
    rig.scrape(10, "a 1 5\n");
    assert_eq!(rig.samples("a"), "10 1");
}

#[test]
fn above_the_sample_limit_nothing_is_stored() {
    let mut rig = Rig::new(|rules| rules.sample_limit = 2);
    rig.scrape(10, "a 1\nb 1\n");
    let (tally, result) = rig.try_scrape(20, "a 2\nb 2\nc 2\nd 2\n");
    assert_eq!((tally.samples, result.unwrap_err().to_string().as_str()), (4, "sample limit exceeded"));
    assert_eq!(rig.samples("a"), "10 1");
}

#[test]
fn without_room_known_series_go_on() {
    let mut rig = Rig::new(|_| {});
    rig.scrape(10, "a 1\nb 1\n");
    rig.store.limit_series(7);
    let tally = rig.scrape(20, "a 2\nx 2\nb 2\ny 2\n");
    assert_eq!((tally.refused, tally.added), (2, 0));
    assert_eq!((rig.samples("a"), rig.samples("b")), ("10 1, 20 2".into(), "10 1, 20 2".into()));
    rig.store.limit_series(100);
    assert_eq!(rig.scrape(30, "a 3\nx 3\nb 3\ny 3\n").added, 2);
    assert_eq!(rig.samples("y"), "30 3");
    // A series that was not in the last scrape is held all the same, and comes after one that is refused.
    rig.scrape(40, "a 4\n");
    rig.store.limit_series(1);
    assert_eq!(rig.scrape(50, "z 5\nb 5\na 5\n").refused, 1);
    assert_eq!(rig.samples("b"), "10 1, 20 2, 30 3, 40 stale, 50 5");
}

#[test]
fn handles_that_the_store_dropped_are_resolved_again() {
    let mut rig = Rig::new(|_| {});
    rig.scrape(10, "a 1\nb 1\n");
    rig.store.forget();
    rig.scrape(20, "a 2\nb 2\n");
    rig.scrape(30, "a 3\nb 3\n");
    assert_eq!((rig.samples("a"), rig.samples("up")), ("10 1, 20 2, 30 3".into(), "10 1, 20 1, 30 1".into()));
    rig.store.forget();
    rig.fail(40);
    assert_eq!(rig.samples("up"), "10 1, 20 1, 30 1, 40 0");
    assert_eq!(rig.samples("a"), "10 1, 20 2, 30 3, 40 stale");
    rig.store.drop_series("b");
    rig.store.limit_series(6);
    assert_eq!(rig.scrape(50, "a 5\nb 5\n").refused, 1);
    assert_eq!(rig.samples("a"), "10 1, 20 2, 30 3, 40 stale, 50 5");
}

#[test]
fn a_layout_costs_few_bytes_a_series() {
    let mut rig = Rig::new(|_| {});
    let line =
        |at: usize| format!("node_cpu_seconds_total{{cpu=\"{}\",mode=\"mode{}\"}} {at}\n", at / 8, at % 8);
    let body: String = (0..1000).map(line).collect();
    rig.scrape(10, &body);
    let bytes = rig.ingest.account.bytes();
    assert!(bytes < 30_000, "{bytes} bytes for 1000 series");
    rig.scrape(20, &body);
    assert_eq!(rig.ingest.account.bytes(), bytes);
}

/// Lines of which bodies are made: names that share beginnings, one series under two texts, comments, blanks.
const LINES: [&str; 9] =
    ["a", "ab", "ab_total", "b{x=\"1\"}", "b{x=\"2\"}", "b{x=\"2\",}", "# TYPE ab counter", "", "  c"];

/// The series that a line stands for, as the store prints it.
fn series_of(line: &str) -> String {
    match line.trim().trim_end_matches(['}', ',']).split_once('{') {
        Some((name, label)) => format!("{name}{{job=\"j\", {label}}}"),
        None => format!("{}{{job=\"j\"}}", line.trim()),
    }
}

proptest! {
    /// However bodies follow one another, what is stored is what a scraper without memory of lines would store.
    #[test]
    fn a_sequence_of_bodies_is_stored_as_by_the_book(
        bodies in proptest::collection::vec(
            proptest::option::weighted(0.9, proptest::collection::vec(0..LINES.len(), 0..12)), 1..8)
    ) {
        let mut rig = Rig::new(|_| {});
        let mut book: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut before = BTreeSet::new();
        for (time, body) in bodies.iter().enumerate() {
            let (mut text, mut now) = (String::new(), BTreeSet::new());
            for (value, line) in body.iter().flatten().map(|at| LINES[*at]).enumerate() {
                if line.is_empty() || line.starts_with('#') {
                    text.push_str(&format!("{line}\n"));
                    continue;
                }
                text.push_str(&format!("{line} {value}\n"));
                if now.insert(series_of(line)) {
                    book.entry(series_of(line)).or_default().push(format!("{time} {value}"));
                }
            }
            for gone in before.difference(&now) {
                book.entry(String::clone(gone)).or_default().push(format!("{time} stale"));
            }
            match body {
                Some(_) => drop(rig.scrape(time as i64, &text)),
                None => rig.fail(time as i64),
            }
            before = now;
        }
        for (series, samples) in book {
            prop_assert_eq!(rig.store.samples(&series), samples, "{}", series);
        }
    }
}

#[test]
fn exemplars_go_with_their_series_wherever_these_stand() {
    let mut rig = Rig::new(|_| {});
    let mut scrape = |at, text: &str| {
        let body = Body { bytes: text.as_bytes(), format: Format::OpenMetricsText100, attachments: &[] };
        let elapsed = || Duration::ZERO;
        let (tally, result) = rig.ingest.store(&body, at, &elapsed, &mut rig.scratch, &rig.pool);
        result.map(|()| tally.samples).unwrap()
    };
    let long = "x".repeat(2_000);
    scrape(10_000, "a_total 1 # {trace_id=\"1\"} 0.5\nb_total 1\nc_total 1 # {t=\"2\"} 2 9.5\n# EOF\n");
    // `a` is as before, `new` comes between, `b` goes, `c` has another one.
    scrape(
        20_000,
        "a_total 2 # {trace_id=\"1\"} 0.5\nnew_total 1 15 # {} 3\nnew_total 1 15 # {} 4\nc_total 1 # {} NaN 19\n# EOF\n",
    );
    // Too far ahead, and too long to be read.
    scrape(30_000, &format!("a_total 2 # {{}} 0.5 700\nnew_total 1 # {{t=\"{long}\"}} 1\n# EOF\n"));
    assert_eq!(
        rig.store.exemplars("a_total"),
        ["~10000 0.5 {trace_id=\"1\"}", "~20000 0.5 {trace_id=\"1\"}"]
    );
    assert_eq!(rig.store.exemplars("b_total"), [""; 0]);
    assert_eq!(rig.store.exemplars("new_total"), ["~15000 3 {}", "~15000 4 {}"]);
    assert_eq!(rig.store.exemplars("c_total"), ["9500 2 {t=\"2\"}", "19000 NaN {}"]);
}

/// As a body unpacked from protobuf has them: a histogram by its sum, start timestamps beside their samples.
fn attached(sample: usize, count: f64, start_ms: i64) -> Attachment {
    let histogram = FloatHistogram { count, sum: 1.5, zero_count: count, ..FloatHistogram::default() };
    let histogram = (count > 0.0).then(|| Arc::new(histogram));
    Attachment { sample, histogram, start_ms: (start_ms != 0).then_some(start_ms) }
}

#[test]
fn attachments_go_with_their_samples_whatever_comes_and_goes() {
    let mut rig = Rig::new(|_| {});
    let store = |rig: &mut Rig, timestamp_ms, text: &str, attachments: &[Attachment]| {
        let body = Body { bytes: text.as_bytes(), format: Format::OpenMetricsText100, attachments };
        let (_, result) =
            rig.ingest.store(&body, timestamp_ms, &|| Duration::ZERO, &mut rig.scratch, &rig.pool);
        result.unwrap();
    };
    store(&mut rig, 10, "a 1\nh 1.5\n# EOF\n", &[attached(0, 0.0, 5), attached(1, 2.0, 6)]);
    // Repeated as it is, then with a new line before it, then with a time of its own.
    store(&mut rig, 20, "a 1\nh 1.5\n# EOF\n", &[attached(1, 3.0, 0)]);
    rig.store.forget();
    store(&mut rig, 30, "a 1\nh 1.5\n# EOF\n", &[attached(1, 4.0, 0)]);
    store(&mut rig, 40, "b 1\na 1\nh 1.5\n# EOF\n", &[attached(1, 0.0, 7), attached(2, 5.0, 0)]);
    store(&mut rig, 50, "b 1\na 1\nh 1.5 0.045\n# EOF\n", &[attached(2, 6.0, 0)]);
    let counts = |n: u32, time: u32| format!("{time} {{count:{n}, sum:1.5, [-0,0]:{n}}}");
    let expected: Vec<_> = (2..=6).zip([10, 20, 30, 40, 45]).map(|(n, time)| counts(n, time)).collect();
    let histograms = rig.store.attached("h").into_iter().filter(|text| text.contains("count"));
    assert_eq!(histograms.collect::<Vec<_>>(), expected);
    assert_eq!(rig.store.attached("a"), ["10 since 5", "40 since 7"]);
    assert_eq!(rig.store.attached("b"), [""; 0]);
}
