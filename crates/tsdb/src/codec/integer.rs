//! Columns of integers and short decimals: values, distances or changes of distances, whichever is shortest.

use super::{
    prefix::{self, Code},
    token::{decimal_value, mantissa, scale_of},
    varint::{Decoded, Malformed, Reader, put_i64, put_len, put_u64, unzigzag, zigzag},
};

const SCALE: u8 = 0x0f;
const ORDER_SHIFT: u32 = 4;
const ORDER_MAX: usize = 2;
const EXCEPTIONS: u8 = 0x40;
/// Beyond one exception in eight, nine bytes each, the tokens are shorter.
const EXCEPTIONS_SHARE: usize = 8;

/// Appends the column; false, and nothing appended, when it has too many values that are no short decimals.
pub(crate) fn encode(values: &[f64], out: &mut Vec<u8>) -> bool {
    let Some(mut column) = Integers::find(values) else { return false };
    let Some(&first) = column.integers.first() else { return false };
    // Mantissas have 53 bits and a sign: neither their differences nor differences of these overflow.
    let divisor = column.integers.iter().fold(0u64, |d, &m| gcd(d, (m - first).unsigned_abs())).max(1);
    for integer in &mut column.integers {
        *integer = (*integer - first) / divisor.cast_signed();
    }
    let Some((order, code, numbers)) = shortest(column.integers) else { return false };
    let exceptions = if column.exceptions.is_empty() { 0 } else { EXCEPTIONS };
    out.push(column.scale | (order as u8) << ORDER_SHIFT | exceptions);
    put_i64(out, first);
    put_u64(out, divisor);
    if !column.exceptions.is_empty() {
        put_len(out, column.exceptions.len());
        let mut before = 0;
        for &(position, bits) in &column.exceptions {
            put_len(out, position - before);
            out.extend_from_slice(&bits.to_le_bytes());
            before = position;
        }
    }
    code.encode(numbers.iter().map(|&number| zigzag(number)), out);
    true
}

/// The order of differences that takes the fewest bytes, its code and its numbers.
fn shortest(mut numbers: Vec<i64>) -> Option<(usize, Code, Vec<i64>)> {
    let mut best: Option<(usize, Code, Vec<i64>)> = None;
    for order in 0..=ORDER_MAX {
        let code = Code::fit(numbers.iter().map(|&number| zigzag(number)))?;
        if best.as_ref().is_none_or(|(_, least, _)| code.cost < least.cost) {
            best = Some((order, code, numbers.clone()));
        }
        // From the end, so that each still finds the one before it.
        for at in (1..numbers.len()).rev() {
            numbers[at] -= numbers[at - 1];
        }
    }
    best
}

/// Appends `count` values to `out`.
pub(crate) fn decode(bytes: &[u8], count: usize, out: &mut Vec<f64>) -> Decoded<()> {
    let mut reader = Reader::new(bytes);
    let tag = reader.u8()?;
    let order = usize::from(tag >> ORDER_SHIFT & 3);
    let first = reader.i64()?;
    let divisor = i64::try_from(reader.u64()?).map_err(|_| Malformed)?;
    let exceptions = if tag & EXCEPTIONS != 0 { read_exceptions(&mut reader)? } else { Vec::new() };
    let start = out.len();
    out.resize(start + count, 0.0);
    let mut slots = out.get_mut(start..).unwrap_or_default().iter_mut();
    let mut put = |value: i64| {
        if let Some(slot) = slots.next() {
            *slot = decimal_value(first.wrapping_add(value.wrapping_mul(divisor)), tag & SCALE);
        }
    };
    let (mut value, mut distance) = (0i64, 0i64);
    match order {
        0 => prefix::decode(&mut reader, count, |number| put(unzigzag(number)))?,
        1 => prefix::decode(&mut reader, count, |number| {
            value = value.wrapping_add(unzigzag(number));
            put(value);
        })?,
        2 => prefix::decode(&mut reader, count, |number| {
            distance = distance.wrapping_add(unzigzag(number));
            value = value.wrapping_add(distance);
            put(value);
        })?,
        _ => return Err(Malformed),
    }
    for (position, bits) in exceptions {
        *out.get_mut(start + position).ok_or(Malformed)? = f64::from_bits(bits);
    }
    Ok(())
}

fn read_exceptions(reader: &mut Reader<'_>) -> Decoded<Vec<(usize, u64)>> {
    let count = reader.count()?;
    let mut exceptions = Vec::with_capacity(count);
    let mut position = 0usize;
    for _ in 0..count {
        position = position.checked_add(reader.number()?).ok_or(Malformed)?;
        exceptions.push((position, reader.u64_le()?));
    }
    Ok(exceptions)
}

/// A column as integers at one scale, and what does not fit.
struct Integers {
    scale: u8,
    integers: Vec<i64>,
    /// Position and bits.
    exceptions: Vec<(usize, u64)>,
}

impl Integers {
    fn find(values: &[f64]) -> Option<Self> {
        let mut scale = 0;
        for &value in values {
            // Most values have the scale that the ones before them had.
            if mantissa(value, scale).is_none() {
                let own = scale_of(value);
                if own < 16 {
                    scale = scale.max(own);
                }
            }
        }
        let mut found = Self { scale, integers: Vec::with_capacity(values.len()), exceptions: Vec::new() };
        let mut before = values.iter().find_map(|&value| mantissa(value, scale))?;
        for (position, &value) in values.iter().enumerate() {
            match mantissa(value, scale) {
                Some(integer) => before = integer,
                None => found.exceptions.push((position, value.to_bits())),
            }
            found.integers.push(before);
        }
        (found.exceptions.len() * EXCEPTIONS_SHARE <= values.len()).then_some(found)
    }
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
