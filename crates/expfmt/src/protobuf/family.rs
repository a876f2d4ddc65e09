//! A metric family: its comments, and its metrics in turn.

use std::fmt::Write;

use model::MetricType;
use protobuf::Reader;

use super::{Attachment, HistogramRules, ProtobufError, Result, Sink, metric::Metric};
use crate::{
    convert::push_value,
    escape::push_help,
    writer::{push_name, push_series, push_type},
};

/// Bytes of a metric's message at most: what is read of it takes some ten times as much memory. One with 4,096
/// buckets has 100 KiB.
const METRIC_BYTES_MAX: usize = 512 << 10;

/// Text that is handed over at once.
const FLUSHED_BYTES: usize = 16 << 10;

/// A family; its metrics are read as they are written.
pub(super) struct Family<'b> {
    pub(super) name: &'b str,
    help: &'b str,
    unit: &'b str,
    pub(super) kind: MetricType,
    fields: Reader<'b>,
}

/// The text of a family: flushed to the sink after each metric.
pub(super) struct Lines<'s> {
    pub(super) text: String,
    /// Samples written so far, of all families.
    samples: usize,
    sink: &'s mut dyn Sink,
}

/// An exemplar: labels, value, and time in milliseconds.
pub(super) struct Exemplar<'b> {
    pub(super) labels: Vec<(&'b str, &'b str)>,
    pub(super) value: f64,
    pub(super) timestamp_ms: Option<i64>,
}

impl<'b> Family<'b> {
    pub(super) fn read(fields: Reader<'b>) -> Result<Self> {
        let mut family = Self { name: "", help: "", unit: "", kind: MetricType::Counter, fields };
        let (mut rest, mut kind) = (fields, 0);
        while let Some(field) = rest.next()? {
            let text = || {
                let bytes = field.message()?.as_bytes();
                std::str::from_utf8(bytes)
                    .map_err(|_| ProtobufError::Utf8 { family: String::from_utf8_lossy(bytes).into_owned() })
            };
            match field.number {
                1 => family.name = text()?,
                2 => family.help = text()?,
                3 => kind = field.varint()?,
                5 => family.unit = text()?,
                _ => {}
            }
        }
        if family.name.is_empty() {
            return Err(ProtobufError::Name { name: String::new() });
        }
        family.kind =
            metric_type(kind).ok_or_else(|| ProtobufError::Type { family: family.name.to_owned(), kind })?;
        Ok(family)
    }

    /// Writes the family; `samples` were written before, and the result are those after it.
    pub(super) fn write(&self, rules: &HistogramRules, samples: usize, sink: &mut dyn Sink) -> Result<usize> {
        let mut lines = Lines { text: String::new(), samples, sink };
        let mut fields = self.fields;
        let mut opened = false;
        while let Some(field) = fields.next()? {
            if field.number == 4 {
                if !opened {
                    self.open(&mut lines.text);
                    opened = true;
                }
                let message = field.message()?;
                if message.as_bytes().len() > METRIC_BYTES_MAX {
                    let (family, bytes) = (self.name.to_owned(), message.as_bytes().len());
                    return Err(ProtobufError::MetricLength { family, bytes, limit_bytes: METRIC_BYTES_MAX });
                }
                let metric = Metric::read(self, message)?;
                metric.write(self, rules, &mut lines)?;
                lines.flush()?;
            }
        }
        Ok(lines.samples)
    }

    fn open(&self, out: &mut String) {
        let comment = |out: &mut String, keyword: &str| {
            out.push_str(keyword);
            push_name(out, self.name);
            out.push(' ');
        };
        comment(out, "# HELP ");
        push_help(out, self.help);
        out.push('\n');
        push_type(out, self.name, self.kind.as_str());
        // In text a unit has to be the end of the name.
        if !self.unit.is_empty() && self.name.ends_with(&format!("_{}", self.unit)) {
            comment(out, "# UNIT ");
            out.push_str(self.unit);
            out.push('\n');
        }
    }

    /// An error at one of the family's texts.
    pub(super) fn text(&self, bytes: &'b [u8]) -> Result<&'b str> {
        std::str::from_utf8(bytes).map_err(|_| ProtobufError::Utf8 { family: self.name.to_owned() })
    }

    /// A label of a metric or an exemplar.
    pub(super) fn label(&self, mut fields: Reader<'b>) -> Result<(&'b str, &'b str)> {
        let mut label = ("", "");
        while let Some(field) = fields.next()? {
            match field.number {
                1 => label.0 = self.text(field.message()?.as_bytes())?,
                2 => label.1 = self.text(field.message()?.as_bytes())?,
                _ => {}
            }
        }
        Ok(label)
    }
}

impl Lines<'_> {
    /// Writes a line; `extra` is one more label.
    pub(super) fn sample(
        &mut self,
        name: &str,
        metric: &Metric<'_>,
        extra: Option<(&str, &str)>,
        value: f64,
        exemplar: Option<&Exemplar<'_>>,
    ) -> Result<()> {
        push_series(&mut self.text, name, metric.labels.iter().copied().chain(extra));
        self.text.push(' ');
        push_value(&mut self.text, value);
        if metric.timestamp_ms != 0 {
            self.push_seconds(metric.timestamp_ms);
        }
        if let Some(exemplar) = exemplar {
            self.push_exemplar(exemplar);
        }
        self.text.push('\n');
        self.samples += 1;
        if self.text.len() < FLUSHED_BYTES { Ok(()) } else { self.flush() }
    }

    fn push_exemplar(&mut self, exemplar: &Exemplar<'_>) {
        self.text.push_str(" # ");
        // Labels without a name before them.
        let mut series = String::new();
        push_series(&mut series, "x", exemplar.labels.iter().copied());
        let labels = series.strip_prefix('x').filter(|labels| !labels.is_empty()).unwrap_or("{}");
        self.text.push_str(labels);
        self.text.push(' ');
        push_value(&mut self.text, exemplar.value);
        if let Some(timestamp_ms) = exemplar.timestamp_ms {
            self.push_seconds(timestamp_ms);
        }
    }

    /// Writes a time half a millisecond away from zero, as readers multiply by 1,000 and cut off the rest.
    fn push_seconds(&mut self, timestamp_ms: i64) {
        let sign = if timestamp_ms < 0 { "-" } else { "" };
        let ms = timestamp_ms.unsigned_abs();
        let _ = write!(self.text, " {sign}{}.{:03}5", ms / 1000, ms % 1000);
    }

    /// Hands over what the last sample has beside its line.
    pub(super) fn attach(
        &mut self,
        histogram: Option<std::sync::Arc<model::FloatHistogram>>,
        start_ms: Option<i64>,
    ) -> Result<()> {
        if histogram.is_none() && start_ms.is_none() {
            return Ok(());
        }
        let sample = self.samples.saturating_sub(1);
        let taken = self.sink.attach(Attachment { sample, histogram, start_ms });
        if taken { Ok(()) } else { Err(ProtobufError::Memory) }
    }

    fn flush(&mut self) -> Result<()> {
        let taken = self.sink.text(&self.text);
        self.text.clear();
        if taken { Ok(()) } else { Err(ProtobufError::Memory) }
    }
}

fn metric_type(number: u64) -> Option<MetricType> {
    Some(match number {
        0 => MetricType::Counter,
        1 => MetricType::Gauge,
        2 => MetricType::Summary,
        3 => MetricType::Unknown,
        4 => MetricType::Histogram,
        5 => MetricType::GaugeHistogram,
        _ => return None,
    })
}
