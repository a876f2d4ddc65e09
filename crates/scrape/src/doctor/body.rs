//! What is wrong in an exposition: lines that fail, series that stand twice, names, limits, timestamps.

use std::collections::{BTreeMap, HashMap};

use model::METRIC_NAME;

use crate::{
    error::ScrapeError,
    finding::{Finding, Severity},
    lint::{self, Rule},
    survey::{Fault, Survey, SurveyedSample},
    symptom,
    target::TargetSpec,
};

/// Examples that a finding names.
const EXAMPLES_MAX: usize = 5;

/// All findings about what stands in the body.
pub(super) fn findings(survey: &Survey, spec: &TargetSpec, now_ms: i64) -> Vec<Finding> {
    let mut findings: Vec<Finding> = survey.faults.iter().map(fault).collect();
    let samples = survey.samples.len() as u64;
    let limit = spec.rules.sample_limit;
    if limit > 0 && samples > limit {
        let error = ScrapeError::SampleLimit { samples: survey.samples.len(), limit };
        findings.push(Finding::diagnosed(Severity::Error, error.diagnosis()));
    }
    findings.extend(symptom::near_limit("samples", "sample_limit", samples, limit));
    findings.extend(duplicates(survey));
    if spec.rules.honor_timestamps {
        findings.extend(timestamps(survey, now_ms));
    }
    if !spec.rules.labels.honor_labels {
        findings.extend(displaced_labels(survey, spec));
    }
    findings.extend(untyped(survey));
    findings.extend(names(survey));
    findings
}

fn fault(Fault { line, error }: &Fault) -> Finding {
    let diagnosis = error.diagnosis();
    let text = match error {
        ScrapeError::Parse(_) => format!("{} ({error})", diagnosis.cause),
        _ => format!("Line {line}: {} ({error})", diagnosis.cause),
    };
    Finding::new(Severity::Error, text, diagnosis.cure)
}

fn duplicates(survey: &Survey) -> Option<Finding> {
    let mut first_lines = HashMap::new();
    let mut repeated: Vec<(&SurveyedSample, usize)> = Vec::new();
    for sample in &survey.samples {
        match first_lines.get(&(&sample.labels, sample.timestamp_ms)) {
            Some(&first) => repeated.push((sample, first)),
            None => {
                first_lines.insert((&sample.labels, sample.timestamp_ms), sample.line);
            }
        }
    }
    let (sample, first) = repeated.first()?;
    let (count, series, line) = (repeated.len(), &sample.labels, sample.line);
    Some(Finding::warning(
        format!(
            "Lines that repeat a series: {count}. Only the first sample of each is stored: line {line} repeats line \
             {first}, {series}."
        ),
        Rule::Duplicate.cure(),
    ))
}

fn timestamps(survey: &Survey, now_ms: i64) -> Option<Finding> {
    let ages =
        || survey.samples.iter().filter_map(|sample| Some(now_ms.saturating_sub(sample.timestamp_ms?)));
    symptom::timed(ages().count(), ages().min()?, ages().max()?)
}

/// Labels of the exposition that give way to the target's.
fn displaced_labels(survey: &Survey, spec: &TargetSpec) -> Option<Finding> {
    let target = spec.labels();
    let names = target.iter().map(|(name, _)| name);
    let displaced: Vec<&str> = names
        .filter(|name| survey.samples.iter().any(|sample| !sample.labels.get(name).is_empty()))
        .collect();
    let first = displaced.first()?;
    Some(Finding::info(
        format!(
            "The exposition has labels that the target has too: {}. They are stored as exported_{first} and so on.",
            displaced.join(", ")
        ),
        "Set honor_labels: true in the job if the exposition's labels are to be kept.",
    ))
}

/// Metrics without a type. That costs nobody a sample, so it is a note, as are the names below: whoever runs an
/// exporter cannot mend them, and whoever wrote it may not, with dashboards that ask for them.
fn untyped(survey: &Survey) -> Option<Finding> {
    let families = survey.families.iter().zip(survey.has_samples());
    let untyped = families.filter(|(family, has_samples)| *has_samples && !family.is_typed);
    let names: Vec<&str> = untyped.map(|(family, _)| &*family.name).collect();
    let listed = listed(&names)?;
    Some(Finding::info(
        format!("Metrics without # TYPE: {listed}."),
        "Let the exporter write a # TYPE line for each metric.",
    ))
}

/// The linter's problems, one finding for each rule.
fn names(survey: &Survey) -> Vec<Finding> {
    let mut by_rule: BTreeMap<Rule, Vec<String>> = BTreeMap::new();
    for problem in lint::problems(survey) {
        // Duplicates have been told, with their lines.
        if problem.rule != Rule::Duplicate {
            let metrics = by_rule.entry(problem.rule).or_default();
            if metrics.last() != Some(&problem.metric) {
                metrics.push(problem.metric);
            }
        }
    }
    let findings = by_rule.iter().filter_map(|(rule, metrics)| {
        let names: Vec<&str> = metrics.iter().map(String::as_str).collect();
        let mut text = rule.to_string();
        if let Some(first) = text.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        Some(Finding::info(format!("{text}: {}.", listed(&names)?), rule.cure()))
    });
    findings.collect()
}

/// The first few of a list and how many more there are; `None` when it is empty.
pub(super) fn listed(names: &[&str]) -> Option<String> {
    let (shown, more) = names.split_at(names.len().min(EXAMPLES_MAX));
    if shown.is_empty() {
        return None;
    }
    let shown = shown.join(", ");
    Some(if more.is_empty() { shown } else { format!("{shown} and {} more", more.len()) })
}

impl Survey {
    /// For each family whether it has samples.
    fn has_samples(&self) -> Vec<bool> {
        let mut has_samples = vec![false; self.families.len()];
        for sample in &self.samples {
            if let Some(has_samples) = has_samples.get_mut(sample.family) {
                *has_samples = true;
            }
        }
        has_samples
    }

    /// Families with samples.
    pub(super) fn metrics(&self) -> usize {
        self.has_samples().into_iter().filter(|&has_samples| has_samples).count()
    }
}

/// The labels of a sample without its name.
pub(super) fn labels(sample: &SurveyedSample) -> impl Iterator<Item = (&str, &str)> {
    sample.labels.iter().filter(|(name, _)| *name != METRIC_NAME)
}
