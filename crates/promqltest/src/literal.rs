//! Native histograms as scripts write them: `schema:1 sum:3 count:22 buckets:[5 10 7]`.

use model::{
    CounterReset, FloatHistogram,
    histogram::{Buckets, Span},
};

/// A histogram and whether its counter reset hint was written.
#[derive(Clone, Debug)]
pub(crate) struct HistogramLiteral {
    pub(crate) value: FloatHistogram,
    pub(crate) hint_given: bool,
}

/// Reads what stands between the double braces.
pub(crate) fn parse_histogram(text: &str) -> Result<HistogramLiteral, String> {
    let mut literal = HistogramLiteral { value: FloatHistogram::default(), hint_given: false };
    let (mut positive, mut negative) = (Side::default(), Side::default());
    let mut seen = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (key, tail) =
            rest.split_once(':').ok_or_else(|| format!("expected a key and \":\" in {rest:?}"))?;
        let (value, tail) = split_value(tail)?;
        if seen.contains(&key) {
            return Err(format!("duplicate key \"{key}\" in histogram"));
        }
        seen.push(key);
        let h = &mut literal.value;
        match key {
            "schema" => h.schema = integer(value)?,
            "sum" => h.sum = number(value)?,
            "count" => h.count = number(value)?,
            "z_bucket" => h.zero_count = number(value)?,
            "z_bucket_w" => h.zero_threshold = number(value)?,
            "custom_values" => h.custom_bounds = list(value)?.into(),
            "buckets" => positive.counts = list(value)?,
            "offset" => positive.offset = integer(value)?,
            "n_buckets" => negative.counts = list(value)?,
            "n_offset" => negative.offset = integer(value)?,
            "counter_reset_hint" => {
                h.counter_reset = hint(value)?;
                literal.hint_given = true;
            }
            _ => return Err(format!("bad histogram descriptor found: {key:?}")),
        }
        rest = tail.trim_start();
    }
    literal.value.positive = positive.buckets()?;
    literal.value.negative = negative.buckets()?;
    Ok(literal)
}

/// Counts next to each other and the index of the first.
#[derive(Default)]
struct Side {
    offset: i32,
    counts: Vec<f64>,
}

impl Side {
    fn buckets(&self) -> Result<Buckets, String> {
        let length = u32::try_from(self.counts.len()).map_err(|e| e.to_string())?;
        let spans = [Span { offset: self.offset, length }];
        Buckets::from_spans(&spans, &self.counts).ok_or_else(|| format!("bad offset {}", self.offset))
    }
}

/// A value up to the next blank, or a list up to its bracket.
fn split_value(text: &str) -> Result<(&str, &str), String> {
    let end = if text.starts_with('[') {
        text.find(']').map(|at| at + 1).ok_or("list without \"]\"")?
    } else {
        text.find(char::is_whitespace).unwrap_or(text.len())
    };
    text.split_at_checked(end).ok_or_else(|| format!("bad value {text:?}"))
}

fn number(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| format!("error parsing number: {text:?}"))
}

fn integer(text: &str) -> Result<i32, String> {
    text.parse().map_err(|_| format!("error parsing number: {text:?}"))
}

fn list(text: &str) -> Result<Vec<f64>, String> {
    let inner = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    inner.ok_or_else(|| format!("expected a list: {text:?}"))?.split_whitespace().map(number).collect()
}

fn hint(text: &str) -> Result<CounterReset, String> {
    Ok(match text {
        "unknown" => CounterReset::Unknown,
        "reset" => CounterReset::Reset,
        "not_reset" => CounterReset::NotReset,
        "gauge" => CounterReset::Gauge,
        _ => return Err(format!("unknown counter reset hint {text:?}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histograms_are_read() {
        let text = "schema:1 sum:-0.3 count:3.1 z_bucket:7.1 z_bucket_w:0.05 buckets:[5.1 10 7] offset:-3 \
                    n_buckets:[4.1 5] n_offset:-5 counter_reset_hint:gauge";
        let HistogramLiteral { value, hint_given } = parse_histogram(text).unwrap();
        assert!(hint_given && value.counter_reset == CounterReset::Gauge);
        assert_eq!((value.schema, value.sum, value.count), (1, -0.3, 3.1));
        assert!(value.positive.iter().eq([(-3, 5.1), (-2, 10.0), (-1, 7.0)]));
        assert!(value.negative.iter().eq([(-5, 4.1), (-4, 5.0)]));
        let custom = parse_histogram(" schema:-53 custom_values:[1 +Inf] buckets:[2]").unwrap();
        assert_eq!(*custom.value.custom_bounds, [1.0, f64::INFINITY]);
        for wrong in ["sum", "sum:1 sum:2", "sum:x", "buckets:[1", "nothing:1", "counter_reset_hint:x"] {
            assert!(parse_histogram(wrong).is_err(), "{wrong}");
        }
    }
}
