//! `rate`, `increase` and `delta`: the change over a window, extrapolated to its borders.

use std::{collections::VecDeque, sync::Arc};

use model::{CounterReset, FloatHistogram};

use super::{
    Computed, Input, State, extended,
    start_time::{self, Times},
};
use crate::{
    engine::{
        annotation::{Note, Operation},
        value::SampleValue,
        window::Samples,
    },
    syntax::ast::Extended,
};

/// What tells the three functions apart.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) is_counter: bool,
    /// Per second.
    pub(super) is_rate: bool,
}

pub(super) fn rate(input: &Input<'_>, state: &mut State) -> Computed {
    Ok(change(input, state, Kind { is_counter: true, is_rate: true }))
}

pub(super) fn increase(input: &Input<'_>, state: &mut State) -> Computed {
    Ok(change(input, state, Kind { is_counter: true, is_rate: false }))
}

pub(super) fn delta(input: &Input<'_>, state: &mut State) -> Computed {
    Ok(change(input, state, Kind { is_counter: false, is_rate: false }))
}

fn change(input: &Input<'_>, state: &mut State, kind: Kind) -> Option<SampleValue> {
    if input.is_mixed() {
        return None;
    }
    let (floats, histograms) = (input.window.floats(), input.window.histograms());
    match (input.extended, floats.is_empty()) {
        (Extended::No, false) => of_floats(input, floats, &mut state.resets, kind),
        (Extended::No, true) => of_histograms(input, histograms, kind),
        (_, false) => extended::of_floats(input, floats, kind),
        (_, true) => extended::of_histograms(input, histograms, kind),
    }
}

/// The counter resets within a window, found once for each sample.
#[derive(Default)]
pub(super) struct Resets {
    /// Index in the series of the sample after the reset, and the value before it.
    found: VecDeque<(usize, f64)>,
    /// Up to this index in the series all samples were looked at.
    seen: usize,
    overlapped: bool,
}

impl Resets {
    /// Makes ready for another series.
    pub(super) fn reset(&mut self) {
        self.found.clear();
        (self.seen, self.overlapped) = (0, false);
    }

    /// What has to be added to the difference of last and first value.
    fn corrected(&mut self, input: &Input<'_>, floats: Samples<'_, f64>, difference: f64) -> f64 {
        let by_start = input.context.options.start_timestamps;
        let unseen = self.seen.saturating_sub(floats.index).max(1);
        let values = floats.values.get(unseen - 1..).unwrap_or_default();
        for (n, (&before, &after)) in values.iter().zip(values.get(1..).unwrap_or_default()).enumerate() {
            let at = unseen + n;
            let mut reset = after < before;
            if by_start {
                let (previous, current) = (times(&floats, at - 1), times(&floats, at));
                if !self.overlapped && start_time::overlaps(previous, current) {
                    self.overlapped = true;
                    input.note(Note::StartOverlap);
                }
                reset |= start_time::is_reset(previous, current);
            }
            if reset {
                self.found.push_back((floats.index + at, before));
            }
        }
        self.seen = floats.index + floats.len();
        while self.found.front().is_some_and(|(index, _)| *index <= floats.index) {
            self.found.pop_front();
        }
        self.found.iter().fold(difference, |sum, (_, before)| sum + before)
    }
}

fn times<T>(samples: &Samples<'_, T>, at: usize) -> Times {
    let time_ms = samples.get(at).map_or(0, |(time_ms, _)| time_ms);
    Times { start_ms: samples.start_ms(at), time_ms }
}

fn of_floats(
    input: &Input<'_>,
    floats: Samples<'_, f64>,
    resets: &mut Resets,
    kind: Kind,
) -> Option<SampleValue> {
    let ((first_ms, &first), (last_ms, &last)) = (floats.first()?, floats.last()?);
    let mut change = last - first;
    if kind.is_counter {
        change = resets.corrected(input, floats, change);
    }
    let mut sampled = Sampled::new(input, first_ms, last_ms, floats.len());
    match started_within(input, floats.start_ms(0), first_ms, kind) {
        Some(start_ms) => {
            sampled.begin_at(start_ms);
            change += first;
        }
        None if floats.len() < 2 => return None,
        None => {
            let to_zero = (change > 0.0 && first >= 0.0).then(|| first / change);
            sampled.extrapolate_left(to_zero.filter(|_| kind.is_counter));
        }
    }
    Some(SampleValue::Float(change * sampled.factor(input, kind)))
}

/// The start timestamp of the first sample, if it says that the counter began within the window.
fn started_within(input: &Input<'_>, start_ms: i64, first_ms: i64, kind: Kind) -> Option<i64> {
    let known = kind.is_counter && input.context.options.start_timestamps && start_ms != 0;
    (known && start_ms > input.start_ms && start_ms < first_ms).then_some(start_ms)
}

/// How the samples lie in the window, in seconds.
struct Sampled {
    interval: f64,
    to_start: f64,
    to_end: f64,
    /// Mean time between samples.
    spacing: f64,
    last_ms: i64,
}

impl Sampled {
    fn new(input: &Input<'_>, first_ms: i64, last_ms: i64, samples: usize) -> Self {
        let interval = (last_ms - first_ms) as f64 / 1000.0;
        let spacing = if samples > 1 { interval / (samples - 1) as f64 } else { 0.0 };
        let to_start = (first_ms - input.start_ms) as f64 / 1000.0;
        let to_end = (input.end_ms - last_ms) as f64 / 1000.0;
        Self { interval, to_start, to_end, spacing, last_ms }
    }

    /// Beyond this distance from a border the series is taken to begin or end within the window.
    fn threshold(&self) -> f64 {
        self.spacing * 1.1
    }

    fn begin_at(&mut self, start_ms: i64) {
        self.to_start = 0.0;
        self.interval = (self.last_ms - start_ms) as f64 / 1000.0;
    }

    /// Not further than to where a counter would be zero: `to_zero` is that distance as a part of the interval.
    fn extrapolate_left(&mut self, to_zero: Option<f64>) {
        if self.to_start >= self.threshold() {
            self.to_start = self.spacing / 2.0;
        }
        if let Some(to_zero) = to_zero {
            let to_zero = self.interval * to_zero;
            if to_zero < self.to_start {
                self.to_start = to_zero;
            }
        }
    }

    /// What the change between the samples is multiplied by.
    fn factor(&mut self, input: &Input<'_>, kind: Kind) -> f64 {
        if self.to_end >= self.threshold() {
            self.to_end = self.spacing / 2.0;
        }
        let mut factor = 1.0;
        if self.interval != 0.0 {
            factor = (self.interval + self.to_start + self.to_end) / self.interval;
        }
        if kind.is_rate {
            factor /= input.range_ms as f64 / 1000.0;
        }
        factor
    }
}

type Histograms<'w> = Samples<'w, Arc<FloatHistogram>>;

fn of_histograms(input: &Input<'_>, samples: Histograms<'_>, kind: Kind) -> Option<SampleValue> {
    let ((first_ms, first), (last_ms, _)) = (samples.first()?, samples.last()?);
    let mut change = if samples.len() > 1 { Some(histogram_change(input, samples, kind)?) } else { None };
    let mut sampled = Sampled::new(input, first_ms, last_ms, samples.len());
    match started_within(input, samples.start_ms(0), first_ms, kind) {
        Some(start_ms) => {
            sampled.begin_at(start_ms);
            match &mut change {
                Some(change) => add(input, change, first)?,
                None => change = Some((**first).clone()),
            }
        }
        None => {
            let count = change.as_ref()?.count;
            let to_zero = (count > 0.0 && first.count >= 0.0).then(|| first.count / count);
            sampled.extrapolate_left(to_zero.filter(|_| kind.is_counter));
        }
    }
    let mut change = change?;
    change.scale(sampled.factor(input, kind));
    Some(SampleValue::Histogram(change.into()))
}

/// The change from the first to the last histogram, counter resets made good.
fn histogram_change(input: &Input<'_>, samples: Histograms<'_>, kind: Kind) -> Option<FloatHistogram> {
    let (first, last, second) = (samples.values.first()?, samples.values.last()?, samples.values.get(1)?);
    let is_gauge = |h: &FloatHistogram| h.counter_reset == CounterReset::Gauge;
    if kind.is_counter && (is_gauge(first) || is_gauge(last)) {
        input.note(Note::NotCounterHistogram);
    }
    let reset_at = |before: &FloatHistogram, at: usize, now: &FloatHistogram| {
        let by_start = input.context.options.start_timestamps
            && start_time::is_reset(times(&samples, at - 1), times(&samples, at));
        by_start || now.is_reset_after(before)
    };
    let mut first = Arc::clone(first);
    if kind.is_counter && reset_at(&first, 1, second) {
        // What was before the reset does not count, not even by its layout.
        let custom_bounds = Arc::clone(&second.custom_bounds);
        first = FloatHistogram { schema: second.schema, custom_bounds, ..Default::default() }.into();
    }
    let schema = common_schema(input, &first, samples, kind)?;
    let mut change = last.to_schema(schema);
    sub(input, &mut change, &first)?;
    if kind.is_counter {
        let mut overlapped = false;
        let mut before = first;
        for (at, now) in samples.values.iter().enumerate().skip(1) {
            if input.context.options.start_timestamps
                && !overlapped
                && start_time::overlaps(times(&samples, at - 1), times(&samples, at))
            {
                overlapped = true;
                input.note(Note::StartOverlap);
            }
            if reset_at(&before, at, now) {
                add(input, &mut change, &before)?;
            }
            before = Arc::clone(now);
        }
    } else if samples.values.first().is_some_and(|h| !is_gauge(h)) || !is_gauge(last) {
        input.note(Note::NotGaugeHistogram);
    }
    change.counter_reset = CounterReset::Gauge;
    change.compact();
    Some(change)
}

/// The coarsest schema in the window; `None`, and noted, when the kinds of schemas differ.
fn common_schema(
    input: &Input<'_>,
    first: &FloatHistogram,
    samples: Histograms<'_>,
    kind: Kind,
) -> Option<i32> {
    let (_, last) = samples.last()?;
    let custom = first.uses_custom_bounds();
    let mut schema = first.schema.min(last.schema);
    if last.uses_custom_bounds() != custom {
        input.note(Note::MixedExponentialCustom);
        return None;
    }
    let between = samples.values.get(1..samples.len().saturating_sub(1)).unwrap_or_default();
    for histogram in between.iter().filter(|_| kind.is_counter) {
        if histogram.counter_reset == CounterReset::Gauge {
            input.note(Note::NotCounterHistogram);
        }
        if histogram.uses_custom_bounds() != custom {
            input.note(Note::MixedExponentialCustom);
            return None;
        }
        schema = schema.min(histogram.schema);
    }
    Some(schema)
}

/// Adds; `None`, and noted, when the two do not go together.
pub(super) fn add(input: &Input<'_>, sum: &mut FloatHistogram, other: &FloatHistogram) -> Option<()> {
    note(input, sum.add(other), Operation::Addition)
}

/// Subtracts, in the manner of [`add`].
pub(super) fn sub(input: &Input<'_>, from: &mut FloatHistogram, other: &FloatHistogram) -> Option<()> {
    note(input, from.sub(other), Operation::Subtraction)
}

fn note(
    input: &Input<'_>,
    result: Result<model::histogram::Combined, model::histogram::IncompatibleSchemas>,
    operation: Operation,
) -> Option<()> {
    let Ok(combined) = result else {
        input.note(Note::MixedExponentialCustom);
        return None;
    };
    if combined.bounds_reconciled {
        input.context.note(Note::BoundsReconciled(operation), input.span);
    }
    Some(())
}
