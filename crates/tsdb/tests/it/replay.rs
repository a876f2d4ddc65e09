//! A log that was written with much memory is read back with little.

use std::{path::Path, sync::Arc};

use model::{
    Appendable, Appender, Budget, LabelSet, Queryable, SampleBlock, SampleGroup, SelectHints, SeriesRef,
    clock::SystemClock,
};
use tsdb::{Options, Store};

use crate::allocator::peak_bytes_of;

const AMPLE_BYTES: usize = 256 << 20;
const SMALL_BYTES: usize = 32 << 20;
const TARGETS: usize = 60;
const SERIES_PER_TARGET: usize = 1_000;
const SERIES: usize = TARGETS * SERIES_PER_TARGET;
const SCRAPES: i64 = 4;
/// Samples out of order of each series.
const LATE: i64 = 2;
const INTERVAL_MS: i64 = 15_000;

/// Opens a store as the binary does with a memory budget.
fn open(dir: &Path, budget_bytes: usize) -> Store {
    let options = Options {
        retention_ms: 0,
        out_of_order_window_ms: i64::MAX,
        head_bytes: budget_bytes / 4,
        ..Options::new(dir)
    };
    Store::open(options, Arc::new(SystemClock::default()), Budget::new(budget_bytes)).unwrap()
}

fn labels(at: usize) -> LabelSet {
    let (target, series) = (at / SERIES_PER_TARGET, at % SERIES_PER_TARGET);
    LabelSet::from_pairs([
        ("__name__", format!("metric_{}", series % 40)),
        ("instance", format!("host-{target}")),
        ("part", (series / 40).to_string()),
    ])
}

/// A value that no encoding makes much smaller.
fn value(at: usize, timestamp_ms: i64) -> f64 {
    let mixed = (at as u64 ^ (timestamp_ms as u64) << 20).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 12) as f64 * 1e-3
}

/// Appends a sample of each of some series, of which `refs` has all; none is refused.
fn append(appender: &mut dyn Appender, refs: &[SeriesRef], positions: &[usize], timestamp_ms: i64) {
    let series: Vec<_> = positions.iter().map(|&at| refs[at]).collect();
    let values: Vec<_> = positions.iter().map(|&at| value(at, timestamp_ms)).collect();
    let group = SampleGroup { timestamp_ms, series: &series, values: &values, ..SampleGroup::default() };
    assert_eq!(appender.append(&group).unwrap().rejected, []);
}

/// Which series a scrape of a target brings: all, half of them, or all in another order.
fn layout(target: usize, scrape: i64) -> Vec<usize> {
    let all = target * SERIES_PER_TARGET..(target + 1) * SERIES_PER_TARGET;
    match scrape % 4 {
        1 => all.step_by(2).collect(),
        3 => all.rev().collect(),
        _ => all.collect(),
    }
}

/// Resolves all series.
fn resolve(appender: &mut dyn Appender) -> Vec<SeriesRef> {
    (0..SERIES).map(|at| appender.resolve(&labels(at)).unwrap()).collect()
}

/// Scrapes of all targets, and then samples out of order of all series at once; gives how many.
fn write(store: &Store) -> usize {
    let refs = resolve(&mut *store.appender());
    let mut appenders: Vec<_> = (0..TARGETS).map(|_| store.appender()).collect();
    let mut samples = 0;
    let mut append = |appender: &mut dyn Appender, positions: &[usize], timestamp_ms| {
        samples += positions.len();
        append(appender, &refs, positions, timestamp_ms);
    };
    for scrape in 0..SCRAPES {
        for (target, appender) in appenders.iter_mut().enumerate() {
            append(&mut **appender, &layout(target, scrape), scrape * INTERVAL_MS);
        }
    }
    let all: Vec<usize> = (0..SERIES).collect();
    (1..=LATE).for_each(|at| append(&mut *appenders[0], &all, -1_000 * at));
    appenders[0].sync().unwrap();
    samples
}

/// Checks the values of all samples; gives the number of series and of samples.
fn check_all(store: &Store) -> (usize, usize) {
    let querier = store.querier(i64::MIN, i64::MAX).unwrap();
    let mut set = querier.select(&[], &SelectHints::default()).unwrap();
    let (mut found, mut samples, mut block) = (0, 0, SampleBlock::default());
    while let Some(mut series) = set.next().unwrap() {
        block.clear();
        while series.read(&mut block).unwrap() {}
        let number = |name: &str, prefix: &str| -> usize {
            series.labels().get(name).strip_prefix(prefix).unwrap().parse().unwrap()
        };
        let in_target = 40 * number("part", "") + number("__name__", "metric_");
        let at = SERIES_PER_TARGET * number("instance", "host-") + in_target;
        assert!(block.timestamps_ms.is_sorted_by(|a, b| a < b), "{}", series.labels());
        assert!(block.iter().all(|s| s.value == value(at, s.timestamp_ms)), "{}", series.labels());
        found += 1;
        samples += block.len();
    }
    (found, samples)
}

/// The story: memory was looked at every 4,096 records, and all that this log has are a thousand. Its samples took
/// 40 MB before any went to a part.
#[test]
fn a_log_written_with_much_memory_is_read_back_with_little() {
    let dir = tempfile::tempdir().unwrap();
    let written = write(&open(dir.path(), AMPLE_BYTES));
    let (store, peak_bytes) = peak_bytes_of(|| open(dir.path(), SMALL_BYTES));
    assert!(peak_bytes <= SMALL_BYTES, "{peak_bytes} bytes at the most");
    let status = store.status(0);
    assert_eq!((status.wal_replayed_samples as usize, status.head.series), (written, SERIES));
    // What bounds the time: few parts, each sample in one of them at most.
    assert!((2..=20).contains(&status.parts), "{} parts", status.parts);
    assert!(status.part_samples as usize <= written, "{} samples in parts", status.part_samples);
    // All series are held still, and go on.
    let mut appender = store.appender();
    let refs = resolve(&mut *appender);
    append(&mut *appender, &refs, &(0..SERIES).collect::<Vec<_>>(), SCRAPES * INTERVAL_MS);
    assert_eq!(store.status(0).series_refused, 0);
    assert_eq!(check_all(&store), (SERIES, written + SERIES));
}
