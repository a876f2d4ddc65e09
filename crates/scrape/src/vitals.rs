//! How a target's scrapes went, as a few numbers; findings are made of them only when somebody asks.

use std::{sync::Arc, time::Duration};

use expfmt::Format;

use crate::{finding::Finding, ingest::Tally, symptom, target::TargetSpec};

/// Scrapes over which means are taken.
const MEAN_SCRAPES: u32 = 16;

/// A body that grows by less is ordinary.
const GROWTH_MIN_BYTES: usize = 64 << 10;

/// What is remembered of a target's scrapes that worked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vitals {
    /// Up to [`MEAN_SCRAPES`].
    scrapes: u32,
    duration: Duration,
    first_byte: Duration,
    /// A `Content-Type` that is no format, and what the body was read as.
    fallback: Option<(Arc<str>, Format)>,
    first_body_bytes: usize,
    body_bytes: usize,
    tally: Tally,
    /// Series that the scrape before did not have, in the mean.
    added_mean: f64,
    /// When the target was scraped last, by the monotonic clock, and its CPU time until then.
    cpu: Option<(Duration, f64)>,
    /// CPU of the target's process, in the mean, as a part of one core.
    cores_mean: Option<f64>,
}

/// A scrape that worked.
pub(crate) struct Worked {
    /// By the monotonic clock.
    pub(crate) started: Duration,
    pub(crate) duration: Duration,
    pub(crate) first_byte: Duration,
    pub(crate) fallback: Option<(Arc<str>, Format)>,
    pub(crate) body_bytes: usize,
    pub(crate) tally: Tally,
}

impl Vitals {
    /// Takes a scrape into account.
    pub(crate) fn note(&mut self, worked: Worked) {
        let Worked { started, duration, first_byte, fallback, body_bytes, tally } = worked;
        if self.scrapes == 0 {
            self.first_body_bytes = body_bytes;
        } else {
            // At the first scrape all series are new.
            self.added_mean += (tally.added as f64 - self.added_mean) / f64::from(self.scrapes);
        }
        self.scrapes = (self.scrapes + 1).min(MEAN_SCRAPES);
        self.note_cpu(started, tally.cpu_seconds);
        (self.duration, self.first_byte, self.body_bytes) = (duration, first_byte, body_bytes);
        (self.fallback, self.tally) = (fallback, tally);
    }

    fn note_cpu(&mut self, started: Duration, cpu_seconds: Option<f64>) {
        let before = std::mem::replace(&mut self.cpu, cpu_seconds.map(|seconds| (started, seconds)));
        let Some(((before, old), new)) = before.zip(cpu_seconds) else { return };
        let elapsed = started.saturating_sub(before).as_secs_f64();
        // Less than before: the process is another one.
        if new >= old && elapsed > 0.0 {
            let cores = (new - old) / elapsed;
            let mean = self.cores_mean.get_or_insert(cores);
            *mean += (cores - *mean) / f64::from(MEAN_SCRAPES);
        }
    }

    /// What there is to say about the last scrape and those before it; at most one finding of each kind.
    pub(crate) fn findings(&self, spec: &TargetSpec) -> Vec<Finding> {
        let Self { tally, body_bytes, .. } = self;
        let timeout = Duration::from_millis(spec.timeout_ms.unsigned_abs());
        let fallback = self.fallback.as_ref();
        let samples = tally.samples as u64;
        [
            fallback.map(|(header, format)| symptom::fallback(header, *format)),
            symptom::slow(self.duration, self.first_byte, timeout),
            symptom::near_limit("bytes", "body_size_limit", *body_bytes as u64, spec.body_limit_bytes),
            symptom::near_limit("samples", "sample_limit", samples, spec.rules.sample_limit),
            self.growth(),
            self.churn(),
            symptom::timed(tally.timed, 0, tally.timed_age_max_ms),
            self.cores_mean.and_then(symptom::busy),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn growth(&self) -> Option<Finding> {
        let (first, last) = (self.first_body_bytes, self.body_bytes);
        (last > first.saturating_mul(2) && last - first > GROWTH_MIN_BYTES).then(|| {
            Finding::warning(
                format!("The exposition has grown from {first} to {last} bytes since the first scrape."),
                "See which series it gains (gnomon doctor), and set body_size_limit or sample_limit in the job.",
            )
        })
    }

    fn churn(&self) -> Option<Finding> {
        let (new, samples) = (self.added_mean, self.tally.samples);
        let is_much = new >= 0.5 && new * 100.0 > samples as f64;
        is_much.then(|| {
            Finding::warning(
                format!("Of {samples} series, {new:.1} are new in each scrape, in the mean."),
                "Find the label that changes (gnomon doctor), and leave it out in the exporter.",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{ScrapeConfig, TargetGroup};

    fn spec() -> TargetSpec {
        let group = TargetGroup { targets: vec!["h:1".into()], ..TargetGroup::default() };
        let config = ScrapeConfig { target_groups: vec![group], ..ScrapeConfig::default() };
        crate::target::targets(&config, "").0.remove(0)
    }

    fn worked(second: u64, tally: Tally) -> Worked {
        let brief = Duration::from_millis(5);
        Worked {
            started: Duration::from_secs(second),
            duration: brief,
            first_byte: brief,
            fallback: None,
            body_bytes: 1000,
            tally,
        }
    }

    #[test]
    fn findings_follow_from_a_few_scrapes() {
        let tally = |added, cpu| Tally { samples: 100, added, cpu_seconds: cpu, ..Tally::default() };
        let texts = |worked: Vec<Worked>| {
            let mut vitals = Vitals::default();
            worked.into_iter().for_each(|worked| vitals.note(worked));
            vitals.findings(&spec()).into_iter().map(|finding| finding.text).collect::<Vec<_>>()
        };
        let calm = vec![worked(0, tally(100, Some(1.0))), worked(5, tally(0, Some(1.01)))];
        assert_eq!(texts(calm), [""; 0]);
        let churning =
            vec![worked(0, tally(100, None)), worked(5, tally(3, None)), worked(10, tally(2, None))];
        assert_eq!(texts(churning), ["Of 100 series, 2.5 are new in each scrape, in the mean."]);
        // The process starts again in between.
        let busy = vec![
            worked(0, tally(0, Some(9.0))),
            worked(5, tally(0, Some(1.0))),
            worked(10, tally(0, Some(4.0))),
        ];
        assert_eq!(texts(busy), ["The target's process uses 60 % of a core."]);
        let fallback = Some(("text/html".into(), Format::PrometheusText004));
        let odd = Worked { fallback, body_bytes: 100_000, ..worked(5, tally(0, None)) };
        let found = texts(vec![worked(0, tally(0, None)), odd]);
        assert!(
            matches!(&found[..], [one, two] if one.contains("\"text/html\"") && two.contains("from 1000 to 100000"))
        );
        let timed = Tally { timed: 2, timed_age_max_ms: 400_000, ..tally(0, None) };
        assert!(texts(vec![worked(0, timed)])[0].contains("up to 6m40s old"));
    }
}
