//! Batches: records that are compressed together, on their way to the disk and back.
//!
//! What a few scrapes bring between two syncs is too little to be compressed by itself, so a stream goes on from batch to
//! batch: its codes are those that fitted the batches before. `docs/format/wal.md` has the bytes.

use std::{io, ops::Range};

use zstd::{
    stream::raw::{CParameter, DParameter, Decoder, Encoder, InBuffer, Operation, OutBuffer},
    zstd_safe::compress_bound,
};

use super::record::{BATCH_MARKER, MARKER, RECORD_BYTES_MAX, frame};
use crate::codec::varint::{Decoded, Malformed, Reader, put_len};

/// Records in one batch, in bytes before compression; with the window it bounds the memory of both ends.
const BATCH_BYTES: usize = 64 << 10;
/// zstd's fastest level, but with repeats of four bytes: of an hour of real scrapes it leaves 77 %, and two in a hundred more
/// with those of seven that the level means. Four times the memory would save one in a hundred.
const LEVEL: i32 = 1;
const REPEAT_BYTES_MIN: u32 = 4;
/// How far back repeats are looked for, and in a table of how many entries, as powers of two.
const WINDOW_LOG: u32 = 14;
const HASH_LOG: u32 = 12;
/// A stream begins anew after so many batches or bytes of records: there ends what is lost with a damaged batch.
const STREAM_BATCHES_MAX: u8 = 32;
const STREAM_BYTES_MAX: usize = 4 << 20;

/// The number of the batch after one: 0 is only the first of a stream.
fn number_after(number: u8) -> u8 {
    number.checked_add(1).unwrap_or(1)
}

/// Appends a record as it stands in a batch.
pub(crate) fn put_record(payload: &[u8], out: &mut Vec<u8>) {
    put_len(out, payload.len());
    out.extend_from_slice(payload);
}

/// Appends the same records as they are, each in a frame of its own.
pub(crate) fn frame_records(records: &[u8], out: &mut Vec<u8>) {
    let mut reader = Reader::new(records);
    while let Ok(payload) = reader.prefixed() {
        frame(MARKER, payload, out);
    }
}

/// Compresses records, piece by piece.
#[derive(Default)]
pub(crate) struct Packer {
    /// Made for the first batch: its tables take more than all else here.
    encoder: Option<Encoder<'static>>,
    /// The number of the next batch.
    batches: u8,
    bytes: usize,
    payload: Vec<u8>,
}

impl Packer {
    /// Has the next batch begin a stream: it goes to another file, or one before it was not written.
    pub(crate) fn restart(&mut self) {
        (self.batches, self.bytes) = (0, 0);
    }

    /// Appends batches with `records`, which are whole ones as [`put_record`] makes them.
    ///
    /// # Errors
    /// When there is no memory for it; the batches before are of no use then.
    pub(crate) fn pack(&mut self, records: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        if self.batches >= STREAM_BATCHES_MAX || self.bytes >= STREAM_BYTES_MAX {
            self.restart();
        }
        for chunk in records.chunks(BATCH_BYTES) {
            self.payload.clear();
            self.payload.push(self.batches);
            put_len(&mut self.payload, chunk.len());
            self.compress(chunk)?;
            frame(BATCH_MARKER, &self.payload, out);
            self.batches = number_after(self.batches);
            self.bytes += chunk.len();
        }
        Ok(())
    }

    fn compress(&mut self, chunk: &[u8]) -> io::Result<()> {
        let encoder = match &mut self.encoder {
            Some(encoder) => encoder,
            none => none.insert(new_encoder()?),
        };
        if self.batches == 0 {
            encoder.reinit()?;
        }
        let start = self.payload.len();
        // A chunk that cannot be compressed grows by the heads of its blocks.
        self.payload.reserve(compress_bound(chunk.len()));
        let (mut input, mut output) =
            (InBuffer::around(chunk), OutBuffer::around_pos(&mut self.payload, start));
        encoder.run(&mut input, &mut output)?;
        let left = encoder.flush(&mut output)?;
        if left > 0 || input.pos() < chunk.len() { Err(io::ErrorKind::OutOfMemory.into()) } else { Ok(()) }
    }
}

fn new_encoder() -> io::Result<Encoder<'static>> {
    let mut encoder = Encoder::new(LEVEL)?;
    encoder.set_parameter(CParameter::WindowLog(WINDOW_LOG))?;
    encoder.set_parameter(CParameter::HashLog(HASH_LOG))?;
    encoder.set_parameter(CParameter::MinMatch(REPEAT_BYTES_MIN))?;
    Ok(encoder)
}

/// Gives back the records of batches.
#[derive(Default)]
pub(super) struct Unpacker {
    decoder: Option<Decoder<'static>>,
    /// The number of the stream's next batch; `None` when one is missing.
    next: Option<u8>,
    /// Records that were not asked for yet, from `at` on; the last one may end in the next batch.
    records: Vec<u8>,
    at: usize,
}

impl Unpacker {
    /// Takes the payload of the next batch.
    pub(super) fn push(&mut self, payload: &[u8]) -> Decoded<()> {
        let mut reader = Reader::new(payload);
        let number = reader.u8()?;
        if number != 0 && self.next != Some(number) {
            self.break_off();
            return Err(Malformed);
        }
        let len = reader.number()?;
        self.records.drain(..self.at);
        self.at = 0;
        if number == 0 {
            self.records.clear();
        }
        let before = self.records.len();
        let sound = len <= BATCH_BYTES && self.decompress(reader.rest(), len, number == 0).is_ok();
        self.next = sound.then(|| number_after(number));
        if !sound {
            self.records.truncate(before);
        }
        if sound { Ok(()) } else { Err(Malformed) }
    }

    /// Forgets the stream: a part of it is missing.
    pub(super) fn break_off(&mut self) {
        self.next = None;
    }

    fn decompress(&mut self, mut bytes: &[u8], len: usize, begins: bool) -> io::Result<()> {
        let decoder = match &mut self.decoder {
            Some(decoder) => decoder,
            none => none.insert(new_decoder()?),
        };
        if begins {
            decoder.reinit()?;
        }
        let mut start = self.records.len();
        self.records.resize(start + len, 0);
        while !bytes.is_empty() || start < self.records.len() {
            let room = self.records.get_mut(start..).unwrap_or_default();
            let step = decoder.run_on_buffers(bytes, room)?;
            if step.bytes_read == 0 && step.bytes_written == 0 {
                return Err(io::ErrorKind::InvalidData.into());
            }
            bytes = bytes.get(step.bytes_read..).unwrap_or_default();
            start += step.bytes_written;
        }
        Ok(())
    }

    /// Where the payload of the next record is in [`Unpacker::bytes`]; `None` when another batch is needed first.
    pub(super) fn next(&mut self) -> Decoded<Option<Range<usize>>> {
        let mut reader = Reader::new(self.records.get(self.at..).unwrap_or_default());
        let before = reader.rest().len();
        let Ok(len) = reader.number() else { return Ok(None) };
        if len > RECORD_BYTES_MAX {
            self.break_off();
            self.at = self.records.len();
            return Err(Malformed);
        }
        if reader.rest().len() < len {
            return Ok(None);
        }
        let start = self.at + before - reader.rest().len();
        self.at = start + len;
        Ok(Some(start..self.at))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.records
    }
}

fn new_decoder() -> io::Result<Decoder<'static>> {
    let mut decoder = Decoder::new()?;
    decoder.set_parameter(DParameter::WindowLogMax(WINDOW_LOG))?;
    Ok(decoder)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Records of all sizes, a few to a piece; the batches of each piece.
    fn batches() -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let (mut packer, mut records, mut batches) = (Packer::default(), Vec::new(), Vec::new());
        for size in [0, 1, 700, 3 * BATCH_BYTES, 5, 700] {
            let record: Vec<u8> = (0..size).map(|at| (at * at / 7) as u8).collect();
            let (mut piece, mut framed) = (Vec::new(), Vec::new());
            put_record(&record, &mut piece);
            put_record(b"small", &mut piece);
            packer.pack(&piece, &mut framed).unwrap();
            records.extend([record, b"small".to_vec()]);
            batches.push(framed);
        }
        (records, batches)
    }

    fn unpack(bytes: &[u8]) -> Vec<Vec<u8>> {
        let (mut unpacker, mut reader, mut records) = (Unpacker::default(), Reader::new(bytes), Vec::new());
        while !reader.is_empty() {
            assert_eq!(reader.u8(), Ok(BATCH_MARKER));
            let len = reader.number().unwrap();
            reader.u32_le().unwrap();
            let _ = unpacker.push(reader.bytes(len).unwrap());
            while let Ok(Some(range)) = unpacker.next() {
                records.push(unpacker.bytes()[range].to_vec());
            }
        }
        records
    }

    #[test]
    fn records_come_back_from_their_batches() {
        let (records, batches) = batches();
        assert_eq!(unpack(&batches.concat()), records);
        let [first, .., last] = &batches[..] else { unreachable!() };
        assert!(last.len() * 2 < first.len() + 700, "{} bytes", last.len());
        // Without the first batch nothing of the stream can be read.
        assert_eq!(unpack(&batches[1..].concat()), [[0u8; 0]; 0]);
        assert_eq!(unpack(&batches[..2].concat()), records[..4]);
    }

    #[test]
    fn a_lost_batch_costs_no_more_than_its_stream() {
        let (mut packer, mut batches) = (Packer::default(), Vec::new());
        for number in 0..40u8 {
            let (mut piece, mut framed) = (Vec::new(), Vec::new());
            put_record(&[number; 20], &mut piece);
            packer.pack(&piece, &mut framed).unwrap();
            batches.push(framed);
        }
        let left: Vec<_> = (32..40u8).map(|number| vec![number; 20]).collect();
        assert_eq!(unpack(&batches[1..].concat()), left);
    }

    #[test]
    fn batches_that_are_wrong_are_refused() {
        let (_, batches) = batches();
        let payload = &batches[2][6..];
        for at in 0..payload.len() {
            for bit in 0..8 {
                let mut wrong = payload.to_vec();
                wrong[at] ^= 1 << bit;
                let mut unpacker = Unpacker::default();
                // Whatever comes of it, it comes to an end within bounds.
                let _ = unpacker.push(&wrong).map(|()| while let Ok(Some(_)) = unpacker.next() {});
                assert!(unpacker.bytes().len() <= BATCH_BYTES);
            }
        }
    }
}
