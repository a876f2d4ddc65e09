//! Exemplars and what is known about metric families: taken by Prometheus's rules, bounded, there after a restart.

use std::{path::Path, sync::Arc};

use model::{
    Appendable, Appender, Budget, Exemplar, ExemplarQueryable, FamilyMetadata, LabelSet, MatchOp, Matcher,
    Metadata, MetricType, Part, SeriesExemplars, SeriesRef,
    appender::ExemplarOutcome::{self, LabelsTooLong, OutOfOrder, UnknownSeries},
    metadata::MetadataQueryable,
};
use tsdb::{Options, Store};

use crate::simulation::{HandClock, MemoryDisk};

const BUDGET_BYTES: usize = 8 << 20;

fn open(disk: &MemoryDisk, exemplars_max: usize) -> (Store, Arc<Budget>) {
    let options = Options { exemplars_max, ..Options::new(Path::new("/data")) };
    let budget = Budget::new(BUDGET_BYTES);
    let clock = Arc::new(HandClock::default());
    (Store::open_on(Arc::new(disk.clone()), options, clock, budget.clone()).unwrap(), budget)
}

/// All exemplars of a store.
pub(crate) fn all(store: &Store) -> Vec<SeriesExemplars> {
    select(store, i64::MIN, i64::MAX, &[&[]])
}

fn select(store: &Store, mint_ms: i64, maxt_ms: i64, selectors: &[&[Matcher]]) -> Vec<SeriesExemplars> {
    let mut account = Budget::new(BUDGET_BYTES).open(Part::Query);
    store.exemplars(mint_ms, maxt_ms, selectors, &mut account).unwrap()
}

/// As `series: time value trace, …`.
fn shown(found: &[SeriesExemplars]) -> Vec<String> {
    let one = |e: &Exemplar| format!("{} {} {}", e.timestamp_ms, e.value, e.labels.get("trace_id"));
    let line = |found: &SeriesExemplars| {
        let all: Vec<_> = found.exemplars.iter().map(one).collect();
        format!("{}: {}", found.series.metric_name(), all.join(", "))
    };
    found.iter().map(line).collect()
}

fn exemplar(timestamp_ms: i64, value: f64, trace: &str) -> Exemplar {
    let labels = LabelSet::from_pairs([("trace_id", trace)]);
    Exemplar { labels, value, timestamp_ms, timed: true }
}

fn family(metric: &str, help: &str) -> Arc<FamilyMetadata> {
    let metadata = Metadata { kind: MetricType::Histogram, help: help.into(), unit: "s".into() };
    Arc::new(FamilyMetadata { metric: metric.into(), metadata })
}

fn resolve(appender: &mut dyn Appender, metric: &str) -> SeriesRef {
    appender.resolve(&LabelSet::from_pairs([("__name__", metric)])).unwrap()
}

fn append(appender: &mut dyn Appender, metric: &str, exemplar: Exemplar) -> Option<ExemplarOutcome> {
    let series = resolve(appender, metric);
    appender.append_exemplars(&[(series, exemplar)]).first().map(|(_, outcome)| *outcome)
}

#[test]
fn exemplars_are_taken_in_order_and_once() {
    let (store, _) = open(&MemoryDisk::default(), 100);
    let mut appender = store.appender();
    let untimed = |at| Exemplar { timed: false, ..exemplar(at, 5.0, "same") };
    for (metric, exemplar, refused) in [
        ("a", exemplar(10, 1.0, "x"), None),
        ("a", exemplar(10, 1.0, "x"), None),
        ("a", exemplar(9, 1.0, "y"), Some(OutOfOrder)),
        ("a", exemplar(10, 0.5, "y"), Some(OutOfOrder)),
        ("a", exemplar(10, 2.0, "y"), None),
        ("a", exemplar(20, 1.0, &"é".repeat(120)), None),
        ("a", exemplar(30, 1.0, &"é".repeat(121)), Some(LabelsTooLong)),
        ("b", untimed(10), None),
        ("b", untimed(20), None),
        ("b", exemplar(20, 6.0, ""), None),
    ] {
        assert_eq!(append(&mut *appender, metric, exemplar.clone()), refused, "{exemplar:?}");
    }
    let unknown = appender.append_exemplars(&[(SeriesRef(99), exemplar(1, 1.0, "x"))]);
    assert_eq!(unknown, [(0, UnknownSeries)]);
    let long = "é".repeat(120);
    assert_eq!(
        shown(&all(&store)),
        [format!("a: 10 1 x, 10 2 y, 20 1 {long}"), "b: 10 5 same, 20 6 ".into()]
    );
    let b = [Matcher::new(MatchOp::Equal, "__name__", "b").unwrap()];
    assert_eq!(shown(&select(&store, 11, 20, &[&b])), ["b: 20 6 "]);
    assert_eq!(shown(&select(&store, 21, 30, &[&b])), [""; 0]);
    assert_eq!(shown(&select(&store, 20, 20, &[&b, &[]])).len(), 2);
    let figures = store.status(0).exemplars;
    assert_eq!((figures.held, figures.series, figures.appended, figures.out_of_order), (5, 2, 5, 2));
    assert_eq!(figures.oldest_ms, Some(10));
}

#[test]
fn the_oldest_give_way_and_all_memory_comes_back() {
    let disk = MemoryDisk::default();
    let (store, budget) = open(&disk, 5);
    let mut appender = store.appender();
    for at in 0..20 {
        let metric = ["a", "b", "c"][at as usize % 3];
        assert_eq!(append(&mut *appender, metric, exemplar(at, 1.0, "x")), None);
    }
    assert_eq!(shown(&all(&store)), ["a: 15 1 x, 18 1 x", "b: 16 1 x, 19 1 x", "c: 17 1 x"]);
    store.set_exemplars_max(1);
    assert_eq!(shown(&all(&store)), ["b: 19 1 x"]);
    assert_eq!(append(&mut *appender, "b", exemplar(20, 1.0, "y")), None, "it takes its own place");
    assert_eq!(shown(&all(&store)), ["b: 20 1 y"]);
    appender.sync().unwrap();
    store.set_exemplars_max(0);
    assert_eq!(append(&mut *appender, "b", exemplar(30, 1.0, "z")), None, "none are kept");
    assert_eq!((shown(&all(&store)).len(), budget.part_bytes(Part::Exemplar)), (0, 0));
    drop((appender, store));
    assert_eq!(shown(&all(&open(&disk, 5).0)), ["b: 20 1 y"]);
}

#[test]
fn what_was_synced_is_there_after_a_crash_and_a_flush() {
    let disk = MemoryDisk::default();
    let (mut store, mut next) = (open(&disk, 4_000).0, 0);
    for round in 0..6 {
        let mut appender = store.appender();
        // More than one journal holds, so that it is written anew meanwhile.
        for _ in 0..2_000 {
            let metric = format!("metric_{}", next % 40);
            assert_eq!(append(&mut *appender, &metric, exemplar(next, 1.0, &"t".repeat(100))), None);
            next += 1;
            if next % 500 == 0 {
                appender.sync().unwrap();
            }
        }
        if round % 2 == 0 {
            store.flush().unwrap();
        }
        let before = shown(&all(&store));
        drop((appender, store));
        disk.crash(&mut crate::simulation::Random::new(round));
        store = open(&disk, 4_000).0;
        assert_eq!(shown(&all(&store)), before);
        let held = store.status(0).exemplars;
        assert!(held.held > 500 && held.journal_bytes < 3 * BUDGET_BYTES / 32, "{held:?}");
    }
}

#[test]
fn a_journal_that_failed_is_written_anew() {
    let disk = MemoryDisk::default();
    let (store, _) = open(&disk, 100);
    let mut appender = store.appender();
    append(&mut *appender, "a", exemplar(1, 1.0, "x"));
    appender.sync().unwrap();
    for writes in 0..5 {
        append(&mut *appender, "a", exemplar(2 + writes as i64, 1.0, "x"));
        disk.fail_after(Some(writes));
        // To append takes two, to write anew five.
        assert!(appender.sync().is_err(), "after {writes} writes");
        disk.fail_after(None);
    }
    appender.sync().unwrap();
    let before = shown(&all(&store));
    drop((appender, store));
    disk.crash(&mut crate::simulation::Random::new(1));
    assert_eq!(shown(&all(&open(&disk, 100).0)), before);
}

#[test]
fn families_are_known_after_a_restart() {
    let disk = MemoryDisk::default();
    let (store, _) = open(&disk, 0);
    let mut appender = store.appender();
    appender.append_metadata(&[family("b", "first"), family("a", "A."), family("b", "second")]);
    appender.sync().unwrap();
    let bytes = store.status(0).metadata_journal_bytes;
    appender.append_metadata(&[family("b", "second")]);
    appender.append_metadata(&[family("c", &"x".repeat(5_000))]);
    appender.sync().unwrap();
    assert_eq!(store.status(0).metadata_journal_bytes, bytes, "nothing was news");
    drop((appender, store));
    let (store, _) = open(&disk, 0);
    assert_eq!(store.metadata(), [family("a", "A."), family("b", "second")]);
    assert_eq!(store.metadata_of("a"), Some(family("a", "A.")));
    assert_eq!(store.metadata_of("c"), None);
}

#[test]
fn a_snapshot_has_exemplars_and_metadata() {
    let disk = MemoryDisk::default();
    let (store, _) = open(&disk, 100);
    let mut appender = store.appender();
    for (at, trace) in [(10, "x"), (20, "y")] {
        assert_eq!(append(&mut *appender, "a", exemplar(at, 1.0, trace)), None);
    }
    appender.append_metadata(&[family("a", "first")]);
    let dir = Path::new("/data/snapshots").join(store.snapshot(true).unwrap());
    assert_eq!(append(&mut *appender, "a", exemplar(30, 1.0, "z")), None);
    appender.append_metadata(&[family("a", "second"), family("b", "")]);
    store.close().unwrap();
    let options = Options::new(dir);
    let clock = Arc::new(HandClock::default());
    let snapshot = Store::open_on(Arc::new(disk), options, clock, Budget::new(BUDGET_BYTES)).unwrap();
    assert_eq!(shown(&all(&snapshot)), ["a: 10 1 x, 20 1 y"]);
    assert_eq!(snapshot.metadata(), [family("a", "first")]);
}
