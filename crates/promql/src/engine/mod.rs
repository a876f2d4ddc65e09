//! Evaluates trees over the querier trait, series by series over the step grid.

mod control;
mod error;
mod value;

pub use control::{Control, EngineOptions};
pub use error::Error;
pub use value::{MatrixSeries, SampleValue, Value, VectorSample};

/// A query's answer.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The value.
    pub value: Value,
    /// Warnings, each with its position in the text.
    pub warnings: Vec<String>,
    /// Infos, each with its position in the text.
    pub infos: Vec<String>,
    /// What the query cost.
    pub stats: Stats,
}

/// What a query cost.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// Samples that were looked at, each as often as it was.
    pub total_samples: u64,
    /// Most samples held at a time.
    pub peak_samples: u64,
    /// [`Stats::total_samples`] by step; empty unless asked for.
    pub samples_per_step: Vec<u64>,
}
