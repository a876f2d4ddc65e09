//! The scrape doctor: looks at a target as a scrape does, a few times, and says what is wrong with it.
//!
//! It stores nothing. What it finds has a severity, a sentence and a cure; figures beside them say what a scrape
//! costs and where series come from.

mod body;
mod cardinality;
mod churn;
mod cost;
mod subject;
mod visit;

use std::{sync::Arc, time::Duration};

use model::{Budget, Clock, sort};
use net::client::Client;

pub use cardinality::{LabelCardinality, MetricCardinality};
pub use churn::{ChangingLabel, Churn};
pub use cost::Cost;
pub use subject::Subject;
pub use visit::Answer;

use crate::{
    buffer::BufferPool,
    finding::{Finding, Severity},
    survey::Survey,
    symptom,
};
use visit::{Visit, Visitor};

/// How a target is looked at.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Time between the first scrape and the second; `None` for a single scrape.
    pub interval: Option<Duration>,
    /// The version that requests give as the scraper's.
    pub version: String,
    /// The longest body that is read, in bytes, with what it is unpacked to.
    pub body_bytes_max: usize,
}

/// What was found about a target.
#[derive(Clone, Debug)]
pub struct Report {
    /// Where it was scraped.
    pub url: String,
    /// The job that it is a target of; empty when it was named by its URL.
    pub job: String,
    /// Time that a scrape may take.
    pub timeout: Duration,
    /// What was answered; `None` when nothing usable was.
    pub answer: Option<Answer>,
    /// The HTTP status; `None` when there was none.
    pub status: Option<u16>,
    /// Samples in the exposition.
    pub samples: usize,
    /// Metric families with samples.
    pub metrics: usize,
    /// The metrics with most series, most first.
    pub metrics_by_series: Vec<MetricCardinality>,
    /// The labels with most values, most first.
    pub labels_by_values: Vec<LabelCardinality>,
    /// Series that came and went between two scrapes.
    pub churn: Option<Churn>,
    /// What a scrape costs the target, where it says so.
    pub cost: Option<Cost>,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The worst that was found; [`Severity::Info`] when all is well.
    pub fn worst(&self) -> Severity {
        self.findings.iter().map(|finding| finding.severity).max().unwrap_or(Severity::Info)
    }
}

/// Looks at a target: once, or after an interval twice more. Needs a tokio runtime.
pub async fn examine(subject: &Subject, settings: &Settings, clock: &dyn Clock) -> Report {
    let budget = Budget::new(settings.body_bytes_max);
    let visitor = Visitor {
        spec: &subject.spec,
        client: Client::new((*subject.spec.tls).clone()),
        pool: BufferPool::new(Arc::clone(&budget)),
        budget,
        clock,
    };
    let mut visits = vec![visitor.visit().await];
    if let Some(interval) = settings.interval.filter(|_| visits.iter().all(|visit| visit.survey.is_some())) {
        tokio::time::sleep(interval).await;
        visits.push(visitor.visit().await);
        // At once: between these two, the target does little but answer.
        visits.push(visitor.visit().await);
    }
    report(subject, visits, clock.now_ms())
}

fn report(subject: &Subject, mut visits: Vec<Visit>, now_ms: i64) -> Report {
    let spec = &subject.spec;
    let timeout = Duration::from_millis(spec.timeout_ms.unsigned_abs());
    let mut findings: Vec<Finding> = Vec::new();
    let churn = churn::between(&visits);
    let cost = cost::of(&visits);
    findings.extend(churn.as_ref().and_then(Churn::finding));
    findings.extend(cost.iter().flat_map(|cost| cost.findings(spec.interval_ms)));
    findings.extend(cost::failure_counters(&visits));
    for visit in visits.iter().skip(1) {
        findings.extend(visit.failures.iter().cloned());
    }
    let first = visits.swap_remove(0);
    if let Some(answer) = &first.answer {
        findings.extend(symptom::slow(answer.total, answer.first_byte, timeout));
        findings.extend(answer.findings(spec.body_limit_bytes));
    }
    findings.extend(first.failures);
    if let Some(survey) = &first.survey {
        findings.extend(body::findings(survey, spec, now_ms));
        findings.extend(cardinality::findings(survey));
    }
    settle(&mut findings);
    let survey = first.survey.as_ref();
    Report {
        url: spec.url.to_string(),
        job: subject.job.clone(),
        timeout,
        status: first.status,
        answer: first.answer,
        samples: survey.map_or(0, |survey| survey.samples.len()),
        metrics: survey.map_or(0, Survey::metrics),
        metrics_by_series: survey.map(cardinality::metrics).unwrap_or_default(),
        labels_by_values: survey.map(cardinality::labels_by_values).unwrap_or_default(),
        churn,
        cost,
        findings,
    }
}

/// The worst first, each once.
fn settle(findings: &mut Vec<Finding>) {
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings.drain(..) {
        if !kept.contains(&finding) {
            kept.push(finding);
        }
    }
    sort::by_key(&mut kept, |finding| std::cmp::Reverse(finding.severity));
    *findings = kept;
}

#[cfg(test)]
mod tests;
