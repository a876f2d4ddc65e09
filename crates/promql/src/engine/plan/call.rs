//! Which function of instant vectors and scalars a name stands for.

use model::{LabelSet, LabelSetBuilder, METRIC_NAME, MatchOp, Matcher};

use super::{Function, Kind, Node, Source};
use crate::engine::function::{date, histogram_stat, math};

/// The function of a name, given its arguments.
pub(super) fn lookup(name: &str, args: &[Node]) -> Option<Function> {
    if let Some(function) = math::lookup(name) {
        return Some(Function::Math(function));
    }
    if let Some(function) = date::lookup(name) {
        return Some(Function::Date(function));
    }
    if let Some(function) = histogram_stat::lookup(name) {
        return Some(Function::OfHistogram(function));
    }
    Some(match name {
        "clamp" => Function::Clamp { min: Some(1), max: Some(2) },
        "clamp_min" => Function::Clamp { min: Some(1), max: None },
        "clamp_max" => Function::Clamp { min: None, max: Some(1) },
        "round" => Function::Round,
        "absent" => Function::Absent(args.first().map(labels_when_absent).unwrap_or_default()),
        "scalar" => Function::Scalar,
        "vector" => Function::Vector,
        "time" => Function::Time,
        "pi" => Function::Math(|_| std::f64::consts::PI),
        "max_of" => Function::MaxOf,
        "min_of" => Function::MinOf,
        "timestamp" => Function::Timestamp,
        "start_timestamp" => Function::StartTimestamp,
        "sort" => Function::Sort { descending: false },
        "sort_desc" => Function::Sort { descending: true },
        "sort_by_label" => Function::SortByLabel { descending: false },
        "sort_by_label_desc" => Function::SortByLabel { descending: true },
        "label_replace" => Function::LabelReplace,
        "label_join" => Function::LabelJoin,
        "info" => Function::Info,
        "histogram_fraction" => Function::HistogramFraction,
        "histogram_quantile" => Function::HistogramQuantile,
        "histogram_quantiles" => Function::HistogramQuantiles,
        _ => return None,
    })
}

impl Function {
    /// True when it gives the same at all steps for arguments that are the same at all steps.
    pub(super) fn keeps_invariance(&self, args: &[Node]) -> bool {
        match self {
            Self::Date(_) | Self::Time => false,
            // Of a selector it gives the times of samples, of anything else that of the evaluation.
            Self::Timestamp => args.iter().all(|arg| matches!(arg.kind, Kind::Vector(_))),
            _ => true,
        }
    }
}

/// The labels that a selector demands, for the series that stands for its absence.
pub(in crate::engine) fn labels_when_absent(arg: &Node) -> LabelSet {
    match &arg.kind {
        Kind::Vector(selector) => demanded_labels(&selector.matchers),
        _ => LabelSet::empty(),
    }
}

/// As [`labels_when_absent`], for a range vector.
pub(in crate::engine) fn labels_of_absent_range(source: &Source) -> LabelSet {
    match source {
        Source::Selector(selector) => demanded_labels(&selector.matchers),
        Source::Subquery { .. } => LabelSet::empty(),
    }
}

/// A label that is demanded twice, or otherwise than by equality, is left out.
fn demanded_labels(matchers: &[Matcher]) -> LabelSet {
    let mut labels = LabelSetBuilder::default();
    let mut seen: Vec<&str> = Vec::new();
    for matcher in matchers.iter().filter(|m| m.name() != METRIC_NAME) {
        if matcher.op() == MatchOp::Equal && !seen.contains(&matcher.name()) {
            labels.set(matcher.name(), matcher.value());
            seen.push(matcher.name());
        } else {
            labels.remove(matcher.name());
        }
    }
    labels.build()
}
