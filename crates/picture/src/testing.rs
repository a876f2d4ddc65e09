//! A source for tests: what it holds is what it answers, whatever is asked.

use model::{LabelSet, histogram::Bucket};

use crate::source::{
    AnnotationSearch, DataSource, Exemplar, HandAnnotation, InstantQuery, RangeQuery, Selection, Series,
    Source, SourceError,
};

/// Expression, labels, and the value by the time in seconds.
type Held = (String, Vec<(String, String)>, Box<dyn Fn(i64) -> f64>);

/// Native histograms by the time in milliseconds.
type Histograms = Vec<(i64, Vec<Bucket>)>;

/// Answers by the expression alone.
#[derive(Default)]
pub(crate) struct Samples {
    series: Vec<Held>,
    labels: Vec<(String, Vec<String>)>,
    /// Native histograms, by expression.
    pub(crate) histograms: Vec<(String, Histograms)>,
    pub(crate) exemplars: Vec<Exemplar>,
    pub(crate) annotations: Vec<HandAnnotation>,
    /// The data sources that were asked, in order.
    pub(crate) sources: Vec<String>,
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
            ..Series::default()
        };
        let native = self.histograms.iter().filter(|(own, _)| own == expr);
        let native =
            native.map(|(_, histograms)| Series { histograms: histograms.clone(), ..Series::default() });
        let answer: Vec<_> = found.map(|(_, labels, value)| read(labels, value)).chain(native).collect();
        match answer.is_empty() && expr.starts_with("bad") {
            true => Err(SourceError::Query(format!("cannot evaluate {expr}"))),
            false => Ok(answer),
        }
    }
}

impl Source for Samples {
    fn range(&mut self, query: &RangeQuery<'_>) -> Result<Vec<Series>, SourceError> {
        self.sources.push(query.data_source.to_owned());
        let times = (query.start_ms..=query.end_ms).step_by(query.step_ms as usize);
        self.answer(query.expr, times)
    }

    fn instant(&mut self, query: &InstantQuery<'_>) -> Result<Vec<Series>, SourceError> {
        self.answer(query.expr, std::iter::once(query.time_ms))
    }

    fn exemplars(&mut self, _: &RangeQuery<'_>) -> Result<Vec<Exemplar>, SourceError> {
        Ok(self.exemplars.clone())
    }

    fn annotations(&mut self, _: &AnnotationSearch<'_>) -> Result<Vec<HandAnnotation>, SourceError> {
        Ok(self.annotations.clone())
    }

    fn data_sources(&mut self) -> Result<Vec<DataSource>, SourceError> {
        let source = |name: &str| DataSource {
            name: name.to_owned(),
            uid: name.to_lowercase(),
            kind: "prometheus".into(),
        };
        Ok(vec![source("Own"), source("Fleet")])
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
