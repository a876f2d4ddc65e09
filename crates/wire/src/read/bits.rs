//! Bits in bytes, the highest first.

use crate::put;

/// Writes bits one after the other.
#[derive(Debug, Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// What does not fill a byte yet, in the lowest bits.
    rest: u8,
    rest_bits: u32,
}

impl BitWriter {
    /// Writes the lowest `width` bits of a number, at most 64.
    pub(super) fn bits(&mut self, number: u64, width: u32) {
        let mut left = width;
        while left > 0 {
            let take = left.min(8 - self.rest_bits);
            left -= take;
            let part = (number >> left) as u16 & ((1 << take) - 1);
            self.rest = (u16::from(self.rest) << take | part) as u8;
            self.rest_bits += take;
            if self.rest_bits == 8 {
                self.bytes.push(std::mem::take(&mut self.rest));
                self.rest_bits = 0;
            }
        }
    }

    /// Writes a prefix, and then the lowest bits of a number.
    pub(super) fn prefixed(&mut self, prefix: u64, prefix_width: u32, number: u64, width: u32) {
        self.bits(prefix, prefix_width);
        self.bits(number, width);
    }

    /// Writes an integer of seven bits a byte.
    pub(super) fn varint(&mut self, number: u64) {
        let mut bytes = Vec::with_capacity(10);
        put::varint(&mut bytes, number);
        bytes.into_iter().for_each(|byte| self.bits(byte.into(), 8));
    }

    /// What was written, filled up with zeros.
    pub(super) fn finish(mut self) -> Vec<u8> {
        if self.rest_bits > 0 {
            self.bits(0, 8 - self.rest_bits);
        }
        self.bytes
    }
}
