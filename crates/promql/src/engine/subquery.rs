//! Subqueries: an expression evaluated on a grid of its own, as the source of a range vector.

use super::{
    Error,
    context::{Context, Held},
    evaluate,
    grid::{Counted, Grid},
    plan::{Node, Range},
    series::{Collector, Series},
};

/// The grid of a subquery: all multiples of its step in the windows of the outer steps.
pub(super) fn grid(context: &Context<'_>, range: &Range, step_ms: i64, outer: Grid) -> Result<Grid, Error> {
    let after_ms = range.end_ms(outer.start_ms).saturating_sub(range.range_ms);
    let end_ms = range.end_ms(outer.end_ms());
    // The first multiple of the step after the start, which is not in the window.
    let mut start_ms = step_ms.saturating_mul(after_ms / step_ms);
    if start_ms <= after_ms {
        start_ms = start_ms.saturating_add(step_ms);
    }
    let grid = Grid::range(start_ms, end_ms, step_ms, context.options.max_samples)?;
    Ok(Grid { counted: Counted::No, ..grid })
}

/// Evaluates the expression; the account is kept along.
#[inline(never)]
pub(super) fn evaluate<'c>(
    context: &'c Context<'_>,
    expr: &Node,
    grid: Grid,
) -> Result<(Vec<Series>, Held<'c>), Error> {
    let mut collector = Collector::new(context, "the series of a subquery");
    evaluate::any(context, expr, grid, &mut |series| collector.push(without_hints(series)))?;
    collector.merged()
}

/// Hints about counter resets hold from one sample of a series to its next, which a subquery may leave out or
/// give twice.
fn without_hints(mut series: Series) -> Series {
    use model::CounterReset::{NotReset, Reset, Unknown};
    let hinted: Vec<_> = evaluate::histograms(&series.column)
        .filter(|(_, histogram)| matches!(histogram.counter_reset, Reset | NotReset))
        .map(|(step, histogram)| {
            (step, model::FloatHistogram { counter_reset: Unknown, ..(**histogram).clone() })
        })
        .collect();
    for (step, histogram) in hinted {
        series.column.set_histogram(step, histogram.into());
    }
    series
}
