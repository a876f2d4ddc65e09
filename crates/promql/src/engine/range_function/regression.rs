//! Trends: `deriv`, `predict_linear`, `double_exponential_smoothing`.

use model::kahan;

use super::{
    Computed, Input, State,
    sliding::{Sliding, Sum, Summary},
};
use crate::engine::{Error, value::SampleValue, window::Samples};

pub(super) fn deriv(input: &Input<'_>, state: &mut State) -> Computed {
    let floats = input.window.floats();
    // A time near those of the samples keeps the precision.
    let Some(line) = line(input, state, floats.first().map_or(0, |(time_ms, _)| time_ms)) else {
        return Ok(None);
    };
    Ok(Some(SampleValue::Float(line.slope)))
}

pub(super) fn predict_linear(input: &Input<'_>, state: &mut State) -> Computed {
    let line = line(input, state, input.time_ms);
    Ok(line.map(|line| SampleValue::Float(line.slope * input.scalar(0) + line.intercept)))
}

pub(super) fn double_exponential_smoothing(input: &Input<'_>, state: &mut State) -> Computed {
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
    if let Some(slid) = slid(input, &mut state.smoothings, floats.from(1), (smoothing, trend)) {
        let smoothed = slid.from(first, slope);
        if smoothed.is_finite() {
            return Ok(Some(SampleValue::Float(smoothed)));
        }
    }
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

/// The summary of some floats by sliding, where that pays.
fn slid<S: Summary>(
    input: &Input<'_>,
    sliding: &mut Sliding<S>,
    floats: Samples<'_, f64>,
    terms: S::Terms,
) -> Option<S> {
    input.slides.then(|| sliding.summary(floats, terms)).flatten()
}

/// The least-squares line, with its value at a time.
fn line(input: &Input<'_>, state: &mut State, intercept_ms: i64) -> Option<Line> {
    let floats = enough(input)?;
    let first = *floats.values.first()?;
    if let Some(trend) = slid(input, &mut state.trends, floats, ()) {
        if trend.is_level {
            return Some(level(first));
        }
        if let Some(line) = trend.line(intercept_ms.saturating_sub(state.trends.base_ms())) {
            return Some(line);
        }
    }
    if floats.values.iter().all(|&value| value == first) {
        return Some(level(first));
    }
    let mut sums = [(0.0, 0.0); 4];
    for (time_ms, &y) in floats.iter() {
        let x = (time_ms - intercept_ms) as f64 / 1e3;
        for (sum, term) in sums.iter_mut().zip([x, y, x * y, x * x]) {
            *sum = kahan::add(term, sum.0, sum.1);
        }
    }
    Some(least_squares(floats.len() as f64, sums.map(|(sum, c)| sum + c)))
}

/// The line through values that are all the same.
fn level(value: f64) -> Line {
    let none = value.is_infinite();
    Line { slope: if none { f64::NAN } else { 0.0 }, intercept: if none { f64::NAN } else { value } }
}

/// The line by the number of points and the sums of x, y, their product and x squared.
fn least_squares(n: f64, [x, y, xy, xx]: [f64; 4]) -> Line {
    let covariance = xy - x * y / n;
    let variance = xx - x * x / n;
    let slope = covariance / variance;
    Line { slope, intercept: y / n - slope * x / n }
}

/// The sums that a line is made of, times in milliseconds from a base.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trend {
    count: i64,
    x: i64,
    xx: i128,
    y: Sum,
    /// Of times in seconds.
    xy: Sum,
    value: f64,
    /// All values are the same.
    is_level: bool,
}

/// Sums of times that are as far apart as 34 years stay exact.
const SINCE_MAX_MS: u64 = 1 << 40;

impl Summary for Trend {
    type Terms = ();

    fn of(since_ms: i64, value: f64, (): ()) -> Self {
        let is_far = since_ms.unsigned_abs() > SINCE_MAX_MS;
        let x = if is_far { 0 } else { since_ms };
        let mut xy = Sum::of(0, x as f64 / 1e3 * value, ());
        xy.is_delicate |= is_far;
        let (xx, y) = (i128::from(x) * i128::from(x), Sum::of(0, value, ()));
        Self { count: 1, x, xx, y, xy, value, is_level: !value.is_nan() }
    }

    fn join(self, later: Self) -> Self {
        Self {
            count: self.count + later.count,
            x: self.x + later.x,
            xx: self.xx + later.xx,
            y: self.y.join(later.y),
            xy: self.xy.join(later.xy),
            value: self.value,
            is_level: self.is_level && later.is_level && self.value == later.value,
        }
    }
}

impl Trend {
    /// The line with its value so many milliseconds after the base; `None` where the sums are not to be trusted.
    fn line(&self, intercept_ms: i64) -> Option<Line> {
        let is_far = intercept_ms.unsigned_abs() > SINCE_MAX_MS;
        if is_far || self.y.is_delicate || self.xy.is_delicate {
            return None;
        }
        // Moving the origin of time is exact in integers.
        let (count, shift, x) = (i128::from(self.count), i128::from(intercept_ms), i128::from(self.x));
        let moved_x = (x - count * shift) as f64 / 1e3;
        let moved_xx = (self.xx - 2 * shift * x + count * shift * shift) as f64 / 1e6;
        let seconds = intercept_ms as f64 / 1e3;
        let moved_xy = (self.xy.sum - seconds * self.y.sum) + (self.xy.c - seconds * self.y.c);
        let sums = [moved_x, self.y.sum + self.y.c, moved_xy, moved_xx];
        Some(least_squares(self.count as f64, sums))
    }
}

/// What smoothing over some samples does to the level and the slope before them: a linear map.
#[derive(Clone, Copy, Debug)]
pub(super) struct Smoothing {
    /// By rows: the new level and the new slope from the old level and the old slope.
    factors: [[f64; 2]; 2],
    added: [f64; 2],
}

impl Summary for Smoothing {
    /// Smoothing and trend factor.
    type Terms = (f64, f64);

    fn of(_: i64, value: f64, (smoothing, trend): (f64, f64)) -> Self {
        let kept = 1.0 - smoothing;
        let (level, added) = ([kept, kept], smoothing * value);
        let slope = [trend * (kept - 1.0), trend * kept + (1.0 - trend)];
        Self { factors: [level, slope], added: [added, trend * added] }
    }

    fn join(self, later: Self) -> Self {
        let [[a, b], [c, d]] = self.factors;
        let apply = |[p, q]: [f64; 2]| [p * a + q * c, p * b + q * d];
        let moved = |[p, q]: [f64; 2]| p * self.added[0] + q * self.added[1];
        let [level, slope] = later.factors;
        let added = [moved(level) + later.added[0], moved(slope) + later.added[1]];
        Self { factors: [apply(level), apply(slope)], added }
    }
}

impl Smoothing {
    /// The level after the samples.
    fn from(&self, level: f64, slope: f64) -> f64 {
        let [p, q] = self.factors[0];
        p * level + q * slope + self.added[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sliding_lines_are_those_of_the_samples(values in proptest::collection::vec(-1e3f64..1e3, 40..80)) {
            let times: Vec<i64> = (0..).map(|n| n * 15_000).take(values.len()).collect();
            let mut trends = Sliding::<Trend>::default();
            for from in 0..values.len() - 20 {
                let within = from..from + 20;
                let window = Samples {
                    times_ms: &times[within.clone()],
                    values: &values[within.clone()],
                    starts_ms: &[],
                    index: from,
                };
                let trend = trends.summary(window, ()).unwrap();
                let slid = trend.line(times[from + 19] - trends.base_ms()).unwrap();
                let sums = window.iter().fold([0.0; 4], |[sx, sy, sxy, sxx], (time, &y)| {
                    let x = (time - times[from + 19]) as f64 / 1e3;
                    [sx + x, sy + y, sxy + x * y, sxx + x * x]
                });
                let direct = least_squares(20.0, sums);
                prop_assert!((slid.slope - direct.slope).abs() <= 1e-9);
                prop_assert!((slid.intercept - direct.intercept).abs() <= 1e-9);
            }
        }

        #[test]
        fn smoothing_is_a_linear_map(
            values in proptest::collection::vec(-1e3f64..1e3, 2..40),
            (smoothing, trend) in (0.01f64..0.99, 0.01f64..0.99),
        ) {
            let maps = values[1..].iter().map(|&value| Smoothing::of(0, value, (smoothing, trend)));
            let all = maps.reduce(Smoothing::join).unwrap();
            let (mut level, mut slope) = (values[0], values[1] - values[0]);
            for value in &values[1..] {
                let next = smoothing * value + (1.0 - smoothing) * (level + slope);
                slope = trend * (next - level) + (1.0 - trend) * slope;
                level = next;
            }
            prop_assert!((all.from(values[0], values[1] - values[0]) - level).abs() <= 1e-9 * level.abs().max(1.0));
        }
    }
}
