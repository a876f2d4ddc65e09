//! What a scrape costs the target, by what it says of itself.

use std::{collections::HashMap, time::Duration};

use model::{LabelSet, MetricType};

use super::visit::Visit;
use crate::{finding::Finding, survey::Survey, symptom};

const CPU: &str = "process_cpu_seconds_total";
const MEMORY: &str = "process_resident_memory_bytes";

/// Memory that is given back from one scrape to the next is ordinary when it is less.
const MEMORY_SWING_MIN_BYTES: u64 = 2 << 20;

/// Words by which counters of failures are known.
const FAILURE_WORDS: [&str; 8] =
    ["error", "errors", "failed", "failure", "failures", "exceptions", "panics", "dropped"];

/// What scrapes cost the target.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// CPU time of one scrape.
    pub scrape_cpu: Duration,
    /// CPU that the process uses beside scrapes, as a part of one core.
    pub background_cores: f64,
    /// Resident memory at each scrape, in bytes; empty where the target does not expose it.
    pub resident_bytes: Vec<u64>,
}

/// From the CPU time at three scrapes: what the process uses by itself is known from the time between the first two,
/// and of a scrape from the last two, one right after the other.
pub(super) fn of(visits: &[Visit]) -> Option<Cost> {
    let [first, second, third] = visits else { return None };
    let used = |from: &Visit, to: &Visit| Some((cpu_seconds(to)? - cpu_seconds(from)?).max(0.0));
    let elapsed = |from: &Visit, to: &Visit| to.started.saturating_sub(from.started).as_secs_f64();
    let (idle, busy) = (elapsed(first, second), elapsed(second, third));
    let (between, scrape) = (used(first, second)?, used(second, third)?);
    // One scrape lies in each of the spans.
    let background_cores = if idle > 0.0 { (between - scrape).max(0.0) / idle } else { 0.0 };
    let scrape_cpu = Duration::from_secs_f64((scrape - background_cores * busy).clamp(0.0, 3600.0));
    let resident = |visit: &Visit| value(visit.survey.as_ref()?, MEMORY).map(|bytes| bytes as u64);
    let resident_bytes = visits.iter().filter_map(resident).collect();
    Some(Cost { scrape_cpu, background_cores, resident_bytes })
}

fn cpu_seconds(visit: &Visit) -> Option<f64> {
    value(visit.survey.as_ref()?, CPU)
}

fn value(survey: &Survey, metric: &str) -> Option<f64> {
    survey.named(metric).map(|sample| sample.value).find(|value| value.is_finite() && *value >= 0.0)
}

impl Cost {
    pub(super) fn findings(&self, interval_ms: i64) -> Vec<Finding> {
        let interval = Duration::from_millis(interval_ms.unsigned_abs());
        let mut findings = Vec::from_iter(symptom::dear_scrape(self.scrape_cpu, interval));
        findings.extend(symptom::busy(self.background_cores));
        findings.extend(self.swing());
        findings
    }

    /// Memory that is taken in scrapes and given back. What only grows may have just begun its work.
    fn swing(&self) -> Option<Finding> {
        let pairs = self.resident_bytes.iter().zip(self.resident_bytes.iter().skip(1));
        let given_back = pairs.map(|(before, after)| before.saturating_sub(*after)).max()?;
        let (least, most) = (*self.resident_bytes.iter().min()?, *self.resident_bytes.iter().max()?);
        let mib = |bytes: u64| format!("{:.1}", bytes as f64 / f64::from(1 << 20));
        (given_back >= MEMORY_SWING_MIN_BYTES && (most - least) * 8 > least).then(|| {
            Finding::warning(
                format!(
                    "The target's memory moves by {} MiB from scrape to scrape, between {} and {} MiB.",
                    mib(most - least),
                    mib(least),
                    mib(most)
                ),
                "See what the exporter allocates to answer a scrape; a limit on its memory has to hold the peak.",
            )
        })
    }
}

/// Counters of failures that went up while the doctor was there.
pub(super) fn failure_counters(visits: &[Visit]) -> Vec<Finding> {
    let (Some(first), Some(last)) = (visits.first(), visits.last()) else { return Vec::new() };
    let (Some(before), Some(after)) = (&first.survey, &last.survey) else { return Vec::new() };
    let old: HashMap<&LabelSet, f64> =
        before.samples.iter().map(|sample| (&sample.labels, sample.value)).collect();
    let grown = after.samples.iter().filter_map(|sample| {
        let is_counter =
            after.families.get(sample.family).is_some_and(|family| family.kind == MetricType::Counter);
        let more = sample.value - old.get(&sample.labels).copied().unwrap_or(0.0);
        (is_counter && more > 0.0 && counts_failures(&sample.labels)).then(|| {
            Finding::warning(
                format!(
                    "The target counts failures: {} went up by {more} to {}.",
                    sample.labels, sample.value
                ),
                "See the target's log for what fails; its scrapes are not to blame.",
            )
        })
    });
    grown.take(ROWS_MAX).collect()
}

/// Counters that are named.
const ROWS_MAX: usize = 10;

fn counts_failures(labels: &LabelSet) -> bool {
    labels.metric_name().split('_').any(|word| FAILURE_WORDS.contains(&word))
}
