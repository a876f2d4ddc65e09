//! What the head can say about its series.

use std::{cmp::Reverse, collections::BinaryHeap};

use model::METRIC_NAME;

use super::{Head, index::Index};

/// A name and a count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cardinality {
    /// A metric, a label or a pair.
    pub name: String,
    /// How many series or values, or how many bytes.
    pub value: u64,
}

/// Counts of the head and where its cardinality comes from, largest first.
#[derive(Clone, Debug, Default)]
pub struct HeadStatistics {
    /// Series in memory.
    pub series: usize,
    /// Open chunks and those that wait to be written to a part.
    pub chunks: usize,
    /// Distinct strings.
    pub symbols: usize,
    /// Distinct labels, names with values.
    pub label_pairs: usize,
    /// The oldest sample in milliseconds, if there is one.
    pub min_time_ms: Option<i64>,
    /// The newest sample in milliseconds, if there is one.
    pub max_time_ms: Option<i64>,
    /// Bytes of index and samples.
    pub bytes: usize,
    /// Metrics by their series.
    pub series_by_metric: Vec<Cardinality>,
    /// Labels by their distinct values.
    pub values_by_label: Vec<Cardinality>,
    /// Labels by the bytes that their values take, once for each series as Prometheus counts.
    pub bytes_by_label: Vec<Cardinality>,
    /// Pairs `name=value` by their series.
    pub series_by_pair: Vec<Cardinality>,
}

/// The largest of many counts.
struct Top {
    heap: BinaryHeap<Reverse<(u64, Reverse<String>)>>,
    limit: usize,
}

impl Top {
    fn new(limit: usize) -> Self {
        Self { heap: BinaryHeap::new(), limit }
    }

    fn add(&mut self, value: u64, name: impl FnOnce() -> String) {
        let full = self.heap.len() >= self.limit;
        if full && self.heap.peek().is_none_or(|Reverse((least, _))| *least > value) {
            return;
        }
        self.heap.push(Reverse((value, Reverse(name()))));
        if self.heap.len() > self.limit {
            self.heap.pop();
        }
    }

    fn into_vec(self) -> Vec<Cardinality> {
        let sorted = self.heap.into_sorted_vec();
        sorted.into_iter().map(|Reverse((value, Reverse(name)))| Cardinality { name, value }).collect()
    }
}

impl Head {
    /// Counts, and the `limit` largest of each list.
    pub(crate) fn statistics(&self, limit: usize) -> HeadStatistics {
        let mut statistics = HeadStatistics { bytes: self.bytes(), ..HeadStatistics::default() };
        if let Some((min_ms, max_ms)) = self.range_ms() {
            (statistics.min_time_ms, statistics.max_time_ms) = (Some(min_ms), Some(max_ms));
        }
        let index = self.read();
        statistics.series = index.series();
        statistics.symbols = index.symbols.len();
        statistics.label_pairs = index.pairs.len();
        for group in index.groups.iter().flatten() {
            let open = group.lock();
            statistics.chunks += open.ids.len() + open.sealed.iter().map(|w| w.ids.len()).sum::<usize>();
        }
        // Every scrape of the stack's own metrics asks for the counts alone: the lists take a walk over all labels.
        if limit > 0 {
            by_label(&index, limit, &mut statistics);
        }
        statistics
    }
}

fn by_label(index: &Index, limit: usize, statistics: &mut HeadStatistics) {
    let mut metrics = Top::new(limit);
    let mut values = Top::new(limit);
    let mut bytes = Top::new(limit);
    let mut pairs = Top::new(limit);
    for name in &index.names {
        let text = index.symbols.get(name.name);
        let mut label_bytes = 0;
        for pair in name.pairs.iter().filter_map(|&pair| index.pairs.get(pair as usize)) {
            let (value, series) = (index.symbols.get(pair.value), pair.postings.len() as u64);
            label_bytes += value.len() as u64 * series;
            pairs.add(series, || format!("{text}={value}"));
            if text == METRIC_NAME {
                metrics.add(series, || value.to_owned());
            }
        }
        values.add(name.pairs.len() as u64, || text.to_owned());
        bytes.add(label_bytes, || text.to_owned());
    }
    statistics.series_by_metric = metrics.into_vec();
    statistics.values_by_label = values.into_vec();
    statistics.bytes_by_label = bytes.into_vec();
    statistics.series_by_pair = pairs.into_vec();
}
