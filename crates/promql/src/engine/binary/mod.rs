//! Binary operators.

mod element;
mod matching;
mod set;

use super::{
    Error,
    column::{Column, Point},
    context::Context,
    evaluate::{self, Scalars},
    grid::Grid,
    plan::{Binary, Node},
    series::{Distinct, Sink},
    value::SampleValue,
};
use crate::syntax::{
    ValueType,
    ast::{BinaryOp, Span},
};
use element::Refusal;
pub(super) use element::is_arithmetic;

/// Evaluates an operation with at least one vector and hands its series on.
#[inline(never)]
pub(super) fn vector(
    context: &Context<'_>,
    expr: &Binary,
    span: Span,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    let is_scalar = |node: &Node| node.value_type == ValueType::Scalar;
    match (is_scalar(&expr.lhs), is_scalar(&expr.rhs), &expr.matching) {
        (true, true, _) => Err(Error::execution("expected an instant vector")),
        (true, false, _) => {
            let scalar = evaluate::scalar(context, &expr.lhs, grid)?;
            with_scalar(context, (expr, span), &expr.rhs, (&scalar, true), grid, sink)
        }
        (false, true, _) => {
            let scalar = evaluate::scalar(context, &expr.rhs, grid)?;
            with_scalar(context, (expr, span), &expr.lhs, (&scalar, false), grid, sink)
        }
        (false, false, None) => Err(Error::execution("a binary operation of vectors lacks its matching")),
        (false, false, Some(matching)) => match expr.op {
            BinaryOp::And => set::and(context, expr, matching, grid, sink),
            BinaryOp::Unless => set::unless(context, expr, matching, grid, sink),
            BinaryOp::Or => set::or(context, expr, matching, grid, sink),
            _ => matching::vector(context, expr, matching, span, grid, sink),
        },
    }
}

/// An operation of two scalars; a comparison gives 0 or 1.
pub(super) fn scalars(op: BinaryOp, lhs: f64, rhs: f64) -> f64 {
    match element::compare(op, lhs, rhs) {
        Some(holds) => f64::from(u8::from(holds)),
        None => element::arithmetic(op, lhs, rhs).unwrap_or(f64::NAN),
    }
}

/// An operation of a vector and a scalar, which stands on the left if so said.
#[inline(never)]
fn with_scalar(
    context: &Context<'_>,
    (expr, span): (&Binary, Span),
    node: &Node,
    (scalar, on_left): (&Scalars, bool),
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    let drops_name = element::is_arithmetic(expr.op) || expr.return_bool;
    let mut distinct = Distinct::new(context, node.distinct || !drops_name, grid.steps);
    evaluate::vector(context, node, grid, &mut |mut series| {
        if series.column.has_histograms() {
            series.column = with_histograms(context, (expr, span), &series.column, (scalar, on_left));
        } else {
            floats(expr, &mut series.column, scalar, on_left);
        }
        if series.column.is_absent() {
            return Ok(());
        }
        if drops_name {
            series.drop_name(context);
            distinct.check(context, &series)?;
        }
        sink(series)
    })
}

fn floats(expr: &Binary, column: &mut Column, scalar: &Scalars, on_left: bool) {
    let op = expr.op;
    let operands = |step: usize, value: f64| {
        let scalar = scalar.at(step);
        if on_left { (scalar, value) } else { (value, scalar) }
    };
    if element::is_arithmetic(op) {
        column.change_floats(|step, value| {
            let (l, r) = operands(step, value);
            element::arithmetic(op, l, r).unwrap_or(f64::NAN)
        });
    } else if expr.return_bool {
        column.change_floats(|step, value| {
            let (l, r) = operands(step, value);
            f64::from(u8::from(element::compare(op, l, r).unwrap_or(false)))
        });
    } else {
        let keep: Vec<bool> = (0..column.steps())
            .map(|step| match column.get(step) {
                Some(Point::Float(value)) => {
                    let (l, r) = operands(step, value);
                    element::compare(op, l, r).unwrap_or(false)
                }
                _ => false,
            })
            .collect();
        column.retain(|step| keep.get(step).copied().unwrap_or(false));
    }
}

fn with_histograms(
    context: &Context<'_>,
    (expr, span): (&Binary, Span),
    column: &Column,
    (scalar, on_left): (&Scalars, bool),
) -> Column {
    let mut result = Column::new(column.steps());
    for (step, point) in column.iter() {
        let scalar = Point::Float(scalar.at(step));
        let (l, r) = if on_left { (scalar, point) } else { (point, scalar) };
        match element::apply(expr.op, l, r, (context, span)) {
            Ok(applied) if expr.return_bool => {
                result.set_float(step, f64::from(u8::from(applied.keep)));
            }
            Ok(applied) if applied.keep => {
                // A comparison keeps the value of the vector, on whichever side it stands.
                let of_vector = expr.op.is_comparison().then(|| point.to_value());
                result.set(step, of_vector.unwrap_or(applied.value));
            }
            Ok(_) => {}
            Err(refusal) => note_refusal(context, span, expr.op, refusal),
        }
    }
    result
}

fn note_refusal(context: &Context<'_>, span: Span, op: BinaryOp, refusal: Refusal) {
    context.note(refusal.to_note(op), span);
}

/// The result of an operation, and whether a comparison holds.
struct Applied {
    value: SampleValue,
    keep: bool,
}
