//! A native histogram of a request: the same fields in both protocols.

use model::{
    CounterReset, FloatHistogram,
    histogram::{BUCKETS_MAX, InvalidHistogram, Span, UncheckedCounts, UncheckedHistogram},
};

use protobuf::{Field, Reader, Value, unzigzag};

use crate::error::Error;

/// A histogram as a request has it.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub(super) timestamp_ms: i64,
    /// 0 where it is not known.
    pub(super) start_ms: i64,
    fields: Fields,
}

#[derive(Debug, Default)]
struct Fields {
    counter_reset: CounterReset,
    schema: i32,
    zero_threshold: f64,
    sum: f64,
    count: u64,
    count_float: Option<f64>,
    zero_count: u64,
    zero_count_float: f64,
    custom_bounds: Bounded<f64>,
    positive: Side,
    negative: Side,
}

#[derive(Debug, Default)]
struct Side {
    spans: Bounded<Span>,
    differences: Bounded<i64>,
    counts: Bounded<f64>,
}

/// A list that is cut off a little beyond what a histogram may have; its length tells.
#[derive(Debug)]
struct Bounded<T> {
    list: Vec<T>,
    len: usize,
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Self { list: Vec::new(), len: 0 }
    }
}

impl<T> Bounded<T> {
    fn push(&mut self, element: T) {
        self.len += 1;
        if self.list.len() <= BUCKETS_MAX {
            self.list.push(element);
        }
    }
}

/// Reads a histogram; what is in it is not checked yet.
///
/// # Errors
/// When the message is not of its protocol.
pub(super) fn decode(mut fields: Reader<'_>) -> Result<Decoded, Error> {
    let mut decoded = Decoded::default();
    while let Some(field) = fields.next()? {
        let to = &mut decoded.fields;
        match field.number {
            1 => to.count = field.varint()?,
            2 => to.count_float = Some(field.double()?),
            3 => to.sum = field.double()?,
            4 => to.schema = unzigzag(field.varint()?) as i32,
            5 => to.zero_threshold = field.double()?,
            6 => to.zero_count = field.varint()?,
            7 => to.zero_count_float = field.double()?,
            8..=10 => to.negative.read(&field, 8)?,
            11..=13 => to.positive.read(&field, 11)?,
            14 => to.counter_reset = hint(field.varint()?),
            15 => decoded.timestamp_ms = field.varint()? as i64,
            16 => doubles(&field, &mut to.custom_bounds)?,
            17 => decoded.start_ms = field.varint()? as i64,
            _ => {}
        }
    }
    Ok(decoded)
}

impl Decoded {
    /// The histogram, or what is wrong with it.
    pub(super) fn check(self) -> Result<FloatHistogram, InvalidHistogram> {
        let Fields { positive, negative, custom_bounds, .. } = self.fields;
        let longest = |side: &Side| side.spans.len.max(side.differences.len).max(side.counts.len);
        let buckets = longest(&positive).max(longest(&negative)).max(custom_bounds.len);
        if buckets > BUCKETS_MAX {
            return Err(InvalidHistogram::Buckets { buckets, limit: BUCKETS_MAX });
        }
        let counts = match self.fields.count_float {
            Some(count) => UncheckedCounts::Float {
                count,
                zero_count: self.fields.zero_count_float,
                positive: positive.counts.list,
                negative: negative.counts.list,
            },
            None => UncheckedCounts::Integer {
                count: self.fields.count,
                zero_count: self.fields.zero_count,
                positive: positive.differences.list,
                negative: negative.differences.list,
            },
        };
        let unchecked = UncheckedHistogram {
            counter_reset: self.fields.counter_reset,
            schema: self.fields.schema,
            zero_threshold: self.fields.zero_threshold,
            sum: self.fields.sum,
            positive_spans: positive.spans.list,
            negative_spans: negative.spans.list,
            custom_bounds: custom_bounds.list,
            counts,
        };
        unchecked.check()
    }
}

impl Side {
    /// Reads a field of the side: `first` is the number of its spans, differences and counts follow.
    fn read(&mut self, field: &Field<'_>, first: u32) -> Result<(), Error> {
        match field.number - first {
            0 => self.spans.push(span(field.message()?)?),
            1 => match field.value {
                Value::Message(mut packed) => {
                    while !packed.as_bytes().is_empty() {
                        self.differences.push(unzigzag(packed.varint()?));
                    }
                }
                _ => self.differences.push(unzigzag(field.varint()?)),
            },
            _ => doubles(field, &mut self.counts)?,
        }
        Ok(())
    }
}

fn span(mut fields: Reader<'_>) -> Result<Span, Error> {
    let mut span = Span { offset: 0, length: 0 };
    while let Some(field) = fields.next()? {
        match field.number {
            1 => span.offset = unzigzag(field.varint()?) as i32,
            2 => span.length = field.varint()? as u32,
            _ => {}
        }
    }
    Ok(span)
}

fn doubles(field: &Field<'_>, list: &mut Bounded<f64>) -> Result<(), Error> {
    let Value::Message(mut packed) = field.value else {
        list.push(field.double()?);
        return Ok(());
    };
    while !packed.as_bytes().is_empty() {
        list.push(packed.double()?);
    }
    Ok(())
}

fn hint(number: u64) -> CounterReset {
    match number {
        1 => CounterReset::Reset,
        2 => CounterReset::NotReset,
        3 => CounterReset::Gauge,
        _ => CounterReset::Unknown,
    }
}
