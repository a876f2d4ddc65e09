//! A metric: its labels, and the lines of its samples.

use protobuf::Reader;

use super::{
    HistogramRules, Result,
    family::{Exemplar, Family, Lines},
    histogram::Histogram,
};
use crate::convert::push_value;

/// A metric of some type.
pub(super) struct Metric<'b> {
    pub(super) labels: Vec<(&'b str, &'b str)>,
    /// 0 for none, as the format has no other word for it.
    pub(super) timestamp_ms: i64,
    kind: Kind<'b>,
}

enum Kind<'b> {
    Single { value: f64, exemplar: Option<Exemplar<'b>>, start_ms: Option<i64> },
    Summary(Summary),
    Histogram(Box<Histogram<'b>>),
}

#[derive(Default)]
struct Summary {
    count: u64,
    sum: f64,
    quantiles: Vec<(f64, f64)>,
    start_ms: Option<i64>,
}

impl<'b> Metric<'b> {
    pub(super) fn read(family: &Family<'b>, mut fields: Reader<'b>) -> Result<Self> {
        let kind = Kind::Single { value: 0.0, exemplar: None, start_ms: None };
        let mut metric = Self { labels: Vec::new(), timestamp_ms: 0, kind };
        while let Some(field) = fields.next()? {
            match field.number {
                1 => metric.labels.push(family.label(field.message()?)?),
                2 | 3 | 5 => metric.kind = read_single(family, field.message()?)?,
                4 => metric.kind = Kind::Summary(read_summary(field.message()?)?),
                6 => metric.timestamp_ms = field.varint()? as i64,
                7 => metric.kind = Kind::Histogram(Histogram::read(family, field.message()?)?.into()),
                _ => {}
            }
        }
        Ok(metric)
    }

    pub(super) fn write(
        &self,
        family: &Family<'b>,
        rules: &HistogramRules,
        lines: &mut Lines<'_>,
    ) -> Result<()> {
        match &self.kind {
            Kind::Single { value, exemplar, start_ms } => {
                lines.sample(family.name, self, None, *value, exemplar.as_ref())?;
                lines.attach(None, *start_ms)
            }
            Kind::Summary(summary) => self.write_summary(family, summary, lines),
            Kind::Histogram(histogram) => histogram.write(family, self, rules, lines),
        }
    }

    fn write_summary(&self, family: &Family<'b>, summary: &Summary, lines: &mut Lines<'_>) -> Result<()> {
        let name = family.name;
        let figures = [("_count", summary.count as f64), ("_sum", summary.sum)];
        for (suffix, value) in figures {
            lines.sample(&format!("{name}{suffix}"), self, None, value, None)?;
            lines.attach(None, summary.start_ms)?;
        }
        for &(quantile, value) in &summary.quantiles {
            lines.sample(name, self, Some(("quantile", &bound_text(quantile))), value, None)?;
            lines.attach(None, summary.start_ms)?;
        }
        Ok(())
    }
}

/// A bound as a label's value: as OpenMetrics writes floats, with a decimal point.
pub(super) fn bound_text(bound: f64) -> String {
    let mut text = String::new();
    push_value(&mut text, bound);
    if bound.is_finite() && !text.contains(['.', 'e']) {
        text.push_str(".0");
    }
    text
}

/// A counter, gauge or value without a type.
fn read_single<'b>(family: &Family<'b>, mut fields: Reader<'b>) -> Result<Kind<'b>> {
    let (mut value, mut exemplar, mut start_ms) = (0.0, None, None);
    while let Some(field) = fields.next()? {
        match field.number {
            1 => value = field.double()?,
            2 => exemplar = Some(read_exemplar(family, field.message()?)?),
            3 => start_ms = Some(read_timestamp(field.message()?)?),
            _ => {}
        }
    }
    Ok(Kind::Single { value, exemplar, start_ms })
}

fn read_summary(mut fields: Reader<'_>) -> Result<Summary> {
    let mut summary = Summary::default();
    while let Some(field) = fields.next()? {
        match field.number {
            1 => summary.count = field.varint()?,
            2 => summary.sum = field.double()?,
            3 => {
                let (mut quantile, mut pair) = ((0.0, 0.0), field.message()?);
                while let Some(field) = pair.next()? {
                    match field.number {
                        1 => quantile.0 = field.double()?,
                        2 => quantile.1 = field.double()?,
                        _ => {}
                    }
                }
                summary.quantiles.push(quantile);
            }
            4 => summary.start_ms = Some(read_timestamp(field.message()?)?),
            _ => {}
        }
    }
    Ok(summary)
}

pub(super) fn read_exemplar<'b>(family: &Family<'b>, mut fields: Reader<'b>) -> Result<Exemplar<'b>> {
    let mut exemplar = Exemplar { labels: Vec::new(), value: 0.0, timestamp_ms: None };
    while let Some(field) = fields.next()? {
        match field.number {
            1 => exemplar.labels.push(family.label(field.message()?)?),
            2 => exemplar.value = field.double()?,
            3 => exemplar.timestamp_ms = Some(read_timestamp(field.message()?)?),
            _ => {}
        }
    }
    Ok(exemplar)
}

/// Seconds and nanoseconds as milliseconds.
pub(super) fn read_timestamp(mut fields: Reader<'_>) -> Result<i64> {
    let (mut seconds, mut nanos) = (0i64, 0i64);
    while let Some(field) = fields.next()? {
        match field.number {
            1 => seconds = field.varint()? as i64,
            2 => nanos = field.varint()? as i64,
            _ => {}
        }
    }
    Ok(seconds.saturating_mul(1000).saturating_add(nanos / 1_000_000))
}
