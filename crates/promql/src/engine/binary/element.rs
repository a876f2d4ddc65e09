//! Operations of two samples.

use model::FloatHistogram;

use super::Applied;
use crate::{
    engine::{
        annotation::{Note, Operation},
        column::Point,
        context::Context,
        value::SampleValue,
    },
    syntax::ast::{BinaryOp, Span},
};

/// Why an operation of two samples gives nothing.
pub(super) enum Refusal {
    /// It is not defined for these kinds of samples.
    Types { left: &'static str, right: &'static str },
    /// One histogram has custom bounds, the other has not.
    Layout,
    /// One histogram follows a counter reset, the other does not.
    ResetCollision(Operation),
}

impl Refusal {
    pub(super) fn to_note(&self, op: BinaryOp) -> Note {
        let op = op.as_str();
        match *self {
            Self::Types { left, right } => Note::IncompatibleTypes { left, op, right },
            Self::Layout => Note::IncompatibleLayout(op),
            Self::ResetCollision(operation) => Note::ResetCollision(operation),
        }
    }
}

/// True for the operators whose result is another thing than their operands: the metric name goes.
pub(in crate::engine) fn is_arithmetic(op: BinaryOp) -> bool {
    arithmetic(op, 1.0, 1.0).is_some()
}

/// `None` unless the operator is arithmetic.
pub(super) fn arithmetic(op: BinaryOp, l: f64, r: f64) -> Option<f64> {
    Some(match op {
        BinaryOp::Add => l + r,
        BinaryOp::Sub => l - r,
        BinaryOp::Mul => l * r,
        BinaryOp::Div => l / r,
        BinaryOp::Mod => l % r,
        BinaryOp::Pow => l.powf(r),
        BinaryOp::Atan2 => l.atan2(r),
        _ => return None,
    })
}

/// `None` unless the operator compares.
pub(super) fn compare(op: BinaryOp, l: f64, r: f64) -> Option<bool> {
    Some(match op {
        BinaryOp::Equal => l == r,
        BinaryOp::NotEqual => l != r,
        BinaryOp::LessEqual => l <= r,
        BinaryOp::Less => l < r,
        BinaryOp::GreaterEqual => l >= r,
        BinaryOp::Greater => l > r,
        _ => return None,
    })
}

/// Applies an operator to two samples; what was settled on the way is noted.
pub(super) fn apply(
    op: BinaryOp,
    l: Point<'_>,
    r: Point<'_>,
    notes: (&Context<'_>, Span),
) -> Result<Applied, Refusal> {
    match (l, r) {
        (Point::Float(l), Point::Float(r)) => floats(op, l, r),
        (Point::Float(l), Point::Histogram(r)) => match op {
            BinaryOp::Mul => Ok(changed(r, |h| h.scale(l))),
            _ => Err(Refusal::Types { left: "float", right: "histogram" }),
        },
        (Point::Histogram(l), Point::Float(r)) => match op {
            BinaryOp::Mul => Ok(changed(l, |h| h.scale(r))),
            BinaryOp::Div => Ok(changed(l, |h| h.divide(r))),
            BinaryOp::TrimUpper => Ok(kept(l, |h| h.keep_below(r))),
            BinaryOp::TrimLower => Ok(kept(l, |h| h.keep_above(r))),
            _ => Err(Refusal::Types { left: "histogram", right: "float" }),
        },
        (Point::Histogram(l), Point::Histogram(r)) => match op {
            BinaryOp::Add => combined(l, r, Operation::Addition, notes),
            BinaryOp::Sub => combined(l, r, Operation::Subtraction, notes),
            BinaryOp::Equal | BinaryOp::NotEqual => {
                let keep = l.same_bits(r) == (op == BinaryOp::Equal);
                Ok(Applied { value: SampleValue::Histogram(l.clone()), keep })
            }
            _ => Err(Refusal::Types { left: "histogram", right: "histogram" }),
        },
    }
}

fn floats(op: BinaryOp, l: f64, r: f64) -> Result<Applied, Refusal> {
    if let Some(keep) = compare(op, l, r) {
        return Ok(Applied { value: SampleValue::Float(l), keep });
    }
    match arithmetic(op, l, r) {
        Some(value) => Ok(Applied { value: SampleValue::Float(value), keep: true }),
        None => Err(Refusal::Types { left: "float", right: "float" }),
    }
}

fn kept(histogram: &FloatHistogram, change: impl FnOnce(&mut FloatHistogram)) -> Applied {
    let mut histogram = histogram.clone();
    change(&mut histogram);
    Applied { value: SampleValue::Histogram(histogram.into()), keep: true }
}

fn changed(histogram: &FloatHistogram, change: impl FnOnce(&mut FloatHistogram)) -> Applied {
    kept(histogram, |histogram| {
        change(histogram);
        histogram.compact();
    })
}

fn combined(
    l: &FloatHistogram,
    r: &FloatHistogram,
    operation: Operation,
    (context, span): (&Context<'_>, Span),
) -> Result<Applied, Refusal> {
    let mut result = l.clone();
    let combined = match operation {
        Operation::Subtraction => result.sub(r),
        _ => result.add(r),
    };
    let combined = combined.map_err(|_| Refusal::Layout)?;
    if operation == Operation::Subtraction {
        result.counter_reset = model::CounterReset::Gauge;
    }
    if combined.resets_collide {
        return Err(Refusal::ResetCollision(operation));
    }
    if combined.bounds_reconciled {
        context.note(Note::BoundsReconciled(operation), span);
    }
    result.compact();
    Ok(Applied { value: SampleValue::Histogram(result.into()), keep: true })
}
