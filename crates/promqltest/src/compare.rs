//! Compares an answer with what a script expects.

use std::sync::Arc;

use model::{CounterReset, FloatHistogram, LabelSet, Sample, histogram::Buckets, is_stale, sort};
use promql::engine::{MatrixSeries, SampleValue, Value, VectorSample};

use crate::{
    expect::{AnnotationExpectation, Expectations},
    series::{Point, SeriesLine},
    steps::Steps,
};

/// Relative error allowed of a value, as in Prometheus's own runner.
const EPSILON: f64 = 0.000_001;

/// Compares the value. `steps` are the times of the points of a matrix.
pub(crate) fn compare(expected: &Expectations, steps: Option<Steps>, value: &Value) -> Result<(), String> {
    match value {
        Value::Scalar { value, .. } => scalar(expected, *value),
        Value::String { value, .. } => {
            let wanted = expected.string.as_deref().unwrap_or("");
            if wanted == value {
                Ok(())
            } else {
                Err(format!("expected string {wanted:?} but got {value:?}"))
            }
        }
        Value::Vector(samples) => vector(expected, samples),
        Value::Matrix(series) => matrix(expected, steps, series),
    }
}

pub(crate) fn scalar(expected: &Expectations, value: f64) -> Result<(), String> {
    match expected.scalar {
        Some(wanted) if almost_equal(wanted, value) => Ok(()),
        Some(wanted) => Err(format!("expected scalar {wanted} but got {value}")),
        None => Err(format!("expected vector or matrix result, but got scalar {value}")),
    }
}

fn find<'e>(expected: &'e Expectations, labels: &LabelSet) -> Option<(usize, &'e SeriesLine)> {
    expected.series.iter().enumerate().find(|(_, series)| series.labels == *labels)
}

fn all_found<'a>(
    expected: &Expectations,
    found: impl Iterator<Item = &'a LabelSet> + Clone,
) -> Result<(), String> {
    let missing = |line: &&SeriesLine| !found.clone().any(|labels| *labels == line.labels);
    match expected.series.iter().find(missing) {
        Some(line) => Err(format!("expected metric {} not found", line.labels)),
        None => Ok(()),
    }
}

pub(crate) fn vector(expected: &Expectations, samples: &[VectorSample]) -> Result<(), String> {
    if expected.scalar.is_some() {
        return Err("expected scalar result, but got vector".to_owned());
    }
    for (at, sample) in samples.iter().enumerate() {
        let labels = &sample.labels;
        let Some((wanted_at, line)) = find(expected, labels) else {
            return Err(format!("unexpected metric {labels} in result, has value {}", shown(&sample.value)));
        };
        if expected.ordered && wanted_at != at {
            return Err(format!(
                "expected metric {labels} at position {} but was at {}",
                wanted_at + 1,
                at + 1
            ));
        }
        let Some(Some(point)) = line.points.first() else {
            return Err(format!("no value is expected for {labels}, got {}", shown(&sample.value)));
        };
        if !point_matches(point, &sample.value) {
            let (wanted, got) = (shown_point(point), shown(&sample.value));
            return Err(format!("expected {wanted} for {labels} but got {got}"));
        }
    }
    all_found(expected, samples.iter().map(|sample| &sample.labels))
}

fn matrix(expected: &Expectations, steps: Option<Steps>, series: &[MatrixSeries]) -> Result<(), String> {
    if expected.ordered {
        return Err("expected ordered result, but query returned a matrix".to_owned());
    }
    if expected.scalar.is_some() {
        return Err("expected scalar result, but got matrix".to_owned());
    }
    let steps = steps.ok_or("the result is a matrix: say `expect range vector`")?;
    if !series.is_sorted_by(|a, b| a.labels < b.labels) {
        return Err("matrix results should always be sorted by labels, each label set once".to_owned());
    }
    for one in series {
        let Some((_, line)) = find(expected, &one.labels) else {
            return Err(format!("unexpected metric {} in result, has {}", one.labels, shown_series(one)));
        };
        points(line, steps, one)?;
    }
    all_found(expected, series.iter().map(|one| &one.labels))
}

fn points(line: &SeriesLine, steps: Steps, series: &MatrixSeries) -> Result<(), String> {
    let mut wanted: Vec<(i64, &Point)> = Vec::new();
    for (step, point) in (0i64..).zip(&line.points) {
        let timestamp_ms = steps.start_ms + step * steps.step_ms;
        if timestamp_ms > steps.end_ms {
            let count = line.points.len();
            let labels = &line.labels;
            return Err(format!("expected {count} points for {labels}, but the time range is shorter"));
        }
        wanted.extend(point.as_ref().map(|point| (timestamp_ms, point)));
    }
    let got = sample_values(series);
    let same = wanted.len() == got.len()
        && wanted.iter().zip(&got).all(|((t, point), (at, value))| t == at && point_matches(point, value));
    if same {
        return Ok(());
    }
    let wanted: Vec<_> = wanted.iter().map(|(t, point)| format!("{} @[{t}]", shown_point(point))).collect();
    Err(format!("expected {} to be [{}], but got {}", line.labels, wanted.join(" "), shown_series(series)))
}

/// Floats and histograms together, in order of time.
pub(crate) fn sample_values(series: &MatrixSeries) -> Vec<(i64, SampleValue)> {
    let floats =
        series.floats().map(|Sample { timestamp_ms, value }| (timestamp_ms, SampleValue::Float(value)));
    let histograms = series.histograms().map(|(t, h)| (t, SampleValue::Histogram(Arc::clone(h))));
    let mut samples: Vec<_> = floats.chain(histograms).collect();
    sort::by_key(&mut samples, |(t, _)| *t);
    samples
}

fn shown_series(series: &MatrixSeries) -> String {
    let samples: Vec<_> =
        sample_values(series).iter().map(|(t, value)| format!("{} @[{t}]", shown(value))).collect();
    format!("[{}]", samples.join(" "))
}

fn shown(value: &SampleValue) -> String {
    match value {
        SampleValue::Float(value) => value.to_string(),
        SampleValue::Histogram(histogram) => shown_histogram(histogram, true),
    }
}

fn shown_point(point: &Point) -> String {
    match point {
        Point::Float(value) => value.to_string(),
        Point::Histogram { value, hint } => shown_histogram(value, hint.is_some()),
    }
}

fn shown_histogram(histogram: &FloatHistogram, with_hint: bool) -> String {
    let hint = if with_hint { format!(" {:?}", histogram.counter_reset) } else { String::new() };
    format!("{histogram} (schema {}{hint})", histogram.schema)
}

fn point_matches(wanted: &Point, got: &SampleValue) -> bool {
    match (wanted, got) {
        (Point::Float(wanted), SampleValue::Float(got)) => almost_equal(*wanted, *got),
        (Point::Histogram { value, hint }, SampleValue::Histogram(got)) => same_histogram(value, got, *hint),
        _ => false,
    }
}

fn same_histogram(wanted: &FloatHistogram, got: &FloatHistogram, hint: Option<CounterReset>) -> bool {
    wanted.schema == got.schema
        && almost_equal(wanted.count, got.count)
        && almost_equal(wanted.sum, got.sum)
        && wanted.zero_threshold == got.zero_threshold
        && almost_equal(wanted.zero_count, got.zero_count)
        && wanted.custom_bounds == got.custom_bounds
        && same_buckets(&wanted.positive, &got.positive)
        && same_buckets(&wanted.negative, &got.negative)
        && hint.is_none_or(|hint| hint == got.counter_reset)
}

/// Buckets without observations may be there or not.
fn same_buckets(wanted: &Buckets, got: &Buckets) -> bool {
    let filled = |buckets: &Buckets| buckets.iter().filter(|(_, count)| *count != 0.0).collect::<Vec<_>>();
    let (wanted, got) = (filled(wanted), filled(got));
    wanted.len() == got.len() && wanted.iter().zip(&got).all(|(w, g)| w.0 == g.0 && almost_equal(w.1, g.1))
}

/// Equal but for a small part of their sum; NaN equals NaN, the staleness marker only itself.
fn almost_equal(a: f64, b: f64) -> bool {
    if is_stale(a) || is_stale(b) {
        return is_stale(a) && is_stale(b);
    }
    if a == b || (a.is_nan() && b.is_nan()) {
        return true;
    }
    let (sum, difference) = (a.abs() + b.abs(), (a - b).abs());
    if a == 0.0 || b == 0.0 || sum < f64::MIN_POSITIVE {
        return difference < EPSILON * f64::MIN_POSITIVE;
    }
    difference / sum.min(f64::MAX) < EPSILON
}

/// Compares the annotations of one kind.
pub(crate) fn annotations(
    kind: &str,
    expected: &AnnotationExpectation,
    found: &[String],
) -> Result<(), String> {
    if expected.none && !found.is_empty() {
        return Err(format!("unexpected {kind} annotations: {found:?}"));
    }
    let wanted = expected.some || !expected.patterns.is_empty();
    if wanted && found.is_empty() {
        return Err(format!("expected {kind} annotations but none were found"));
    }
    if let Some(pattern) = expected.patterns.iter().find(|p| !found.iter().any(|text| p.matches(text))) {
        let pattern = pattern.as_str();
        return Err(format!("expected {kind} annotation matching {pattern:?}, found: {found:?}"));
    }
    let is_expected = |text: &String| expected.patterns.iter().any(|p| p.matches(text));
    match found.iter().find(|text| !expected.patterns.is_empty() && !is_expected(text)) {
        Some(text) => Err(format!("unexpected {kind} annotation {text:?}")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_may_differ_by_a_millionth_of_their_sum() {
        assert!(almost_equal(1.0, 1.000_001) && !almost_equal(1.0, 1.000_01));
        assert!(almost_equal(f64::NAN, -f64::NAN) && !almost_equal(f64::NAN, model::stale_nan()));
        assert!(almost_equal(f64::INFINITY, f64::INFINITY) && !almost_equal(0.0, 1e-300));
    }
}
