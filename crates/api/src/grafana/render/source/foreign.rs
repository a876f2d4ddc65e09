//! What a picture asks of other servers, by Prometheus's API.

use dashboard::DataSource;
use model::{float::push_seconds, percent};
use picture::{Exemplar, InstantQuery, RangeQuery, Selection, Series, SourceError};
use wire::answer::Answer;

use super::JobSource;
use crate::grafana::data_source::{Failed, Question, take, wait};

impl JobSource<'_> {
    pub(super) fn upstream_range(
        &mut self,
        source: &DataSource,
        query: &RangeQuery<'_>,
    ) -> Result<Vec<Series>, SourceError> {
        let step = ("step", seconds(query.step_ms));
        let parameters = expression(query).into_iter().chain([step]).collect();
        self.ask(source, "query_range", parameters).map(|answer| answer.series)
    }

    pub(super) fn upstream_instant(
        &mut self,
        source: &DataSource,
        query: &InstantQuery<'_>,
    ) -> Result<Vec<Series>, SourceError> {
        let parameters = vec![("query", query.expr.to_owned()), ("time", seconds(query.time_ms))];
        self.ask(source, "query", parameters).map(|answer| answer.series)
    }

    pub(super) fn upstream_exemplars(
        &mut self,
        source: &DataSource,
        query: &RangeQuery<'_>,
    ) -> Result<Vec<Exemplar>, SourceError> {
        self.ask(source, "query_exemplars", expression(query).into()).map(|answer| answer.exemplars)
    }

    pub(super) fn upstream_label_values(
        &mut self,
        source: &DataSource,
        name: &str,
        selection: &Selection<'_>,
    ) -> Result<Vec<String>, SourceError> {
        let endpoint = format!("label/{}/values", percent::encode(name));
        self.upstream_selection(source, &endpoint, selection).map(|answer| answer.texts)
    }

    pub(super) fn upstream_selection(
        &mut self,
        source: &DataSource,
        endpoint: &str,
        selection: &Selection<'_>,
    ) -> Result<Answer, SourceError> {
        let mut parameters = vec![
            ("start", seconds(selection.start_ms)),
            ("end", seconds(selection.end_ms)),
            ("limit", selection.limit.to_string()),
        ];
        if !selection.selector.is_empty() {
            parameters.push(("match[]", selection.selector.to_owned()));
        }
        self.ask(source, endpoint, parameters)
    }

    fn ask(
        &mut self,
        source: &DataSource,
        endpoint: &str,
        parameters: Vec<(&'static str, String)>,
    ) -> Result<Answer, SourceError> {
        if !self.may_wait() {
            return Err(SourceError::Over("other data sources are busy".to_owned()));
        }
        // The values of a label can only be got.
        let only_get = endpoint.ends_with("/values");
        let question = Question { endpoint: endpoint.to_owned(), parameters, only_get };
        // What the answer before took is accounted for by the picture now.
        self.account.shrink(self.account.bytes());
        let over = |failed: Failed| match self.job.check() {
            Err(over) => SourceError::Over(over.message),
            Ok(()) => SourceError::Query(failed.text),
        };
        let sent = wait(self.network, self.job, self.asking.send(self.viewer, source, &question));
        let answer = sent.unwrap_or_else(|error| Err(error.into())).map_err(over)?;
        take(answer, self.network, self.job, &mut self.account).map_err(over)
    }
}

fn expression(query: &RangeQuery<'_>) -> [(&'static str, String); 3] {
    [("query", query.expr.to_owned()), ("start", seconds(query.start_ms)), ("end", seconds(query.end_ms))]
}

fn seconds(ms: i64) -> String {
    let mut text = String::new();
    push_seconds(&mut text, ms);
    text
}
