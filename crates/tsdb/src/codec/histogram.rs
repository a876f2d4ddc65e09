//! A native histogram, all but its sum: what changed since the histogram before it in its series.
//!
//! Most histograms have the layout of the one before and a few counts that went up. `docs/format/wal.md` has
//! the byte table.

use std::sync::Arc;

use model::{
    CounterReset, FloatHistogram,
    histogram::{BUCKETS_MAX, Buckets, Span},
};

use super::{
    token::{self, Event, State},
    varint::{Decoded, Malformed, Reader, put_i64, put_len, put_u64},
};

const HINT: u8 = 0x03;
const INTEGER: u8 = 0x04;
const LAYOUT: u8 = 0x08;
const COUNTS: u8 = 0x10;
const FLOATS: u8 = 0x20;
const FROM_ZERO: u8 = 0x40;

const DISTANCE: u8 = 0x80;

/// Hints in order of their numbers.
const HINTS: [CounterReset; 4] =
    [CounterReset::Unknown, CounterReset::Reset, CounterReset::NotReset, CounterReset::Gauge];

/// Appends a histogram that follows `before`, and its place as the distance from the one that was expected; the
/// sum is kept elsewhere.
pub(crate) fn encode(
    distance: u32,
    histogram: &FloatHistogram,
    before: Option<&FloatHistogram>,
    out: &mut Vec<u8>,
) {
    let base = before.filter(|before| same_layout(histogram, before));
    let integral = counts(histogram).all(is_integral);
    // Differences of integers are taken between integers.
    let base = base.filter(|base| !integral || counts(base).all(is_integral));
    let changed =
        base.is_none_or(|base| !counts(histogram).map(f64::to_bits).eq(counts(base).map(f64::to_bits)));
    let layout = before.is_none_or(|before| !same_layout(histogram, before));
    let hint = HINTS.iter().position(|hint| *hint == histogram.counter_reset).unwrap_or(0) as u8;
    let flag = |on: bool, flag: u8| if on { flag } else { 0 };
    out.push(
        hint | flag(histogram.integer, INTEGER)
            | flag(layout, LAYOUT)
            | flag(changed, COUNTS)
            | flag(changed && !integral, FLOATS)
            | flag(changed && base.is_none(), FROM_ZERO)
            | flag(distance > 0, DISTANCE),
    );
    if distance > 0 {
        put_u64(out, distance.into());
    }
    if layout {
        encode_layout(histogram, out);
    }
    let bases = || base.into_iter().flat_map(counts).chain(std::iter::repeat(0.0));
    match changed {
        true if integral => encode_integers(counts(histogram).zip(bases()), out),
        true => encode_floats(counts(histogram).zip(bases()), out),
        false => {}
    }
}

/// The first byte and the distance of the next histogram.
pub(crate) fn decode_distance(reader: &mut Reader<'_>) -> Decoded<(u8, u32)> {
    let flags = reader.u8()?;
    Ok((flags, if flags & DISTANCE != 0 { reader.u32()? } else { 0 }))
}

/// Turns `current`, the histogram before, into the one that follows; `None` is no histogram yet.
pub(crate) fn decode(
    flags: u8,
    reader: &mut Reader<'_>,
    current: &mut Option<FloatHistogram>,
) -> Decoded<()> {
    if flags & LAYOUT != 0 {
        *current = Some(decode_layout(reader)?);
    }
    let histogram = current.as_mut().ok_or(Malformed)?;
    histogram.counter_reset = HINTS.get(usize::from(flags & HINT)).copied().unwrap_or_default();
    histogram.integer = flags & INTEGER != 0;
    if flags & FROM_ZERO != 0 {
        counts_mut(histogram).for_each(|count| *count = 0.0);
    }
    match flags & (COUNTS | FLOATS) {
        0 => Ok(()),
        COUNTS => decode_integers(reader, counts_mut(histogram)),
        _ => decode_floats(reader, counts_mut(histogram)),
    }
}

/// True when both have the same buckets, whatever is in them.
fn same_layout(a: &FloatHistogram, b: &FloatHistogram) -> bool {
    let bounds = |h: &FloatHistogram| h.custom_bounds.iter().map(|bound| bound.to_bits()).collect::<Vec<_>>();
    let indexes = |a: &Buckets, b: &Buckets| a.iter().map(|(index, _)| index).eq(b.iter().map(|(i, _)| i));
    a.schema == b.schema
        && a.zero_threshold.to_bits() == b.zero_threshold.to_bits()
        && indexes(&a.positive, &b.positive)
        && indexes(&a.negative, &b.negative)
        && (Arc::ptr_eq(&a.custom_bounds, &b.custom_bounds) || bounds(a) == bounds(b))
}

/// All counts: of observations, of the zero bucket, of the positive and of the negative buckets.
fn counts(h: &FloatHistogram) -> impl Iterator<Item = f64> + '_ {
    let buckets = h.positive.iter().chain(h.negative.iter()).map(|(_, count)| count);
    [h.count, h.zero_count].into_iter().chain(buckets)
}

fn counts_mut(h: &mut FloatHistogram) -> impl Iterator<Item = &mut f64> {
    let buckets = h.positive.counts_mut().chain(h.negative.counts_mut());
    [&mut h.count, &mut h.zero_count].into_iter().chain(buckets)
}

/// Integers that a float holds exactly, and differences of two of which a varint holds; no negative zero.
fn is_integral(value: f64) -> bool {
    value.abs() <= 9_007_199_254_740_992.0 && (value as i64 as f64).to_bits() == value.to_bits()
}

fn encode_layout(histogram: &FloatHistogram, out: &mut Vec<u8>) {
    put_i64(out, histogram.schema.into());
    out.extend_from_slice(token::constant(histogram.zero_threshold.to_bits()).as_slice());
    put_len(out, histogram.custom_bounds.len());
    for bound in &*histogram.custom_bounds {
        out.extend_from_slice(token::constant(bound.to_bits()).as_slice());
    }
    for side in [&histogram.positive, &histogram.negative] {
        let spans = side.to_spans();
        put_len(out, spans.len());
        for span in spans {
            put_i64(out, span.offset.into());
            put_u64(out, span.length.into());
        }
    }
}

fn decode_layout(reader: &mut Reader<'_>) -> Decoded<FloatHistogram> {
    let schema = i32::try_from(reader.i64()?).map_err(|_| Malformed)?;
    let zero_threshold = f64::from_bits(token::read_constant(reader)?);
    let bounds = reader.count()?;
    let bound = |_| token::read_constant(reader).map(f64::from_bits);
    let custom_bounds = (0..bounds).map(bound).collect::<Decoded<Vec<_>>>()?.into();
    let (positive, negative) = (decode_side(reader)?, decode_side(reader)?);
    Ok(FloatHistogram { schema, zero_threshold, positive, negative, custom_bounds, ..Default::default() })
}

fn decode_side(reader: &mut Reader<'_>) -> Decoded<Buckets> {
    let (mut spans, mut buckets) = (Vec::new(), 0usize);
    for _ in 0..reader.count()? {
        let offset = i32::try_from(reader.i64()?).map_err(|_| Malformed)?;
        let length = reader.u32()?;
        buckets = buckets.checked_add(length as usize).filter(|&n| n <= BUCKETS_MAX).ok_or(Malformed)?;
        spans.push(Span { offset, length });
    }
    Buckets::from_spans(&spans, &vec![0.0; buckets]).ok_or(Malformed)
}

fn encode_integers(pairs: impl Iterator<Item = (f64, f64)>, out: &mut Vec<u8>) {
    let mut zeros = 0;
    for (count, base) in pairs {
        let difference = count as i64 - base as i64;
        if difference == 0 {
            zeros += 1;
            continue;
        }
        put_zeros(&mut zeros, out);
        put_i64(out, difference);
    }
    put_zeros(&mut zeros, out);
}

/// Zeros in a row are written as one, and how many more there are.
fn put_zeros(zeros: &mut u64, out: &mut Vec<u8>) {
    if let Some(more) = zeros.checked_sub(1) {
        out.push(0);
        put_u64(out, more);
    }
    *zeros = 0;
}

fn decode_integers<'a>(
    reader: &mut Reader<'_>,
    mut counts: impl Iterator<Item = &'a mut f64>,
) -> Decoded<()> {
    while let Some(count) = counts.next() {
        let difference = reader.i64()?;
        if difference == 0 {
            let more = reader.number()?;
            if more > 0 {
                counts.nth(more - 1).ok_or(Malformed)?;
            }
        } else {
            *count = (*count as i64).wrapping_add(difference) as f64;
        }
    }
    Ok(())
}

/// A count without a scale: its token is an XOR, or does not refer to the one before.
fn state(count: f64) -> State {
    State { bits: count.to_bits(), ..State::RAW_ZERO }
}

fn encode_floats(pairs: impl Iterator<Item = (f64, f64)>, out: &mut Vec<u8>) {
    let mut same = 0;
    for (count, base) in pairs {
        if count.to_bits() == base.to_bits() {
            same += 1;
            continue;
        }
        put_same(&mut same, out);
        out.extend_from_slice(token::relative(state(base), count.to_bits()).0.as_slice());
    }
    put_same(&mut same, out);
}

fn put_same(same: &mut u32, out: &mut Vec<u8>) {
    if *same > 0 {
        out.extend_from_slice(token::run(*same).as_slice());
    }
    *same = 0;
}

fn decode_floats<'a>(reader: &mut Reader<'_>, mut counts: impl Iterator<Item = &'a mut f64>) -> Decoded<()> {
    while let Some(count) = counts.next() {
        match token::read(reader, state(*count))? {
            Event::Value { state, .. } => *count = f64::from_bits(state.bits),
            Event::Run(1) => {}
            Event::Run(times) => {
                let more = (times as usize).checked_sub(2).ok_or(Malformed)?;
                counts.nth(more).ok_or(Malformed)?;
            }
            Event::Gap(_) => return Err(Malformed),
        }
    }
    Ok(())
}
