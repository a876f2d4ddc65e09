//! `*_over_time`: aggregation over a window.

use model::kahan;

use super::{
    Computed, Input, State, histogram_over_time,
    sliding::{Max, Min, Sliding, Summary},
};
use crate::engine::{annotation::Note, quantile, value::SampleValue, window::Samples};

fn float(value: f64) -> Computed {
    Ok(Some(SampleValue::Float(value)))
}

pub(super) fn present(_: &Input<'_>, _: &mut State) -> Computed {
    float(1.0)
}

pub(super) fn count(input: &Input<'_>, _: &mut State) -> Computed {
    float((input.window.floats().len() + input.window.histograms().len()) as f64)
}

pub(super) fn first(input: &Input<'_>, _: &mut State) -> Computed {
    let (float, histogram) = (input.window.floats().first(), input.window.histograms().first());
    Ok(match (float, histogram) {
        (Some((t, v)), h) if h.is_none_or(|(at, _)| t < at) => Some(SampleValue::Float(*v)),
        (_, Some((_, h))) => Some(SampleValue::Histogram(h.clone())),
        _ => None,
    })
}

pub(super) fn last(input: &Input<'_>, _: &mut State) -> Computed {
    let (float, histogram) = (input.window.floats().last(), input.window.histograms().last());
    Ok(match (float, histogram) {
        (Some((t, v)), h) if h.is_none_or(|(at, _)| t > at) => Some(SampleValue::Float(*v)),
        (_, Some((_, h))) => Some(SampleValue::Histogram(h.clone())),
        _ => None,
    })
}

pub(super) fn ts_of_first(input: &Input<'_>, _: &mut State) -> Computed {
    let times = [input.window.floats().times_ms.first(), input.window.histograms().times_ms.first()];
    Ok(times.into_iter().flatten().min().map(|&time_ms| SampleValue::Float(time_ms as f64 / 1000.0)))
}

pub(super) fn ts_of_last(input: &Input<'_>, _: &mut State) -> Computed {
    let times = [input.window.floats().times_ms.last(), input.window.histograms().times_ms.last()];
    Ok(times.into_iter().flatten().max().map(|&time_ms| SampleValue::Float(time_ms as f64 / 1000.0)))
}

/// The floats, if there are any; histograms beside them are noted as ignored.
fn floats<'w>(input: &'w Input<'_>) -> Option<Samples<'w, f64>> {
    let floats = input.window.floats();
    if floats.is_empty() {
        return None;
    }
    input.note_ignored_histograms();
    Some(floats)
}

/// The aggregate of the floats by sliding, where that pays.
fn slid<S: Summary<Terms = ()>>(input: &Input<'_>, sliding: &mut Sliding<S>) -> Option<S> {
    // Histograms in the window are noted where it is gone through.
    let slides = input.slides && input.window.histograms().is_empty();
    slides.then(|| sliding.summary(input.window.floats(), ())).flatten()
}

/// The sample that wins against those before it.
fn extreme(input: &Input<'_>, wins: fn(f64, f64) -> bool) -> Option<(i64, f64)> {
    let samples = floats(input)?;
    let mut samples = samples.iter().map(|(time_ms, &value)| (time_ms, value));
    let first = samples.next()?;
    // The first one wins against itself where equal ones do, which changes nothing.
    Some(samples.fold(first, |best, next| if wins(next.1, best.1) || best.1.is_nan() { next } else { best }))
}

pub(super) fn max(input: &Input<'_>, state: &mut State) -> Computed {
    if let Some(Max(max)) = slid(input, &mut state.maxima) {
        return float(max);
    }
    Ok(extreme(input, |new, best| new > best).map(|(_, value)| SampleValue::Float(value)))
}

pub(super) fn min(input: &Input<'_>, state: &mut State) -> Computed {
    if let Some(Min(min)) = slid(input, &mut state.minima) {
        return float(min);
    }
    Ok(extreme(input, |new, best| new < best).map(|(_, value)| SampleValue::Float(value)))
}

pub(super) fn ts_of_max(input: &Input<'_>, _: &mut State) -> Computed {
    let found = extreme(input, |new, best| new >= best);
    Ok(found.map(|(time_ms, _)| SampleValue::Float(time_ms as f64 / 1000.0)))
}

pub(super) fn ts_of_min(input: &Input<'_>, _: &mut State) -> Computed {
    let found = extreme(input, |new, best| new <= best);
    Ok(found.map(|(time_ms, _)| SampleValue::Float(time_ms as f64 / 1000.0)))
}

pub(super) fn sum(input: &Input<'_>, state: &mut State) -> Computed {
    if input.is_mixed() {
        return Ok(None);
    }
    if !input.window.histograms().is_empty() {
        return Ok(histogram_over_time::sum(input));
    }
    if let Some(sum) = slid(input, &mut state.sums).filter(|sum| !sum.is_delicate) {
        return float(sum.sum + sum.c);
    }
    let values = input.window.floats().values;
    let (sum, c) = values.iter().fold((0.0, 0.0), |(sum, c), &value| kahan::add(value, sum, c));
    float(if sum.is_infinite() { sum } else { sum + c })
}

pub(super) fn avg(input: &Input<'_>, state: &mut State) -> Computed {
    if input.is_mixed() {
        return Ok(None);
    }
    if !input.window.histograms().is_empty() {
        return Ok(histogram_over_time::avg(input));
    }
    if let Some(sum) = slid(input, &mut state.sums).filter(|sum| !sum.is_delicate) {
        let count = input.window.floats().len() as f64;
        return float(sum.sum / count + sum.c / count);
    }
    let mut mean = Mean::default();
    input.window.floats().values.iter().for_each(|&value| mean.add(value));
    float(mean.value())
}

/// A mean by the sum, as long as that does not overflow, and from there on by its own increments.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::engine) struct Mean {
    /// The sum, or the mean once it is `incremental`.
    total: f64,
    c: f64,
    count: f64,
    incremental: bool,
}

impl Mean {
    pub(in crate::engine) fn add(&mut self, value: f64) {
        self.count += 1.0;
        if self.count == 1.0 {
            self.total = value;
            return;
        }
        if !self.incremental {
            let (sum, c) = kahan::add(value, self.total, self.c);
            if !sum.is_infinite() {
                (self.total, self.c) = (sum, c);
                return;
            }
            self.incremental = true;
            self.total /= self.count - 1.0;
            self.c /= self.count - 1.0;
        }
        let share = (self.count - 1.0) / self.count;
        (self.total, self.c) = kahan::add(value / self.count, share * self.total, share * self.c);
    }

    pub(in crate::engine) fn value(&self) -> f64 {
        if self.incremental { self.total + self.c } else { self.total / self.count + self.c / self.count }
    }
}

fn variance(input: &Input<'_>, state: &mut State) -> Option<f64> {
    let samples = floats(input)?;
    if let Some(deviation) = slid(input, &mut state.deviations) {
        return Some(deviation.variance());
    }
    let mut count = 0.0;
    let ((mut mean, mut mean_c), (mut squares, mut squares_c)) = ((0.0, 0.0), (0.0, 0.0));
    for &value in samples.values {
        count += 1.0;
        let delta = value - (mean + mean_c);
        (mean, mean_c) = kahan::add(delta / count, mean, mean_c);
        (squares, squares_c) = kahan::add(delta * (value - (mean + mean_c)), squares, squares_c);
    }
    Some((squares + squares_c) / count)
}

pub(super) fn stdvar(input: &Input<'_>, state: &mut State) -> Computed {
    Ok(variance(input, state).map(SampleValue::Float))
}

pub(super) fn stddev(input: &Input<'_>, state: &mut State) -> Computed {
    Ok(variance(input, state).map(|variance| SampleValue::Float(variance.sqrt())))
}

pub(super) fn quantile(input: &Input<'_>, state: &mut State) -> Computed {
    let q = input.scalar(0);
    let samples = input.window.floats();
    if samples.is_empty() {
        return Ok(None);
    }
    if !(0.0..=1.0).contains(&q) {
        input.context.note(Note::InvalidQuantile(q), input.span);
    }
    input.note_ignored_histograms();
    float(quantile::of_sorted(q, state.ordered.values(samples)))
}

pub(super) fn mad(input: &Input<'_>, _: &mut State) -> Computed {
    let Some(samples) = floats(input) else {
        return Ok(None);
    };
    if samples.values.iter().any(|value| value.is_nan()) {
        return float(f64::NAN);
    }
    let mut values = samples.values.to_vec();
    let median = quantile::of_values(0.5, &mut values);
    values.iter_mut().for_each(|value| *value = (*value - median).abs());
    float(quantile::of_values(0.5, &mut values))
}
