//! `limitk` and `limit_ratio`: some of the series, whatever their values.

use model::LabelSet;

use super::{Param, discard, evaluate, group::Groups};
use crate::{
    engine::{Error, annotation::Note, context::Context, grid::Grid, plan::Aggregate, series::Sink, xxhash},
    syntax::ast::AggregateOp,
};

/// Hands on some of the series of each group at each step.
#[inline(never)]
pub(super) fn vector(
    context: &Context<'_>,
    aggregate: &Aggregate,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    let param = Param::evaluate(context, aggregate, grid)?;
    if aggregate.op == AggregateOp::LimitK {
        limit_k(context, aggregate, &param, grid, sink)
    } else {
        limit_ratio(context, aggregate, &param, grid, sink)
    }
}

fn limit_k(
    context: &Context<'_>,
    aggregate: &Aggregate,
    param: &Param,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    if param.check_count()?.is_none() {
        return discard(context, aggregate, grid);
    }
    let mut held = context.hold();
    let mut groups: Groups<'_, Vec<u64>> = Groups::new(aggregate);
    evaluate::vector(context, &aggregate.expr, grid, &mut |mut series| {
        let make = || {
            held.grow(grid.steps * size_of::<u64>(), 0, &"the groups of an aggregation")?;
            Ok(vec![0; grid.steps])
        };
        let Some(taken) = groups.of::<Error>(&series.labels, make)? else {
            return Ok(());
        };
        let present: Vec<usize> = series.column.iter().map(|(step, _)| step).collect();
        for step in present {
            match taken.get_mut(step) {
                Some(taken) if (*taken as f64) < param.values.at(step).trunc() => *taken += 1,
                _ => series.column.clear(step),
            }
        }
        if series.column.is_absent() { Ok(()) } else { sink(series) }
    })
}

fn limit_ratio(
    context: &Context<'_>,
    aggregate: &Aggregate,
    param: &Param,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    if param.any_nan {
        return Err(Error::execution("Ratio value is NaN"));
    }
    if param.max == 0.0 && param.min == 0.0 {
        return discard(context, aggregate, grid);
    }
    let span = aggregate.param.as_ref().map(|param| param.span).unwrap_or_default();
    for (got, capped) in [(param.max.max(1.0), 1.0), (param.min.min(-1.0), -1.0)] {
        if got != capped {
            context.note(Note::InvalidRatio { got, capped }, span);
        }
    }
    evaluate::vector(context, &aggregate.expr, grid, &mut |mut series| {
        let place = place(&series.labels);
        series.column.retain(|step| {
            let ratio = param.values.at(step).clamp(-1.0, 1.0);
            if ratio >= 0.0 { place < ratio } else { place >= 1.0 + ratio }
        });
        if series.column.is_absent() { Ok(()) } else { sink(series) }
    })
}

/// The place of a series among all, from 0 to 1: by the hash that Prometheus takes, so that both choose the same.
fn place(labels: &LabelSet) -> f64 {
    let mut bytes = Vec::with_capacity(labels.as_bytes().len() + 16);
    for text in labels.iter().flat_map(|(name, value)| [name, value]) {
        match u8::try_from(text.len()) {
            Ok(length) if length < u8::MAX => bytes.push(length),
            _ => {
                bytes.push(u8::MAX);
                bytes.extend(text.len().to_le_bytes().into_iter().take(3));
            }
        }
        bytes.extend_from_slice(text.as_bytes());
    }
    xxhash::xxh64(&bytes) as f64 / u64::MAX as f64
}
