//! Native histograms that are much for the log and for a page.

use std::sync::Arc;

use model::{
    Appendable, FloatHistogram, LabelSet, SampleGroup,
    appender::Outcome,
    histogram::{BUCKETS_MAX, Buckets},
};

use crate::{reading::contents, store::open};

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
