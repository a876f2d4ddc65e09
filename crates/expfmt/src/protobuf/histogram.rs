//! A histogram: classic buckets, native ones, or both.

use std::sync::Arc;

use model::{
    CounterReset, FloatHistogram, MetricType,
    histogram::{
        BUCKETS_MAX, EXPONENTIAL_SCHEMA_MIN, InvalidHistogram, Span, UncheckedCounts, UncheckedHistogram,
    },
};
use protobuf::{Field, Reader, Value, unzigzag};

use super::{
    HistogramRules, ProtobufError, Result,
    family::{Exemplar, Family, Lines},
    metric::{Metric, bound_text, read_exemplar, read_timestamp},
};

/// A histogram as the message has it.
#[derive(Default)]
pub(super) struct Histogram<'b> {
    count: u64,
    count_float: f64,
    sum: f64,
    buckets: Vec<Bucket<'b>>,
    schema: i32,
    zero_threshold: f64,
    zero_count: u64,
    zero_count_float: f64,
    negative: Side,
    positive: Side,
    start_ms: Option<i64>,
    exemplars: Vec<Exemplar<'b>>,
}

#[derive(Default)]
struct Bucket<'b> {
    count: u64,
    count_float: f64,
    upper_bound: f64,
    exemplar: Option<Exemplar<'b>>,
}

#[derive(Default)]
struct Side {
    spans: Vec<Span>,
    differences: Vec<i64>,
    counts: Vec<f64>,
}

impl Side {
    /// Adds to a list, of which a little more is kept than a histogram may have.
    fn push<T>(list: &mut Vec<T>, element: T) {
        if list.len() <= BUCKETS_MAX {
            list.push(element);
        }
    }

    /// Reads a field of the side: `first` is the number of its spans, differences and counts follow.
    fn read(&mut self, field: &Field<'_>, first: u32) -> Result<()> {
        match (field.number - first, field.value) {
            (0, _) => {
                let (mut span, mut fields) = (Span { offset: 0, length: 0 }, field.message()?);
                while let Some(field) = fields.next()? {
                    match field.number {
                        1 => span.offset = unzigzag(field.varint()?) as i32,
                        2 => span.length = field.varint()? as u32,
                        _ => {}
                    }
                }
                Self::push(&mut self.spans, span);
            }
            (1, Value::Message(mut packed)) => {
                while !packed.as_bytes().is_empty() {
                    Self::push(&mut self.differences, unzigzag(packed.varint()?));
                }
            }
            (1, _) => Self::push(&mut self.differences, unzigzag(field.varint()?)),
            (_, Value::Message(mut packed)) => {
                while !packed.as_bytes().is_empty() {
                    Self::push(&mut self.counts, packed.double()?);
                }
            }
            _ => Self::push(&mut self.counts, field.double()?),
        }
        Ok(())
    }
}

impl<'b> Histogram<'b> {
    pub(super) fn read(family: &Family<'b>, mut fields: Reader<'b>) -> Result<Self> {
        let mut histogram = Self::default();
        while let Some(field) = fields.next()? {
            match field.number {
                1 => histogram.count = field.varint()?,
                2 => histogram.sum = field.double()?,
                3 => histogram.buckets.push(read_bucket(family, field.message()?)?),
                4 => histogram.count_float = field.double()?,
                5 => histogram.schema = unzigzag(field.varint()?) as i32,
                6 => histogram.zero_threshold = field.double()?,
                7 => histogram.zero_count = field.varint()?,
                8 => histogram.zero_count_float = field.double()?,
                9..=11 => histogram.negative.read(&field, 9)?,
                12..=14 => histogram.positive.read(&field, 12)?,
                15 => histogram.start_ms = Some(read_timestamp(field.message()?)?),
                16 => histogram.exemplars.push(read_exemplar(family, field.message()?)?),
                _ => {}
            }
        }
        Ok(histogram)
    }

    /// A histogram without any span, zero bucket or its width is a classic one.
    fn is_native(&self) -> bool {
        let spans = self.positive.spans.len() + self.negative.spans.len();
        spans > 0 || self.zero_threshold > 0.0 || self.zero_count > 0
    }

    pub(super) fn write(
        &self,
        family: &Family<'b>,
        metric: &Metric<'b>,
        rules: &HistogramRules,
        lines: &mut Lines<'_>,
    ) -> Result<()> {
        let native = rules.native && self.is_native();
        if native {
            let histogram = self.to_native(family, rules)?;
            // A line of text has one exemplar: the newest.
            let exemplar = self.exemplars.iter().max_by_key(|exemplar| exemplar.timestamp_ms);
            lines.sample(family.name, metric, None, histogram.sum, exemplar)?;
            lines.attach(Some(Arc::new(histogram)), self.start_ms)?;
        }
        if !native || rules.classic_too && !self.buckets.is_empty() {
            self.write_classic(family, metric, lines)?;
        }
        Ok(())
    }

    fn write_classic(&self, family: &Family<'b>, metric: &Metric<'b>, lines: &mut Lines<'_>) -> Result<()> {
        let name = family.name;
        let either = |float: f64, integer: u64| if float == 0.0 { integer as f64 } else { float };
        let count = either(self.count_float, self.count);
        for (suffix, value) in [("_count", count), ("_sum", self.sum)] {
            lines.sample(&format!("{name}{suffix}"), metric, None, value, None)?;
            lines.attach(None, self.start_ms)?;
        }
        let bucket_name = format!("{name}_bucket");
        for bucket in &self.buckets {
            let le = bound_text(bucket.upper_bound);
            let value = either(bucket.count_float, bucket.count);
            lines.sample(&bucket_name, metric, Some(("le", &le)), value, bucket.exemplar.as_ref())?;
            lines.attach(None, self.start_ms)?;
        }
        if self.buckets.last().is_none_or(|bucket| bucket.upper_bound != f64::INFINITY) {
            lines.sample(&bucket_name, metric, Some(("le", "+Inf")), count, None)?;
            lines.attach(None, self.start_ms)?;
        }
        Ok(())
    }

    fn to_native(&self, family: &Family<'b>, rules: &HistogramRules) -> Result<FloatHistogram> {
        let gauge = family.kind == MetricType::GaugeHistogram;
        let float = self.count_float > 0.0 || self.zero_count_float > 0.0;
        let (positive, negative) = (&self.positive, &self.negative);
        let counts = if float {
            UncheckedCounts::Float {
                count: self.count_float,
                zero_count: self.zero_count_float,
                positive: positive.counts.clone(),
                negative: negative.counts.clone(),
            }
        } else {
            UncheckedCounts::Integer {
                count: self.count,
                zero_count: self.zero_count,
                positive: positive.differences.clone(),
                negative: negative.differences.clone(),
            }
        };
        let unchecked = UncheckedHistogram {
            counter_reset: if gauge { CounterReset::Gauge } else { CounterReset::Unknown },
            schema: self.schema,
            zero_threshold: self.zero_threshold,
            sum: self.sum,
            positive_spans: positive.spans.clone(),
            negative_spans: negative.spans.clone(),
            custom_bounds: Vec::new(),
            counts,
        };
        let invalid = |error: InvalidHistogram| {
            let family = family.name.to_owned();
            ProtobufError::Histogram { family, error }
        };
        let mut histogram = unchecked.check().map_err(invalid)?;
        histogram.positive.compact();
        histogram.negative.compact();
        coarsened(histogram, rules)
            .ok_or_else(|| ProtobufError::BucketLimit { family: family.name.to_owned() })
    }
}

/// The histogram as coarse as the rules want it; `None` when that is not possible.
fn coarsened(histogram: FloatHistogram, rules: &HistogramRules) -> Option<FloatHistogram> {
    let counter_reset = histogram.counter_reset;
    let mut coarser = histogram;
    let too_many = |h: &FloatHistogram| {
        rules.bucket_limit > 0 && (h.positive.len() + h.negative.len()) as u64 > rules.bucket_limit
    };
    if coarser.schema > rules.schema_max() {
        coarser = coarser.to_schema(rules.schema_max());
    }
    while too_many(&coarser) {
        if coarser.schema <= EXPONENTIAL_SCHEMA_MIN {
            return None;
        }
        coarser = coarser.to_schema(coarser.schema - 1);
    }
    Some(FloatHistogram { counter_reset, ..coarser })
}

fn read_bucket<'b>(family: &Family<'b>, mut fields: Reader<'b>) -> Result<Bucket<'b>> {
    let mut bucket = Bucket::default();
    while let Some(field) = fields.next()? {
        match field.number {
            1 => bucket.count = field.varint()?,
            2 => bucket.upper_bound = field.double()?,
            3 => bucket.exemplar = Some(read_exemplar(family, field.message()?)?),
            4 => bucket.count_float = field.double()?,
            _ => {}
        }
    }
    Ok(bucket)
}
