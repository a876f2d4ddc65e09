//! Where series come from: by metric and by label.

use std::collections::{BTreeMap, HashSet};

use model::sort;

use super::body::labels;
use crate::{finding::Finding, survey::Survey};

/// Rows of a table.
const ROWS_MAX: usize = 10;

/// Series of one target above which a small machine feels it.
const SERIES_MAX: usize = 10_000;

/// Values of a label above which it is likely to be an identifier.
const VALUES_MAX: usize = 1_000;

/// A metric and its series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricCardinality {
    /// The metric's name.
    pub metric: String,
    /// Its series.
    pub series: usize,
}

/// A label and its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelCardinality {
    /// The label's name.
    pub label: String,
    /// Its values over all metrics.
    pub values: usize,
    /// Series that have it.
    pub series: usize,
}

/// The metrics with most series.
pub(super) fn metrics(survey: &Survey) -> Vec<MetricCardinality> {
    let mut series: BTreeMap<&str, usize> = BTreeMap::new();
    for sample in &survey.samples {
        *series.entry(sample.labels.metric_name()).or_default() += 1;
    }
    let rows =
        series.into_iter().map(|(metric, series)| MetricCardinality { metric: metric.to_owned(), series });
    let mut rows: Vec<_> = rows.collect();
    sort::by_key(&mut rows, |row| std::cmp::Reverse(row.series));
    rows.truncate(ROWS_MAX);
    rows
}

/// The labels with most values.
pub(super) fn labels_by_values(survey: &Survey) -> Vec<LabelCardinality> {
    let mut by_label: BTreeMap<&str, (HashSet<&str>, usize)> = BTreeMap::new();
    for (label, value) in survey.samples.iter().flat_map(labels) {
        let (values, series) = by_label.entry(label).or_default();
        values.insert(value);
        *series += 1;
    }
    let row = |(label, (values, series)): (&str, (HashSet<&str>, usize))| LabelCardinality {
        label: label.to_owned(),
        values: values.len(),
        series,
    };
    let mut rows: Vec<_> = by_label.into_iter().map(row).collect();
    sort::by_key(&mut rows, |row| std::cmp::Reverse(row.values));
    rows.truncate(ROWS_MAX);
    rows
}

/// What is too much.
pub(super) fn findings(survey: &Survey) -> Vec<Finding> {
    let mut findings = Vec::new();
    let series = survey.samples.len();
    if series > SERIES_MAX
        && let Some(top) = metrics(survey).first()
    {
        findings.push(Finding::warning(
            format!("The target has {series} series, {} of them of {}.", top.series, top.metric),
            "Let the exporter expose less, or set sample_limit in the job.",
        ));
    }
    for row in labels_by_values(survey).iter().filter(|row| row.values > VALUES_MAX) {
        findings.push(Finding::warning(
            format!("The label {} has {} values in {} series.", row.label, row.values, row.series),
            "Leave identifiers, addresses and other unbounded texts out of labels.",
        ));
    }
    findings
}
