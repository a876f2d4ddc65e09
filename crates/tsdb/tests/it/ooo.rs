//! Samples out of order: which are taken, and where they go.

use std::{path::Path, sync::Arc};

use model::{
    Appendable, Budget, LabelSet, SampleGroup, appender::AppendError, appender::Outcome, clock::SystemClock,
};
use tsdb::{Options, Store};

use crate::store::{ALL, scrape, select};

const WINDOW_MS: i64 = 60_000;

fn open(dir: &Path) -> Store {
    let options = Options { retention_ms: 0, out_of_order_window_ms: WINDOW_MS, ..Options::new(dir) };
    Store::open(options, Arc::new(SystemClock::default()), Budget::new(64 << 20)).unwrap()
}

fn samples(store: &Store) -> Vec<(i64, f64)> {
    let series = select(store, &[], ALL).into_iter().next();
    let samples = series.map(|(_, samples)| samples).unwrap_or_default();
    samples.into_iter().map(|(time, bits)| (time / 1000, f64::from_bits(bits))).collect()
}

#[test]
fn what_is_late_is_taken_within_the_window_and_read_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut appender = store.appender();
    let mut append = |second: i64, value: f64| scrape(&mut *appender, second * 1000, &[("a", value)]);
    for second in [100, 110, 105, 101, 120, 60] {
        assert_eq!(append(second, second as f64), []);
    }
    assert_eq!(append(59, 1.0), [(0, Outcome::TooOld)]);
    assert_eq!(append(120, 1.0), [(0, Outcome::Duplicate)]);
    // Of the same time the first one counts, and nothing is said of the others.
    assert_eq!((append(105, 5.0), append(110, 11.0)), (vec![], vec![]));
    let expected = [(60, 60.0), (100, 100.0), (101, 101.0), (105, 105.0), (110, 110.0), (120, 120.0)];
    assert_eq!(samples(&store), expected);
    let status = store.status(0);
    assert_eq!((status.samples_appended, status.samples_appended_out_of_order), (8, 5));
    assert_eq!((status.samples_too_old, status.samples_duplicate), (1, 1));
    appender.sync().unwrap();
    drop((appender, store));
    let store = open(dir.path());
    assert_eq!(samples(&store), expected, "after a kill");
    store.flush().unwrap();
    let ranges: Vec<_> = store.part_infos().iter().map(|p| (p.min_time_ms, p.max_time_ms)).collect();
    assert_eq!(ranges, [(100_000, 120_000), (60_000, 110_000)]);
    assert_eq!((samples(&store), store.status(0).wal_bytes), (expected.to_vec(), 0));
    store.set_out_of_order_window(0);
    let mut appender = store.appender();
    assert_eq!(scrape(&mut *appender, 130_000, &[("a", 1.0)]), []);
    assert_eq!(scrape(&mut *appender, 125_000, &[("a", 1.0)]), [(0, Outcome::OutOfOrder)]);
}

#[test]
fn samples_out_of_order_are_flushed_early_and_refused_before_they_take_all_memory() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        retention_ms: 0,
        out_of_order_window_ms: i64::MAX,
        head_bytes: 1 << 20,
        ..Options::new(dir.path())
    };
    let store = Store::open(options, Arc::new(SystemClock::default()), Budget::new(64 << 20)).unwrap();
    let mut appender = store.appender();
    scrape(&mut *appender, 1 << 40, &[("a", 1.0)]);
    let labels = LabelSet::from_pairs([("__name__", "a"), ("job", "test")]);
    let series = [appender.resolve(&labels).unwrap()];
    let mut append = |timestamp_ms: i64| {
        let group = SampleGroup { timestamp_ms, series: &series, values: &[1.0], ..Default::default() };
        appender.append(&group)
    };
    let taken = (0..100_000).take_while(|&time| append(time).is_ok()).count();
    assert!(matches!(append(1), Err(AppendError::OutOfOrderLimit { .. })));
    assert!((10_000..66_000).contains(&taken), "{taken}");
    // Samples in order beside one that is not are taken and counted all the same.
    let before = store.status(0).samples_appended;
    let other = LabelSet::from_pairs([("__name__", "b"), ("job", "test")]);
    let both = [series[0], appender.resolve(&other).unwrap()];
    let group = SampleGroup { timestamp_ms: 1, series: &both, values: &[1.0; 2], ..Default::default() };
    assert!(appender.append(&group).is_err());
    assert_eq!((store.status(0).samples_appended - before, select(&store, &[], ALL).len()), (1, 2));
    let mut append = |timestamp_ms: i64| {
        let group = SampleGroup { timestamp_ms, series: &series, values: &[1.0], ..Default::default() };
        appender.append(&group)
    };
    store.maintain().unwrap();
    assert!(append(taken as i64).is_ok());
    assert_eq!(samples(&store).len(), taken + 2);
}
