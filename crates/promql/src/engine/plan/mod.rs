//! A query made ready: durations and `@` are numbers, parentheses are gone, functions are known, and each part
//! knows whether it has the same value at all steps.

mod build;
mod call;
mod duration;

use std::fmt;

use model::{LabelSet, METRIC_NAME, MatchOp, Matcher, Projection, civil::Civil};

pub(super) use build::{QueryTimes, build, is_metadata};
pub(super) use call::labels_of_absent_range;

use super::range_function::RangeFunction;
use crate::syntax::{
    ValueType,
    ast::{AggregateOp, BinaryOp, Extended, Span, VectorMatching},
};

/// A part of a query.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// Its place in the text, for notes.
    pub(super) span: Span,
    pub(super) value_type: ValueType,
    /// It has the same value at all steps.
    pub(super) invariant: bool,
    /// No two of its series differ only in what is dropped with the metric name.
    pub(super) distinct: bool,
}

#[derive(Debug)]
pub(super) enum Kind {
    Number(f64),
    String(Box<str>),
    Negate(Box<Node>),
    Binary(Box<Binary>),
    Aggregate(Box<Aggregate>),
    Call(Box<Call>),
    RangeCall(Box<RangeCall>),
    Vector(Box<Selector>),
    Matrix(Box<Range>),
}

#[derive(Debug)]
pub(super) struct Binary {
    pub(super) op: BinaryOp,
    pub(super) lhs: Node,
    pub(super) rhs: Node,
    pub(super) return_bool: bool,
    pub(super) matching: Option<VectorMatching>,
}

#[derive(Debug)]
pub(super) struct Aggregate {
    pub(super) op: AggregateOp,
    pub(super) expr: Node,
    pub(super) param: Option<Node>,
    /// Sorted.
    pub(super) grouping: Vec<Box<str>>,
    pub(super) without: bool,
}

/// A call of a function of instant vectors and scalars.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) function: Function,
    pub(super) args: Vec<Node>,
}

/// The functions of instant vectors and scalars.
#[derive(Clone, Debug)]
pub(super) enum Function {
    /// Of each float by itself.
    Math(fn(f64) -> f64),
    /// Of each float, or of the time of evaluation, as a time.
    Date(fn(&Civil) -> f64),
    /// Bounds come as arguments at these positions.
    Clamp {
        min: Option<usize>,
        max: Option<usize>,
    },
    Round,
    Absent(LabelSet),
    Scalar,
    Vector,
    Time,
    MaxOf,
    MinOf,
    Timestamp,
    StartTimestamp,
    Sort {
        descending: bool,
    },
    SortByLabel {
        descending: bool,
    },
    LabelReplace,
    LabelJoin,
    Info,
    /// A figure of each native histogram.
    OfHistogram(fn(&model::FloatHistogram) -> f64),
    HistogramFraction,
    HistogramQuantile,
    HistogramQuantiles,
}

/// A call of a function of a range vector.
#[derive(Debug)]
pub(super) struct RangeCall {
    pub(super) function: RangeFunction,
    pub(super) range: Range,
    /// The scalar arguments in order.
    pub(super) scalars: Vec<Node>,
    /// Where notes about it point: at the first argument.
    pub(super) note_span: Span,
}

/// A range vector.
#[derive(Debug)]
pub(super) struct Range {
    /// Its place in the text.
    pub(super) span: Span,
    pub(super) source: Source,
    pub(super) range_ms: i64,
    pub(super) at_ms: Option<i64>,
    pub(super) offset_ms: i64,
    pub(super) extended: Extended,
}

/// Where the samples of a range vector come from.
#[derive(Debug)]
pub(super) enum Source {
    /// From the store.
    Selector(Box<Selector>),
    /// From an expression, evaluated every so many milliseconds.
    Subquery { expr: Box<Node>, step_ms: i64 },
}

/// A selection of series, and the times of the samples that can matter.
#[derive(Debug)]
pub(super) struct Selector {
    pub(super) matchers: Vec<Matcher>,
    pub(super) at_ms: Option<i64>,
    pub(super) offset_ms: i64,
    pub(super) extended: Extended,
    pub(super) mint_ms: i64,
    pub(super) maxt_ms: i64,
    /// The labels that matter of its series; `None` for all.
    pub(super) labels: Option<Projection>,
    /// Of native histograms only count and sum are wanted, and whether there was a counter reset.
    pub(super) statistics_only: bool,
}

impl Selector {
    /// The time that it looks at for an evaluation time.
    pub(super) fn reference_ms(&self, time_ms: i64) -> i64 {
        self.at_ms.unwrap_or(time_ms).saturating_sub(self.offset_ms)
    }

    fn has_one_name(&self) -> bool {
        let names = |m: &Matcher| m.name() == METRIC_NAME && m.op() == MatchOp::Equal;
        self.matchers.iter().any(names)
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("selector {")?;
        for (n, matcher) in self.matchers.iter().enumerate() {
            let comma = if n > 0 { "," } else { "" };
            write!(f, "{comma}{matcher}")?;
        }
        f.write_str("}")
    }
}

impl Range {
    /// The end of the window for an evaluation time.
    pub(super) fn end_ms(&self, time_ms: i64) -> i64 {
        self.at_ms.unwrap_or(time_ms).saturating_sub(self.offset_ms)
    }
}
