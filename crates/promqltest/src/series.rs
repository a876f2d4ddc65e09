//! The notation of series and their points: `name{label="value"} 1 2+3x4 _ stale {{sum:5 count:2}}x3`.

use std::sync::Arc;

use model::{CounterReset, FloatHistogram, LabelSet, LabelSetBuilder, MatchOp, stale_nan};
use promql::syntax::parse_selector;

use crate::literal::{HistogramLiteral, parse_histogram};

/// Points of one series that a line may ask for. Far above what scripts use, far below what memory holds.
const POINTS_MAX: usize = 1_000_000;

/// What stands at one position of a series; `None` in a list of points is `_`.
#[derive(Clone, Debug)]
pub(crate) enum Point {
    /// A float; the staleness marker for `stale`.
    Float(f64),
    /// A native histogram.
    Histogram {
        value: Arc<FloatHistogram>,
        /// The counter reset hint was written and is to be compared.
        hint: Option<CounterReset>,
    },
}

/// A line of a series: its labels and its points.
#[derive(Clone, Debug)]
pub(crate) struct SeriesLine {
    pub(crate) labels: LabelSet,
    pub(crate) points: Vec<Option<Point>>,
}

/// Reads a line of a series.
pub(crate) fn parse_series(line: &str) -> Result<SeriesLine, String> {
    let (metric, values) = line.split_at(metric_len(line));
    Ok(SeriesLine { labels: parse_metric(metric)?, points: parse_points(values)? })
}

/// Reads `name{label="value"}`.
pub(crate) fn parse_metric(text: &str) -> Result<LabelSet, String> {
    let matchers = parse_selector(text.trim()).map_err(|e| e.to_string())?;
    let mut labels = LabelSetBuilder::default();
    for matcher in &matchers {
        if matcher.op() != MatchOp::Equal {
            return Err(format!("a series has labels, not matchers: {matcher}"));
        }
        labels.set(matcher.name(), matcher.value());
    }
    Ok(labels.build())
}

/// Bytes of the metric at the start of a line: up to the closing brace, or to the first white space.
pub(crate) fn metric_len(line: &str) -> usize {
    let name = line.find(|c: char| c == '{' || c.is_whitespace() || c == '@').unwrap_or(line.len());
    let rest = line.get(name..).unwrap_or("");
    let blanks = rest.len() - rest.trim_start().len();
    // A blank may stand before the brace, but two braces start a histogram.
    if !rest.trim_start().starts_with('{') || rest.trim_start().starts_with("{{") {
        return name;
    }
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(blanks) {
        match quote {
            Some(q) if c == q && !escaped => quote = None,
            Some(q) => escaped = c == '\\' && !escaped && q != '`',
            None if matches!(c, '"' | '\'' | '`') => quote = Some(c),
            None if c == '}' => return name + at + 1,
            None => {}
        }
    }
    line.len()
}

fn parse_points(text: &str) -> Result<Vec<Option<Point>>, String> {
    let mut points = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (item, tail) = rest.split_at(item_len(rest));
        let room = POINTS_MAX - points.len();
        push_item(item, room, &mut points).map_err(|e| format!("{e} in {item:?}"))?;
        rest = tail.trim_start();
    }
    Ok(points)
}

/// Bytes up to the next white space outside of a histogram.
fn item_len(text: &str) -> usize {
    let mut inside = false;
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        match (previous, c) {
            ('{', '{') => inside = true,
            ('}', '}') => inside = false,
            _ if c.is_whitespace() && !inside => return at,
            _ => {}
        }
        previous = c;
    }
    text.len()
}

fn push_item(item: &str, room: usize, points: &mut Vec<Option<Point>>) -> Result<(), String> {
    if let Some(rest) = item.strip_prefix('_') {
        let count = if rest.is_empty() { 1 } else { repeats(rest, room)? };
        points.extend((0..count).map(|_| None));
        return Ok(());
    }
    if item == "stale" {
        points.push(Some(Point::Float(stale_nan())));
        return Ok(());
    }
    if item.starts_with("{{") { push_histograms(item, room, points) } else { push_floats(item, room, points) }
}

/// The count after an `x`.
fn repeats(text: &str, room: usize) -> Result<usize, String> {
    let digits = text.strip_prefix('x').ok_or("expected \"x\" and a count")?;
    let count: usize = digits.parse().map_err(|_| format!("invalid repetition {digits:?}"))?;
    if count >= room {
        return Err(format!("more than {POINTS_MAX} points"));
    }
    Ok(count)
}

/// `v`, `vxN`, `v+dxN` or `v-dxN`: with a count, N + 1 points.
fn push_floats(item: &str, room: usize, points: &mut Vec<Option<Point>>) -> Result<(), String> {
    let (mut value, rest) = signed_number(item)?;
    let stepped = rest.starts_with(['+', '-']);
    let (step, rest) = if stepped { signed_number(rest)? } else { (0.0, rest) };
    let count = if rest.is_empty() && !stepped { 0 } else { repeats(rest, room)? };
    for _ in 0..=count {
        points.push(Some(Point::Float(value)));
        value += step;
    }
    Ok(())
}

/// `{{...}}` and its repetitions, with a step that is added or subtracted.
fn push_histograms(item: &str, room: usize, points: &mut Vec<Option<Point>>) -> Result<(), String> {
    let (first, rest) = histogram(item)?;
    let subtract = rest.starts_with('-');
    let (step, rest) = match rest.strip_prefix(['+', '-']) {
        Some(rest) => histogram(rest).map(|(step, rest)| (Some(step), rest))?,
        None => (None, rest),
    };
    let count = if rest.is_empty() && step.is_none() { 0 } else { repeats(rest, room)? };
    let hint_of = step.as_ref().unwrap_or(&first);
    let hint = hint_of.hint_given.then_some(first.value.counter_reset);
    let mut current = first.value;
    for n in 0..=count {
        let hint = hint.map(|_| current.counter_reset);
        points.push(Some(Point::Histogram { value: Arc::new(current.clone()), hint }));
        if let Some(step) = step.as_ref().filter(|_| n < count) {
            let combined = if subtract { current.sub(&step.value) } else { current.add(&step.value) };
            combined.map_err(|e| format!("error combining histograms: {e}"))?;
        }
    }
    Ok(())
}

fn histogram(text: &str) -> Result<(HistogramLiteral, &str), String> {
    let inner = text.strip_prefix("{{").ok_or("expected a histogram")?;
    let (inner, rest) = inner.split_once("}}").ok_or("histogram without \"}}\"")?;
    Ok((parse_histogram(inner)?, rest))
}

/// A number with or without a sign at the start of a text, and what follows it.
fn signed_number(text: &str) -> Result<(f64, &str), String> {
    let unsigned = text.trim_start_matches(['+', '-']);
    let sign = text.len() - unsigned.len();
    if sign > 1 {
        return Err("more than one sign".to_owned());
    }
    let len = sign + number_len(unsigned);
    let (number, rest) = text.split_at_checked(len).ok_or("not a number")?;
    number.parse().map(|value| (value, rest)).map_err(|_| format!("not a number: {number:?}"))
}

/// Bytes of digits, point and exponent, or of `Inf` or `NaN`.
fn number_len(text: &str) -> usize {
    let word = text.get(..3).unwrap_or("");
    if word.eq_ignore_ascii_case("inf") || word.eq_ignore_ascii_case("nan") {
        return 3;
    }
    let mut previous = b' ';
    let is_part = |b: u8| {
        let is_sign = matches!(b, b'+' | b'-') && matches!(previous, b'e' | b'E');
        previous = b;
        is_sign || b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E')
    };
    text.bytes().map(is_part).take_while(|part| *part).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floats(text: &str) -> Vec<Option<f64>> {
        let line = parse_series(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        let float = |p: Point| match p {
            Point::Float(v) => v,
            Point::Histogram { value, .. } => value.sum,
        };
        line.points.into_iter().map(|p| p.map(float)).collect()
    }

    #[test]
    fn points_are_unrolled() {
        assert_eq!(floats("a 1 -2.5 1e3x1"), [Some(1.0), Some(-2.5), Some(1e3), Some(1e3)]);
        assert_eq!(floats("{} 1+2x2 5-1e0x1"), [1.0, 3.0, 5.0, 5.0, 4.0].map(Some));
        assert_eq!(floats("a{b=\"}\"} _ _x2 -Inf"), [None, None, None, Some(f64::NEG_INFINITY)]);
        assert!(floats("a stale")[0].is_some_and(model::is_stale));
        assert_eq!(floats("a {{sum:1 count:2}}+{{sum:2}}x2 {{}}"), [1.0, 3.0, 5.0, 0.0].map(Some));
    }

    #[test]
    fn labels_are_read_as_in_a_selector() {
        let line = parse_series(r#"{"my.metric", "a b"='c"', d=`e`,} 1"#).unwrap();
        assert_eq!(line.labels.to_string(), r#"{"my.metric", "a b"="c\"", d="e"}"#);
        for wrong in ["a{b=~\"c\"} 1", "a 1x", "a 1+2", "a x", "a 1x9999999", "a --1", "a {{sum:1}", "{a 1"] {
            assert!(parse_series(wrong).is_err(), "{wrong}");
        }
    }
}
