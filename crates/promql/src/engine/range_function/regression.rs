//! Trends: `deriv`, `predict_linear`, `double_exponential_smoothing`.

use model::kahan;

use super::{Computed, Input, State};
use crate::engine::{Error, value::SampleValue, window::Samples};

pub(super) fn deriv(input: &Input<'_>, _: &mut State) -> Computed {
    let floats = input.window.floats();
    // A time near those of the samples keeps the precision.
    let Some(line) = line(input, floats.first().map_or(0, |(time_ms, _)| time_ms)) else {
        return Ok(None);
    };
    Ok(Some(SampleValue::Float(line.slope)))
}

pub(super) fn predict_linear(input: &Input<'_>, _: &mut State) -> Computed {
    let line = line(input, input.time_ms);
    Ok(line.map(|line| SampleValue::Float(line.slope * input.scalar(0) + line.intercept)))
}

pub(super) fn double_exponential_smoothing(input: &Input<'_>, _: &mut State) -> Computed {
    let (smoothing, trend) = (input.scalar(0), input.scalar(1));
    for (name, short, factor) in [("smoothing", "sf", smoothing), ("trend", "tf", trend)] {
        if factor <= 0.0 || factor >= 1.0 {
            return Err(Error::execution(format!(
                "invalid {name} factor. Expected: 0 < {short} < 1, got: {factor:.6}"
            )));
        }
    }
    let Some(floats) = enough(input) else {
        return Ok(None);
    };
    let mut values = floats.values.iter().copied();
    let (Some(first), Some(second)) = (values.next(), values.next()) else {
        return Ok(None);
    };
    let mut slope = second - first;
    let mut before = 0.0;
    let mut smoothed = first;
    for (n, value) in std::iter::once(second).chain(values).enumerate() {
        let scaled = smoothing * value;
        if n > 0 {
            slope = trend * (smoothed - before) + (1.0 - trend) * slope;
        }
        let continued = (1.0 - smoothing) * (smoothed + slope);
        (before, smoothed) = (smoothed, scaled + continued);
    }
    Ok(Some(SampleValue::Float(smoothed)))
}

/// The floats, when there are at least two.
fn enough<'w>(input: &'w Input<'_>) -> Option<Samples<'w, f64>> {
    let floats = input.window.floats();
    if !floats.is_empty() {
        input.note_ignored_histograms();
    }
    (floats.len() >= 2).then_some(floats)
}

struct Line {
    slope: f64,
    intercept: f64,
}

/// The least-squares line, with its value at a time.
fn line(input: &Input<'_>, intercept_ms: i64) -> Option<Line> {
    let floats = enough(input)?;
    let first = *floats.values.first()?;
    if floats.values.iter().all(|&value| value == first) {
        let level = if first.is_infinite() { f64::NAN } else { first };
        return Some(Line { slope: if first.is_infinite() { f64::NAN } else { 0.0 }, intercept: level });
    }
    let mut sums = [(0.0, 0.0); 4];
    for (time_ms, &y) in floats.iter() {
        let x = (time_ms - intercept_ms) as f64 / 1e3;
        for (sum, term) in sums.iter_mut().zip([x, y, x * y, x * x]) {
            *sum = kahan::add(term, sum.0, sum.1);
        }
    }
    let [x, y, xy, xx] = sums.map(|(sum, c)| sum + c);
    let n = floats.len() as f64;
    let covariance = xy - x * y / n;
    let variance = xx - x * x / n;
    let slope = covariance / variance;
    Some(Line { slope, intercept: y / n - slope * x / n })
}
