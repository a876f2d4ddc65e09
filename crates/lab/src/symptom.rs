//! What is wrong with a sensor service, by comparison with one that has no fault, and which fault it comes from.

use std::time::Duration;

use serde::Serialize;

use crate::{
    Failure, Run, SensorFigures,
    plan::CLEAN,
    unit::{mib, ms, percent},
};

/// A payload is 5 MiB or more; what else a service takes moves by less.
const MEMORY_RISE_BYTES: u64 = 4 << 20;

/// What can be wrong with a sensor service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Symptom {
    /// Scrapes fail.
    Down,
    /// Scrapes take long.
    Slow,
    /// It uses the CPU.
    Cpu,
    /// It takes memory.
    Memory,
    /// Calls fail.
    Calls,
}

impl Symptom {
    /// In a word or two.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Down => "target down",
            Self::Slow => "slow scrapes",
            Self::Cpu => "CPU",
            Self::Memory => "memory",
            Self::Calls => "failed calls",
        }
    }
}

/// A symptom and its figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub symptom: Symptom,
    pub what: String,
}

/// For each symptom of the sensor with all faults, the faults that show it alone.
pub(crate) fn explain(before: &Run, apart: &Run, cpu_loop: Duration) -> Vec<Failure> {
    let Some((clean, faulty)) = clean_and_faulty(apart) else { return Vec::new() };
    let Some(sensor) = before.sensor() else { return Vec::new() };
    let limits = Limits::new(clean, apart.interval_ms, cpu_loop);
    let alone: Vec<_> = faulty.map(|sensor| (sensor.job.clone(), limits.findings(sensor))).collect();
    let faults = |symptom| {
        let shows =
            alone.iter().filter(|(_, findings)| findings.iter().any(|found| found.symptom == symptom));
        shows.map(|(job, _)| job.clone()).collect()
    };
    let findings = limits.findings(sensor).into_iter();
    let failure = |Finding { symptom, what }| Failure { symptom, what, faults: faults(symptom) };
    findings.map(failure).collect()
}

/// The sensor without a fault, and the others.
pub(crate) fn clean_and_faulty(
    apart: &Run,
) -> Option<(&SensorFigures, impl Iterator<Item = &SensorFigures>)> {
    let clean = apart.sensors.iter().find(|sensor| sensor.job == CLEAN)?;
    Some((clean, apart.sensors.iter().filter(|sensor| sensor.job != CLEAN)))
}

/// What is ordinary. Scrapes are compared by their median: a busy machine makes some slow, a fault all.
struct Limits<'a> {
    clean: &'a SensorFigures,
    clean_median_seconds: f64,
    median_max_seconds: f64,
    cpu_max_cores: f64,
}

impl<'a> Limits<'a> {
    /// Half of what the loop takes is more than measuring errs by.
    fn new(clean: &'a SensorFigures, interval_ms: i64, cpu_loop: Duration) -> Self {
        let half_loop_seconds = cpu_loop.as_secs_f64() / 2.0;
        let clean_median_seconds = median_seconds(clean);
        Self {
            clean,
            clean_median_seconds,
            median_max_seconds: (clean_median_seconds + half_loop_seconds).max(2.0 * clean_median_seconds),
            cpu_max_cores: clean.part.cpu_mean_cores
                + half_loop_seconds * 1_000.0 / interval_ms.max(1) as f64,
        }
    }

    fn findings(&self, sensor: &SensorFigures) -> Vec<Finding> {
        let found = [
            (Symptom::Down, down(sensor)),
            (Symptom::Calls, calls(sensor)),
            (Symptom::Slow, self.slow(sensor)),
            (Symptom::Cpu, self.cpu(sensor)),
            (Symptom::Memory, self.memory(sensor)),
        ];
        found.into_iter().filter_map(|(symptom, what)| Some(Finding { symptom, what: what? })).collect()
    }

    fn slow(&self, sensor: &SensorFigures) -> Option<String> {
        let median = median_seconds(sensor);
        (median > self.median_max_seconds).then(|| {
            format!(
                "half of the scrapes take {} or more instead of {}",
                ms(median),
                ms(self.clean_median_seconds)
            )
        })
    }

    fn cpu(&self, sensor: &SensorFigures) -> Option<String> {
        let (cores, clean) = (sensor.part.cpu_mean_cores, self.clean.part.cpu_mean_cores);
        (cores > self.cpu_max_cores).then(|| {
            format!("the sensor uses {} % of a core instead of {} %", percent(cores), percent(clean))
        })
    }

    fn memory(&self, sensor: &SensorFigures) -> Option<String> {
        let (bytes, clean) = (sensor.part.memory_max_bytes, self.clean.part.memory_max_bytes);
        let (most, usual) = (mib(bytes as f64), mib(clean as f64));
        (bytes > clean.saturating_add(MEMORY_RISE_BYTES))
            .then(|| format!("the sensor takes up to {most} MiB instead of {usual}"))
    }
}

fn down(sensor: &SensorFigures) -> Option<String> {
    let target = sensor.target.as_ref()?;
    let failed = target.scrapes.made.saturating_sub(target.scrapes.worked);
    (failed > 0).then(|| {
        format!("the target is {}: {failed} of {} scrapes failed", target.state(), target.scrapes.made)
    })
}

fn calls(sensor: &SensorFigures) -> Option<String> {
    let failed = sensor.calls.made.saturating_sub(sensor.calls.answered);
    (failed > 0).then(|| format!("{failed} of {} calls of /sensor failed", sensor.calls.made))
}

fn median_seconds(sensor: &SensorFigures) -> f64 {
    sensor.target.as_ref().and_then(|target| target.scrape_median_seconds).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use crate::sample_report::{run, sensor};

    use super::*;

    #[test]
    fn each_symptom_names_the_faults_that_show_it_alone() {
        let before = run(vec![sensor("sensor", 0, 0, 0.105, 17 << 20, 0.022)]);
        let apart = run(vec![
            sensor(CLEAN, 10, 10, 0.002, 2 << 20, 0.001),
            sensor("content-type", 0, 10, 0.002, 2 << 20, 0.001),
            sensor("cpu-loop", 10, 10, 0.104, 2 << 20, 0.021),
            sensor("payload", 10, 10, 0.008, 17 << 20, 0.002),
            sensor("route-error", 10, 0, 0.002, 2 << 20, 0.001),
        ]);
        let failures = explain(&before, &apart, Duration::from_millis(100));
        let told: Vec<_> = failures.iter().map(|f| (f.what.as_str(), f.faults.join(" "))).collect();
        let expected = [
            ("the target is DOWN: 10 of 10 scrapes failed", "content-type"),
            ("10 of 10 calls of /sensor failed", "route-error"),
            ("half of the scrapes take 105 ms or more instead of 2.0 ms", "cpu-loop"),
            ("the sensor uses 2.2 % of a core instead of 0.10 %", "cpu-loop"),
            ("the sensor takes up to 17.0 MiB instead of 2.0", "payload"),
        ];
        assert_eq!(told, expected.map(|(what, fault)| (what, fault.to_owned())));
    }

    #[test]
    fn what_is_as_usual_needs_no_explanation() {
        let clean = || sensor(CLEAN, 10, 10, 0.002, 2 << 20, 0.001);
        assert_eq!(explain(&run(vec![clean()]), &run(vec![clean()]), Duration::from_millis(100)), []);
    }
}
