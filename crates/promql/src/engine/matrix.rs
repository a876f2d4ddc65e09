//! Range vectors as the answer of an instant query: the samples themselves.

use model::Sample;

use super::{
    Error, MatrixSeries,
    context::Context,
    explain::Meter,
    feed::Feed,
    grid::Grid,
    plan::{Range, Selector, Source},
    range_function::around,
    selector,
    series::Series,
    smoothed::interpolate,
    subquery,
    value::Points,
    window::{Samples, Window},
};
use crate::syntax::ast::Extended;

/// The samples of a range vector, in label order.
pub(super) fn samples(context: &Context<'_>, range: &Range, grid: Grid) -> Result<Vec<MatrixSeries>, Error> {
    match &range.source {
        Source::Selector(selector) => of_selector(context, range, selector, grid),
        Source::Subquery { expr, step_ms } => {
            let inner = subquery::grid(context, range, *step_ms, grid)?;
            let (series, _held) = subquery::evaluate(context, expr, inner)?;
            for series in &series {
                grid.count(context, 0, series.column.samples());
            }
            let on_grid = |series: Series| {
                let Series { labels, column, .. } = super::finished(context, series);
                MatrixSeries { labels, points: Points::OnGrid { grid: inner, column } }
            };
            Ok(series.into_iter().map(on_grid).collect())
        }
    }
}

fn of_selector(
    context: &Context<'_>,
    range: &Range,
    selector: &Selector,
    grid: Grid,
) -> Result<Vec<MatrixSeries>, Error> {
    let mut held = context.hold();
    let mut all = Vec::new();
    let end_ms = range.end_ms(grid.start_ms);
    let start_ms = end_ms.saturating_sub(range.range_ms);
    let (from_ms, to_ms) = around(context, range, start_ms, end_ms);
    let mut window = Window::new(context);
    let mut meter = context.explanation.as_ref().map(|_| Meter::begin(context, "matrixSelector", range.span));
    selector::each(context, selector, &mut |series, block| {
        let labels = series.labels().clone();
        let mut feed = Feed::of_selector(context, selector, series, block);
        window.reset();
        window.slide(&mut feed, from_ms, to_ms)?;
        if window.is_empty() {
            return Ok(());
        }
        if let Some(meter) = &mut meter {
            meter.count(window.samples());
        }
        grid.count(context, 0, window.samples());
        grid.count_read(context, 0, window.samples());
        held.grow(window.samples() * size_of::<Sample>(), window.samples(), selector)?;
        let floats = match range.extended {
            Extended::No => listed(window.floats()),
            extended if window.histograms().is_empty() => {
                within(window.floats(), start_ms, end_ms, extended == Extended::Smoothed)
            }
            Extended::Anchored => {
                return Err(Error::execution("anchored modifier is not supported with histograms"));
            }
            Extended::Smoothed => {
                return Err(Error::execution("smoothed modifier is not supported with histograms"));
            }
        };
        let histograms =
            window.histograms().iter().map(|(time_ms, h)| (time_ms, h.clone())).collect::<Vec<_>>();
        if !floats.is_empty() || !histograms.is_empty() {
            all.push(MatrixSeries { labels, points: Points::Listed { floats, histograms } });
        }
        Ok(())
    })?;
    if let (Some(meter), Some(explanation)) = (meter, &context.explanation) {
        meter.end(context, explanation);
    }
    all.sort_by(|a, b| a.labels.cmp(&b.labels));
    Ok(all)
}

fn listed(floats: Samples<'_, f64>) -> Vec<Sample> {
    floats.iter().map(|(timestamp_ms, &value)| Sample { timestamp_ms, value }).collect()
}

/// The samples within the window and, at its borders, what `anchored` or `smoothed` take there.
fn within(floats: Samples<'_, f64>, start_ms: i64, end_ms: i64, smoothed: bool) -> Vec<Sample> {
    let all = listed(floats);
    let Some((last_sample, before_last)) = all.split_last() else {
        return Vec::new();
    };
    let first = before_last.partition_point(|s| s.timestamp_ms <= start_ms).saturating_sub(1);
    let last =
        if smoothed { before_last.partition_point(|s| s.timestamp_ms < end_ms) } else { all.len() - 1 };
    let (Some(&left), Some(&right)) = (all.get(first), all.get(last)) else {
        return Vec::new();
    };
    if right.timestamp_ms <= start_ms || last_sample.timestamp_ms <= start_ms {
        return Vec::new();
    }
    let mut at_start = left.value;
    if let Some(&next) = all.get(first + 1).filter(|_| smoothed && left.timestamp_ms < start_ms) {
        at_start = interpolate(left, next, start_ms, false);
    }
    let mut at_end = right.value;
    let before = last.checked_sub(1).and_then(|at| all.get(at));
    if let Some(&before) = before.filter(|_| smoothed && right.timestamp_ms > end_ms) {
        at_end = interpolate(before, right, end_ms, false);
    }
    let inside = all.into_iter().filter(|s| s.timestamp_ms > start_ms && s.timestamp_ms < end_ms);
    let border = |timestamp_ms, value| std::iter::once(Sample { timestamp_ms, value });
    border(start_ms, at_start).chain(inside).chain(border(end_ms, at_end)).collect()
}
