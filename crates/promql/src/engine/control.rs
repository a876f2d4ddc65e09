//! What a caller sets for engine and query.

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use model::{Budget, Clock};

use crate::syntax::Features;

/// Settings that hold for all queries of an engine.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// After this time a query ends with [`super::Error::Timeout`].
    pub timeout: Duration,
    /// Samples that a query may hold at a time.
    pub max_samples: usize,
    /// How far back an instant vector selector looks for a sample.
    pub lookback_delta_ms: i64,
    /// The step of subqueries that name none: the global evaluation interval.
    pub default_step_ms: i64,
    /// The experimental parts of the language that are accepted.
    pub features: Features,
    /// `promql-delayed-name-removal`: metric names are dropped at the end of the evaluation.
    pub delayed_name_removal: bool,
    /// `type-and-unit-labels`: `__type__` and `__unit__` go and come with the metric name.
    pub type_and_unit_labels: bool,
    /// `promql-per-step-stats`: callers may have samples counted by step.
    pub per_step_stats: bool,
    /// `use-start-timestamps`: start timestamps tell of counter resets.
    pub start_timestamps: bool,
}

impl Default for EngineOptions {
    /// What Prometheus does without flags.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(120),
            max_samples: 50_000_000,
            lookback_delta_ms: 300_000,
            default_step_ms: 60_000,
            features: Features::NONE,
            delayed_name_removal: false,
            type_and_unit_labels: false,
            per_step_stats: false,
            start_timestamps: false,
        }
    }
}

/// What a caller sets and holds for one query.
#[derive(Clone)]
pub struct Control {
    /// Set to true by anybody, it ends the query with [`super::Error::Canceled`] within a few milliseconds.
    pub cancel: Arc<AtomicBool>,
    /// Measures the timeout.
    pub clock: Arc<dyn Clock>,
    /// A timeout shorter than the engine's.
    pub timeout: Option<Duration>,
    /// Pays for what the query holds in memory, as [`model::Part::Query`].
    pub budget: Arc<Budget>,
    /// Instead of [`EngineOptions::lookback_delta_ms`].
    pub lookback_delta_ms: Option<i64>,
    /// Counts samples by step as well.
    pub per_step_stats: bool,
    /// Says of each part of the query what it gave and cost, in [`super::Stats::nodes`].
    pub explain: bool,
}
