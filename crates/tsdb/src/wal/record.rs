//! The records of the log: how they are framed and what is in them.

use super::attachment::Attachments;
use crate::{
    bits::{Bits, ones},
    codec::{
        labels::SetBlock,
        varint::{Decoded, Malformed, Reader, put_i64, put_len, put_u64},
    },
};

/// First bytes of a segment.
pub(crate) const MAGIC: [u8; 8] = *b"GNOMONWL";
/// The version of the format; version 1 had no batches.
pub(crate) const VERSION: u8 = 2;
/// Bytes of a segment's header.
pub(crate) const HEADER_BYTES: usize = 8 + 1 + 8 + 8 + 4;
/// First byte of each record; a reader that lost its place looks for it.
pub(crate) const MARKER: u8 = 0xd7;
/// First byte of a batch of records.
pub(crate) const BATCH_MARKER: u8 = 0xd8;
/// No record is longer: a group of a million columns, each with a nine-byte value, stays below.
pub(crate) const RECORD_BYTES_MAX: usize = 16 << 20;
/// After so many records of a group one repeats all values, so that damage costs no more than these.
pub(crate) const SEQUENCE_MAX: u8 = 127;

const KIND: u8 = 0x03;
const COLUMNS: u8 = 1;
const SAMPLES: u8 = 2;
const RESET: u8 = 0x04;
const SAME_COVERAGE: u8 = 0x08;
const ATTACHMENTS: u8 = 0x40;
const CHANGED: u8 = 0x30;
const CHANGED_LIST: u8 = 0x00;
const CHANGED_BITMAP: u8 = 0x10;
const CHANGED_ALL: u8 = 0x20;
const CHANGED_DIFFERENCE: u8 = 0x30;

/// A segment's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) number: u64,
    /// The time that the timestamps of the segment's records are relative to.
    pub(crate) base_ms: i64,
}

impl Header {
    pub(crate) fn encode(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER_BYTES);
        out.extend_from_slice(&MAGIC);
        out.push(VERSION);
        out.extend_from_slice(&self.number.to_le_bytes());
        out.extend_from_slice(&self.base_ms.to_le_bytes());
        let crc = crc32fast::hash(&out);
        out.extend_from_slice(&crc.to_le_bytes());
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Decoded<Self> {
        let mut reader = Reader::new(bytes);
        let body = Reader::new(bytes).bytes(HEADER_BYTES - 4)?;
        if reader.bytes(MAGIC.len())? != MAGIC || !(1..=VERSION).contains(&reader.u8()?) {
            return Err(Malformed);
        }
        let header = Self { number: reader.u64_le()?, base_ms: reader.u64_le()? as i64 };
        if reader.u32_le()? == crc32fast::hash(body) { Ok(header) } else { Err(Malformed) }
    }
}

/// Appends a record or a batch: marker, length, checksum of length and payload, payload.
pub(crate) fn frame(marker: u8, payload: &[u8], out: &mut Vec<u8>) {
    out.push(marker);
    let start = out.len();
    put_len(out, payload.len());
    let crc = checksum(out.get(start..).unwrap_or_default(), payload);
    out.extend_from_slice(&crc.to_le_bytes());
    out.extend_from_slice(payload);
}

/// The checksum of a record.
pub(crate) fn checksum(len: &[u8], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(len);
    hasher.update(payload);
    hasher.finalize()
}

/// Writes the payload that defines `count` columns of a group from `first` on; `sets` are their encoded label sets.
pub(crate) fn encode_columns(group: u32, first: u32, count: usize, sets: &[u8], out: &mut Vec<u8>) {
    out.push(COLUMNS);
    put_u64(out, u64::from(group));
    put_u64(out, u64::from(first));
    put_len(out, count);
    out.extend_from_slice(sets);
}

/// What goes before the tokens of a samples record.
#[derive(Debug)]
pub(crate) struct SamplesHead<'a> {
    pub(crate) group: u32,
    pub(crate) sequence: u8,
    /// Whether the reader forgets the group's values.
    pub(crate) reset: bool,
    pub(crate) offset_ms: i64,
    /// `None` when the same columns are covered as by the group's record before.
    pub(crate) coverage: Option<&'a [u8]>,
    /// Number of columns covered.
    pub(crate) covered: u32,
    /// Which of these have a token, by their place among them.
    pub(crate) changed: &'a [u32],
    /// Which of them have a token where their last record had none, or the other way round.
    pub(crate) differing: &'a [u32],
    /// What [`super::attachment::encode`] gave.
    pub(crate) attachments: &'a [u8],
}

/// Writes the payload of a samples record up to its tokens.
pub(crate) fn encode_samples(head: &SamplesHead<'_>, out: &mut Vec<u8>) {
    let how = head.shortest();
    let reset = if head.reset { RESET } else { 0 };
    let same = if head.coverage.is_none() { SAME_COVERAGE } else { 0 };
    let attached = if head.attachments.is_empty() { 0 } else { ATTACHMENTS };
    out.push(SAMPLES | how | reset | same | attached);
    put_u64(out, u64::from(head.group));
    out.push(head.sequence);
    put_i64(out, head.offset_ms);
    out.extend_from_slice(head.attachments);
    out.extend_from_slice(head.coverage.unwrap_or_default());
    match how {
        CHANGED_BITMAP => {
            let start = out.len();
            out.resize(start + (head.covered as usize).div_ceil(8), 0);
            for &at in head.changed {
                out[start + at as usize / 8] |= 1 << (at % 8);
            }
        }
        CHANGED_LIST => put_list(head.changed, out),
        CHANGED_DIFFERENCE => put_list(head.differing, out),
        _ => {}
    }
}

impl SamplesHead<'_> {
    /// How to name the columns that changed in the fewest bytes, taking one for each in a list.
    fn shortest(&self) -> u8 {
        if self.changed.len() == self.covered as usize {
            return CHANGED_ALL;
        }
        let ways = [
            (self.changed.len(), CHANGED_LIST),
            (self.differing.len(), CHANGED_DIFFERENCE),
            (self.covered as usize / 8, CHANGED_BITMAP),
        ];
        ways.into_iter().min().map_or(CHANGED_LIST, |(_, how)| how)
    }
}

fn put_list(places: &[u32], out: &mut Vec<u8>) {
    put_len(out, places.len());
    let mut next = 0;
    for &at in places {
        put_u64(out, u64::from(at - next));
        next = at + 1;
    }
}

/// Ascending runs of columns, start and end.
pub(crate) type Coverage = Vec<(u32, u32)>;

/// A record as it is read.
#[derive(Debug)]
pub(crate) enum Record<'a> {
    /// Columns of a group.
    Columns { group: u32, first: u32, sets: SetBlock },
    /// Samples of a group.
    Samples(Samples<'a>),
}

/// A samples record as it is read; which columns changed depends on the coverage, which may be an earlier one.
#[derive(Debug)]
pub(crate) struct Samples<'a> {
    pub(crate) group: u32,
    pub(crate) sequence: u8,
    pub(crate) reset: bool,
    pub(crate) offset_ms: i64,
    pub(crate) coverage: Option<Coverage>,
    /// Native histograms and start timestamps of covered columns.
    pub(super) attachments: Option<Attachments<'a>>,
    how: u8,
    rest: Reader<'a>,
}

impl<'a> Record<'a> {
    pub(crate) fn decode(payload: &'a [u8]) -> Decoded<Self> {
        let mut reader = Reader::new(payload);
        let tag = reader.u8()?;
        let group = reader.u32()?;
        match tag & KIND {
            COLUMNS => {
                let first = reader.u32()?;
                let count = reader.count()?;
                let sets = SetBlock::decode(&mut reader, count)?;
                Ok(Self::Columns { group, first, sets })
            }
            SAMPLES => {
                let sequence = reader.u8()?;
                let offset_ms = reader.i64()?;
                let attached = tag & ATTACHMENTS != 0;
                let attachments = if attached { Some(Attachments::decode(&mut reader)?) } else { None };
                let fresh = tag & SAME_COVERAGE == 0;
                let coverage = if fresh { Some(decode_coverage(&mut reader)?) } else { None };
                let (reset, how) = (tag & RESET != 0, tag & CHANGED);
                let rest = reader;
                let samples = Samples { group, sequence, reset, offset_ms, coverage, attachments, how, rest };
                Ok(Self::Samples(samples))
            }
            _ => Err(Malformed),
        }
    }
}

impl<'a> Samples<'a> {
    /// Which of `covered` columns changed, and their tokens.
    pub(crate) fn changes(&self, covered: usize) -> Decoded<(Changed<'a>, Reader<'a>)> {
        let mut rest = self.rest;
        let changed = match self.how {
            CHANGED_ALL => Changed::All,
            CHANGED_BITMAP => Changed::Bitmap(rest.bytes(covered.div_ceil(8))?),
            CHANGED_LIST => Changed::List(read_list(&mut rest)?),
            CHANGED_DIFFERENCE => Changed::Difference(read_list(&mut rest)?),
            _ => return Err(Malformed),
        };
        Ok((changed, rest))
    }
}

fn read_list(reader: &mut Reader<'_>) -> Decoded<Vec<u32>> {
    let count = reader.count()?;
    let mut list = Vec::with_capacity(count);
    let mut next = 0u32;
    for _ in 0..count {
        let at = next.checked_add(reader.u32()?).ok_or(Malformed)?;
        list.push(at);
        next = at.checked_add(1).ok_or(Malformed)?;
    }
    Ok(list)
}

/// Which of the covered columns have a token.
#[derive(Debug)]
pub(crate) enum Changed<'a> {
    /// All of them.
    All,
    /// Those with their bit set.
    Bitmap(&'a [u8]),
    /// Those in the list, which ascends.
    List(Vec<u32>),
    /// Those that had one in their last record, but for those in the list, which ascends; and the other way round.
    Difference(Vec<u32>),
}

impl Changed<'_> {
    /// Brings the bits of the covered columns from those that had a token in their last record to those that
    /// have one now.
    pub(crate) fn apply(&self, coverage: &[(u32, u32)], bits: &mut Bits) -> Decoded<()> {
        if !matches!(self, Self::Difference(_)) {
            let all = matches!(self, Self::All);
            coverage.iter().for_each(|&(start, end)| bits.fill(start as usize..end as usize, all));
        }
        // Places ascend, so that one walk over the runs finds their columns.
        let (mut runs, mut run, mut before) = (coverage.iter(), (0, 0), 0);
        let mut column = |place: u32| {
            while place - before >= run.1 - run.0 {
                before += run.1 - run.0;
                run = *runs.next().ok_or(Malformed)?;
            }
            Ok((run.0 + (place - before)) as usize)
        };
        match self {
            Self::All => {}
            Self::Bitmap(bytes) => {
                for (at, &byte) in (0..).step_by(8).zip(*bytes) {
                    for bit in ones(u64::from(byte)) {
                        bits.set(column(at + bit as u32)?);
                    }
                }
            }
            Self::List(list) | Self::Difference(list) => {
                for &at in list {
                    bits.flip(column(at)?);
                }
            }
        }
        Ok(())
    }
}

/// Appends ascending columns as runs: how many, and for each the distance from the end of the one before and
/// its length less one.
pub(crate) fn encode_coverage(columns: impl Iterator<Item = u32>, out: &mut Vec<u8>) {
    let mut runs = Coverage::new();
    for column in columns {
        match runs.last_mut() {
            Some((_, end)) if *end == column => *end += 1,
            _ => runs.push((column, column + 1)),
        }
    }
    put_len(out, runs.len());
    let mut last = 0;
    for (start, end) in runs {
        put_u64(out, u64::from(start - last));
        put_u64(out, u64::from(end - start - 1));
        last = end;
    }
}

/// Reads what [`encode_coverage`] wrote.
pub(crate) fn decode_coverage(reader: &mut Reader<'_>) -> Decoded<Coverage> {
    let mut last = 0u32;
    let count = reader.count()?;
    let mut runs = Coverage::new();
    for _ in 0..count {
        let start = last.checked_add(reader.u32()?).ok_or(Malformed)?;
        let end = start.checked_add(reader.u32()?).and_then(|e| e.checked_add(1)).ok_or(Malformed)?;
        runs.push((start, end));
        last = end;
    }
    Ok(runs)
}

/// The columns of a coverage in order.
pub(crate) fn columns(coverage: &[(u32, u32)]) -> impl Iterator<Item = u32> + '_ {
    coverage.iter().flat_map(|&(start, end)| start..end)
}
