//! Series that come and go from one scrape to the next, and the labels that make them.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Duration,
};

use model::{LabelSet, sort};

use super::{
    body::{labels, listed},
    visit::Visit,
};
use crate::{finding::Finding, survey::Survey};

/// Labels that are named.
const ROWS_MAX: usize = 5;

/// Of a hundred series, so many may be new in a scrape.
const NEW_PERCENT_MAX: usize = 1;

/// What changed between two scrapes.
#[derive(Clone, Debug)]
pub struct Churn {
    /// Time between the scrapes.
    pub interval: Duration,
    /// Series of the first.
    pub series: usize,
    /// Series that only the second has.
    pub come: usize,
    /// Series that only the first has.
    pub gone: usize,
    /// The labels whose values make new series, most first.
    pub labels: Vec<ChangingLabel>,
}

/// A label that takes values that it did not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangingLabel {
    /// The metric.
    pub metric: String,
    /// The label.
    pub label: String,
    /// Series that are new because of it.
    pub series: usize,
    /// One of the new values.
    pub example: String,
}

/// Compares the first two scrapes.
pub(super) fn between(visits: &[Visit]) -> Option<Churn> {
    let [first, second, ..] = visits else { return None };
    let (before, after) = (first.survey.as_ref()?, second.survey.as_ref()?);
    let (old, new) = (series(before), series(after));
    Some(Churn {
        interval: second.started.saturating_sub(first.started),
        series: old.len(),
        come: new.difference(&old).count(),
        gone: old.difference(&new).count(),
        labels: changing_labels(before, after, &old),
    })
}

fn series(survey: &Survey) -> HashSet<&LabelSet> {
    survey.samples.iter().map(|sample| &sample.labels).collect()
}

fn changing_labels(before: &Survey, after: &Survey, old: &HashSet<&LabelSet>) -> Vec<ChangingLabel> {
    let mut known: HashMap<(&str, &str), HashSet<&str>> = HashMap::new();
    for sample in &before.samples {
        for (label, value) in labels(sample) {
            known.entry((sample.labels.metric_name(), label)).or_default().insert(value);
        }
    }
    let mut rows: BTreeMap<(&str, &str), (usize, &str)> = BTreeMap::new();
    for sample in after.samples.iter().filter(|sample| !old.contains(&sample.labels)) {
        for (label, value) in labels(sample) {
            let key = (sample.labels.metric_name(), label);
            // Of a metric that is new as a whole no label is to blame.
            if known.get(&key).is_some_and(|values| !values.contains(value)) {
                rows.entry(key).or_insert((0, value)).0 += 1;
            }
        }
    }
    let mut rows: Vec<_> = rows.into_iter().map(changing).collect();
    sort::by_key(&mut rows, |row| std::cmp::Reverse(row.series));
    rows.truncate(ROWS_MAX);
    rows
}

fn changing(((metric, label), (series, example)): ((&str, &str), (usize, &str))) -> ChangingLabel {
    let example = example.chars().take(60).collect();
    ChangingLabel { metric: metric.to_owned(), label: label.to_owned(), series, example }
}

impl Churn {
    pub(super) fn finding(&self) -> Option<Finding> {
        let Self { come, gone, .. } = *self;
        if come + gone == 0 {
            return None;
        }
        let mut text =
            format!("Within {:.1} s, {come} series came and {gone} went", self.interval.as_secs_f64());
        let rows = self
            .labels
            .iter()
            .map(|row| format!("{} of {} (for example {:?})", row.label, row.metric, row.example));
        let rows: Vec<String> = rows.collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        match listed(&rows) {
            Some(rows) => text += &format!(": new values of {rows}."),
            None => text.push('.'),
        }
        let cure =
            "Each series costs memory until it is written to disk: leave what always changes out of labels.";
        let many = come * 100 > self.series * NEW_PERCENT_MAX;
        Some(if many { Finding::warning(text, cure) } else { Finding::info(text, cure) })
    }
}
