//! Warnings and infos: what they say, and where.

use std::fmt;

use model::{civil::Civil, float::Shortest};

use crate::syntax::ast::Span;

/// An operation on histograms that had something to settle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Addition,
    Subtraction,
    Aggregation,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Addition => "addition",
            Self::Subtraction => "subtraction",
            Self::Aggregation => "aggregation",
        })
    }
}

/// What there is to say about a query that has an answer. Names are metric names; an empty one is left out.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Note {
    InvalidQuantile(f64),
    InvalidRatio { got: f64, capped: f64 },
    BadBucketLabel { label: String, name: String },
    MixedFloatsHistograms(String),
    MixedFloatsHistogramsAggregation,
    MixedClassicNative(String),
    NotCounterHistogram(String),
    NotGaugeHistogram(String),
    MixedExponentialCustom(String),
    IncompatibleLayout(&'static str),
    SortInRange,
    ResetCollision(Operation),
    StartOverlap(String),
    PossibleNonCounter(String),
    PossibleNonCounterType { name: String, label: String },
    ForcedMonotonicity(String),
    IncompatibleTypes { left: &'static str, op: &'static str, right: &'static str },
    IgnoredInAggregation(&'static str),
    IgnoredInMixedRange(String),
    QuantileNanResult(String),
    QuantileNanSkew(String),
    FractionNan(String),
    BoundsReconciled(Operation),
}

impl Note {
    fn is_warning(&self) -> bool {
        matches!(
            self,
            Self::InvalidQuantile(_)
                | Self::InvalidRatio { .. }
                | Self::BadBucketLabel { .. }
                | Self::MixedFloatsHistograms(_)
                | Self::MixedFloatsHistogramsAggregation
                | Self::MixedClassicNative(_)
                | Self::NotCounterHistogram(_)
                | Self::NotGaugeHistogram(_)
                | Self::MixedExponentialCustom(_)
                | Self::IncompatibleLayout(_)
                | Self::SortInRange
                | Self::ResetCollision(_)
                | Self::StartOverlap(_)
        )
    }
}

/// Quotes a string as Go's `%q` does.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        model::label::write_quoted(f, self.0)
    }
}

/// ` for metric name "x"`, or nothing without a name.
struct OfName<'a>(&'a str);

impl fmt::Display for OfName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, " for metric name {}", Quoted(self.0)) }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_warning() { "PromQL warning: " } else { "PromQL info: " })?;
        match self {
            Self::InvalidQuantile(got) => {
                write!(f, "quantile value should be between 0 and 1, got {}", Shortest(*got))
            }
            Self::InvalidRatio { got, capped } => {
                let (got, capped) = (Shortest(*got), Shortest(*capped));
                write!(f, "ratio value should be between -1 and 1, got {got}, capping to {capped}")
            }
            Self::BadBucketLabel { label, name } => {
                let label = Quoted(label);
                let name = OfName(name);
                write!(f, "bucket label \"le\" is missing or has a malformed value of {label}{name}")
            }
            Self::MixedFloatsHistograms(name) => {
                write!(f, "encountered a mix of histograms and floats for metric name {}", Quoted(name))
            }
            Self::MixedFloatsHistogramsAggregation => {
                f.write_str("encountered a mix of histograms and floats for aggregation")
            }
            Self::MixedClassicNative(name) => {
                write!(f, "vector contains a mix of classic and native histograms{}", OfName(name))
            }
            Self::NotCounterHistogram(name) => {
                write!(f, "this native histogram metric is not a counter: {}", Quoted(name))
            }
            Self::NotGaugeHistogram(name) => {
                write!(f, "this native histogram metric is not a gauge: {}", Quoted(name))
            }
            Self::MixedExponentialCustom(name) => write!(
                f,
                "vector contains a mix of histograms with exponential and custom buckets schemas for metric name {}",
                Quoted(name)
            ),
            Self::IncompatibleLayout(op) => {
                write!(f, "incompatible bucket layout encountered for binary operator {op}")
            }
            Self::SortInRange => f.write_str(
                "sort is ineffective for range queries since results are always ordered by labels",
            ),
            Self::ResetCollision(operation) => {
                write!(f, "conflicting counter resets during histogram {operation}")
            }
            Self::StartOverlap(name) => write!(
                f,
                "sample has start time that overlaps with previous sample timestamp for metric {}",
                Quoted(name)
            ),
            _ => self.fmt_info(f),
        }
    }
}

impl Note {
    fn fmt_info(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PossibleNonCounter(name) => write!(
                f,
                "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: {}",
                Quoted(name)
            ),
            Self::PossibleNonCounterType { name, label } => write!(
                f,
                "metric might not be a counter, __type__ label is not set to \"counter\" or \"histogram\", got {}: {}",
                Quoted(label),
                Quoted(name)
            ),
            Self::ForcedMonotonicity(name) => write!(
                f,
                "input to histogram_quantile needed to be fixed for monotonicity (see \
                 https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile){}",
                OfName(name)
            ),
            Self::IncompatibleTypes { left, op, right } => write!(
                f,
                "incompatible sample types encountered for binary operator {}: {left} {op} {right}",
                Quoted(op)
            ),
            Self::IgnoredInAggregation(op) => write!(f, "ignored histogram in {op} aggregation"),
            Self::IgnoredInMixedRange(name) => write!(
                f,
                "ignored histograms in a range containing both floats and histograms for metric name {}",
                Quoted(name)
            ),
            Self::QuantileNanResult(name) => {
                write!(f, "input to histogram_quantile has NaN observations, result is NaN{}", OfName(name))
            }
            Self::QuantileNanSkew(name) => write!(
                f,
                "input to histogram_quantile has NaN observations, result is skewed higher{}",
                OfName(name)
            ),
            Self::FractionNan(name) => write!(
                f,
                "input to histogram_fraction has NaN observations, which are excluded from all fractions{}",
                OfName(name)
            ),
            Self::BoundsReconciled(operation) => {
                write!(f, "mismatched custom buckets were reconciled during {operation}")
            }
            _ => Ok(()),
        }
    }
}

/// How far classic buckets were from growing monotonically, over all places where they were not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Repair {
    pub(super) bucket_min: f64,
    pub(super) bucket_max: f64,
    pub(super) diff_max: f64,
    pub(super) from_ms: i64,
    pub(super) to_ms: i64,
    pub(super) samples: u64,
}

#[derive(Debug)]
struct Entry {
    note: Note,
    span: Span,
    repair: Option<Repair>,
    occurrences: u64,
}

/// The notes of a query, each once.
#[derive(Debug, Default)]
pub(super) struct Annotations(Vec<Entry>);

/// Beyond so many different notes no more are taken: their number can grow with the series.
const NOTES_MAX: usize = 1000;

impl Annotations {
    pub(super) fn add(&mut self, note: Note, span: Span) {
        self.entry(note, span, None);
    }

    pub(super) fn add_repair(&mut self, name: String, span: Span, repair: Repair) {
        self.entry(Note::ForcedMonotonicity(name), span, Some(repair));
    }

    fn entry(&mut self, note: Note, span: Span, repair: Option<Repair>) {
        // NaN makes a note differ from itself, so compare what is printed for that one.
        let same = |entry: &Entry| entry.note == note || same_nan(&entry.note, &note);
        let Some(entry) = self.0.iter_mut().find(|entry| same(entry)) else {
            if self.0.len() < NOTES_MAX {
                self.0.push(Entry { note, span, repair, occurrences: 1 });
            }
            return;
        };
        // Of several places the last one is named.
        if span.start > entry.span.start {
            entry.span = span;
        }
        entry.occurrences += 1;
        if let (Some(all), Some(new)) = (&mut entry.repair, repair) {
            all.bucket_min = all.bucket_min.min(new.bucket_min);
            all.bucket_max = all.bucket_max.max(new.bucket_max);
            all.diff_max = all.diff_max.max(new.diff_max);
            all.from_ms = all.from_ms.min(new.from_ms);
            all.to_ms = all.to_ms.max(new.to_ms);
            all.samples += new.samples;
        }
    }

    /// Warnings and infos with their places in the text.
    pub(super) fn into_texts(self, text: &str) -> (Vec<String>, Vec<String>) {
        let (warnings, infos): (Vec<_>, Vec<_>) = self.0.into_iter().partition(|e| e.note.is_warning());
        let texts = |entries: Vec<Entry>| entries.iter().map(|entry| entry.to_text(text)).collect();
        (texts(warnings), texts(infos))
    }
}

fn same_nan(a: &Note, b: &Note) -> bool {
    matches!((a, b), (Note::InvalidQuantile(a), Note::InvalidQuantile(b)) if a.is_nan() && b.is_nan())
}

impl Entry {
    fn to_text(&self, text: &str) -> String {
        let mut said = self.note.to_string();
        if let Some(r) = &self.repair {
            let (min, max) = (Shortest(r.bucket_min), Shortest(r.bucket_max));
            let (from, to) = (rfc3339(r.from_ms), rfc3339(r.to_ms));
            let diff = two_digits(r.diff_max);
            let samples = r.samples;
            said += &format!(
                ", from buckets {min} to {max}, with a max diff of {diff}, over {samples} samples from {from} to {to}"
            );
        }
        if matches!(self.note, Note::StartOverlap(_)) && self.occurrences > 1 {
            said += &format!(" ({} occurrences)", self.occurrences);
        }
        format!("{said} ({})", place(text, self.span.start))
    }
}

/// Line and column of an offset, as annotations name them.
fn place(text: &str, offset: usize) -> String {
    if text.is_empty() {
        return "unknown position".to_owned();
    }
    let Some(before) = text.as_bytes().get(..offset) else {
        return "invalid position".to_owned();
    };
    let line = 1 + before.iter().filter(|&&b| b == b'\n').count();
    let line_start = before.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    format!("{line}:{}", offset - line_start + 1)
}

fn rfc3339(timestamp_ms: i64) -> String {
    let c = Civil::from_ms(timestamp_ms);
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", c.year, c.month, c.day, c.hour, c.minute, c.second)
}

/// Two significant digits, as Go's `%.2g`.
fn two_digits(value: f64) -> String {
    let rounded: f64 = format!("{value:.1e}").parse().unwrap_or(value);
    let scientific = format!("{rounded:e}");
    let exponent: i32 = scientific.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    if (-4..2).contains(&exponent) || rounded == 0.0 {
        return rounded.to_string();
    }
    let digits = scientific.split('e').next().unwrap_or_default();
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_merged_and_say_where() {
        let mut notes = Annotations::default();
        let span = |start| Span { start, end: start + 1 };
        notes.add(Note::PossibleNonCounter("x".into()), span(5));
        notes.add(Note::PossibleNonCounter("x".into()), span(5));
        notes.add(Note::InvalidQuantile(f64::NAN), span(9));
        notes.add(Note::InvalidQuantile(f64::NAN), span(9));
        let repair = |bucket, at| Repair {
            bucket_min: bucket,
            bucket_max: bucket,
            diff_max: bucket,
            from_ms: at,
            to_ms: at,
            samples: 1,
        };
        notes.add_repair(String::new(), span(9), repair(0.5, 0));
        notes.add_repair(String::new(), span(9), repair(123.0, 60_000));
        let (warnings, infos) = notes.into_texts("rate(x\n[5m])");
        assert_eq!(warnings, ["PromQL warning: quantile value should be between 0 and 1, got NaN (2:3)"]);
        let counter = "PromQL info: metric might not be a counter, name does not end in \
                       _total/_sum/_count/_bucket: \"x\" (1:6)";
        let monotonic = "PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see \
                         https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile), \
                         from buckets 0.5 to 123, with a max diff of 1.2e+02, over 2 samples from \
                         1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z (2:3)";
        assert_eq!(infos, [counter, monotonic]);
    }
}
