//! Evaluates plans: each part hands its series on, one after the other, to whoever uses them.

use model::LabelSet;

use super::{
    Error, aggregate, binary,
    column::{Column, Point},
    context::Context,
    explain, function,
    grid::Grid,
    plan::{Kind, Node},
    range_function, selector,
    series::{Distinct, Series, Sink},
};
use crate::syntax::ValueType;

/// Evaluates an instant vector and hands its series on. A series may come in several pieces that have no step
/// in common.
pub(super) fn vector(context: &Context<'_>, node: &Node, grid: Grid, sink: Sink<'_>) -> Result<(), Error> {
    context.check()?;
    context.check_stack()?;
    if grid.steps == 0 {
        return Ok(());
    }
    if node.invariant && grid.steps > 1 {
        return vector(context, node, grid.once(), &mut |series| {
            let mut held = context.hold();
            held.grow(grid.steps * size_of::<f64>(), 0, &"a value that is the same at all steps")?;
            sink(Series { column: series.column.repeat(grid.steps), ..series })
        });
    }
    match &context.explanation {
        Some(explanation) => explain::vector(context, explanation, (node, grid), of_kind, sink),
        None => of_kind(context, node, grid, sink),
    }
}

#[inline]
fn of_kind(context: &Context<'_>, node: &Node, grid: Grid, sink: Sink<'_>) -> Result<(), Error> {
    match &node.kind {
        Kind::Vector(selector) => selector::series(context, selector, node.span, grid, sink),
        Kind::Negate(inner) => negate(context, inner, grid, sink),
        Kind::Binary(expr) => binary::vector(context, expr, node.span, grid, sink),
        Kind::Aggregate(aggregate) => aggregate::vector(context, aggregate, node.span, grid, sink),
        Kind::RangeCall(call) => range_function::vector(context, call, node.distinct, grid, sink),
        Kind::Call(call) => function::vector(context, call, node, grid, sink),
        Kind::Number(_) | Kind::String(_) | Kind::Matrix(_) => {
            Err(Error::execution(format!("expected an instant vector, got {:?}", node.value_type)))
        }
    }
}

#[inline(never)]
fn negate(context: &Context<'_>, inner: &Node, grid: Grid, sink: Sink<'_>) -> Result<(), Error> {
    let mut distinct = Distinct::new(context, inner.distinct, grid.steps);
    vector(context, inner, grid, &mut |mut series| {
        series.drop_name(context);
        distinct.check(context, &series)?;
        let negative: Vec<_> = histograms(&series.column).map(|(step, h)| (step, (**h).clone())).collect();
        series.column.change_floats(|_, value| -value);
        for (step, mut histogram) in negative {
            histogram.scale(-1.0);
            series.column.set_histogram(step, histogram.into());
        }
        sink(series)
    })
}

/// The histograms of a column with their steps.
pub(super) fn histograms(
    column: &Column,
) -> impl Iterator<Item = (usize, &std::sync::Arc<model::FloatHistogram>)> {
    let points = column.has_histograms().then(|| column.iter()).into_iter().flatten();
    points.filter_map(|(step, point)| match point {
        Point::Histogram(histogram) => Some((step, histogram)),
        Point::Float(_) => None,
    })
}

/// The values of a scalar at the steps of a grid.
#[derive(Clone, Debug)]
pub(super) enum Scalars {
    Constant(f64),
    /// One for each step.
    Steps(Vec<f64>),
}

impl Scalars {
    pub(super) fn at(&self, step: usize) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Steps(values) => values.get(step).copied().unwrap_or(f64::NAN),
        }
    }

    fn map(self, change: impl Fn(f64) -> f64) -> Self {
        match self {
            Self::Constant(value) => Self::Constant(change(value)),
            Self::Steps(values) => Self::Steps(values.into_iter().map(change).collect()),
        }
    }

    fn zip(&self, other: &Self, steps: usize, combine: impl Fn(f64, f64) -> f64) -> Self {
        match (self, other) {
            (Self::Constant(a), Self::Constant(b)) => Self::Constant(combine(*a, *b)),
            _ => Self::Steps((0..steps).map(|step| combine(self.at(step), other.at(step))).collect()),
        }
    }

    /// One value for each step.
    pub(super) fn into_floats(self, steps: usize) -> Vec<f64> {
        match self {
            Self::Constant(value) => vec![value; steps],
            Self::Steps(values) => values,
        }
    }
}

/// Evaluates a scalar.
pub(super) fn scalar(context: &Context<'_>, node: &Node, grid: Grid) -> Result<Scalars, Error> {
    context.check()?;
    context.check_stack()?;
    if node.invariant && grid.steps > 1 {
        let value = scalar(context, node, grid.once())?.at(0);
        return Ok(Scalars::Constant(value));
    }
    match &node.kind {
        Kind::Number(value) => Ok(Scalars::Constant(*value)),
        Kind::Negate(inner) => Ok(scalar(context, inner, grid)?.map(|value| -value)),
        Kind::Binary(expr) => {
            let (lhs, rhs) = (scalar(context, &expr.lhs, grid)?, scalar(context, &expr.rhs, grid)?);
            Ok(lhs.zip(&rhs, grid.steps, |l, r| binary::scalars(expr.op, l, r)))
        }
        Kind::Call(call) => function::scalar(context, call, grid),
        _ => Err(Error::execution(format!("expected a scalar, got {:?}", node.value_type))),
    }
}

/// Evaluates a scalar or an instant vector as series.
pub(super) fn any(context: &Context<'_>, node: &Node, grid: Grid, sink: Sink<'_>) -> Result<(), Error> {
    if node.value_type != ValueType::Scalar {
        return vector(context, node, grid, sink);
    }
    if grid.steps == 0 {
        return Ok(());
    }
    let mut held = context.hold();
    held.grow(grid.steps * size_of::<f64>(), 0, &"a scalar at all steps")?;
    let floats = scalar(context, node, grid)?.into_floats(grid.steps);
    sink(Series { labels: LabelSet::empty(), drop_name: false, column: Column::from_floats(floats) })
}
