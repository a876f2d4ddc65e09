use std::sync::Arc;

use model::{CounterReset, FloatHistogram, LabelSet, SampleBlock, histogram::Buckets, stale_nan};
use proptest::prelude::*;

use super::{
    FrameWriter, Samples,
    chunk::{Encoding, xor},
    histogram_chunk::{float_histograms, run_len},
};
use protobuf::Reader;

use crate::put;

/// Reads bits, the highest first.
struct Bits<'a>(&'a [u8], usize);

impl Bits<'_> {
    fn take(&mut self, width: u32) -> u64 {
        (0..width).fold(0, |number, _| {
            let bit = self.0[self.1 / 8] >> (7 - self.1 % 8) & 1;
            self.1 += 1;
            number << 1 | u64::from(bit)
        })
    }

    fn varint(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.take(8);
            number |= (byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                return number;
            }
        }
    }

    /// A prefix of ones that names a width, and a signed number of that width.
    fn signed(&mut self, widths: &[u32]) -> i64 {
        let ones = (0..widths.len()).take_while(|_| self.take(1) == 1).count();
        let Some(width) = ones.checked_sub(1).map(|at| widths[at]) else { return 0 };
        let number = self.take(width) as i64;
        // The upper half are negative numbers, all but its first.
        if width < 64 && number > 1 << (width - 1) { number - (1 << width) } else { number }
    }
}

fn read_xor(data: &[u8]) -> Vec<(i64, u64)> {
    let mut bits = Bits(data, 0);
    let count = bits.take(16);
    let (mut time, mut delta, mut value, mut window) = (0i64, 0i64, 0u64, (0, 0));
    (0..count)
        .map(|n| {
            delta = match n {
                0 => bits.varint().cast_signed(),
                1 => bits.varint().cast_signed(),
                _ => delta.wrapping_add(bits.signed(&[14, 17, 20, 64])),
            };
            time = if n == 0 {
                (delta.cast_unsigned() >> 1).cast_signed() ^ -(delta & 1)
            } else {
                time.wrapping_add(delta)
            };
            if n == 0 {
                value = bits.take(64);
            } else if bits.take(1) == 1 {
                if bits.take(1) == 1 {
                    let leading = bits.take(5) as u32;
                    window = (leading, (bits.take(6) as u32).wrapping_sub(1) % 64 + 1);
                }
                value ^= bits.take(window.1) << (64 - window.0 - window.1);
            }
            (time, value)
        })
        .collect()
}

proptest! {
    #[test]
    fn xor_chunks_hold_any_float_at_any_time(
        samples in proptest::collection::vec((1i64.., any::<u64>(), any::<bool>()), 1..130),
    ) {
        let mut time = -10_000i64;
        let mut columns = (Vec::new(), Vec::new());
        for (n, (step, value, near)) in samples.into_iter().enumerate() {
            time = time.saturating_add(if near { 15_000 + step % 3 - 1 } else { step >> (n % 60) });
            columns.0.push(time);
            columns.1.push(f64::from_bits(if near { (n as f64).to_bits() } else { value }));
        }
        let chunk = xor(&columns.0, &columns.1);
        prop_assert_eq!((chunk.min_time_ms, chunk.max_time_ms), (columns.0[0], time));
        let expected: Vec<_> = columns.0.into_iter().zip(columns.1.iter().map(|v| v.to_bits())).collect();
        prop_assert_eq!(read_xor(&chunk.data), expected);
    }
}

fn histogram(scale: f64, indexes: &[i32]) -> Arc<FloatHistogram> {
    let buckets = indexes.iter().map(|&index| (index, scale)).collect();
    Arc::new(FloatHistogram {
        zero_threshold: 2f64.powi(-128),
        count: scale * indexes.len() as f64,
        sum: scale,
        positive: Buckets::from_sorted(buckets).unwrap(),
        ..FloatHistogram::default()
    })
}

#[test]
fn histograms_of_a_chunk_have_the_same_buckets() {
    let stale = Arc::new(FloatHistogram { sum: stale_nan(), ..FloatHistogram::default() });
    let all = [
        histogram(1.0, &[1, 2]),
        histogram(2.0, &[1, 2]),
        histogram(3.0, &[1, 3]),
        histogram(1.0, &[1, 3]),
        stale,
    ];
    let runs: Vec<_> = (0..all.len()).map(|at| run_len(&all[at..])).collect();
    assert_eq!(runs, [2, 1, 1, 1, 1]);
    let chunk = float_histograms(&[1_000, 2_000], &all[..2]);
    assert_eq!(
        (chunk.encoding, chunk.min_time_ms, chunk.max_time_ms),
        (Encoding::FloatHistogram, 1_000, 2_000)
    );
    let mut bits = Bits(&chunk.data, 0);
    let widths = [3, 6, 9, 12, 18, 25, 56, 64];
    // Samples, hint, threshold, schema, one span of two from 1 on, and no span.
    assert_eq!([bits.take(16), bits.take(8), bits.take(8)], [2, 0, 116]);
    let layout = [0, 1, 2, 1, 0].map(|_| bits.signed(&widths));
    assert_eq!(layout, [0, 1, 2, 1, 0]);
    assert_eq!(bits.signed(&widths), 1_000);
    let first: Vec<_> = (0..5).map(|_| f64::from_bits(bits.take(64))).collect();
    assert_eq!(first, [2.0, 0.0, 1.0, 1.0, 1.0]);
    assert_eq!(bits.signed(&widths), 1_000);
}

#[test]
fn a_gauge_histogram_says_so_and_may_fall() {
    let gauge = |scale| {
        let counter_reset = CounterReset::Gauge;
        Arc::new(FloatHistogram { counter_reset, ..(*histogram(scale, &[1])).clone() })
    };
    let falling = [gauge(2.0), gauge(1.0)];
    assert_eq!(run_len(&falling), 2);
    assert_eq!(float_histograms(&[1, 2], &falling).data[2], 0xc0);
}

#[test]
fn frames_end_when_they_are_full_and_carry_their_checksum() {
    let labels = LabelSet::from_pairs([("__name__", "up")]);
    let (mut writer, mut out) = (FrameWriter::new(1_000), Vec::new());
    writer.next_query();
    writer.start_series(&labels);
    let mut samples = SampleBlock::default();
    (0..1_000).for_each(|i| samples.push(i, 1.0 / i as f64));
    samples.push_histogram(1_000, histogram(1.0, &[1]));
    writer.push(&samples, &mut out);
    writer.end_series(&mut out);
    writer.end_series(&mut out);
    let (mut rest, mut read) = (Reader::new(&out), 0);
    while !rest.as_bytes().is_empty() {
        let len = rest.varint().unwrap() as usize;
        let (checksum, tail) = rest.as_bytes().split_at(4);
        let (frame, tail) = tail.split_at(len);
        assert_eq!(checksum, crc32c::crc32c(frame).to_be_bytes());
        rest = Reader::new(tail);
        let mut fields = Reader::new(frame);
        let mut series = fields.next().unwrap().unwrap().message().unwrap();
        assert_eq!(fields.next().unwrap().unwrap().varint().unwrap(), 1);
        while let Some(field) = series.next().unwrap() {
            if field.number == 2 {
                let mut chunk = field.message().unwrap();
                while let Some(field) = chunk.next().unwrap() {
                    if field.number == 4 {
                        let data = field.message().unwrap().as_bytes();
                        read += usize::from(u16::from_be_bytes([data[0], data[1]]));
                    }
                }
            }
        }
        assert!(frame.len() < 1_000 + 1_100, "{}", frame.len());
    }
    assert_eq!(read, 1_001);
}

#[test]
fn integer_histograms_keep_their_kind_in_samples() {
    let mut samples = SampleBlock::default();
    let integer = FloatHistogram { integer: true, ..(*histogram(3.0, &[-1, 4])).clone() };
    samples.push_histogram(7, Arc::new(integer));
    let mut answer = Samples::default();
    answer.start_series(&LabelSet::empty());
    answer.push(&samples);
    answer.end_series();
    answer.end_result();
    let message = snap::raw::Decoder::new().decompress_vec(&answer.into_block().unwrap()).unwrap();
    let mut fields = Reader::new(&message);
    for _ in 0..3 {
        fields = fields.next().unwrap().unwrap().message().unwrap();
    }
    let mut numbers = Vec::new();
    while let Some(field) = fields.next().unwrap() {
        numbers.push(field.number);
    }
    // Integer counts, two spans, differences, and the time.
    assert_eq!(numbers, [1, 3, 5, 6, 11, 11, 12, 15]);
    let mut span = Vec::new();
    put::zigzag(&mut span, 1, -1);
    assert!(message.windows(span.len()).any(|bytes| bytes == span));
}
