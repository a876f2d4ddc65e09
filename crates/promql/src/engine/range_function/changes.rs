//! `changes` and `resets`.

use std::{collections::VecDeque, sync::Arc};

use model::FloatHistogram;

use super::{
    Computed, Input, State,
    start_time::{self, Times},
};
use crate::{
    engine::{value::SampleValue, window::Samples},
    syntax::ast::Extended,
};

/// A sample of either kind.
struct Either<'w> {
    times: Times,
    value: Result<f64, &'w Arc<FloatHistogram>>,
}

/// The changes within a window of floats, found once for each sample.
#[derive(Default)]
pub(super) struct Changes {
    /// Indexes in the series of samples that differ from the one before.
    found: VecDeque<usize>,
    /// Up to this index in the series all samples were looked at.
    seen: usize,
}

impl Changes {
    /// Makes ready for another series.
    pub(super) fn reset(&mut self) {
        self.found.clear();
        self.seen = 0;
    }

    fn within(&mut self, floats: Samples<'_, f64>) -> usize {
        let unseen = self.seen.saturating_sub(floats.index).max(1);
        let values = floats.values.get(unseen - 1..).unwrap_or_default();
        for (n, (a, b)) in values.iter().zip(values.get(1..).unwrap_or_default()).enumerate() {
            if differ(*a, *b) {
                self.found.push_back(floats.index + unseen + n);
            }
        }
        self.seen = floats.index + floats.len();
        while self.found.front().is_some_and(|&index| index <= floats.index) {
            self.found.pop_front();
        }
        self.found.len()
    }
}

fn differ(a: f64, b: f64) -> bool {
    a != b && !(a.is_nan() && b.is_nan())
}

pub(super) fn changes(input: &Input<'_>, state: &mut State) -> Computed {
    if input.extended == Extended::No && input.window.histograms().is_empty() {
        let changes = state.changes.within(input.window.floats());
        return Ok(Some(SampleValue::Float(changes as f64)));
    }
    count(input, |before, after| match (&before.value, &after.value) {
        (Ok(a), Ok(b)) => differ(*a, *b),
        (Err(a), Err(b)) => !b.same_bits(a),
        _ => true,
    })
}

pub(super) fn resets(input: &Input<'_>, _: &mut State) -> Computed {
    let by_start = input.context.options.start_timestamps;
    count(input, |before, after| match (&before.value, &after.value) {
        (Ok(a), Ok(b)) => b < a || by_start && start_time::is_reset(before.times, after.times),
        (Err(a), Err(b)) => {
            by_start && start_time::is_reset(before.times, after.times) || b.is_reset_after(a)
        }
        _ => true,
    })
}

/// How many neighbours satisfy a condition.
fn count(input: &Input<'_>, condition: impl Fn(&Either<'_>, &Either<'_>) -> bool) -> Computed {
    let samples = in_order(input);
    let Some(samples) = samples.get(first(input, &samples)..).filter(|samples| !samples.is_empty()) else {
        return Ok(None);
    };
    let pairs = samples.iter().zip(samples.get(1..).unwrap_or_default());
    let counted = pairs.filter(|(before, after)| condition(before, after)).count();
    Ok(Some(SampleValue::Float(counted as f64)))
}

fn in_order<'w>(input: &'w Input<'_>) -> Vec<Either<'w>> {
    let (floats, histograms) = (input.window.floats(), input.window.histograms());
    let times = |time_ms, start_ms| Times { start_ms, time_ms };
    let float =
        |at: usize, (t, v): (i64, &f64)| Either { times: times(t, floats.start_ms(at)), value: Ok(*v) };
    let mut all: Vec<_> = floats.iter().enumerate().map(|(at, sample)| float(at, sample)).collect();
    for (at, (time_ms, histogram)) in histograms.iter().enumerate() {
        all.push(Either { times: times(time_ms, histograms.start_ms(at)), value: Err(histogram) });
    }
    if !histograms.is_empty() {
        all.sort_by_key(|sample| sample.times.time_ms);
    }
    all
}

/// The first sample that counts: with `anchored` the last one at or before the start; none at all when nothing
/// comes after the start.
fn first(input: &Input<'_>, samples: &[Either<'_>]) -> usize {
    if input.extended != Extended::Anchored {
        return 0;
    }
    let before = samples.partition_point(|sample| sample.times.time_ms <= input.start_ms);
    if before == samples.len() { before } else { before.saturating_sub(1) }
}
