//! The store's hot loops through its public door: `cargo bench -p tsdb`.
#![allow(clippy::unwrap_used, missing_docs, reason = "a bench fails by it, and has no readers of its docs")]

use std::{path::Path, sync::Arc};

use divan::{Bencher, black_box, counter::ItemsCount};
use model::{
    Appendable, Appender, Budget, LabelSet, Queryable, SampleBlock, SampleGroup, SelectHints, SeriesRef,
    clock::SystemClock,
};
use tempfile::TempDir;
use tsdb::{Options, Store};

const INTERVAL_MS: i64 = 5_000;
/// Series of one target.
const SERIES: usize = 1_000;

fn main() {
    divan::main();
}

fn open(dir: &Path) -> Store {
    let options = Options { retention_ms: 0, ..Options::new(dir) };
    Store::open(options, Arc::new(SystemClock::default()), Budget::new(256 << 20)).unwrap()
}

/// One target's side of a store.
struct Target {
    appender: Box<dyn Appender>,
    series: Vec<SeriesRef>,
    values: Vec<f64>,
    scrapes: u64,
}

impl Target {
    fn new(store: &Store, number: usize) -> Self {
        let mut appender = store.appender();
        let series = (0..SERIES).map(|at| appender.resolve(&labels(number, at)).unwrap()).collect();
        Self { appender, series, values: vec![0.0; SERIES], scrapes: 0 }
    }

    /// Of ten series four stand still, three count by small steps, two are gauges of two decimals and one is a
    /// byte counter, as in the loads of `make bench`.
    fn scrape(&mut self) {
        self.scrapes += 1;
        for (at, value) in self.values.iter_mut().enumerate() {
            let noise = ((at as u64 ^ self.scrapes).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 40) as f64;
            match at % 10 {
                0..4 => *value = at as f64,
                4..7 => *value += (at % 8) as f64 + noise % 2.0,
                7..9 => *value = (noise % 5_000.0) / 100.0,
                _ => *value += noise % 100_000.0,
            }
        }
        let timestamp_ms = self.scrapes as i64 * INTERVAL_MS;
        let group = SampleGroup {
            timestamp_ms,
            series: &self.series,
            values: &self.values,
            ..SampleGroup::default()
        };
        self.appender.append(&group).unwrap();
    }
}

fn labels(target: usize, at: usize) -> LabelSet {
    LabelSet::from_pairs([
        ("__name__", format!("bench_metric_{}", at % 10)),
        ("device", format!("disk{}", at / 10 % 8)),
        ("instance", format!("127.0.0.1:{}", 30_000 + target)),
        ("job", "bench".to_owned()),
        ("part", format!("{}", at / 10)),
    ])
}

/// A folder with what so many targets brought in so many scrapes.
fn folder(targets: usize, scrapes: usize) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut targets: Vec<_> = (0..targets).map(|number| Target::new(&store, number)).collect();
    for _ in 0..scrapes {
        targets.iter_mut().for_each(Target::scrape);
    }
    store.close().unwrap();
    dir
}

/// A scrape into head and log buffer, the writing and syncing of the log aside.
#[divan::bench]
fn append(bencher: Bencher<'_, '_>) {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut target = Target::new(&store, 0);
    bencher.counter(ItemsCount::new(SERIES)).bench_local(|| target.scrape());
}

/// New series by their labels.
#[divan::bench(sample_count = 10)]
fn resolve(bencher: Bencher<'_, '_>) {
    let sets: Vec<_> = (0..20).flat_map(|target| (0..SERIES).map(move |at| labels(target, at))).collect();
    let fresh = || {
        let dir = tempfile::tempdir().unwrap();
        (open(dir.path()), dir)
    };
    bencher.counter(ItemsCount::new(sets.len())).with_inputs(fresh).bench_local_values(|(store, dir)| {
        let mut appender = store.appender();
        sets.iter().for_each(|set| _ = black_box(appender.resolve(set).unwrap()));
        (store, dir)
    });
}

/// A start with 100,000 series, each with a minute in the log.
#[divan::bench(sample_count = 10)]
fn replay(bencher: Bencher<'_, '_>) {
    let dir = folder(100, 12);
    bencher.counter(ItemsCount::new(100 * SERIES * 12)).bench_local(|| open(dir.path()));
}

/// All samples of a part, page by page.
#[divan::bench]
fn read_part(bencher: Bencher<'_, '_>) {
    let dir = folder(1, 1_440);
    let store = open(dir.path());
    store.flush().unwrap();
    let read = || {
        let querier = store.querier(i64::MIN, i64::MAX).unwrap();
        let mut set = querier.select(&[], &SelectHints::default()).unwrap();
        let mut block = SampleBlock::default();
        while let Some(mut series) = set.next().unwrap() {
            block.clear();
            while series.read(&mut block).unwrap() {}
            black_box(&block);
        }
    };
    bencher.counter(ItemsCount::new(SERIES * 1_440)).bench_local(read);
}
