//! Reading a segment record by record, past whatever is damaged.

use std::io;

use super::{
    batch::Unpacker,
    record::{BATCH_MARKER, HEADER_BYTES, Header, MARKER, RECORD_BYTES_MAX, checksum},
};
use crate::{
    codec::varint::{Malformed, Reader},
    disk::ReadFile,
};

/// Read at once; with the longest record this bounds the memory of a replay.
const READ_BYTES: usize = 256 << 10;
/// Bytes checksummed while looking for the next sound record; past it the rest of the segment is given up,
/// so that a segment of garbage takes bounded time.
const SEARCH_BYTES_MAX: usize = 64 << 20;

/// A segment that is being read.
pub(crate) struct SegmentReader<'a> {
    file: &'a dyn ReadFile,
    size: u64,
    /// Where `buffer` begins in the file.
    offset: u64,
    buffer: Vec<u8>,
    at: usize,
    search_budget: usize,
    batches: Unpacker,
    pub(crate) damage: Damage,
}

/// What could not be read of a segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Damage {
    /// Runs of bytes that are no records and have sound ones after them.
    pub(crate) gaps: usize,
    /// Bytes in these.
    pub(crate) gap_bytes: u64,
    /// Bytes at the end that are no whole record: what a kill or a power cut leaves.
    pub(crate) torn_bytes: u64,
    /// Sound batches that could not be read because one before them is missing.
    pub(crate) unusable: u64,
}

enum Found {
    /// A record, or a batch of them, of so many bytes, the payload being the last ones.
    Record { total: usize, payload: usize, batch: bool },
    /// No record begins here.
    Nothing,
}

impl<'a> SegmentReader<'a> {
    /// Opens a segment; `None` when its header is damaged.
    pub(crate) fn open(file: &'a dyn ReadFile) -> io::Result<(Self, Option<Header>)> {
        let size = file.size()?;
        let damage = Damage::default();
        let search_budget = SEARCH_BYTES_MAX;
        let (buffer, batches) = (Vec::new(), Unpacker::default());
        let mut reader = Self { file, size, offset: 0, buffer, at: 0, search_budget, batches, damage };
        reader.fill(HEADER_BYTES)?;
        let header = Header::decode(&reader.buffer).ok();
        match header {
            Some(_) => reader.at = HEADER_BYTES,
            None => reader.damage.torn_bytes = size,
        }
        Ok((reader, header))
    }

    /// The payload of the next sound record.
    pub(crate) fn next(&mut self) -> io::Result<Option<&[u8]>> {
        loop {
            match self.batches.next() {
                Ok(Some(range)) => return Ok(self.batches.bytes().get(range)),
                Ok(None) => {}
                Err(Malformed) => self.damage.unusable += 1,
            }
            let Some((payload, batch)) = self.next_framed()? else { return Ok(None) };
            let range = self.at - payload..self.at;
            if !batch {
                return Ok(self.buffer.get(range));
            }
            let pushed = self.batches.push(self.buffer.get(range).unwrap_or_default());
            self.damage.unusable += u64::from(pushed.is_err());
        }
    }

    /// Goes past the next sound record or batch; gives the length of the payload, and whether it is a batch.
    fn next_framed(&mut self) -> io::Result<Option<(usize, bool)>> {
        let (mut skipped, mut zeros) = (0u64, true);
        loop {
            if self.position() >= self.size {
                // Zeros fill the last sector up.
                self.damage.torn_bytes += if zeros { 0 } else { skipped };
                return Ok(None);
            }
            if let Found::Record { total, payload, batch } = self.look()? {
                if skipped > 0 {
                    self.batches.break_off();
                    self.damage.gaps += 1;
                    self.damage.gap_bytes += skipped;
                }
                self.at += total;
                return Ok(Some((payload, batch)));
            }
            if self.search_budget == 0 {
                self.damage.torn_bytes += skipped + (self.size - self.position());
                return Ok(None);
            }
            zeros &= self.buffer.get(self.at) == Some(&0);
            self.at += 1;
            skipped += 1;
        }
    }

    /// Where the next record is looked for, in bytes.
    pub(crate) fn position(&self) -> u64 {
        self.offset + self.at as u64
    }

    /// Looks whether a record or a batch begins here.
    fn look(&mut self) -> io::Result<Found> {
        // Marker, length of up to four bytes, checksum.
        self.fill(9)?;
        let rest = self.buffer.get(self.at..).unwrap_or_default();
        let mut reader = Reader::new(rest);
        let head = (|| {
            let marker = reader.u8()?;
            let before = reader.rest().len();
            let len = reader.number()?;
            let len_bytes = before - reader.rest().len();
            let crc = reader.u32_le()?;
            let sound = matches!(marker, MARKER | BATCH_MARKER) && len <= RECORD_BYTES_MAX;
            if sound { Ok((len, len_bytes, crc, marker == BATCH_MARKER)) } else { Err(Malformed) }
        })();
        let Ok((len, len_bytes, crc, batch)) = head else { return Ok(Found::Nothing) };
        let total = 1 + len_bytes + 4 + len;
        if total as u64 > self.size - self.position() {
            return Ok(Found::Nothing);
        }
        self.fill(total)?;
        let rest = self.buffer.get(self.at..).unwrap_or_default();
        let len_field = rest.get(1..1 + len_bytes).unwrap_or_default();
        let payload = rest.get(total - len..total).unwrap_or_default();
        if payload.len() == len && checksum(len_field, payload) == crc {
            return Ok(Found::Record { total, payload: len, batch });
        }
        self.search_budget = self.search_budget.saturating_sub(len + 1);
        Ok(Found::Nothing)
    }

    /// Makes so many bytes from `at` on available, as far as the file has them.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        if self.buffer.len() - self.at >= wanted {
            return Ok(());
        }
        self.buffer.drain(..self.at);
        self.offset += self.at as u64;
        self.at = 0;
        let have = self.buffer.len();
        let left = self.size - self.offset - have as u64;
        let more = (wanted.max(READ_BYTES) - have).min(usize::try_from(left).unwrap_or(usize::MAX));
        self.buffer.resize(have + more, 0);
        let place = self.offset + have as u64;
        self.file.read_exact_at(self.buffer.get_mut(have..).unwrap_or_default(), place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wal::record::frame;

    struct Bytes(Vec<u8>);

    impl ReadFile for Bytes {
        fn size(&self) -> io::Result<u64> {
            Ok(self.0.len() as u64)
        }

        fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
            buffer.copy_from_slice(&self.0[offset as usize..][..buffer.len()]);
            Ok(())
        }
    }

    fn payloads(bytes: Vec<u8>) -> (Vec<Vec<u8>>, Damage) {
        let file = Bytes(bytes);
        let (mut reader, _) = SegmentReader::open(&file).unwrap();
        let mut found = Vec::new();
        while let Some(payload) = reader.next().unwrap() {
            found.push(payload.to_vec());
        }
        (found, reader.damage)
    }

    /// A record larger than what is read at once among small ones; then a bit flips in each part of the second.
    #[test]
    fn the_reader_finds_its_place_after_damage() {
        let records = [vec![1; 10], vec![MARKER; 40], vec![2; READ_BYTES * 2], vec![3; 5]];
        let mut bytes = Header { number: 1, base_ms: 0 }.encode();
        let start = bytes.len() + 16;
        records.iter().for_each(|record| frame(MARKER, record, &mut bytes));
        assert_eq!(payloads(bytes.clone()), (records.to_vec(), Damage::default()));
        for at in start..start + 46 {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            let (found, damage) = payloads(damaged);
            assert_eq!(found, [&records[..1], &records[2..]].concat());
            assert_eq!((damage.gaps, damage.gap_bytes, damage.torn_bytes), (1, 46, 0));
        }
        let (found, damage) = payloads([&bytes[..], &[0; 511]].concat());
        assert_eq!((found.len(), damage), (4, Damage::default()));
        bytes.truncate(bytes.len() - 2);
        let (found, damage) = payloads(bytes);
        assert_eq!((found.len(), damage.torn_bytes), (3, 9));
    }
}
