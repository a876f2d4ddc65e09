//! What goes in comes out, across restarts.

use std::{path::Path, sync::Arc};

use model::{
    Appendable, Appender, Budget, LabelSet, MatchOp, Matcher, Projection, Queryable, SampleBlock,
    SampleGroup, SelectHints, appender::Outcome, clock::SystemClock, stale_nan,
};
use tsdb::{Error, Options, Store};

/// Label sets with their samples, time and bits.
pub(crate) type Answer = Vec<(String, Vec<(i64, u64)>)>;

pub(crate) fn open(dir: &Path) -> Store {
    let options = Options { retention_ms: 0, ..Options::new(dir) };
    Store::open(options, Arc::new(SystemClock::default()), Budget::new(64 << 20)).unwrap()
}

pub(crate) fn select(store: &Store, matchers: &[(&str, MatchOp, &str)], range_ms: (i64, i64)) -> Answer {
    let matchers: Vec<_> =
        matchers.iter().map(|(name, op, value)| Matcher::new(*op, name, value).unwrap()).collect();
    let querier = store.querier(range_ms.0, range_ms.1).unwrap();
    let mut set = querier.select(&matchers, &SelectHints::default()).unwrap();
    let mut answer = Answer::new();
    while let Some(mut series) = set.next().unwrap() {
        let mut block = SampleBlock::default();
        while series.read(&mut block).unwrap() {}
        let samples = block.iter().map(|s| (s.timestamp_ms, s.value.to_bits())).collect();
        answer.push((series.labels().to_string(), samples));
    }
    answer
}

pub(crate) fn scrape(
    appender: &mut dyn Appender,
    timestamp_ms: i64,
    lines: &[(&str, f64)],
) -> Vec<(usize, Outcome)> {
    let labels = |metric: &str| LabelSet::from_pairs([("__name__", metric), ("job", "test")]);
    let series: Vec<_> = lines.iter().map(|(metric, _)| appender.resolve(&labels(metric)).unwrap()).collect();
    let values: Vec<_> = lines.iter().map(|(_, value)| *value).collect();
    let group = SampleGroup { timestamp_ms, series: &series, values: &values, ..SampleGroup::default() };
    appender.append(&group).unwrap().rejected
}

pub(crate) const ALL: (i64, i64) = (i64::MIN, i64::MAX);

#[test]
fn scrapes_come_back_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut appender = store.appender();
    for i in 0..300 {
        let lines = [("still", 7.5), ("counter", i as f64), ("gauge", (i as f64 * 0.7).sin())];
        let lines = if i % 50 == 49 { &lines[1..] } else { &lines[..] };
        assert_eq!(scrape(&mut *appender, i * 1000, lines), []);
        assert_eq!(scrape(&mut *appender, i * 1000, &[("up", 1.0)]), []);
    }
    scrape(&mut *appender, 300_000, &[("still", stale_nan())]);
    appender.sync().unwrap();
    let before = select(&store, &[], ALL);
    assert_eq!(before.iter().map(|(_, s)| s.len()).collect::<Vec<_>>(), [300, 300, 295, 300]);
    drop((appender, store));
    let store = open(dir.path());
    assert_eq!(select(&store, &[], ALL), before);
    assert_eq!(store.status(10).wal_damaged, 0);
    // A new appender goes on in the groups that were read back.
    let mut appender = store.appender();
    assert_eq!(scrape(&mut *appender, 301_000, &[("still", 8.0), ("counter", 301.0)]), []);
    assert_eq!(select(&store, &[("__name__", MatchOp::Equal, "still")], (300_000, ALL.1))[0].1.len(), 2);
}

#[test]
fn late_and_repeated_samples_are_judged_by_series() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut appender = store.appender();
    scrape(&mut *appender, 1000, &[("a", 1.0), ("b", 1.0), ("c", 1.0)]);
    scrape(&mut *appender, 2000, &[("a", 2.0), ("c", 2.0)]);
    assert_eq!(scrape(&mut *appender, 2000, &[("a", 2.0), ("c", 3.0)]), [(1, Outcome::Duplicate)]);
    let late = scrape(&mut *appender, 1500, &[("a", 1.5), ("b", 1.5), ("d", 1.5)]);
    assert_eq!(late, [(0, Outcome::OutOfOrder)]);
    scrape(&mut *appender, 3000, &[("a", 3.0), ("b", 3.0), ("c", 3.0), ("d", 3.0)]);
    assert_eq!(scrape(&mut *appender, 1500, &[("b", 1.5)]), [(0, Outcome::OutOfOrder)]);
    let counts: Vec<_> = select(&store, &[], ALL).iter().map(|(_, s)| s.len()).collect();
    assert_eq!(counts, [3, 3, 3, 2]);
    let status = store.status(10);
    assert_eq!((status.samples_appended, status.samples_duplicate, status.samples_out_of_order), (12, 1, 2));
}

#[test]
fn matchers_choose_and_labels_are_listed() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    scrape(&mut *store.appender(), 1000, &[("up", 1.0), ("down", 0.0), ("upper", 2.0)]);
    let names = |matchers: &[(&str, MatchOp, &str)]| {
        select(&store, matchers, ALL).into_iter().map(|(labels, _)| labels).collect::<Vec<_>>()
    };
    assert_eq!(names(&[("__name__", MatchOp::Regex, "up.*")]), [r#"up{job="test"}"#, r#"upper{job="test"}"#]);
    assert_eq!(names(&[("__name__", MatchOp::NotRegex, "up.*")]), [r#"down{job="test"}"#]);
    assert_eq!(names(&[("job", MatchOp::Equal, "test"), ("__name__", MatchOp::NotEqual, "up")]).len(), 2);
    assert_eq!(names(&[("absent", MatchOp::Equal, "")]).len(), 3);
    assert_eq!(names(&[("absent", MatchOp::NotEqual, "")]), [""; 0]);
    let querier = store.querier(ALL.0, ALL.1).unwrap();
    assert_eq!(querier.label_names(&[], 0).unwrap(), ["__name__", "job"]);
    let up = [Matcher::new(MatchOp::Regex, "__name__", "u.*").unwrap()];
    assert_eq!(querier.label_values("__name__", &up, 0).unwrap(), ["up", "upper"]);
    assert_eq!(querier.label_values("__name__", &[], 1).unwrap(), ["down"]);
}

#[test]
fn what_is_flushed_is_read_from_parts_and_forgotten_in_memory() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut appender = store.appender();
    for i in 0..30 {
        scrape(&mut *appender, i * 1000, &[("stays", i as f64), (&format!("goes_{i}"), 1.0)]);
    }
    let before = select(&store, &[], ALL);
    store.flush().unwrap();
    assert_eq!(select(&store, &[], ALL), before);
    let status = store.status(10);
    assert_eq!((status.parts, status.part_samples, status.wal_bytes, status.head.series), (1, 60, 0, 2));
    scrape(&mut *appender, 30_000, &[("stays", 30.0)]);
    store.flush().unwrap();
    assert_eq!(select(&store, &[("__name__", MatchOp::Equal, "stays")], (5000, ALL.1))[0].1.len(), 26);
    let querier = store.querier(30_000, 30_000).unwrap();
    assert_eq!(querier.label_values("__name__", &[], 0).unwrap(), ["stays"]);
    drop((appender, store));
    let store = open(dir.path());
    assert_eq!(select(&store, &[], ALL).len(), 31);
    assert_eq!(store.status(10).head.series, 0);
}

/// Nothing keeps a sender from such timestamps; their distances overflow.
#[test]
fn the_ends_of_time_are_times_as_others() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let times = [i64::MIN, i64::MIN / 2, -1, 0, i64::MAX - 1, i64::MAX];
    let mut appender = store.appender();
    times.iter().for_each(|&time| assert_eq!(scrape(&mut *appender, time, &[("a", 1.0)]), []));
    appender.sync().unwrap();
    drop((appender, store));
    let store = open(dir.path());
    let read = || select(&store, &[], ALL)[0].1.iter().map(|(time, _)| *time).collect::<Vec<_>>();
    assert_eq!(read(), times);
    store.flush().unwrap();
    assert_eq!(read(), times);
}

#[test]
fn eight_parts_become_one_and_old_ones_go() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut appender = store.appender();
    for i in 0..80 {
        scrape(&mut *appender, i * 1000, &[("a", i as f64), ("b", (i as f64).sqrt())]);
        if i % 10 == 9 {
            store.flush().unwrap();
        }
    }
    let before = select(&store, &[], ALL);
    assert_eq!(store.status(10).parts, 8);
    store.maintain().unwrap();
    let status = store.status(10);
    assert_eq!((status.parts, status.parts_merged, status.part_samples), (1, 1, 160));
    assert_eq!(select(&store, &[], ALL), before);
    drop((appender, store));
    let options = Options { retention_bytes: 1, retention_ms: 0, ..Options::new(dir.path()) };
    let store = Store::open(options, Arc::new(SystemClock::default()), Budget::new(64 << 20)).unwrap();
    assert_eq!(select(&store, &[], ALL), before);
    store.maintain().unwrap();
    assert_eq!((store.status(10).parts, store.status(10).parts_removed), (0, 1));
}

#[test]
fn a_machine_that_restarts_often_flushes_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    for hour in 0..5 {
        let store = open(dir.path());
        store.maintain().unwrap();
        assert_eq!(store.status(0).parts, if hour < 3 { 0 } else { 1 }, "hour {hour}");
        scrape(&mut *store.appender(), hour * 3_600_000, &[("a", 1.0)]);
        store.close().unwrap();
    }
    assert_eq!(select(&open(dir.path()), &[], ALL)[0].1.len(), 5);
}

#[test]
fn a_folder_has_one_store() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path());
    let clock = Arc::new(SystemClock::default());
    let second = Store::open(Options::new(dir.path()), clock, Budget::new(1 << 20));
    assert!(matches!(second, Err(Error::Locked { .. })));
    first.close().unwrap();
    open(dir.path());
    assert!(matches!(first.maintain(), Err(Error::Closed)));
}

/// Labels that are not wanted are left out where all series come from one place, and only there: those of several
/// places are told apart by them.
#[test]
fn only_the_labels_of_a_projection_are_made() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut appender = store.appender();
    let projection = Projection::only([Box::from("job")]);
    let hints = SelectHints { labels: Some(&projection), ..SelectHints::default() };
    let labels = |range_ms: (i64, i64)| {
        let mut set = store.querier(range_ms.0, range_ms.1).unwrap().select(&[], &hints).unwrap();
        let mut all = Vec::new();
        while let Some(series) = set.next().unwrap() {
            all.push(series.labels().to_string());
        }
        all
    };
    scrape(&mut *appender, 1_000, &[("a", 1.0), ("b", 2.0)]);
    assert_eq!(labels((0, 1_000)), [r#"{job="test"}"#; 2], "in memory");
    store.flush().unwrap();
    assert_eq!(labels((0, 1_000)), [r#"{job="test"}"#; 2], "in a part");
    scrape(&mut *appender, 2_000, &[("a", 1.0), ("b", 2.0)]);
    assert_eq!(labels((0, 2_000)), [r#"a{job="test"}"#, r#"b{job="test"}"#], "in both");
    assert_eq!(labels((1_500, 2_000)), [r#"{job="test"}"#; 2], "in memory again");
}
