//! What a picture asks, answered by the data source that it names: by the engine and the store, or by another server.

mod foreign;

use std::sync::Arc;

use model::{LabelSet, Matcher, Querier, Reservation, SelectHints};
use picture::{
    AnnotationSearch, DataSource, Exemplar, HandAnnotation, InstantQuery, RangeQuery, Selection, Series,
    Source, SourceError,
};
use promql::engine::{MatrixSeries, SampleValue, Value};
use tokio::{runtime::Handle, sync::OwnedSemaphorePermit};

use crate::{
    error::{ApiError, ErrorKind},
    evaluator::{Job, Query, Times},
    grafana::{Viewer, data_source::Asking},
};

/// Answers within one turn of the evaluator.
pub(super) struct JobSource<'a> {
    job: &'a Job,
    asking: &'a Asking,
    viewer: &'a Viewer,
    /// Where requests to other servers are sent from.
    network: &'a Handle,
    /// Pays for what other servers answered, until it is drawn.
    account: Reservation,
    /// The right to wait for other servers, once it was needed.
    reader: Option<OwnedSemaphorePermit>,
    /// Whether it was needed and somebody else had it.
    stood_back: bool,
}

impl<'a> JobSource<'a> {
    pub(super) fn new(
        job: &'a Job,
        asking: &'a Asking,
        viewer: &'a Viewer,
        network: &'a Handle,
        reader: Option<OwnedSemaphorePermit>,
    ) -> Self {
        Self { job, asking, viewer, network, account: job.account(), reader, stood_back: false }
    }

    /// Whether the picture was given up for another turn, with the right to wait for other servers.
    pub(super) fn stood_back(&self) -> bool {
        self.stood_back
    }

    /// Takes the right to wait for other servers, or stands back: who waited for it here would hold a thread.
    fn may_wait(&mut self) -> bool {
        if self.reader.is_none() {
            self.reader = self.asking.grafana.sources.upstreams().free_reader();
        }
        self.stood_back = self.reader.is_none();
        !self.stood_back
    }

    /// The server that is meant; `None` for the own store. One that is not here stands for the default one, as in
    /// the pages: dashboards come from servers where it has another uid.
    fn upstream(&self, named: &str) -> Option<Arc<dashboard::DataSource>> {
        let all = self.asking.grafana.sources.store().all();
        let find = |fits: &dyn Fn(&dashboard::DataSource) -> bool| all.iter().find(|one| fits(one));
        let found = find(&|one| one.definition.uid == named)
            .or_else(|| find(&|one| one.definition.name == named))
            .or_else(|| find(&|one| one.definition.is_default && one.is_queryable()));
        found.filter(|one| !one.is_own()).cloned()
    }

    fn evaluate(&self, expr: &str, times: Times) -> Result<Vec<Series>, SourceError> {
        let (outcome, _account) = self.job.evaluate(&query(expr, times)).map_err(refusal)?;
        Ok(series(outcome.value))
    }

    /// What a selector selects, read from the store.
    fn read<T>(
        &self,
        selection: &Selection<'_>,
        read: impl FnOnce(&dyn Querier, &[Matcher]) -> Result<T, ApiError>,
    ) -> Result<T, SourceError> {
        let matchers = match selection.selector {
            "" => Vec::new(),
            text => {
                promql::syntax::parse_selector(text).map_err(|error| SourceError::Query(error.to_string()))?
            }
        };
        let found = || {
            self.job.check()?;
            let querier = self.job.store.querier(selection.start_ms, selection.end_ms)?;
            read(&*querier, &matchers)
        };
        found().map_err(refusal)
    }
}

impl Source for JobSource<'_> {
    fn range(&mut self, query: &RangeQuery<'_>) -> Result<Vec<Series>, SourceError> {
        if let Some(upstream) = self.upstream(query.data_source) {
            return self.upstream_range(&upstream, query);
        }
        self.evaluate(query.expr, times(query))
    }

    fn instant(&mut self, query: &InstantQuery<'_>) -> Result<Vec<Series>, SourceError> {
        if let Some(upstream) = self.upstream(query.data_source) {
            return self.upstream_instant(&upstream, query);
        }
        let time_ms = query.time_ms;
        self.evaluate(query.expr, Times { start_ms: time_ms, end_ms: time_ms, step_ms: None })
    }

    fn exemplars(&mut self, range: &RangeQuery<'_>) -> Result<Vec<Exemplar>, SourceError> {
        if let Some(upstream) = self.upstream(range.data_source) {
            return self.upstream_exemplars(&upstream, range);
        }
        let found = self.job.exemplars(&*self.asking.exemplars, &query(range.expr, times(range)));
        found.map(|(exemplars, _account)| exemplars).map_err(refusal)
    }

    fn label_names(&mut self, selection: &Selection<'_>) -> Result<Vec<String>, SourceError> {
        if let Some(upstream) = self.upstream(selection.data_source) {
            return self.upstream_selection(&upstream, "labels", selection).map(|answer| answer.texts);
        }
        self.read(selection, |querier, matchers| Ok(querier.label_names(matchers, selection.limit)?))
    }

    fn label_values(&mut self, name: &str, selection: &Selection<'_>) -> Result<Vec<String>, SourceError> {
        if let Some(upstream) = self.upstream(selection.data_source) {
            return self.upstream_label_values(&upstream, name, selection);
        }
        self.read(selection, |querier, matchers| Ok(querier.label_values(name, matchers, selection.limit)?))
    }

    fn series(&mut self, selection: &Selection<'_>) -> Result<Vec<LabelSet>, SourceError> {
        if let Some(upstream) = self.upstream(selection.data_source) {
            let answer = self.upstream_selection(&upstream, "series", selection)?;
            return Ok(answer.series.into_iter().map(|one| one.labels).collect());
        }
        self.read(selection, |querier, matchers| {
            let hints = SelectHints { labels_only: true, limit: selection.limit, ..SelectHints::default() };
            let mut found = querier.select(matchers, &hints)?;
            let mut sets = Vec::new();
            while sets.len() < selection.limit {
                let Some(series) = found.next()? else { break };
                sets.push(series.labels().clone());
            }
            Ok(sets)
        })
    }

    fn annotations(&mut self, search: &AnnotationSearch<'_>) -> Result<Vec<HandAnnotation>, SourceError> {
        let of_dashboard = Some(search.dashboard_uid.to_owned()).filter(|_| search.tags.is_empty());
        let search = dashboard::AnnotationSearch {
            from_ms: Some(search.start_ms),
            to_ms: Some(search.end_ms),
            dashboard_uid: of_dashboard,
            tags: search.tags.to_vec(),
            any_tag: search.any_tag,
            limit: search.limit,
            ..dashboard::AnnotationSearch::default()
        };
        let found = self.asking.grafana.seen_annotations(&search, self.viewer);
        let read = |one: dashboard::Annotation| HandAnnotation {
            panel_id: one.panel_id,
            start_ms: one.time_ms,
            end_ms: one.end_ms,
        };
        Ok(found.into_iter().map(read).collect())
    }

    fn data_sources(&mut self) -> Result<Vec<DataSource>, SourceError> {
        let all = self.asking.grafana.sources.store().all();
        let read = |one: Arc<dashboard::DataSource>| DataSource {
            name: one.definition.name.clone(),
            uid: one.definition.uid.clone(),
            kind: one.definition.kind.clone(),
        };
        Ok(all.into_iter().map(read).collect())
    }
}

fn times(query: &RangeQuery<'_>) -> Times {
    let &RangeQuery { start_ms, end_ms, step_ms, .. } = query;
    Times { start_ms, end_ms, step_ms: Some(step_ms) }
}

fn query(expr: &str, times: Times) -> Query {
    Query { text: expr.to_owned(), times, lookback_delta_ms: None, per_step_stats: false, explain: false }
}

/// What ends the turn ends the picture; all else is said in it.
fn refusal(error: ApiError) -> SourceError {
    match error.kind {
        ErrorKind::Timeout | ErrorKind::Canceled => SourceError::Over(error.message),
        _ => SourceError::Query(error.message),
    }
}

fn series(value: Value) -> Vec<Series> {
    match value {
        Value::String { .. } => Vec::new(),
        Value::Scalar { timestamp_ms, value } => {
            vec![Series { samples: vec![(timestamp_ms, value)], ..Series::default() }]
        }
        Value::Vector(samples) => samples.into_iter().map(vector_series).collect(),
        Value::Matrix(all) => all.into_iter().map(matrix_series).collect(),
    }
}

fn vector_series(sample: promql::engine::VectorSample) -> Series {
    let at = sample.timestamp_ms;
    let (samples, histograms) = match sample.value {
        SampleValue::Float(value) => (vec![(at, value)], Vec::new()),
        SampleValue::Histogram(histogram) => (Vec::new(), vec![(at, histogram.buckets().collect())]),
    };
    Series { labels: sample.labels, samples, histograms }
}

fn matrix_series(series: MatrixSeries) -> Series {
    let samples = series.floats().map(|sample| (sample.timestamp_ms, sample.value)).collect();
    let histograms = series.histograms().map(|(at, histogram)| (at, histogram.buckets().collect())).collect();
    Series { labels: series.labels, samples, histograms }
}
