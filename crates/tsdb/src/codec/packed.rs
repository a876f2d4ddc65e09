//! Columns of integers and short decimals: offsets from the least of each 32, in as few bits as they need.

use super::{
    token::{decimal_value, mantissa, scale_of},
    varint::{Decoded, Malformed, Reader, put_i64, put_len, put_u64},
};

/// Values that share a width. Fewer adapt better to change, more spend less on widths.
const BLOCK: usize = 32;
/// Offsets wider than this are not worth packing.
const WIDTH_MAX: u32 = 63;
const DISTANCES: u8 = 0x10;
const EXCEPTIONS: u8 = 0x20;
/// Beyond one exception in eight, nine bytes each, the tokens are shorter.
const EXCEPTIONS_SHARE: usize = 8;

/// Appends the column in packed form; false, and nothing appended, when it does not have one.
pub(crate) fn encode(values: &[f64], out: &mut Vec<u8>) -> bool {
    let Some(mut column) = Integers::find(values) else { return false };
    let Some(&first) = column.integers.first() else { return false };
    // Mantissas have 53 bits and a sign: no difference of theirs, nor one of differences, overflows.
    let divisor = column.integers.iter().fold(0u64, |d, &m| gcd(d, (m - first).unsigned_abs())).max(1);
    for integer in &mut column.integers {
        *integer = (*integer - first) / divisor as i64;
    }
    let distances: Vec<i64> = std::iter::once(0)
        .chain(column.integers.iter().zip(column.integers.iter().skip(1)).map(|(a, b)| b - a))
        .collect();
    let by_distance = cost(&distances) < cost(&column.integers);
    let tag = if by_distance { DISTANCES } else { 0 };
    out.push(column.scale | tag | if column.exceptions.is_empty() { 0 } else { EXCEPTIONS });
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
    pack(if by_distance { &distances } else { &column.integers }, out);
    true
}

/// Appends `count` values to `out`.
pub(crate) fn decode(bytes: &[u8], count: usize, out: &mut Vec<f64>) -> Decoded<()> {
    let mut reader = Reader::new(bytes);
    let tag = reader.u8()?;
    let first = reader.i64()?;
    let divisor = i64::try_from(reader.u64()?).map_err(|_| Malformed)?;
    let exceptions = if tag & EXCEPTIONS != 0 { read_exceptions(&mut reader)? } else { Vec::new() };
    let start = out.len();
    let mut sum = 0i64;
    let mut left = count;
    while left > 0 {
        let len = left.min(BLOCK);
        unpack(&mut reader, len, |integer| {
            sum = if tag & DISTANCES != 0 { sum.wrapping_add(integer) } else { integer };
            let value = first.wrapping_add(sum.wrapping_mul(divisor));
            out.push(decimal_value(value, tag & 0xf));
        })?;
        left -= len;
    }
    for (position, bits) in exceptions {
        *out.get_mut(start + position).ok_or(Malformed)? = f64::from_bits(bits);
    }
    if reader.is_empty() { Ok(()) } else { Err(Malformed) }
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

/// Bits that packing takes, widths and leasts roughly included.
fn cost(integers: &[i64]) -> u64 {
    let block = |block: &[i64]| {
        let (least, width) = frame(block);
        let least_bits = 64 - u64::from(least.unsigned_abs().leading_zeros());
        16 + least_bits / 7 * 8 + u64::from(width) * block.len() as u64
    };
    integers.chunks(BLOCK).map(block).sum()
}

/// The least of a block and the bits of the largest offset from it.
fn frame(block: &[i64]) -> (i64, u32) {
    let least = block.iter().copied().min().unwrap_or(0);
    let most = block.iter().copied().max().unwrap_or(0);
    (least, 64 - most.wrapping_sub(least).cast_unsigned().leading_zeros())
}

fn pack(integers: &[i64], out: &mut Vec<u8>) {
    for block in integers.chunks(BLOCK) {
        let (least, width) = frame(block);
        out.push(width as u8);
        put_i64(out, least);
        let (mut bits, mut held) = (0u128, 0);
        for &integer in block {
            bits |= u128::from((integer - least).cast_unsigned()) << held;
            held += width;
            while held >= 8 {
                out.push(bits as u8);
                bits >>= 8;
                held -= 8;
            }
        }
        if held > 0 {
            out.push(bits as u8);
        }
    }
}

fn unpack(reader: &mut Reader<'_>, len: usize, mut each: impl FnMut(i64)) -> Decoded<()> {
    let width = u32::from(reader.u8()?);
    if width > WIDTH_MAX {
        return Err(Malformed);
    }
    let least = reader.i64()?;
    let bytes = reader.bytes((width as usize * len).div_ceil(8))?;
    let mask = (1u64 << width) - 1;
    let (mut bits, mut held, mut next) = (0u128, 0, bytes.iter());
    for _ in 0..len {
        while held < width {
            bits |= u128::from(*next.next().ok_or(Malformed)?) << held;
            held += 8;
        }
        each(least.wrapping_add((bits as u64 & mask).cast_signed()));
        bits >>= width;
        held -= width;
    }
    Ok(())
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
