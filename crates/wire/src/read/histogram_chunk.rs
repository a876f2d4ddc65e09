//! Native histograms compressed as in the blocks of Prometheus: float histogram chunks.
//!
//! All histograms of a chunk have the same buckets, and none but the first is a counter reset. Integer counts
//! are written as floats: readers make no difference between the two.

use std::sync::Arc;

use model::{
    CounterReset, FloatHistogram,
    histogram::{Buckets, Span},
    is_stale,
};

use super::{
    bits::BitWriter,
    chunk::{CHUNK_SAMPLES, Chunk, Encoding, XorValue},
};

/// Widths of integers that come with a prefix of one more bit each.
const WIDTHS: [u32; 7] = [3, 6, 9, 12, 18, 25, 56];

/// How many of the histograms can stand in one chunk; at least one of them.
pub(super) fn run_len(histograms: &[Arc<FloatHistogram>]) -> usize {
    let joins = |pair: &&[Arc<FloatHistogram>]| matches!(pair, [a, b] if may_follow(b, a));
    histograms.windows(2).take_while(joins).count().min(CHUNK_SAMPLES - 1) + 1
}

/// Whether `next` can be written with the buckets of `first`, to be read back with the hint that it has.
fn may_follow(next: &FloatHistogram, first: &FloatHistogram) -> bool {
    let indexes = |buckets: &Buckets| buckets.iter().map(|(index, _)| index).collect::<Vec<_>>();
    let gauge = first.counter_reset == CounterReset::Gauge;
    !is_stale(next.sum)
        && !is_stale(first.sum)
        && gauge == (next.counter_reset == CounterReset::Gauge)
        && (gauge || (next.counter_reset != CounterReset::Reset && !next.is_reset_after(first)))
        && next.schema == first.schema
        && next.zero_threshold.to_bits() == first.zero_threshold.to_bits()
        && next.custom_bounds == first.custom_bounds
        && indexes(&next.positive) == indexes(&first.positive)
        && indexes(&next.negative) == indexes(&first.negative)
}

/// Compresses histograms that can stand in one chunk.
pub(super) fn float_histograms(timestamps_ms: &[i64], histograms: &[Arc<FloatHistogram>]) -> Chunk {
    let mut bits = BitWriter::default();
    bits.bits(histograms.len() as u64, 16);
    let first = histograms.first().map(|h| stale_as_empty(h)).unwrap_or_default();
    bits.bits(
        match first.counter_reset {
            CounterReset::Unknown => 0,
            CounterReset::NotReset => 0x40,
            CounterReset::Reset => 0x80,
            CounterReset::Gauge => 0xc0,
        },
        8,
    );
    push_layout(&mut bits, &first);
    let (mut last_ms, mut delta) = (0i64, 0i64);
    let mut columns = vec![XorValue::default(); 3 + first.positive.len() + first.negative.len()];
    for (n, (&timestamp_ms, histogram)) in timestamps_ms.iter().zip(histograms).enumerate() {
        let histogram = if n == 0 { first.clone() } else { stale_as_empty(histogram) };
        let next_delta = if n == 0 { 0 } else { timestamp_ms.wrapping_sub(last_ms) };
        push_integer(&mut bits, if n == 0 { timestamp_ms } else { next_delta.wrapping_sub(delta) });
        let sides = histogram.positive.iter().chain(histogram.negative.iter());
        let counts = sides.map(|(_, count)| count);
        let numbers = [histogram.count, histogram.zero_count, histogram.sum].into_iter().chain(counts);
        for (column, number) in columns.iter_mut().zip(numbers) {
            column.push(&mut bits, n == 0, number);
        }
        (last_ms, delta) = (timestamp_ms, next_delta);
    }
    Chunk {
        encoding: Encoding::FloatHistogram,
        min_time_ms: timestamps_ms.first().copied().unwrap_or_default(),
        max_time_ms: last_ms,
        data: bits.finish(),
    }
}

/// A staleness marker has a sum and nothing else.
fn stale_as_empty(histogram: &FloatHistogram) -> FloatHistogram {
    if is_stale(histogram.sum) {
        return FloatHistogram { sum: histogram.sum, ..FloatHistogram::default() };
    }
    histogram.clone()
}

fn push_layout(bits: &mut BitWriter, histogram: &FloatHistogram) {
    push_zero_threshold(bits, histogram.zero_threshold);
    push_integer(bits, histogram.schema.into());
    for side in [&histogram.positive, &histogram.negative] {
        let spans = side.to_spans();
        push_unsigned(bits, spans.len() as u64);
        for Span { offset, length } in spans {
            push_unsigned(bits, length.into());
            push_integer(bits, offset.into());
        }
    }
    if histogram.uses_custom_bounds() {
        push_unsigned(bits, histogram.custom_bounds.len() as u64);
        histogram.custom_bounds.iter().for_each(|&bound| push_bound(bits, bound));
    }
}

/// Powers of two from 2^-243 to 2^10 take a byte.
fn push_zero_threshold(bits: &mut BitWriter, threshold: f64) {
    const MANTISSA_BITS: u32 = 52;
    const MANTISSA: u64 = (1 << MANTISSA_BITS) - 1;
    let exponent = (threshold.to_bits() >> MANTISSA_BITS) as i64 - 1022;
    if threshold == 0.0 {
        bits.bits(0, 8);
    } else if threshold.to_bits() & MANTISSA == 0 && (-242..=11).contains(&exponent) {
        bits.bits((exponent + 243) as u64, 8);
    } else {
        bits.prefixed(255, 8, threshold.to_bits(), 64);
    }
}

/// Bounds with at most three decimals are short.
fn push_bound(bits: &mut BitWriter, bound: f64) {
    const SHORT_MAX: f64 = 33_554_430.0;
    let thousandths = bound * 1000.0;
    let whole = (thousandths.round() / 1000.0).to_bits() == bound.to_bits();
    if (0.0..=SHORT_MAX).contains(&thousandths) && whole {
        push_unsigned(bits, thousandths.round() as u64 + 1);
    } else {
        bits.prefixed(0, 1, bound.to_bits(), 64);
    }
}

fn push_integer(bits: &mut BitWriter, number: i64) {
    // One more positive number than negative ones fits into each width.
    let fits = |width: u32| (1 - (1i64 << (width - 1))..=1 << (width - 1)).contains(&number);
    push_varbit(bits, number as u64, WIDTHS.into_iter().position(fits));
}

fn push_unsigned(bits: &mut BitWriter, number: u64) {
    push_varbit(bits, number, WIDTHS.into_iter().position(|width| number >> width == 0));
}

/// A prefix of as many ones as it takes to name the width, and the number in that width, the last being 64.
fn push_varbit(bits: &mut BitWriter, number: u64, width: Option<usize>) {
    match width {
        _ if number == 0 => bits.bits(0, 1),
        Some(at) => {
            let ones = at as u32 + 1;
            bits.bits(((1 << ones) - 1) << 1, ones + 1);
            bits.bits(number, WIDTHS.get(at).copied().unwrap_or(64));
        }
        None => bits.prefixed(0xff, 8, number, 64),
    }
}
