//! Aggregation operators: series are folded into their groups as they come.

mod count_values;
mod fold;
mod group;
pub(super) mod histogram;
mod limit;
mod rank;

use super::{
    Error,
    context::Context,
    evaluate::{self, Scalars},
    grid::Grid,
    plan::Aggregate,
    series::Sink,
};
use crate::syntax::ast::{AggregateOp, Span};

/// Evaluates an aggregation and hands its series on.
#[inline(never)]
pub(super) fn vector(
    context: &Context<'_>,
    aggregate: &Aggregate,
    span: Span,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    match aggregate.op {
        AggregateOp::Sum => fold::vector::<fold::Sum>(context, aggregate, grid, sink),
        AggregateOp::Avg => fold::vector::<fold::Avg>(context, aggregate, grid, sink),
        AggregateOp::Count => fold::vector::<fold::Count>(context, aggregate, grid, sink),
        AggregateOp::Min => fold::vector::<fold::Min>(context, aggregate, grid, sink),
        AggregateOp::Max => fold::vector::<fold::Max>(context, aggregate, grid, sink),
        AggregateOp::Group => fold::vector::<fold::Group>(context, aggregate, grid, sink),
        AggregateOp::Stddev => fold::vector::<fold::Stddev>(context, aggregate, grid, sink),
        AggregateOp::Stdvar => fold::vector::<fold::Stdvar>(context, aggregate, grid, sink),
        AggregateOp::Quantile => fold::vector::<fold::Quantile>(context, aggregate, grid, sink),
        AggregateOp::CountValues => count_values::vector(context, aggregate, grid, sink),
        AggregateOp::TopK | AggregateOp::BottomK => rank::vector(context, aggregate, span, grid, sink),
        AggregateOp::LimitK | AggregateOp::LimitRatio => limit::vector(context, aggregate, grid, sink),
    }
}

/// The parameter of an aggregation at the steps of a grid.
struct Param {
    values: Scalars,
    min: f64,
    max: f64,
    any_nan: bool,
}

impl Param {
    fn evaluate(context: &Context<'_>, aggregate: &Aggregate, grid: Grid) -> Result<Self, Error> {
        let values = match &aggregate.param {
            Some(param) => evaluate::scalar(context, param, grid)?,
            None => Scalars::Constant(0.0),
        };
        let each = || (0..grid.steps).map(|step| values.at(step));
        let any_nan = each().any(f64::is_nan);
        let min = each().fold(f64::MAX, f64::min);
        let max = each().fold(-f64::MAX, f64::max);
        Ok(Self { values, min, max, any_nan })
    }

    /// Checks a number of samples; `None` when it is below one at all steps.
    fn check_count(&self) -> Result<Option<()>, Error> {
        // What is below this fits 64 bits as an integer.
        const LIMIT: f64 = 9_223_372_036_854_774_784.0;
        if !self.any_nan && self.max < 1.0 {
            return Ok(None);
        }
        if self.any_nan {
            return Err(Error::execution("Parameter value is NaN"));
        }
        let out =
            |value, how| Error::execution(format!("Scalar value {} {how}", model::float::Shortest(value)));
        if self.min <= -LIMIT {
            return Err(out(self.min, "underflows int64"));
        }
        if self.max >= LIMIT {
            return Err(out(self.max, "overflows int64"));
        }
        Ok(Some(()))
    }
}

/// Evaluates the operand for what there is to note about it only.
fn discard(context: &Context<'_>, aggregate: &Aggregate, grid: Grid) -> Result<(), Error> {
    evaluate::vector(context, &aggregate.expr, grid, &mut |_| Ok(()))
}
