//! All that a store holds, as a map.

use std::collections::BTreeMap;

use model::{LabelSet, Queryable, SampleBlock, SelectHints};
use tsdb::Store;

/// Times and the bits of their values.
pub(crate) type Samples = BTreeMap<i64, u64>;

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
        let samples: Samples = block.iter().map(|s| (s.timestamp_ms, s.value.to_bits())).collect();
        if !samples.is_empty() {
            contents.insert(labels.clone(), samples);
        }
        last = Some(labels);
    }
    contents
}
