//! A store for tests: it remembers all samples and does what the trait allows a store to do.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use model::{
    Appendable, Appended, Appender, Exemplar, LabelSet, Origin, SampleGroup, SeriesRef,
    appender::{AppendError, ExemplarOutcome, Outcome},
    is_stale,
};
use tokio::sync::watch;

/// All series of a test.
#[derive(Clone)]
pub(crate) struct TestStore {
    inner: Arc<Mutex<Inner>>,
    groups: watch::Sender<usize>,
}

#[derive(Default)]
struct Inner {
    by_labels: HashMap<LabelSet, SeriesRef>,
    series: BTreeMap<u64, Series>,
    next: u64,
    series_max: Option<usize>,
}

#[derive(Default)]
struct Series {
    labels: LabelSet,
    samples: Vec<(i64, f64)>,
    attached: Vec<String>,
    exemplars: Vec<Exemplar>,
}

impl TestStore {
    pub(crate) fn new() -> Self {
        Self { inner: Arc::default(), groups: watch::Sender::new(0) }
    }

    pub(crate) fn limit_series(&self, max: usize) {
        self.inner.lock().unwrap().series_max = Some(max);
    }

    /// Forgets all handles, as a store does with series that it flushed.
    pub(crate) fn forget(&self) {
        let mut inner = self.inner.lock().unwrap();
        inner.by_labels.clear();
        let old: Vec<_> = std::mem::take(&mut inner.series).into_values().collect();
        for series in old {
            let handle = inner.handle();
            inner.by_labels.insert(series.labels.clone(), handle);
            inner.series.insert(handle.0, series);
        }
    }

    /// Drops a series, its samples included.
    pub(crate) fn drop_series(&self, metric: &str) {
        let mut inner = self.inner.lock().unwrap();
        inner.series.retain(|_, series| series.labels.metric_name() != metric);
        inner.by_labels.retain(|labels, _| labels.metric_name() != metric);
    }

    /// The samples of a series as `time value`, stale ones as `time stale`; its name alone takes the first that
    /// has it.
    pub(crate) fn samples(&self, series: &str) -> Vec<String> {
        let inner = self.inner.lock().unwrap();
        let found = inner
            .series
            .values()
            .find(|held| held.labels.to_string() == series || (held.labels.metric_name() == series));
        let samples = found.map(|held| held.samples.clone()).unwrap_or_default();
        let shown = samples.iter().map(|(time, value)| match is_stale(*value) {
            true => format!("{time} stale"),
            false => format!("{time} {value}"),
        });
        shown.collect()
    }

    /// The label sets of all series but those that scraping itself makes, in order.
    pub(crate) fn exposed(&self) -> Vec<String> {
        let inner = self.inner.lock().unwrap();
        let mut labels: Vec<_> = inner.series.values().map(|series| series.labels.to_string()).collect();
        labels.retain(|labels| !labels.starts_with("up{") && !labels.starts_with("scrape_"));
        labels.sort();
        labels
    }

    /// The exemplars of a series as `time value labels`, those without a time of their own with a `~` before it.
    pub(crate) fn exemplars(&self, metric: &str) -> Vec<String> {
        let inner = self.inner.lock().unwrap();
        let held = inner.series.values().filter(|series| series.labels.metric_name() == metric);
        let shown = |e: &Exemplar| {
            format!("{}{} {} {}", if e.timed { "" } else { "~" }, e.timestamp_ms, e.value, e.labels)
        };
        held.flat_map(|series| series.exemplars.iter().map(shown)).collect()
    }

    /// Histograms and start timestamps of the series with a name.
    pub(crate) fn attached(&self, metric: &str) -> Vec<String> {
        let inner = self.inner.lock().unwrap();
        let held = inner.series.values().filter(|series| series.labels.metric_name() == metric);
        held.flat_map(|series| series.attached.clone()).collect()
    }

    /// Groups that were appended.
    pub(crate) fn groups(&self) -> usize {
        *self.groups.borrow()
    }

    /// Waits until so many groups were appended.
    pub(crate) async fn wait_groups(&self, count: usize) {
        self.groups.subscribe().wait_for(|groups| *groups >= count).await.unwrap();
    }
}

impl Inner {
    fn handle(&mut self) -> SeriesRef {
        self.next += 1;
        SeriesRef(self.next)
    }

    fn append(&mut self, series: SeriesRef, time: i64, value: f64) -> Option<Outcome> {
        let Some(series) = self.series.get_mut(&series.0) else { return Some(Outcome::UnknownSeries) };
        match series.samples.last() {
            Some((last, _)) if *last > time => Some(Outcome::OutOfOrder),
            Some((last, held)) if *last == time => {
                (held.to_bits() != value.to_bits()).then_some(Outcome::Duplicate)
            }
            _ => {
                series.samples.push((time, value));
                None
            }
        }
    }
}

impl Appendable for TestStore {
    fn appender_of(&self, _: &Origin) -> Box<dyn Appender> {
        Box::new(self.clone())
    }
}

impl Appender for TestStore {
    fn resolve(&mut self, labels: &LabelSet) -> Result<SeriesRef, AppendError> {
        let mut inner = self.inner.lock().unwrap();
        if let Some(series) = inner.by_labels.get(labels) {
            return Ok(*series);
        }
        let series = inner.series.len();
        if inner.series_max.is_some_and(|max| series >= max) {
            return Err(AppendError::SeriesLimit { series, used_bytes: 0, limit_bytes: 0, brought_bytes: 0 });
        }
        let handle = inner.handle();
        inner.by_labels.insert(labels.clone(), handle);
        inner.series.insert(handle.0, Series { labels: labels.clone(), ..Series::default() });
        Ok(handle)
    }

    fn append(&mut self, group: &SampleGroup<'_>) -> Result<Appended, AppendError> {
        let mut inner = self.inner.lock().unwrap();
        let mut appended = Appended::default();
        assert_eq!(group.series.len(), group.values.len());
        let mut seen = std::collections::HashSet::new();
        for (position, (series, value)) in group.series.iter().zip(group.values).enumerate() {
            assert!(seen.insert(series), "a series stands in a group once");
            match inner.append(*series, group.timestamp_ms, *value) {
                Some(outcome) => appended.rejected.push((position, outcome)),
                None => appended.accepted += 1,
            }
        }
        let taken = |at: &usize| appended.rejected.iter().all(|(position, _)| position != at);
        for (at, histogram) in group.histograms.iter().filter(|(at, _)| taken(at)) {
            let series = inner.series.get_mut(&group.series[*at].0).unwrap();
            series.attached.push(format!("{} {histogram}", group.timestamp_ms));
        }
        for (at, start_ms) in group.start_timestamps_ms.iter().filter(|(at, _)| taken(at)) {
            let series = inner.series.get_mut(&group.series[*at].0).unwrap();
            series.attached.push(format!("{} since {start_ms}", group.timestamp_ms));
        }
        drop(inner);
        self.groups.send_modify(|groups| *groups += 1);
        Ok(appended)
    }

    fn append_exemplars(&mut self, exemplars: &[(SeriesRef, Exemplar)]) -> Vec<(usize, ExemplarOutcome)> {
        let mut inner = self.inner.lock().unwrap();
        for (series, exemplar) in exemplars {
            inner.series.get_mut(&series.0).unwrap().exemplars.push(exemplar.clone());
        }
        Vec::new()
    }

    fn sync(&mut self) -> Result<(), AppendError> {
        Ok(())
    }
}
