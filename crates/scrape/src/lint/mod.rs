//! What the names of an exposition's metrics should be: the rules of `promtool check metrics`, in its words.

mod rule;
mod unit;

use std::collections::HashSet;

use expfmt::{Format, ParseError};
use model::{LabelSet, MetricType, sort};

pub use rule::Rule;

use crate::{
    error::ScrapeError,
    labels::LabelRules,
    settings::ScrapeConfig,
    survey::{Survey, SurveyedFamily, SurveyedSample},
};

/// A rule that a metric breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The metric family.
    pub metric: String,
    /// What it breaks.
    pub rule: Rule,
}

/// What there is to say about the metrics of an exposition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Linted {
    /// By metric, then by text. A rule about labels comes once for each metric of a family.
    pub problems: Vec<Problem>,
    /// The families with samples and how many they have, most first.
    pub samples: Vec<(String, usize)>,
}

/// Looks at an exposition in text 0.0.4.
///
/// # Errors
/// At the first line that makes a scrape of it fail.
pub fn lint(body: &[u8]) -> Result<Linted, LintError> {
    let rules = LabelRules::new(&ScrapeConfig::default(), LabelSet::empty());
    let mut survey = Survey::read(body, Format::PrometheusText004, &rules);
    if !survey.faults.is_empty() {
        let fault = survey.faults.swap_remove(0);
        return Err(LintError { line: fault.line, error: fault.error });
    }
    Ok(Linted { problems: problems(&survey), samples: sample_counts(&survey) })
}

/// Why an exposition cannot be looked at.
#[derive(Debug, thiserror::Error)]
#[error("text format parsing error in line {line}: {error}")]
pub struct LintError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub error: ScrapeError,
}

impl LintError {
    /// Where it is, when it is an error of the format.
    pub fn position(&self) -> Option<&ParseError> {
        match &self.error {
            ScrapeError::Parse(error) => Some(error),
            _ => None,
        }
    }
}

fn sample_counts(survey: &Survey) -> Vec<(String, usize)> {
    let by_family = samples_by_family(survey);
    let counts = survey.families.iter().zip(&by_family).filter(|(_, samples)| !samples.is_empty());
    let mut counts: Vec<_> =
        counts.map(|(family, samples)| (survey.exposed_name(family), samples.len())).collect();
    sort::by(&mut counts, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

fn samples_by_family(survey: &Survey) -> Vec<Vec<&SurveyedSample>> {
    let mut by_family = vec![Vec::new(); survey.families.len()];
    for sample in &survey.samples {
        if let Some(samples) = by_family.get_mut(sample.family) {
            samples.push(sample);
        }
    }
    by_family
}

/// All rules that the families with samples break.
pub(crate) fn problems(survey: &Survey) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (family, samples) in survey.families.iter().zip(samples_by_family(survey)) {
        if samples.is_empty() {
            continue;
        }
        let metric = survey.exposed_name(family);
        let mut rules = Vec::new();
        name_rules(family, &metric, &mut rules);
        label_rules(family, &samples, &mut rules);
        problems.extend(rules.into_iter().map(|rule| Problem { metric: metric.clone(), rule }));
    }
    sort::by_cached_key(&mut problems, |problem| (problem.metric.clone(), problem.rule.to_string()));
    problems
}

fn name_rules(family: &SurveyedFamily, metric: &str, broken: &mut Vec<Rule>) {
    let lower = metric.to_lowercase();
    if family.help.is_empty() {
        broken.push(Rule::Help);
    }
    if let Some((unit, base)) = unit::other_than_base(metric) {
        broken.push(Rule::BaseUnit { base, unit });
    }
    suffix_rules(family.kind, metric, broken);
    broken.extend(rule::type_name(family.kind).filter(|kind| has_word(&lower, kind)).map(Rule::TypeInName));
    if metric.contains(':') {
        broken.push(Rule::Colon);
    }
    if is_camel_case(metric) {
        broken.push(Rule::CamelCaseMetric);
    }
    broken.extend((0..unit::abbreviations(&lower)).map(|_| Rule::Abbreviation));
}

/// Suffixes that belong to types; of a metric without a type nothing is asked.
fn suffix_rules(kind: MetricType, metric: &str, broken: &mut Vec<Rule>) {
    use MetricType::{Counter, Gauge, GaugeHistogram, Histogram, Summary, Unknown};
    if kind == Unknown {
        return;
    }
    let is_histogram = matches!(kind, Histogram | GaugeHistogram);
    for (wrong, rule) in [
        (kind == Counter && !metric.ends_with("_total"), Rule::CounterWithoutTotal),
        (kind != Counter && metric.ends_with("_total"), Rule::Total),
        (kind != Gauge && metric.ends_with("_timestamp_seconds"), Rule::TimestampSeconds),
        (!is_histogram && metric.ends_with("_bucket"), Rule::Bucket),
        (!is_histogram && kind != Summary && metric.ends_with("_count"), Rule::Count),
        (!is_histogram && kind != Summary && metric.ends_with("_sum"), Rule::Sum),
    ] {
        if wrong {
            broken.push(rule);
        }
    }
}

fn label_rules(family: &SurveyedFamily, samples: &[&SurveyedSample], broken: &mut Vec<Rule>) {
    let own = match family.kind {
        MetricType::Histogram | MetricType::GaugeHistogram => "le",
        MetricType::Summary => "quantile",
        _ => "",
    };
    let mut seen = HashSet::new();
    for sample in samples {
        // The buckets of a histogram are one metric.
        let labels = sample.labels.retain(|name| name != own && name != model::METRIC_NAME);
        let is_first = seen.insert(labels.clone());
        if !is_first && own.is_empty() && sample.timestamp_ms.is_none() {
            broken.push(Rule::Duplicate);
        }
        if !is_first && !own.is_empty() {
            continue;
        }
        for (name, _) in &labels {
            if name == "le" && family.kind != MetricType::Unknown {
                broken.push(Rule::Le);
            }
            if name == "quantile" && family.kind != MetricType::Unknown {
                broken.push(Rule::Quantile);
            }
            if is_camel_case(name) {
                broken.push(Rule::CamelCaseLabel);
            }
        }
    }
}

/// Whether a word stands in a name, but not as its first.
fn has_word(name: &str, word: &str) -> bool {
    format!("{name}_").contains(&format!("_{word}_"))
}

fn is_camel_case(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.windows(2).any(|pair| matches!(pair, [b'a'..=b'z', b'A'..=b'Z']))
}

#[cfg(test)]
mod tests;
