//! Samples compressed as in the blocks of Prometheus: XOR chunks.

use super::bits::BitWriter;
use crate::put;

/// Samples of a chunk at most, as readers expect it.
pub(super) const CHUNK_SAMPLES: usize = 120;

/// A compressed run of samples.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) encoding: Encoding,
    pub(super) min_time_ms: i64,
    pub(super) max_time_ms: i64,
    pub(super) data: Vec<u8>,
}

/// What a chunk holds, with the number that it has in the protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    #[default]
    Xor = 1,
    FloatHistogram = 3,
}

/// Compresses floats: at most 2^16 of them, times ascending.
pub(super) fn xor(timestamps_ms: &[i64], values: &[f64]) -> Chunk {
    let mut bits = BitWriter::default();
    bits.bits(timestamps_ms.len() as u64, 16);
    let (mut last_ms, mut delta) = (0i64, 0i64);
    let mut value = XorValue::default();
    for (n, (&timestamp_ms, &sample)) in timestamps_ms.iter().zip(values).enumerate() {
        let next_delta = timestamp_ms.wrapping_sub(last_ms);
        match n {
            0 => bits.varint(put::zigzag_bits(timestamp_ms)),
            1 => bits.varint(next_delta as u64),
            _ => push_delta_of_delta(&mut bits, next_delta.wrapping_sub(delta)),
        }
        value.push(&mut bits, n == 0, sample);
        (last_ms, delta) = (timestamp_ms, next_delta);
    }
    Chunk {
        encoding: Encoding::Xor,
        min_time_ms: timestamps_ms.first().copied().unwrap_or_default(),
        max_time_ms: last_ms,
        data: bits.finish(),
    }
}

fn push_delta_of_delta(bits: &mut BitWriter, number: i64) {
    match number {
        0 => bits.bits(0, 1),
        -0x1fff..=0x2000 => bits.prefixed(0b10, 2, number as u64, 14),
        -0xffff..=0x1_0000 => bits.prefixed(0b110, 3, number as u64, 17),
        -0x7_ffff..=0x8_0000 => bits.prefixed(0b1110, 4, number as u64, 20),
        _ => bits.prefixed(0b1111, 4, number as u64, 64),
    }
}

/// A float after another one of the same column.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct XorValue {
    last: u64,
    /// Leading and trailing zero bits of the last difference that was written with them.
    window: Option<(u32, u32)>,
}

impl XorValue {
    /// Writes a float, the first as it is, others as the bits in which they differ from the one before.
    pub(super) fn push(&mut self, bits: &mut BitWriter, first: bool, value: f64) {
        let difference = value.to_bits() ^ self.last;
        self.last = value.to_bits();
        if first {
            return bits.bits(self.last, 64);
        }
        if difference == 0 {
            return bits.bits(0, 1);
        }
        // The number of leading zeros has five bits.
        let (leading, trailing) = (difference.leading_zeros().min(31), difference.trailing_zeros());
        match self.window {
            Some((l, t)) if leading >= l && trailing >= t => {
                bits.prefixed(0b10, 2, difference >> t, 64 - l - t);
            }
            _ => {
                self.window = Some((leading, trailing));
                let width = 64 - leading - trailing;
                bits.bits(0b11, 2);
                bits.bits(leading.into(), 5);
                // 64 does not fit and is written as 0, which there is no need for otherwise.
                bits.bits(width.into(), 6);
                bits.bits(difference >> trailing, width);
            }
        }
    }
}
