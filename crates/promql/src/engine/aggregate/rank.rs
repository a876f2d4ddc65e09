//! `topk` and `bottomk`.

use std::cmp::Ordering;

use super::{Param, discard, evaluate, group::Groups};
use crate::{
    engine::{
        Error,
        annotation::Note,
        column::{Column, Point},
        context::Context,
        grid::Grid,
        plan::Aggregate,
        series::{Series, Sink},
    },
    syntax::ast::{AggregateOp, Span},
};

/// A value and the position of its series.
type Entry = (f64, usize);

/// The best entries of a group at one step, the worst of them first, as a heap.
#[derive(Clone, Debug, Default)]
struct Best(Vec<Entry>);

/// True when the first value is worse than the second: NaN always is.
type Worse = fn(f64, f64) -> bool;

fn lower(a: f64, b: f64) -> bool {
    a.is_nan() || a < b
}

fn higher(a: f64, b: f64) -> bool {
    a.is_nan() || a > b
}

impl Best {
    fn offer(&mut self, entry: Entry, k: usize, worse: Worse) {
        if self.0.len() < k {
            self.0.push(entry);
            self.rise(worse);
            return;
        }
        if let Some(worst) = self.0.first_mut() {
            let better = if worst.0.is_nan() {
                !entry.0.is_nan()
            } else {
                !entry.0.is_nan() && worse(worst.0, entry.0)
            };
            if better {
                *worst = entry;
                self.sink(worse);
            }
        }
    }

    fn is_worse(&self, a: usize, b: usize, worse: Worse) -> bool {
        matches!((self.0.get(a), self.0.get(b)), (Some(a), Some(b)) if worse(a.0, b.0))
    }

    /// Moves the last entry up to its place.
    fn rise(&mut self, worse: Worse) {
        let mut at = self.0.len().saturating_sub(1);
        while at > 0 && self.is_worse(at, (at - 1) / 2, worse) {
            self.0.swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    /// Moves the first entry down to its place.
    fn sink(&mut self, worse: Worse) {
        let mut at = 0;
        loop {
            let (left, right) = (2 * at + 1, 2 * at + 2);
            let child = if self.is_worse(right, left, worse) { right } else { left };
            if !self.is_worse(child, at, worse) {
                return;
            }
            self.0.swap(at, child);
            at = child;
        }
    }

    /// The entries, best first.
    fn into_sorted(mut self, worse: Worse) -> Vec<Entry> {
        self.0.sort_by(|a, b| match (a.0.is_nan(), b.0.is_nan()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            _ if worse(b.0, a.0) => Ordering::Less,
            _ if worse(a.0, b.0) => Ordering::Greater,
            _ => Ordering::Equal,
        });
        self.0
    }
}

/// Hands on, of each group, the series that have the highest or lowest values at each step.
#[inline(never)]
pub(super) fn vector(
    context: &Context<'_>,
    aggregate: &Aggregate,
    span: Span,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    let (worse, name): (Worse, _) =
        if aggregate.op == AggregateOp::TopK { (lower, "topk") } else { (higher, "bottomk") };
    let param = Param::evaluate(context, aggregate, grid)?;
    if param.check_count()?.is_none() {
        return discard(context, aggregate, grid);
    }
    let mut held = context.hold();
    let mut groups: Groups<'_, Vec<Best>> = Groups::new(aggregate);
    let mut all: Vec<Series> = Vec::new();
    evaluate::vector(context, &aggregate.expr, grid, &mut |series| {
        held.grow(size_of::<Series>(), 0, &"the series of an aggregation")?;
        let make = || {
            held.grow(grid.steps * size_of::<Best>(), 0, &"the groups of an aggregation")?;
            Ok(vec![Best::default(); grid.steps])
        };
        let Some(group) = groups.of::<Error>(&series.labels, make)? else {
            return Ok(());
        };
        let mut grown = 0;
        for (step, point) in series.column.iter() {
            let k = param.values.at(step);
            let Point::Float(value) = point else {
                if k >= 1.0 {
                    context.note(Note::IgnoredInAggregation(name), span);
                }
                continue;
            };
            if let Some(best) = group.get_mut(step).filter(|_| k >= 1.0) {
                let before = best.0.len();
                best.offer((value, all.len()), k as usize, worse);
                grown += best.0.len() - before;
            }
        }
        held.grow(grown * 2 * size_of::<Entry>(), grown, &"the samples of an aggregation")?;
        all.push(Series { column: Column::default(), ..series });
        context.tick(grid.steps)
    })?;
    emit(groups.groups.into_iter().map(|(_, best)| best), all, grid, worse, sink)
}

fn emit(
    groups: impl Iterator<Item = Vec<Best>>,
    mut all: Vec<Series>,
    grid: Grid,
    worse: Worse,
    sink: Sink<'_>,
) -> Result<(), Error> {
    // At a single step the order of the ranks is kept: groups in turn, best first.
    let mut order = Vec::new();
    for group in groups {
        for (step, best) in group.into_iter().enumerate() {
            for (value, at) in best.into_sorted(worse) {
                let Some(series) = all.get_mut(at) else { continue };
                if series.column.steps() == 0 {
                    series.column = Column::new(grid.steps);
                    order.push(at);
                }
                series.column.set_float(step, value);
            }
        }
    }
    for at in order {
        if let Some(series) = all.get_mut(at) {
            let column = std::mem::take(&mut series.column);
            sink(Series { column, ..series.clone() })?;
        }
    }
    Ok(())
}
