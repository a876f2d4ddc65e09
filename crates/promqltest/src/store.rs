//! A store in memory, for scripts and for tests of what reads stores.

use std::{collections::BTreeMap, sync::Arc};

use model::{
    FloatHistogram, LabelSet, Matcher, Querier, Queryable, SampleBlock, SelectHints, Series, SeriesSet,
    querier::QueryError,
};

/// One sample as the store keeps it.
#[derive(Clone, Debug)]
pub(crate) struct StoredSample {
    pub(crate) value: StoredValue,
    /// Milliseconds since the Unix epoch.
    pub(crate) start_timestamp_ms: Option<i64>,
}

#[derive(Clone, Debug)]
pub(crate) enum StoredValue {
    Float(f64),
    Histogram(Arc<FloatHistogram>),
}

type Samples = BTreeMap<i64, StoredSample>;

/// Series in memory. A querier sees what was there when it was opened.
#[derive(Clone, Debug, Default)]
pub struct Store {
    series: Arc<BTreeMap<LabelSet, Arc<Samples>>>,
}

impl Store {
    /// Drops everything.
    pub fn clear(&mut self) {
        self.series = Arc::default();
    }

    /// Adds a float; it replaces a sample of the same time.
    pub fn push(&mut self, labels: &LabelSet, timestamp_ms: i64, value: f64) {
        let sample = StoredSample { value: StoredValue::Float(value), start_timestamp_ms: None };
        self.insert(labels, timestamp_ms, sample);
    }

    /// Adds a native histogram; it replaces a sample of the same time.
    pub fn push_histogram(&mut self, labels: &LabelSet, timestamp_ms: i64, histogram: Arc<FloatHistogram>) {
        let sample = StoredSample { value: StoredValue::Histogram(histogram), start_timestamp_ms: None };
        self.insert(labels, timestamp_ms, sample);
    }

    pub(crate) fn insert(&mut self, labels: &LabelSet, timestamp_ms: i64, mut sample: StoredSample) {
        let series = Arc::make_mut(&mut self.series).entry(labels.clone()).or_default();
        let samples = Arc::make_mut(series);
        if let StoredValue::Histogram(histogram) = &mut sample.value {
            let previous = match samples.range(..timestamp_ms).next_back() {
                Some((_, StoredSample { value: StoredValue::Histogram(previous), .. })) => Some(&**previous),
                _ => None,
            };
            let hint = histogram.stored_hint(previous);
            Arc::make_mut(histogram).counter_reset = hint;
        }
        samples.insert(timestamp_ms, sample);
    }
}

impl Queryable for Store {
    fn querier(&self, mint_ms: i64, maxt_ms: i64) -> Result<Box<dyn Querier>, QueryError> {
        Ok(Box::new(View { series: Arc::clone(&self.series), mint_ms, maxt_ms }))
    }
}

struct View {
    series: Arc<BTreeMap<LabelSet, Arc<Samples>>>,
    mint_ms: i64,
    maxt_ms: i64,
}

impl View {
    fn selected<'a>(
        &'a self,
        matchers: &'a [Matcher],
    ) -> impl Iterator<Item = (&'a LabelSet, &'a Arc<Samples>)> {
        let accepted = |labels: &LabelSet| matchers.iter().all(|m| m.matches(labels.get(m.name())));
        self.series.iter().filter(move |(labels, samples)| {
            self.mint_ms <= self.maxt_ms
                && accepted(labels)
                && samples.range(self.mint_ms..=self.maxt_ms).next().is_some()
        })
    }
}

/// The first `limit` of sorted texts, each once.
fn limited(mut texts: Vec<String>, limit: usize) -> Vec<String> {
    texts.sort_unstable();
    texts.dedup();
    texts.truncate(if limit == 0 { usize::MAX } else { limit });
    texts
}

impl Querier for View {
    fn select(&self, matchers: &[Matcher], hints: &SelectHints) -> Result<Box<dyn SeriesSet>, QueryError> {
        let limit = if hints.limit == 0 { usize::MAX } else { hints.limit };
        let series = self.selected(matchers).take(limit).map(|(labels, samples)| StoredSeries {
            labels: labels.clone(),
            samples: Some(Arc::clone(samples)),
            range_ms: (self.mint_ms, self.maxt_ms),
        });
        Ok(Box::new(Selected(series.collect::<Vec<_>>().into_iter())))
    }

    fn label_names(&self, matchers: &[Matcher], limit: usize) -> Result<Vec<String>, QueryError> {
        let names = self.selected(matchers).flat_map(|(labels, _)| labels.iter().map(|(n, _)| n.to_owned()));
        Ok(limited(names.collect(), limit))
    }

    fn label_values(
        &self,
        name: &str,
        matchers: &[Matcher],
        limit: usize,
    ) -> Result<Vec<String>, QueryError> {
        let values = self.selected(matchers).map(|(labels, _)| labels.get(name).to_owned());
        Ok(limited(values.filter(|value| !value.is_empty()).collect(), limit))
    }
}

struct Selected(std::vec::IntoIter<StoredSeries>);

impl SeriesSet for Selected {
    fn next(&mut self) -> Result<Option<Box<dyn Series>>, QueryError> {
        Ok(self.0.next().map(|series| Box::new(series) as Box<dyn Series>))
    }
}

struct StoredSeries {
    labels: LabelSet,
    /// `None` once they have been read.
    samples: Option<Arc<Samples>>,
    range_ms: (i64, i64),
}

impl Series for StoredSeries {
    fn labels(&self) -> &LabelSet {
        &self.labels
    }

    fn read(&mut self, block: &mut SampleBlock) -> Result<bool, QueryError> {
        let Some(samples) = self.samples.take() else { return Ok(false) };
        // Only series with samples in the range are selected, so it is not an empty one.
        for (&timestamp_ms, sample) in samples.range(self.range_ms.0..=self.range_ms.1) {
            if let Some(start_ms) = sample.start_timestamp_ms {
                block.start_timestamps_ms.push((block.len(), start_ms));
            }
            match &sample.value {
                StoredValue::Float(value) => block.push(timestamp_ms, *value),
                StoredValue::Histogram(h) => block.push_histogram(timestamp_ms, Arc::clone(h)),
            }
        }
        Ok(true)
    }
}
