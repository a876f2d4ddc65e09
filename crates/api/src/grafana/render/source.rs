//! What a picture asks, answered by the engine and the store.

use model::{LabelSet, Matcher, Querier, SelectHints};
use picture::{RangeQuery, Selection, Series, Source, SourceError};
use promql::engine::{MatrixSeries, SampleValue, Value};

use crate::{
    error::{ApiError, ErrorKind},
    evaluator::{Job, Query, Times},
};

/// Answers within one turn of the evaluator.
pub(super) struct JobSource<'a> {
    job: &'a Job,
}

impl<'a> JobSource<'a> {
    pub(super) fn new(job: &'a Job) -> Self {
        Self { job }
    }

    fn evaluate(&self, expr: &str, times: Times) -> Result<Vec<Series>, SourceError> {
        let query = Query {
            text: expr.to_owned(),
            times,
            lookback_delta_ms: None,
            per_step_stats: false,
            explain: false,
        };
        let (outcome, _account) = self.job.evaluate(&query).map_err(refusal)?;
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
        let &RangeQuery { expr, start_ms, end_ms, step_ms } = query;
        self.evaluate(expr, Times { start_ms, end_ms, step_ms: Some(step_ms) })
    }

    fn instant(&mut self, expr: &str, time_ms: i64) -> Result<Vec<Series>, SourceError> {
        self.evaluate(expr, Times { start_ms: time_ms, end_ms: time_ms, step_ms: None })
    }

    fn label_names(&mut self, selection: &Selection<'_>) -> Result<Vec<String>, SourceError> {
        self.read(selection, |querier, matchers| Ok(querier.label_names(matchers, selection.limit)?))
    }

    fn label_values(&mut self, name: &str, selection: &Selection<'_>) -> Result<Vec<String>, SourceError> {
        self.read(selection, |querier, matchers| Ok(querier.label_values(name, matchers, selection.limit)?))
    }

    fn series(&mut self, selection: &Selection<'_>) -> Result<Vec<LabelSet>, SourceError> {
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
}

/// What ends the turn ends the picture; all else is said in it.
fn refusal(error: ApiError) -> SourceError {
    match error.kind {
        ErrorKind::Timeout | ErrorKind::Canceled => SourceError::Over(error.message),
        _ => SourceError::Query(error.message),
    }
}

fn series(value: Value) -> Vec<Series> {
    let amount = |value: &SampleValue| match value {
        SampleValue::Float(value) => *value,
        SampleValue::Histogram(histogram) => histogram.count,
    };
    match value {
        Value::String { .. } => Vec::new(),
        Value::Scalar { timestamp_ms, value } => {
            vec![Series { labels: LabelSet::empty(), samples: vec![(timestamp_ms, value)] }]
        }
        Value::Vector(samples) => {
            let one = |sample: promql::engine::VectorSample| Series {
                samples: vec![(sample.timestamp_ms, amount(&sample.value))],
                labels: sample.labels,
            };
            samples.into_iter().map(one).collect()
        }
        Value::Matrix(all) => all.into_iter().map(matrix_series).collect(),
    }
}

/// The samples of a series; native histograms by their counts.
fn matrix_series(series: MatrixSeries) -> Series {
    let mut samples: Vec<_> = series.floats().map(|sample| (sample.timestamp_ms, sample.value)).collect();
    let floats = samples.len();
    samples.extend(series.histograms().map(|(time_ms, histogram)| (time_ms, histogram.count)));
    if samples.len() > floats {
        samples.sort_by_key(|(time_ms, _)| *time_ms);
    }
    Series { labels: series.labels, samples }
}
