//! The rules, their texts and what to do about each.

use std::fmt;

use model::{MetricType, label::Quoted};

/// The word of a metric's own type, which does not belong into its name; those of other types may.
pub(super) fn type_name(kind: MetricType) -> Option<&'static str> {
    match kind {
        MetricType::Counter => Some("counter"),
        MetricType::Gauge => Some("gauge"),
        MetricType::Summary => Some("summary"),
        MetricType::Histogram => Some("histogram"),
        MetricType::GaugeHistogram => Some("gauge_histogram"),
        _ => None,
    }
}

/// What the name or the labels of a metric break; the text is that of `promtool check metrics`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[allow(missing_docs)] // The texts say what they are.
pub enum Rule {
    Help,
    BaseUnit { base: &'static str, unit: String },
    CounterWithoutTotal,
    Total,
    TimestampSeconds,
    Bucket,
    Count,
    Sum,
    Le,
    Quantile,
    TypeInName(&'static str),
    Colon,
    CamelCaseMetric,
    CamelCaseLabel,
    Abbreviation,
    Duplicate,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::BaseUnit { base, unit } => {
                return write!(f, "use base unit {} instead of {}", Quoted(base), Quoted(unit));
            }
            Self::TypeInName(kind) => return write!(f, "metric name should not include type '{kind}'"),
            Self::Help => "no help text",
            Self::CounterWithoutTotal => "counter metrics should have \"_total\" suffix",
            Self::Total => "non-counter metrics should not have \"_total\" suffix",
            Self::TimestampSeconds => "non-gauge metrics should not have \"_timestamp_seconds\" suffix",
            Self::Bucket => "non-histogram metrics should not have \"_bucket\" suffix",
            Self::Count => "non-histogram and non-summary metrics should not have \"_count\" suffix",
            Self::Sum => "non-histogram and non-summary metrics should not have \"_sum\" suffix",
            Self::Le => "non-histogram metrics should not have \"le\" label",
            Self::Quantile => "non-summary metrics should not have \"quantile\" label",
            Self::Colon => "metric names should not contain ':'",
            Self::CamelCaseMetric => "metric names should be written in 'snake_case' not 'camelCase'",
            Self::CamelCaseLabel => "label names should be written in 'snake_case' not 'camelCase'",
            Self::Abbreviation => "metric names should not contain abbreviated units",
            Self::Duplicate => "metric not unique",
        };
        f.write_str(text)
    }
}

impl Rule {
    /// What to do about it, in a sentence.
    pub fn cure(&self) -> &'static str {
        match self {
            Self::Help => "Let the exporter write a # HELP line for each metric.",
            Self::BaseUnit { .. } => "Expose the value in the base unit, and name that in the metric.",
            Self::CounterWithoutTotal => "Rename the counter so that it ends in _total, or make it a gauge.",
            Self::Total => "Make it a counter if it only goes up, else rename it.",
            Self::TimestampSeconds => "Make it a gauge.",
            Self::Bucket | Self::Count | Self::Sum => {
                "Rename the metric: histograms and summaries have samples that end so."
            }
            Self::Le | Self::Quantile => "Rename the label: histograms and summaries use it.",
            Self::TypeInName(_) => "Leave the type out of the name; # TYPE says it.",
            Self::Colon => "Leave colons to the names of recording rules.",
            Self::CamelCaseMetric | Self::CamelCaseLabel => "Write names in lower case with underscores.",
            Self::Abbreviation => "Write the unit in full: seconds, bytes.",
            Self::Duplicate => "Expose each series once, told apart by its labels.",
        }
    }
}
