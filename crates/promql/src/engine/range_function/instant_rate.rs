//! `irate` and `idelta`: from the last two samples.

use std::sync::Arc;

use model::{CounterReset, FloatHistogram};

use super::{
    Computed, Input, State,
    start_time::{self, Times},
};
use crate::engine::{
    annotation::{Note, Operation},
    value::SampleValue,
    window::Samples,
};

pub(super) fn irate(input: &Input<'_>, _: &mut State) -> Computed {
    Ok(last_two(input, true))
}

pub(super) fn idelta(input: &Input<'_>, _: &mut State) -> Computed {
    Ok(last_two(input, false))
}

/// The last but n-th sample of either kind, by time.
fn from_end(input: &Input<'_>, n: usize) -> Option<(Times, SampleValue)> {
    fn tail<T: Clone>(samples: Samples<'_, T>, value: fn(T) -> SampleValue) -> Vec<(Times, SampleValue)> {
        let from = samples.len().saturating_sub(2);
        let tail = samples.from(from);
        let with_start = |(at, (time_ms, v)): (usize, (i64, &T))| {
            (Times { start_ms: tail.start_ms(at), time_ms }, value(v.clone()))
        };
        tail.iter().enumerate().map(with_start).collect()
    }
    let mut last = tail(input.window.floats(), SampleValue::Float);
    last.extend(tail(input.window.histograms(), SampleValue::Histogram));
    last.sort_by_key(|(times, _)| times.time_ms);
    let at = last.len().checked_sub(n + 1)?;
    last.get(at).cloned()
}

fn last_two(input: &Input<'_>, is_rate: bool) -> Option<SampleValue> {
    let ((before, old), (after, new)) = (from_end(input, 1)?, from_end(input, 0)?);
    let interval_seconds = (after.time_ms - before.time_ms) as f64 / 1000.0;
    if interval_seconds == 0.0 {
        return None;
    }
    let by_start = input.context.options.start_timestamps && start_time::is_reset(before, after);
    match (old, new) {
        (SampleValue::Float(old), SampleValue::Float(new)) => {
            let reset = is_rate && (new < old || by_start);
            let change = if reset { new } else { new - old };
            Some(SampleValue::Float(if is_rate { change / interval_seconds } else { change }))
        }
        (SampleValue::Histogram(old), SampleValue::Histogram(new)) => {
            let mut change = histograms(input, &old, &new, is_rate, by_start)?;
            if is_rate {
                change.divide(interval_seconds);
            }
            Some(SampleValue::Histogram(change.into()))
        }
        _ => {
            input.note(Note::MixedFloatsHistograms);
            None
        }
    }
}

fn histograms(
    input: &Input<'_>,
    old: &Arc<FloatHistogram>,
    new: &Arc<FloatHistogram>,
    is_rate: bool,
    by_start: bool,
) -> Option<FloatHistogram> {
    let gauges = [old, new].map(|h| h.counter_reset == CounterReset::Gauge);
    if is_rate && gauges.contains(&true) {
        input.note(Note::NotCounterHistogram);
    }
    if !is_rate && gauges.contains(&false) {
        input.note(Note::NotGaugeHistogram);
    }
    let mut change = (**new).clone();
    if !is_rate || !by_start && !new.is_reset_after(old) {
        let Ok(combined) = change.sub(old) else {
            input.note(Note::MixedExponentialCustom);
            return None;
        };
        if combined.bounds_reconciled {
            input.context.note(Note::BoundsReconciled(Operation::Subtraction), input.span);
        }
    }
    change.counter_reset = CounterReset::Gauge;
    change.compact();
    Some(change)
}
