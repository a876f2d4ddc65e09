//! All that a store holds, as a map.

use std::collections::BTreeMap;

use model::{CounterReset, FloatHistogram, LabelSet, Queryable, SampleBlock, SelectHints, is_stale};
use tsdb::Store;

/// A sample, bit for bit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    /// The value, or the sum.
    pub(crate) bits: u64,
    /// The histogram in words, its hint aside.
    pub(crate) histogram: Option<String>,
    pub(crate) start_ms: Option<i64>,
}

impl Sample {
    pub(crate) fn new(value: f64, histogram: Option<&FloatHistogram>, start_ms: Option<i64>) -> Self {
        let without_hint =
            |h: &FloatHistogram| FloatHistogram { counter_reset: CounterReset::Unknown, ..h.clone() };
        let histogram = histogram.map(|h| format!("{:?}", without_hint(h)));
        Self { bits: value.to_bits(), histogram, start_ms }
    }
}

/// Samples by time.
pub(crate) type Samples = BTreeMap<i64, Sample>;

/// Series and their samples.
pub(crate) type Contents = BTreeMap<LabelSet, Samples>;

/// All that a store holds.
pub(crate) fn contents(store: &Store) -> Contents {
    let querier = store.querier(i64::MIN, i64::MAX).unwrap();
    let mut set = querier.select(&[], &SelectHints::default()).unwrap();
    let mut contents = Contents::new();
    let mut last = None;
    while let Some(mut series) = set.next().unwrap() {
        let labels = series.labels().clone();
        assert!(last.is_none_or(|last| last < labels), "order");
        let mut block = SampleBlock::default();
        while series.read(&mut block).unwrap() {}
        assert!(block.timestamps_ms.is_sorted_by(|a, b| a < b), "times of {labels}");
        let samples = samples(&block);
        if !samples.is_empty() {
            contents.insert(labels.clone(), samples);
        }
        last = Some(labels);
    }
    contents
}

fn samples(block: &SampleBlock) -> Samples {
    let mut starts = block.start_timestamps_ms.iter().copied().collect::<BTreeMap<_, _>>();
    let mut samples = Samples::new();
    let mut before: Option<&FloatHistogram> = None;
    for (at, sample) in block.iter().enumerate() {
        let histogram = block.histogram(at).map(|histogram| &**histogram);
        if let Some(histogram) = histogram.filter(|h| h.counter_reset == CounterReset::NotReset) {
            let unhinted = FloatHistogram { counter_reset: CounterReset::Unknown, ..histogram.clone() };
            assert!(
                before.is_none_or(|b| is_stale(sample.value) || !unhinted.is_reset_after(b)),
                "hint at {at}"
            );
        }
        before = histogram;
        samples.insert(sample.timestamp_ms, Sample::new(sample.value, histogram, starts.remove(&at)));
    }
    assert!(starts.is_empty(), "start timestamps of no sample");
    samples
}
