//! The story, run by run: a device whose scrapes failed, until its sensor service was mended and scraped less often
//! (`docs/lab.md`).

use std::time::Duration;

use sensor::Fault;

/// How often the sensor was scraped when it had all its faults.
const INTERVAL_BEFORE_MS: i64 = 5_000;
/// How often once it was mended.
const INTERVAL_AFTER_MS: i64 = 15_000;
/// CPU time that a scrape with the CPU loop burnt.
const CPU_LOOP: Duration = Duration::from_millis(100);
/// The sensor of the last run that has no fault, to compare the others with.
pub(crate) const CLEAN: &str = "none";

/// Three runs.
#[derive(Debug)]
pub(crate) struct Plan {
    /// All faults at once.
    pub before: Phase,
    /// No fault, and fewer scrapes.
    pub after: Phase,
    /// A sensor for each fault and one without, all scraped as before.
    pub apart: Phase,
    /// CPU time that the loop burns in a scrape.
    pub cpu_loop: Duration,
}

/// A run.
#[derive(Debug)]
pub(crate) struct Phase {
    /// `before`, `after` or `apart`.
    pub name: &'static str,
    /// From one scrape to the next.
    pub interval_ms: i64,
    /// The sensors, each with its job's name.
    pub sensors: Vec<SensorPlan>,
}

/// A sensor service.
#[derive(Debug)]
pub(crate) struct SensorPlan {
    /// Name of the job that scrapes it.
    pub job: String,
    /// What it does wrong.
    pub faults: Vec<Fault>,
}

impl Plan {
    /// The story, with its intervals divided by `speedup`. So is the CPU loop: its share of a core stays what it was.
    pub(crate) fn new(speedup: u32) -> Self {
        let speedup = speedup.max(1);
        let interval_ms = |ms: i64| (ms / i64::from(speedup)).max(1);
        // Faults are told to the service in whole milliseconds.
        let cpu_loop = Duration::from_millis((CPU_LOOP / speedup).as_millis().max(1) as u64);
        let faults = [Fault::ContentType, Fault::Payload, Fault::CpuLoop(cpu_loop), Fault::RouteError];
        let sensor =
            |job: &str, faults: &[Fault]| SensorPlan { job: job.to_owned(), faults: faults.to_vec() };
        let mut apart = vec![sensor(CLEAN, &[])];
        apart.extend(faults.iter().map(|fault| sensor(name(*fault), &[*fault])));
        let before_ms = interval_ms(INTERVAL_BEFORE_MS);
        Self {
            before: Phase {
                name: "before",
                interval_ms: before_ms,
                sensors: vec![sensor("sensor", &faults)],
            },
            after: Phase {
                name: "after",
                interval_ms: interval_ms(INTERVAL_AFTER_MS),
                sensors: vec![sensor("sensor", &[])],
            },
            apart: Phase { name: "apart", interval_ms: before_ms, sensors: apart },
            cpu_loop,
        }
    }
}

/// The fault's name without its strength.
fn name(fault: Fault) -> &'static str {
    match fault {
        Fault::ContentType => "content-type",
        Fault::CpuLoop(_) => "cpu-loop",
        Fault::Payload => "payload",
        Fault::RouteError => "route-error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_divides_intervals_and_the_loop() {
        let plan = Plan::new(10);
        assert_eq!((plan.before.interval_ms, plan.after.interval_ms), (500, 1_500));
        assert_eq!(plan.cpu_loop, Duration::from_millis(10));
        let jobs: Vec<_> = plan.apart.sensors.iter().map(|sensor| sensor.job.as_str()).collect();
        assert_eq!(jobs, ["none", "content-type", "payload", "cpu-loop", "route-error"]);
        assert_eq!(Plan::new(1_000).cpu_loop, Duration::from_millis(1));
    }
}
