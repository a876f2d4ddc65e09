//! `smoothed` instant vector selectors: values between the samples around each step.

use std::sync::Arc;

use model::{CounterReset, FloatHistogram, Sample, histogram::IncompatibleSchemas};

use super::{
    Error,
    annotation::{Note, Operation},
    column::Column,
    context::Context,
    feed::Feed,
    grid::Grid,
    plan::Selector,
    selector,
    series::{Series, Sink},
    value::SampleValue,
    window::Window,
};
use crate::syntax::ast::Span;

/// Hands on the series of a selector with `smoothed`.
pub(super) fn series(
    context: &Context<'_>,
    selector: &Selector,
    span: Span,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<(), Error> {
    let lookback_ms = context.lookback_delta_ms;
    let mut window = Window::new(context);
    selector::each(context, selector, &mut |series, block| {
        let labels = series.labels().clone();
        let name = labels.metric_name();
        let mut feed = Feed::of_selector(context, selector, series, block);
        let mut column = Column::new(grid.steps);
        window.reset();
        for (step, time_ms) in grid.times() {
            let at_ms = selector.reference_ms(time_ms);
            let (from_ms, to_ms) = (at_ms.saturating_sub(lookback_ms), at_ms.saturating_add(lookback_ms));
            window.slide(&mut feed, from_ms, to_ms)?;
            let value = match (window.floats().is_empty(), window.histograms().is_empty()) {
                (true, true) => None,
                (false, false) => {
                    context.note(Note::MixedFloatsHistograms(name.to_owned()), span);
                    None
                }
                (false, true) => float(&window, at_ms).map(SampleValue::Float),
                (true, false) => histogram(context, &window, at_ms, span, name),
            };
            if let Some(value) = value {
                grid.count(context, step, 1);
                grid.count_read(context, step, window.came());
                column.set(step, value);
            }
        }
        if column.is_absent() {
            return Ok(());
        }
        sink(Series { labels, drop_name: false, column })
    })
}

fn float(window: &Window<'_>, at_ms: i64) -> Option<f64> {
    let floats = window.floats();
    let next = floats.times_ms.partition_point(|&time_ms| time_ms < at_ms);
    let sample = |at| floats.get(at).map(|(timestamp_ms, &value)| Sample { timestamp_ms, value });
    match (next.checked_sub(1).and_then(sample), sample(next)) {
        (_, Some(exact)) if exact.timestamp_ms == at_ms => Some(exact.value),
        (Some(before), Some(after)) => Some(interpolate(before, after, at_ms, false)),
        (Some(before), None) => Some(before.value),
        (None, _) => None,
    }
}

fn histogram(
    context: &Context<'_>,
    window: &Window<'_>,
    at_ms: i64,
    span: Span,
    name: &str,
) -> Option<SampleValue> {
    let samples = window.histograms();
    let next = samples.times_ms.partition_point(|&time_ms| time_ms < at_ms);
    let before = next.checked_sub(1).and_then(|at| samples.get(at));
    let value = match (before, samples.get(next)) {
        (_, Some((time_ms, exact))) if time_ms == at_ms => Arc::clone(exact),
        (Some(before), Some(after)) => {
            let gauge = |h: &FloatHistogram| h.counter_reset == CounterReset::Gauge;
            let is_counter = !gauge(before.1) || !gauge(after.1);
            match interpolate_histograms(before, after, at_ms, is_counter, (context, span)) {
                Ok(histogram) => histogram.into(),
                Err(_) => {
                    context.note(Note::MixedExponentialCustom(name.to_owned()), span);
                    return None;
                }
            }
        }
        // The hint tells of the sample before, not of the value that is carried on.
        (Some((_, before)), None) => {
            FloatHistogram { counter_reset: CounterReset::Unknown, ..(**before).clone() }.into()
        }
        (None, _) => return None,
    };
    Some(SampleValue::Histogram(value))
}

/// The value at a time between two samples, on a straight line. A counter that was reset in between is taken to
/// have begun at zero.
pub(super) fn interpolate(from: Sample, to: Sample, at_ms: i64, is_counter: bool) -> f64 {
    let start = if is_counter && to.value < from.value { 0.0 } else { from.value };
    let passed = (at_ms - from.timestamp_ms) as f64;
    start + (to.value - start) * passed / (to.timestamp_ms - from.timestamp_ms) as f64
}

/// As [`interpolate`], for histograms.
///
/// # Errors
/// When only one of the two has custom bounds.
pub(super) fn interpolate_histograms(
    (from_ms, from): (i64, &Arc<FloatHistogram>),
    (to_ms, to): (i64, &Arc<FloatHistogram>),
    at_ms: i64,
    is_counter: bool,
    (context, span): (&Context<'_>, Span),
) -> Result<FloatHistogram, IncompatibleSchemas> {
    if at_ms == from_ms {
        return Ok((**from).clone());
    }
    let mut result = (**to).clone();
    if at_ms == to_ms {
        return Ok(result);
    }
    if from.uses_custom_bounds() != to.uses_custom_bounds() {
        return Err(IncompatibleSchemas);
    }
    let fraction = (at_ms - from_ms) as f64 / (to_ms - from_ms) as f64;
    if is_counter && to.is_reset_after(from) {
        result.scale(fraction);
        return Ok(result);
    }
    if result.sub(from)?.bounds_reconciled {
        context.note(Note::BoundsReconciled(Operation::Subtraction), span);
    }
    result.scale(fraction);
    if result.add(from)?.bounds_reconciled {
        context.note(Note::BoundsReconciled(Operation::Addition), span);
    }
    Ok(result)
}
