//! A source for tests: what it holds is what it answers, whatever is asked.

use model::LabelSet;

use crate::source::{RangeQuery, Selection, Series, Source, SourceError};

/// Expression, labels, and the value by the time in seconds.
type Held = (String, Vec<(String, String)>, Box<dyn Fn(i64) -> f64>);

/// Answers by the expression alone.
#[derive(Default)]
pub(crate) struct Samples {
    series: Vec<Held>,
    labels: Vec<(String, Vec<String>)>,
    /// What was asked, in order.
    pub(crate) asked: Vec<String>,
}

impl Samples {
    /// A series that an expression gives; its value is a function of the time in seconds.
    pub(crate) fn series(
        &mut self,
        expr: &str,
        labels: &[(&str, &str)],
        value: impl Fn(i64) -> f64 + 'static,
    ) -> &mut Self {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.series.push((expr.to_owned(), labels.collect(), Box::new(value)));
        self
    }

    /// The values of a label.
    pub(crate) fn labels(&mut self, name: &str, values: &[&str]) -> &mut Self {
        self.labels.push((name.to_owned(), values.iter().map(|value| (*value).to_owned()).collect()));
        self
    }

    fn answer(
        &mut self,
        expr: &str,
        times: impl Iterator<Item = i64> + Clone,
    ) -> Result<Vec<Series>, SourceError> {
        self.asked.push(expr.to_owned());
        let found = self.series.iter().filter(|(own, ..)| own == expr);
        let read = |labels: &[(String, String)], value: &dyn Fn(i64) -> f64| Series {
            labels: LabelSet::from_pairs(labels.iter().map(|(name, value)| (name, value))),
            samples: times
                .clone()
                .map(|time_ms| (time_ms, value(time_ms / 1000)))
                .filter(|(_, value)| !value.is_infinite())
                .collect(),
        };
        let answer: Vec<_> = found.map(|(_, labels, value)| read(labels, value)).collect();
        match answer.is_empty() && expr.starts_with("bad") {
            true => Err(SourceError::Query(format!("cannot evaluate {expr}"))),
            false => Ok(answer),
        }
    }
}

impl Source for Samples {
    fn range(&mut self, query: &RangeQuery<'_>) -> Result<Vec<Series>, SourceError> {
        let times = (query.start_ms..=query.end_ms).step_by(query.step_ms as usize);
        self.answer(query.expr, times)
    }

    fn instant(&mut self, expr: &str, time_ms: i64) -> Result<Vec<Series>, SourceError> {
        self.answer(expr, std::iter::once(time_ms))
    }

    fn label_names(&mut self, _: &Selection<'_>) -> Result<Vec<String>, SourceError> {
        Ok(self.labels.iter().map(|(name, _)| name.clone()).collect())
    }

    fn label_values(&mut self, name: &str, _: &Selection<'_>) -> Result<Vec<String>, SourceError> {
        let found = self.labels.iter().find(|(own, _)| own == name);
        Ok(found.map(|(_, values)| values.clone()).unwrap_or_default())
    }

    fn series(&mut self, _: &Selection<'_>) -> Result<Vec<LabelSet>, SourceError> {
        Ok(Vec::new())
    }
}
