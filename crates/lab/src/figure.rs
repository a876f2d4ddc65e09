//! What was measured. The fields are those of `--json`, described in `docs/lab.md`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    plan::Plan,
    stack::Kind,
    symptom::{self, Symptom},
    track::Track,
};

/// Everything.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// How long each run took.
    pub duration_seconds: f64,
    /// By what the intervals of the story were divided.
    pub speedup: u32,
    /// What the figures of parts are those of.
    pub measured: String,
    /// Whether each part had its limit of memory.
    pub limits: bool,
    /// Gnomon, and Prometheus if it was asked for.
    pub stacks: Vec<StackReport>,
}

/// A stack's runs.
#[derive(Clone, Debug, Serialize)]
pub struct StackReport {
    /// Which stack.
    pub stack: Kind,
    /// All faults at once.
    pub before: Run,
    /// None, and fewer scrapes.
    pub after: Run,
    /// A sensor for each fault, and one without.
    pub apart: Run,
    /// What failed before, and which faults explain it.
    pub failures: Vec<Failure>,
}

/// A run of a stack.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    /// The stack's version; `None` when it had ended.
    pub version: Option<String>,
    /// From one scrape to the next.
    pub interval_ms: i64,
    /// What the stack itself took.
    pub stack: PartFigures,
    /// The sensor services.
    pub sensors: Vec<SensorFigures>,
    /// Stack and sensor services together.
    pub whole: PartFigures,
    /// Scrapes of all targets, the stack itself included; `None` when the stack had ended.
    pub scrapes: Option<Scrapes>,
}

/// What a part took.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PartFigures {
    /// Memory, the mean of all looks.
    pub memory_mean_bytes: f64,
    /// Memory, the most at any time, between two looks too.
    pub memory_max_bytes: u64,
    /// Cores used in the mean.
    pub cpu_mean_cores: f64,
    /// The most cores used within a second.
    pub cpu_max_cores: f64,
    /// How it ended, if it did so before the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// All looks.
    #[serde(skip)]
    pub(crate) track: Track,
}

/// A sensor service and what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct SensorFigures {
    /// The job that scraped it.
    pub job: String,
    /// What it did wrong, as `gnomon sensor --fault` takes it.
    pub faults: Vec<String>,
    /// What it took.
    pub part: PartFigures,
    /// What the stack says of it; `None` when the stack had ended.
    pub target: Option<TargetFigures>,
    /// Calls of `/sensor`.
    pub calls: Calls,
}

/// What a stack says of a target.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TargetFigures {
    /// `up`, `down` or `unknown`, at the end of the run.
    pub health: String,
    /// What went wrong last.
    pub last_error: String,
    /// What that means, from a stack that knows.
    pub cause: String,
    /// What to do about it, from a stack that knows.
    pub cure: String,
    /// Scrapes, by the metric `up`.
    pub scrapes: Scrapes,
    /// Half of the scrapes took no longer; `None` before the first.
    pub scrape_median_seconds: Option<f64>,
    /// 99 of a hundred scrapes took no longer; `None` before the first.
    pub scrape_p99_seconds: Option<f64>,
    /// What the service counted as failed, by reason, if it was scraped.
    pub failed_events: BTreeMap<String, f64>,
}

/// Scrapes by their outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Scrapes {
    /// All.
    pub made: u64,
    /// Those that worked.
    pub worked: u64,
}

/// Calls of `/sensor`, one each scrape interval, as the page of a dashboard makes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Calls {
    /// All.
    pub made: u64,
    /// Those with readings in the answer.
    pub answered: u64,
}

/// Something that failed, or was out of the ordinary, with all faults at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// What kind of failure.
    pub symptom: Symptom,
    /// What it was, with its figures.
    pub what: String,
    /// The faults that show the same when they are alone.
    pub faults: Vec<String>,
}

impl PartFigures {
    pub(crate) fn of(track: &Track) -> Self {
        Self {
            memory_mean_bytes: track.memory_mean_bytes(),
            memory_max_bytes: track.memory_max_bytes(),
            cpu_mean_cores: track.cpu_mean_cores(),
            cpu_max_cores: track.cpu_max_cores(),
            ended: None,
            track: track.clone(),
        }
    }
}

impl TargetFigures {
    /// The state as pages show it: `UP`, `DOWN` or `UNKNOWN`.
    pub(crate) fn state(&self) -> String {
        self.health.to_uppercase()
    }
}

impl Run {
    /// The sensor of a run that has one.
    pub(crate) fn sensor(&self) -> Option<&SensorFigures> {
        self.sensors.first()
    }
}

impl StackReport {
    /// Names the faults behind the failures of the first run.
    pub(crate) fn new(stack: Kind, before: Run, after: Run, apart: Run, plan: &Plan) -> Self {
        let failures = symptom::explain(&before, &apart, plan.cpu_loop);
        Self { stack, before, after, apart, failures }
    }

    /// What a fault explains of the failures before, in a few words.
    pub(crate) fn explained_by(&self, fault: &str) -> String {
        let explained =
            self.failures.iter().filter(|failure| failure.faults.iter().any(|name| name == fault));
        explained.map(|failure| failure.symptom.as_str()).collect::<Vec<_>>().join(", ")
    }
}
