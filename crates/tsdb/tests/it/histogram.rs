//! Native histograms that are much for the log and for a page.

use std::sync::Arc;

use model::{
    Appendable, Budget, FloatHistogram, LabelSet, Queryable, SampleBlock, SampleGroup, SelectHints,
    appender::Outcome,
    clock::SystemClock,
    histogram::{BUCKETS_MAX, Buckets},
};

use tsdb::{Options, Store};

use crate::{allocator::peak_bytes_of, reading::contents, store::open};

/// More than one record of the log takes.
const SERIES: usize = 66;

/// As many buckets as there may be, with counts that no integer writes.
fn large(step: i32) -> Arc<FloatHistogram> {
    let bucket = |at: i32| (at * 2, f64::from(at * 7919 + step) / 7.0);
    Arc::new(FloatHistogram {
        count: f64::from(step),
        sum: f64::from(step) / 3.0,
        positive: Buckets::from_sorted((0..BUCKETS_MAX as i32).map(bucket).collect()).unwrap(),
        ..FloatHistogram::default()
    })
}

#[test]
fn a_scrape_of_many_large_histograms_comes_back_from_the_log_and_from_parts() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut appender = store.appender();
    let labels = |n: usize| LabelSet::from_pairs([("__name__", "large".to_owned()), ("n", n.to_string())]);
    let series: Vec<_> = (0..SERIES).map(|n| appender.resolve(&labels(n)).unwrap()).collect();
    let histograms: Vec<_> = (0..SERIES).map(|n| (n, large(n as i32))).collect();
    let values: Vec<_> = histograms.iter().map(|(_, histogram)| histogram.sum).collect();
    let group = SampleGroup {
        timestamp_ms: 1_000,
        series: &series,
        values: &values,
        histograms: &histograms,
        start_timestamps_ms: &[(0, 5), (SERIES - 1, 7)],
    };
    assert_eq!(appender.append(&group).unwrap().accepted, SERIES);
    let mut changed = histograms.clone();
    changed[SERIES - 1].1 = Arc::new(FloatHistogram { count: 9.0, ..(*histograms[SERIES - 1].1).clone() });
    let changed = SampleGroup { histograms: &changed, ..group };
    assert_eq!(appender.append(&changed).unwrap().rejected, [(SERIES - 1, Outcome::Duplicate)]);
    assert_eq!(store.status(0).histograms_appended, 2 * SERIES as u64 - 1);
    let before = contents(&store);
    assert_eq!(before[&labels(SERIES - 1)][&1_000].start_ms, Some(7));
    store.close().unwrap();
    let store = open(dir.path());
    assert!(contents(&store) == before && store.status(0).wal_damaged == 0);
    store.flush().unwrap();
    assert!(contents(&store) == before);
}

/// The story: a query made all histograms that a series had in the head at once, 13 MB of these, on nobody's account.
#[test]
fn a_long_window_of_large_histograms_is_read_in_little_memory() {
    const SAMPLES: i64 = 200;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut appender = store.appender();
    let series = [appender.resolve(&LabelSet::from_pairs([("__name__", "large")])).unwrap()];
    let mut expected = large(0);
    for step in 0..SAMPLES {
        let changed = Arc::make_mut(&mut expected);
        (changed.count, changed.sum) = (step as f64, step as f64);
        let group = SampleGroup {
            timestamp_ms: step * 1_000,
            series: &series,
            values: &[step as f64],
            histograms: &[(0, Arc::clone(&expected))],
            start_timestamps_ms: &[(0, step)],
        };
        assert_eq!(appender.append(&group).unwrap().accepted, 1);
    }
    let read = || {
        let querier = store.querier(3_000, i64::MAX).unwrap();
        let mut set = querier.select(&[], &SelectHints::default()).unwrap();
        let (mut series, mut block, mut next) = (set.next().unwrap().unwrap(), SampleBlock::default(), 3);
        while series.read(&mut block).unwrap() {
            for (n, (at, histogram)) in block.histograms.drain(..).enumerate() {
                assert_eq!((n, block.timestamps_ms[at], histogram.count), (at, next * 1_000, next as f64));
                assert_eq!(block.start_timestamps_ms[n], (n, next));
                next += 1;
            }
            block.clear();
        }
        next
    };
    for _ in 0..2 {
        let (next, peak_bytes) = peak_bytes_of(read);
        assert_eq!(next, SAMPLES);
        assert!(peak_bytes < 2 << 20, "{peak_bytes} bytes at the most");
        let (flushed, peak_bytes) = peak_bytes_of(|| store.flush());
        flushed.unwrap();
        assert!(peak_bytes < 4 << 20, "{peak_bytes} bytes at the most for a flush");
    }
}

/// The story: a record of the log held all late histograms of a group, 4 MiB of these, and was read back whole.
#[test]
fn late_histograms_are_read_back_in_little_memory() {
    const SMALL_BYTES: usize = 8 << 20;
    let dir = tempfile::tempdir().unwrap();
    let open = |budget_bytes: usize| {
        let options = Options {
            retention_ms: 0,
            out_of_order_window_ms: i64::MAX,
            head_bytes: budget_bytes / 4,
            ..Options::new(dir.path())
        };
        Store::open(options, Arc::new(SystemClock::default()), Budget::new(budget_bytes)).unwrap()
    };
    let store = open(256 << 20);
    let mut appender = store.appender();
    let labels = |n: usize| LabelSet::from_pairs([("__name__", "late".to_owned()), ("n", n.to_string())]);
    let series: Vec<_> = (0..SERIES).map(|n| appender.resolve(&labels(n)).unwrap()).collect();
    let histograms: Vec<_> = (0..SERIES).map(|n| (n, large(n as i32))).collect();
    let values = [1.0; SERIES];
    let newest = SampleGroup { timestamp_ms: 1_000, series: &series, values: &values, ..Default::default() };
    for group in [newest, SampleGroup { timestamp_ms: 500, histograms: &histograms, ..newest }] {
        assert_eq!(appender.append(&group).unwrap().accepted, SERIES);
    }
    appender.sync().unwrap();
    drop((appender, store));
    let (store, peak_bytes) = peak_bytes_of(|| open(SMALL_BYTES));
    assert!(peak_bytes <= SMALL_BYTES, "{peak_bytes} bytes at the most");
    assert_eq!(store.status(0).wal_replayed_samples as usize, 2 * SERIES);
}
