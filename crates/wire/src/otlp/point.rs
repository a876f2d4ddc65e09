//! Data points of the five kinds.

use model::histogram::BUCKETS_MAX;

use super::attribute::{self, Attribute};
use protobuf::{Field, Reader, Value};

use crate::error::{Error, Fault, fault};

/// Exemplars of a point at most.
const EXEMPLARS_MAX: usize = 1_000;

/// The flag of a point that has no value: its series has ended.
const NO_RECORDED_VALUE: u64 = 1;

/// What all points have.
#[derive(Debug, Default)]
pub(super) struct Point<'a> {
    pub(super) attributes: Vec<Attribute<'a>>,
    pub(super) start_ns: u64,
    pub(super) time_ns: u64,
    /// There is no value: the series has ended.
    pub(super) ended: bool,
    pub(super) exemplars: Vec<Reader<'a>>,
    pub(super) value: PointValue,
}

/// What a point says.
#[derive(Clone, Debug, Default)]
pub(super) struct PointValue {
    /// Of gauges and sums.
    pub(super) number: f64,
    pub(super) count: u64,
    pub(super) sum: Option<f64>,
    /// Counts of explicit buckets, or of positive exponential ones.
    pub(super) positive: Dense,
    pub(super) negative: Dense,
    /// Upper bounds of explicit buckets.
    pub(super) bounds: Vec<f64>,
    pub(super) scale: i32,
    pub(super) zero_count: u64,
    /// Quantiles and their values.
    pub(super) quantiles: Vec<(f64, f64)>,
}

/// Counts of buckets that follow each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dense {
    pub(super) offset: i32,
    pub(super) counts: Vec<u64>,
}

impl Point<'_> {
    /// Milliseconds since the Unix epoch.
    pub(super) fn time_ms(&self) -> i64 {
        ms(self.time_ns)
    }

    /// Likewise; 0 when it is not known.
    pub(super) fn start_ms(&self) -> i64 {
        ms(self.start_ns)
    }
}

/// Nanoseconds as milliseconds.
pub(super) fn ms(ns: u64) -> i64 {
    (ns / 1_000_000) as i64
}

/// The time of a point, whatever its kind.
///
/// # Errors
/// When the message is not of its protocol.
pub(super) fn time_ns(mut fields: Reader<'_>) -> Result<u64, Error> {
    let mut time_ns = 0;
    while let Some(field) = fields.next()? {
        if field.number == 3 {
            time_ns = field.fixed()?;
        }
    }
    Ok(time_ns)
}

/// Reads a point of a gauge or sum.
///
/// # Errors
/// When the message is not of its protocol.
pub(super) fn number(mut fields: Reader<'_>) -> Result<Point<'_>, Error> {
    let mut point = Point::default();
    while let Some(field) = fields.next()? {
        match field.number {
            4 => point.value.number = field.double()?,
            6 => point.value.number = field.fixed()?.cast_signed() as f64,
            5 => push_exemplar(&mut point, &field)?,
            7 => attribute::read(field.message()?, &mut point.attributes)?,
            8 => point.ended = field.varint()? & NO_RECORDED_VALUE != 0,
            _ => read_time(&mut point, &field)?,
        }
    }
    Ok(point)
}

/// Reads a point of a histogram with explicit bounds.
///
/// # Errors
/// When the message is not of its protocol, or has too many buckets.
pub(super) fn histogram(mut fields: Reader<'_>) -> Result<Point<'_>, Error> {
    let mut point = Point::default();
    while let Some(field) = fields.next()? {
        match field.number {
            4 => point.value.count = field.fixed()?,
            5 => point.value.sum = Some(field.double()?),
            6 => push_all(&field, &mut point.value.positive.counts, |bits| bits)?,
            7 => push_all(&field, &mut point.value.bounds, f64::from_bits)?,
            8 => push_exemplar(&mut point, &field)?,
            9 => attribute::read(field.message()?, &mut point.attributes)?,
            10 => point.ended = field.varint()? & NO_RECORDED_VALUE != 0,
            _ => read_time(&mut point, &field)?,
        }
    }
    Ok(point)
}

/// Reads a point of an exponential histogram.
///
/// # Errors
/// When the message is not of its protocol, or has too many buckets.
pub(super) fn exponential(mut fields: Reader<'_>) -> Result<Point<'_>, Error> {
    let mut point = Point::default();
    while let Some(field) = fields.next()? {
        match field.number {
            1 => attribute::read(field.message()?, &mut point.attributes)?,
            4 => point.value.count = field.fixed()?,
            5 => point.value.sum = Some(field.double()?),
            6 => point.value.scale = signed(&field)?,
            7 => point.value.zero_count = field.fixed()?,
            8 => point.value.positive = read_buckets(field.message()?)?,
            9 => point.value.negative = read_buckets(field.message()?)?,
            10 => point.ended = field.varint()? & NO_RECORDED_VALUE != 0,
            11 => push_exemplar(&mut point, &field)?,
            _ => read_time(&mut point, &field)?,
        }
    }
    Ok(point)
}

/// Reads a point of a summary.
///
/// # Errors
/// When the message is not of its protocol, or has too many quantiles.
pub(super) fn summary(mut fields: Reader<'_>) -> Result<Point<'_>, Error> {
    let mut point = Point::default();
    while let Some(field) = fields.next()? {
        match field.number {
            4 => point.value.count = field.fixed()?,
            5 => point.value.sum = Some(field.double()?),
            6 => {
                limit(&field, point.value.quantiles.len())?;
                point.value.quantiles.push(read_quantile(field.message()?)?);
            }
            7 => attribute::read(field.message()?, &mut point.attributes)?,
            8 => point.ended = field.varint()? & NO_RECORDED_VALUE != 0,
            _ => read_time(&mut point, &field)?,
        }
    }
    Ok(point)
}

/// The two times have the same numbers in all points.
fn read_time(point: &mut Point<'_>, field: &Field<'_>) -> Result<(), Error> {
    match field.number {
        2 => point.start_ns = field.fixed()?,
        3 => point.time_ns = field.fixed()?,
        _ => {}
    }
    Ok(())
}

fn push_exemplar<'a>(point: &mut Point<'a>, field: &Field<'a>) -> Result<(), Error> {
    let exemplar = field.message()?;
    if point.exemplars.len() < EXEMPLARS_MAX {
        point.exemplars.push(exemplar);
    }
    Ok(())
}

fn read_quantile(mut fields: Reader<'_>) -> Result<(f64, f64), Error> {
    let mut pair = (0.0, 0.0);
    while let Some(field) = fields.next()? {
        match field.number {
            1 => pair.0 = field.double()?,
            2 => pair.1 = field.double()?,
            _ => {}
        }
    }
    Ok(pair)
}

fn read_buckets(mut fields: Reader<'_>) -> Result<Dense, Error> {
    let mut buckets = Dense::default();
    while let Some(field) = fields.next()? {
        match (field.number, field.value) {
            (1, _) => buckets.offset = signed(&field)?,
            (2, Value::Message(mut packed)) => {
                while !packed.as_bytes().is_empty() {
                    limit(&field, buckets.counts.len())?;
                    buckets.counts.push(packed.varint()?);
                }
            }
            (2, _) => {
                limit(&field, buckets.counts.len())?;
                buckets.counts.push(field.varint()?);
            }
            _ => {}
        }
    }
    Ok(buckets)
}

/// Adds the numbers of eight bytes of a list, packed or not.
fn push_all<T>(field: &Field<'_>, into: &mut Vec<T>, read: fn(u64) -> T) -> Result<(), Error> {
    let Value::Message(packed) = field.value else {
        limit(field, into.len())?;
        into.push(read(field.fixed()?));
        return Ok(());
    };
    let (numbers, rest) = packed.as_bytes().as_chunks::<8>();
    if !rest.is_empty() {
        return fault(field.offset, Fault::Message(protobuf::Fault::Truncated));
    }
    for number in numbers {
        limit(field, into.len())?;
        into.push(read(u64::from_le_bytes(*number)));
    }
    Ok(())
}

fn limit(field: &Field<'_>, len: usize) -> Result<(), Error> {
    if len < BUCKETS_MAX { Ok(()) } else { fault(field.offset, Fault::TooMany { limit: BUCKETS_MAX }) }
}

/// A small signed integer.
fn signed(field: &Field<'_>) -> Result<i32, Error> {
    let bits = field.varint()? as u32;
    Ok((bits >> 1).cast_signed() ^ -(bits & 1).cast_signed())
}
