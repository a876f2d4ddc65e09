//! What an exposition says about a metric beside its samples.

use std::{fmt, sync::Arc};

/// The type of a metric family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MetricType {
    /// Only goes up, or back to zero.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Buckets, sum and count.
    Histogram,
    /// Buckets of things that can go down.
    GaugeHistogram,
    /// Quantiles, sum and count.
    Summary,
    /// A constant 1 whose labels are the information.
    Info,
    /// One of several states.
    StateSet,
    /// Nothing was said.
    #[default]
    Unknown,
}

impl MetricType {
    /// All types by their numbers in remote write.
    pub const NUMBERED: [Self; 8] = [
        Self::Unknown,
        Self::Counter,
        Self::Gauge,
        Self::Histogram,
        Self::GaugeHistogram,
        Self::Summary,
        Self::Info,
        Self::StateSet,
    ];

    /// The word that the API and the exposition formats use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::GaugeHistogram => "gaugehistogram",
            Self::Summary => "summary",
            Self::Info => "info",
            Self::StateSet => "stateset",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for MetricType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Type, help and unit of a metric family.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Metadata {
    /// Its type.
    pub kind: MetricType,
    /// The text after `# HELP`.
    pub help: Box<str>,
    /// The text after `# UNIT`; empty when not given.
    pub unit: Box<str>,
}

/// What is said about one metric family.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FamilyMetadata {
    /// Name of the family.
    pub metric: Box<str>,
    /// Its type, help and unit.
    pub metadata: Metadata,
}

/// Lists what is known about metric families.
pub trait MetadataQueryable: Send + Sync {
    /// What was said last about each family, in the order of their names.
    fn metadata(&self) -> Vec<Arc<FamilyMetadata>>;

    /// What was said last about one family.
    fn metadata_of(&self, metric: &str) -> Option<Arc<FamilyMetadata>>;
}
