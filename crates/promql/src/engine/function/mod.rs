//! Functions of instant vectors and scalars.

pub(super) mod date;
mod histogram_quantile;
pub(super) mod histogram_stat;
mod info;
mod label;
pub(super) mod math;
mod sort;

use model::{LabelSet, civil::Civil};

use super::{
    Error,
    column::{Column, Point, StepSet},
    context::Context,
    evaluate::{self, Scalars},
    grid::Grid,
    plan::{Call, Function, Kind, Node},
    selector::{self, Take},
    series::{Distinct, Series, Sink},
};

/// Evaluates a call that gives an instant vector, and hands its series on.
#[inline(never)]
pub(super) fn vector(
    context: &Context<'_>,
    call: &Call,
    node: &Node,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    match &call.function {
        Function::Math(function) => each_float(context, call, 0, grid, sink, |_, value| function(value)),
        Function::Clamp { min, max } => clamp(context, call, (*min, *max), grid, sink),
        Function::Round => round(context, call, grid, sink),
        Function::Date(function) if call.args.is_empty() => {
            let of_time =
                |(_, time_ms): (usize, i64)| function(&Civil::from_ms(time_ms.div_euclid(1000) * 1000));
            let floats = grid.times().map(of_time).collect();
            emit_floats(floats, sink)
        }
        Function::Date(function) => {
            each_float(context, call, 0, grid, sink, |_, value| function(&date::of_seconds(value)))
        }
        Function::Absent(labels) => absent(context, call, labels, grid, sink),
        Function::Vector => {
            let floats = evaluate::scalar(context, arg(call, 0)?, grid)?.into_floats(grid.steps);
            emit_floats(floats, sink)
        }
        Function::Timestamp => timestamp(context, call, Take::Timestamp, grid, sink),
        Function::StartTimestamp => timestamp(context, call, Take::StartTimestamp, grid, sink),
        Function::Sort { descending } => sort::by_value(context, call, *descending, node.span, grid, sink),
        Function::SortByLabel { descending } => {
            sort::by_label(context, call, *descending, node.span, grid, sink)
        }
        Function::LabelReplace => label::replace(context, call, grid, sink),
        Function::LabelJoin => label::join(context, call, grid, sink),
        Function::Info => info::vector(context, call, grid, sink),
        Function::OfHistogram(figure) => histogram_stat::vector(context, call, *figure, grid, sink),
        Function::HistogramFraction => histogram_quantile::fraction(context, call, grid, sink),
        Function::HistogramQuantile => histogram_quantile::quantile(context, call, grid, sink),
        Function::HistogramQuantiles => histogram_quantile::quantiles(context, call, grid, sink),
        Function::Scalar | Function::Time | Function::MaxOf | Function::MinOf => {
            Err(Error::execution("expected a function that gives an instant vector"))
        }
    }
}

/// Evaluates a call that gives a scalar.
#[inline(never)]
pub(super) fn scalar(context: &Context<'_>, call: &Call, grid: Grid) -> Result<Scalars, Error> {
    match &call.function {
        Function::Math(constant) => Ok(Scalars::Constant(constant(0.0))),
        Function::Time => {
            Ok(Scalars::Steps(grid.times().map(|(_, time_ms)| time_ms as f64 / 1000.0).collect()))
        }
        Function::MaxOf | Function::MinOf => {
            let (a, b) = (scalar_arg(context, call, 0, grid)?, scalar_arg(context, call, 1, grid)?);
            let max = matches!(call.function, Function::MaxOf);
            let of = if max { math::max_of } else { math::min_of };
            Ok(Scalars::Steps((0..grid.steps).map(|step| of(a.at(step), b.at(step))).collect()))
        }
        Function::Scalar => only_float(context, call, grid),
        _ => Err(Error::execution("expected a function that gives a scalar")),
    }
}

/// An argument, which the parser has checked to be there.
fn arg(call: &Call, at: usize) -> Result<&Node, Error> {
    call.args.get(at).ok_or_else(|| Error::execution("a function lacks an argument"))
}

fn scalar_arg(context: &Context<'_>, call: &Call, at: usize, grid: Grid) -> Result<Scalars, Error> {
    evaluate::scalar(context, arg(call, at)?, grid)
}

fn string_arg(call: &Call, at: usize) -> Result<&str, Error> {
    match &arg(call, at)?.kind {
        Kind::String(text) => Ok(text),
        _ => Err(Error::execution("expected a string")),
    }
}

fn emit_floats(floats: Vec<f64>, sink: Sink<'_>) -> Result<(), Error> {
    sink(Series { labels: LabelSet::empty(), drop_name: false, column: Column::from_floats(floats) })
}

/// Changes each float of an argument; histograms and names are dropped.
#[inline(never)]
fn each_float(
    context: &Context<'_>,
    call: &Call,
    at: usize,
    grid: Grid,
    sink: Sink<'_>,
    change: impl Fn(usize, f64) -> f64,
) -> Result<(), Error> {
    let node = arg(call, at)?;
    let mut distinct = Distinct::new(context, node.distinct, grid.steps);
    evaluate::vector(context, node, grid, &mut |mut series| {
        series.column.drop_histograms();
        series.column.change_floats(&change);
        if series.column.is_absent() {
            return Ok(());
        }
        series.drop_name(context);
        distinct.check(context, &series)?;
        sink(series)
    })
}

#[inline(never)]
fn clamp(
    context: &Context<'_>,
    call: &Call,
    (min, max): (Option<usize>, Option<usize>),
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    let bound = |at: Option<usize>, none: f64| match at {
        Some(at) => scalar_arg(context, call, at, grid),
        None => Ok(Scalars::Constant(none)),
    };
    let (min, max) = (bound(min, f64::NEG_INFINITY)?, bound(max, f64::INFINITY)?);
    let node = arg(call, 0)?;
    let mut distinct = Distinct::new(context, node.distinct, grid.steps);
    evaluate::vector(context, node, grid, &mut |mut series| {
        series.column.drop_histograms();
        let is_inverted = |step| max.at(step) < min.at(step);
        series.column.retain(|step| !is_inverted(step));
        series
            .column
            .change_floats(|step, value| math::max_of(min.at(step), math::min_of(max.at(step), value)));
        if series.column.is_absent() {
            return Ok(());
        }
        series.drop_name(context);
        distinct.check(context, &series)?;
        sink(series)
    })
}

fn round(context: &Context<'_>, call: &Call, grid: Grid, sink: Sink<'_>) -> Result<(), Error> {
    let to_nearest = match call.args.get(1) {
        Some(node) => evaluate::scalar(context, node, grid)?,
        None => Scalars::Constant(1.0),
    };
    each_float(context, call, 0, grid, sink, |step, value| {
        // By the inverse there are fewer surprises from rounding.
        let inverse = 1.0 / to_nearest.at(step);
        (value * inverse + 0.5).floor() / inverse
    })
}

#[inline(never)]
fn absent(
    context: &Context<'_>,
    call: &Call,
    labels: &LabelSet,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    let mut present = StepSet::new(grid.steps);
    evaluate::vector(context, arg(call, 0)?, grid, &mut |series| {
        series.column.iter().for_each(|(step, _)| {
            present.insert(step);
        });
        Ok(())
    })?;
    let mut column = Column::new(grid.steps);
    for step in (0..grid.steps).filter(|&step| !present.contains(step)) {
        column.set_float(step, 1.0);
    }
    if column.is_absent() {
        return Ok(());
    }
    sink(Series { labels: labels.clone(), drop_name: false, column })
}

/// The only float of a vector at each step; NaN where there are several or none.
#[inline(never)]
fn only_float(context: &Context<'_>, call: &Call, grid: Grid) -> Result<Scalars, Error> {
    let mut found = vec![(0usize, f64::NAN); grid.steps];
    evaluate::vector(context, arg(call, 0)?, grid, &mut |series| {
        for (step, point) in series.column.iter() {
            if let (Point::Float(value), Some(slot)) = (point, found.get_mut(step)) {
                *slot = (slot.0 + 1, value);
            }
        }
        Ok(())
    })?;
    let only = |(count, value)| if count == 1 { value } else { f64::NAN };
    Ok(Scalars::Steps(found.into_iter().map(only).collect()))
}

/// The times of the samples that a selector finds; for anything else, that of the evaluation.
#[inline(never)]
fn timestamp(
    context: &Context<'_>,
    call: &Call,
    take: Take,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    let node = arg(call, 0)?;
    let mut distinct = Distinct::new(context, node.distinct, grid.steps);
    let mut emit = |mut series: Series| {
        series.drop_name(context);
        distinct.check(context, &series)?;
        sink(series)
    };
    if let Kind::Vector(selector) = &node.kind {
        if take == Take::StartTimestamp && !context.options.start_timestamps {
            return Ok(());
        }
        return selector::taking(context, selector, take, grid, &mut emit);
    }
    evaluate::vector(context, node, grid, &mut |mut series| {
        if take == Take::StartTimestamp {
            return Ok(());
        }
        let present: Vec<usize> = series.column.iter().map(|(step, _)| step).collect();
        series.column = Column::new(grid.steps);
        for step in present {
            series.column.set_float(step, grid.at(step) as f64 / 1000.0);
        }
        emit(series)
    })
}
