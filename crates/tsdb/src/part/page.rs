//! Where the pages of a series are, as the series block has it.

use super::CRC_BYTES;
use crate::codec::{
    page::{PAGE_SAMPLES_MAX, Values},
    token,
    varint::{Decoded, Malformed, Reader, put_i64, put_len, put_u64},
};

const CONSTANT: u8 = 0;
const TOKENS: u8 = 1;
const INTEGERS: u8 = 2;
const REGULAR: u8 = 0;
const SHARED: u8 = 1 << 2;
const OWN: u8 = 2 << 2;
/// As many samples as the page before, over the same time.
const SAME_SPAN: u8 = 1 << 4;
/// Samples have native histograms or start timestamps.
const ATTACHED: u8 = 1 << 5;

/// Bytes in a part, their checksum left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) offset: u64,
    pub(crate) len: u32,
}

impl Extent {
    fn end(self) -> u64 {
        self.offset + u64::from(self.len) + CRC_BYTES as u64
    }

    /// How many bytes it has with its checksum.
    pub(super) fn checked_bytes(self) -> usize {
        (self.len as usize).saturating_add(CRC_BYTES)
    }
}

/// A page of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageRef {
    pub(crate) samples: u32,
    pub(crate) min_ms: i64,
    pub(crate) max_ms: i64,
    /// `None` for equally spaced timestamps.
    pub(crate) times: Option<Extent>,
    pub(crate) values: Values,
    pub(crate) values_at: Extent,
    /// Native histograms and start timestamps; empty where there are none.
    pub(crate) attachments: Extent,
}

/// What the references of a block are relative to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PageContext {
    /// Samples, first and last timestamp of the page before.
    span: (u32, i64, i64),
    times: Option<Extent>,
    values_end: u64,
    attachments_end: u64,
}

impl PageContext {
    pub(super) fn encode(&mut self, page: &PageRef, out: &mut Vec<u8>) {
        let shared = page.times.is_some() && page.times == self.times;
        let times = match page.times {
            None => REGULAR,
            Some(_) if shared => SHARED,
            Some(_) => OWN,
        };
        let values = match page.values {
            Values::Constant(_) => CONSTANT,
            Values::Tokens => TOKENS,
            Values::Integers => INTEGERS,
        };
        let attached = if page.attachments.len > 0 { ATTACHED } else { 0 };
        let span = (page.samples, page.min_ms, page.max_ms);
        if span == self.span {
            out.push(times | values | attached | SAME_SPAN);
        } else {
            out.push(times | values | attached);
            put_u64(out, u64::from(page.samples));
            put_i64(out, page.min_ms.wrapping_sub(self.span.1));
            put_u64(out, page.max_ms.wrapping_sub(page.min_ms).cast_unsigned());
            self.span = span;
        }
        if let Some(extent) = page.times.filter(|_| !shared) {
            let end = self.times.map_or(0, Extent::end);
            put_i64(out, extent.offset.wrapping_sub(end).cast_signed());
            put_len(out, extent.len as usize);
            self.times = Some(extent);
        }
        if let Values::Constant(bits) = page.values {
            out.extend_from_slice(token::constant(bits).as_slice());
        } else {
            put_i64(out, page.values_at.offset.wrapping_sub(self.values_end).cast_signed());
            put_len(out, page.values_at.len as usize);
            self.values_end = page.values_at.end();
        }
        if attached != 0 {
            put_i64(out, page.attachments.offset.wrapping_sub(self.attachments_end).cast_signed());
            put_len(out, page.attachments.len as usize);
            self.attachments_end = page.attachments.end();
        }
    }

    /// Reads a reference; pages end before `end`.
    pub(super) fn decode(&mut self, reader: &mut Reader<'_>, end: u64) -> Decoded<PageRef> {
        let tag = reader.u8()?;
        if tag & SAME_SPAN == 0 {
            let samples = reader.u32()?;
            let min_ms = self.span.1.wrapping_add(reader.i64()?);
            self.span = (samples, min_ms, min_ms.checked_add_unsigned(reader.u64()?).ok_or(Malformed)?);
        }
        let (samples, min_ms, max_ms) = self.span;
        if samples == 0 || samples as usize > PAGE_SAMPLES_MAX {
            return Err(Malformed);
        }
        let times = match tag & 0x0c {
            REGULAR => None,
            SHARED => Some(self.times.ok_or(Malformed)?),
            OWN => {
                self.times = Some(extent(reader, self.times.map_or(0, Extent::end), end)?);
                self.times
            }
            _ => return Err(Malformed),
        };
        let mut values_at = Extent::default();
        let values = match tag & 0x03 {
            CONSTANT => Values::Constant(token::read_constant(reader)?),
            TOKENS | INTEGERS => {
                values_at = extent(reader, self.values_end, end)?;
                self.values_end = values_at.end();
                if tag & 0x03 == TOKENS { Values::Tokens } else { Values::Integers }
            }
            _ => return Err(Malformed),
        };
        let mut attachments = Extent::default();
        if tag & ATTACHED != 0 {
            attachments = extent(reader, self.attachments_end, end)?;
            self.attachments_end = attachments.end();
        }
        Ok(PageRef { samples, min_ms, max_ms, times, values, values_at, attachments })
    }
}

fn extent(reader: &mut Reader<'_>, from: u64, end: u64) -> Decoded<Extent> {
    let offset = from.wrapping_add(reader.i64()?.cast_unsigned());
    let len = reader.u32()?;
    let extent = Extent { offset, len };
    let fits = offset.checked_add(u64::from(len) + CRC_BYTES as u64).is_some_and(|e| e <= end);
    if fits { Ok(extent) } else { Err(Malformed) }
}

/// The timestamps of a page that has no times page.
pub(super) fn regular(page: &PageRef) -> impl Iterator<Item = i64> {
    let steps = i64::from(page.samples) - 1;
    let step = if steps > 0 { page.max_ms.wrapping_sub(page.min_ms) / steps } else { 0 };
    let min_ms = page.min_ms;
    (0..=steps).map(move |i| min_ms.wrapping_add(i * step))
}

/// True when the timestamps are equally spaced.
pub(super) fn is_regular(times: &[i64]) -> bool {
    let (Some(&first), Some(&second)) = (times.first(), times.get(1)) else { return true };
    let step = second.wrapping_sub(first);
    times.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step)
}
