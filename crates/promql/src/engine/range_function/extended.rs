//! The change over a window with `anchored` and `smoothed`: by the values at its borders.

use std::sync::Arc;

use model::{CounterReset, FloatHistogram, Sample};

use super::{
    Input,
    rate::{self, Kind},
};
use crate::{
    engine::{
        annotation::Note,
        smoothed::{interpolate, interpolate_histograms},
        value::SampleValue,
        window::Samples,
    },
    syntax::ast::Extended,
};

/// The samples that decide: the last at or before the start (or else the first), and with `smoothed` the first
/// at or after the end, else the last.
struct Borders {
    first: usize,
    last: usize,
}

fn borders<T>(input: &Input<'_>, samples: &Samples<'_, T>) -> Option<Borders> {
    let last = samples.len().checked_sub(1)?;
    let before_last = samples.times_ms.get(..last)?;
    let first = before_last.partition_point(|&t| t <= input.start_ms).saturating_sub(1);
    let smoothed = input.extended == Extended::Smoothed;
    let last = if smoothed { before_last.partition_point(|&t| t < input.end_ms) } else { last };
    let (first_ms, last_ms) = (*samples.times_ms.get(first)?, *samples.times_ms.get(last)?);
    let outside = last_ms <= input.start_ms || smoothed && first_ms > input.end_ms;
    (!outside).then_some(Borders { first, last })
}

pub(super) fn of_floats(input: &Input<'_>, floats: Samples<'_, f64>, kind: Kind) -> Option<SampleValue> {
    let Borders { first, last } = borders(input, &floats)?;
    let sample = |at| floats.get(at).map(|(timestamp_ms, &value)| Sample { timestamp_ms, value });
    let smoothed = input.extended == Extended::Smoothed;
    let (first_sample, last_sample) = (sample(first)?, sample(last)?);
    let mut left = first_sample.value;
    if smoothed && first_sample.timestamp_ms < input.start_ms {
        left = interpolate(first_sample, sample(first + 1)?, input.start_ms, kind.is_counter);
    }
    let mut right = last_sample.value;
    if smoothed && last > 0 && last_sample.timestamp_ms > input.end_ms {
        right = interpolate(sample(last - 1)?, last_sample, input.end_ms, kind.is_counter);
    }
    let mut change = right - left;
    if kind.is_counter {
        let from = first + usize::from(first_sample.timestamp_ms <= input.start_ms);
        let to = last + usize::from(last_sample.timestamp_ms < input.end_ms);
        let within = floats.values.get(from..to).unwrap_or_default();
        let mut before = left;
        let mut correction = 0.0;
        for &value in within.iter().chain([&right]) {
            if value < before {
                correction += before;
            }
            before = value;
        }
        change += correction;
    }
    if kind.is_rate {
        change /= input.range_ms as f64 / 1000.0;
    }
    Some(SampleValue::Float(change))
}

pub(super) fn of_histograms(
    input: &Input<'_>,
    samples: Samples<'_, Arc<FloatHistogram>>,
    kind: Kind,
) -> Option<SampleValue> {
    let Borders { first, last } = borders(input, &samples)?;
    check(input, samples.values.get(first..=last)?, kind)?;
    let smoothed = input.extended == Extended::Smoothed;
    let between = |at: usize, time_ms| {
        let (from, to) = (samples.get(at)?, samples.get(at + 1)?);
        let notes = (input.context, input.span);
        match interpolate_histograms(from, to, time_ms, kind.is_counter, notes) {
            Ok(histogram) => Some(histogram),
            Err(_) => {
                input.note(Note::MixedExponentialCustom);
                None
            }
        }
    };
    let ((first_ms, first_value), (last_ms, last_value)) = (samples.get(first)?, samples.get(last)?);
    let left = if smoothed && first_ms < input.start_ms {
        between(first, input.start_ms)?
    } else {
        (**first_value).clone()
    };
    let right = if smoothed && last > 0 && last_ms > input.end_ms {
        between(last - 1, input.end_ms)?
    } else {
        (**last_value).clone()
    };
    let gauge = |h: &FloatHistogram| h.counter_reset == CounterReset::Gauge;
    if !kind.is_counter && [&left, &right].into_iter().any(|h| !gauge(h)) {
        input.note(Note::NotGaugeHistogram);
    }
    let mut change = right.clone();
    rate::sub(input, &mut change, &left)?;
    if kind.is_counter {
        let correction = correction(input, samples, &Borders { first, last }, &left, &right)?;
        if let Some(correction) = correction {
            rate::add(input, &mut change, &correction)?;
        }
    }
    if kind.is_rate {
        change.divide(input.range_ms as f64 / 1000.0);
    }
    change.counter_reset = CounterReset::Gauge;
    change.compact();
    Some(SampleValue::Histogram(change.into()))
}

fn check(input: &Input<'_>, histograms: &[Arc<FloatHistogram>], kind: Kind) -> Option<()> {
    let custom = histograms.first()?.uses_custom_bounds();
    for histogram in histograms {
        if histogram.uses_custom_bounds() != custom {
            input.note(Note::MixedExponentialCustom);
            return None;
        }
        if kind.is_counter && histogram.counter_reset == CounterReset::Gauge {
            input.note(Note::NotCounterHistogram);
        }
    }
    Some(())
}

/// The sum of all values before resets; `None` within when there were none.
///
/// The last sample is looked at as `right` only: that is its copy, or was interpolated and carries its hint, so
/// that comparing both would find the same reset twice.
fn correction(
    input: &Input<'_>,
    samples: Samples<'_, Arc<FloatHistogram>>,
    borders: &Borders,
    left: &FloatHistogram,
    right: &FloatHistogram,
) -> Option<Option<FloatHistogram>> {
    let mut from = borders.first + 1;
    let mut before: &FloatHistogram = left;
    let interpolated =
        input.extended == Extended::Smoothed && *samples.times_ms.get(borders.first)? < input.start_ms;
    if interpolated {
        let (first, second) = (samples.values.get(borders.first)?, samples.values.get(from)?);
        if second.is_reset_after(first) {
            // The interpolation spanned this reset and took account of it.
            before = second;
            from += 1;
        }
    }
    if from > borders.last {
        return Some(None);
    }
    let mut sum: Option<FloatHistogram> = None;
    let within = samples.values.get(from..borders.last).unwrap_or_default();
    for now in within.iter().map(|h| &**h).chain([right]) {
        if now.is_reset_after(before) {
            match &mut sum {
                Some(sum) => rate::add(input, sum, before)?,
                None => sum = Some(before.clone()),
            }
        }
        before = now;
    }
    Some(sum)
}
