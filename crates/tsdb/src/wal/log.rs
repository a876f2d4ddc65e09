//! The log's buffer: where records are made, under one short lock.

use std::sync::MutexGuard;

use super::{
    batch::put_record,
    record::{self, HEADER_BYTES, Header, SEQUENCE_MAX, SamplesHead},
};
use crate::{
    bits::{Bits, ones},
    codec::{token::Token, varint::Reader},
};

/// Label sets in one record that defines columns: some 50 kB, below a millisecond to make.
pub(crate) const COLUMNS_PER_RECORD: usize = 1024;

/// What the log knows of a group.
#[derive(Debug, Default)]
pub(crate) struct GroupPlace {
    /// The segment in which the group is defined; 0 for none.
    segment: u64,
    number: u32,
    /// Columns defined.
    columns: u32,
    sequence: u8,
    reset: bool,
    coverage: Vec<u8>,
    /// Which columns had a token in their last record, resets aside.
    changed: Bits,
}

impl GroupPlace {
    /// Has the next record repeat all values.
    pub(crate) fn restart(&mut self) {
        self.reset = true;
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        self.coverage.capacity() + self.changed.bytes()
    }
}

/// Records for one segment that wait to be written.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) segment: u64,
    /// The segment's, where it begins with this piece.
    pub(super) header: Option<Header>,
    /// As in a batch.
    pub(super) records: Vec<u8>,
}

/// Records that wait to be written, and the one that is being made.
#[derive(Debug)]
pub(super) struct Buffer {
    /// The segment that records go to; from 1.
    pub(super) segment: u64,
    segment_len: u64,
    /// Whether the last record was a definition: a segment is not left before samples follow, or a small one
    /// would never hold any.
    defining: bool,
    base_ms: i64,
    groups: u32,
    pub(super) pieces: Vec<Piece>,
    /// Bytes in all pieces.
    pub(super) pending: usize,
    /// Bytes that ever went into the buffer.
    pub(super) position: u64,
    /// Why nothing is logged.
    pub(super) failed: Option<String>,
    /// Something was appended and not logged, and is in no part yet.
    pub(super) gap: bool,
    timestamp_ms: i64,
    reset: bool,
    covered: u32,
    changed: Vec<u32>,
    differing: Vec<u32>,
    skipped: Vec<u32>,
    tokens: Vec<u8>,
    attachments: Vec<u8>,
    payload: Vec<u8>,
}

impl Buffer {
    pub(super) fn new(segment: u64) -> Self {
        Self {
            segment,
            segment_len: 0,
            defining: false,
            base_ms: 0,
            groups: 0,
            pieces: Vec::new(),
            pending: 0,
            position: 0,
            failed: None,
            gap: false,
            timestamp_ms: 0,
            reset: false,
            covered: 0,
            changed: Vec::new(),
            differing: Vec::new(),
            skipped: Vec::new(),
            tokens: Vec::new(),
            attachments: Vec::new(),
            payload: Vec::new(),
        }
    }

    pub(super) fn segment_full(&self, segment_bytes: u64) -> bool {
        self.segment_len >= segment_bytes && !self.defining
    }

    /// Takes the allocation of a piece that was written.
    pub(super) fn reuse(&mut self, piece: Piece) {
        if self.pieces.is_empty() && piece.segment == self.segment {
            self.pieces.push(piece);
        }
    }

    /// Drops what waits to be written to segments below a number.
    pub(super) fn forget_before(&mut self, number: u64) {
        self.pieces.retain(|piece| piece.segment >= number);
        self.pending = self.pieces.iter().map(|piece| piece.records.len()).sum();
    }

    /// Sends what follows to a new segment.
    pub(super) fn rotate(&mut self) {
        if self.segment_len > 0 {
            self.segment += 1;
            (self.segment_len, self.groups) = (0, 0);
        }
    }

    /// Drops what waits and logs nothing until the next flush.
    pub(super) fn fail(&mut self, reason: String) {
        self.pieces.clear();
        self.pending = 0;
        self.segment_len = self.segment_len.max(1);
        self.rotate();
        self.failed = Some(reason);
        self.gap = true;
    }

    fn push_record(&mut self, timestamp_ms: i64) {
        let mut header = None;
        if self.segment_len == 0 {
            self.base_ms = timestamp_ms;
            self.segment_len = HEADER_BYTES as u64;
            header = Some(Header { number: self.segment, base_ms: timestamp_ms });
        }
        if self.pieces.last().is_none_or(|piece| piece.segment != self.segment) {
            self.pieces.push(Piece { segment: self.segment, header, records: Vec::new() });
        }
        let Some(piece) = self.pieces.last_mut() else { return };
        let before = piece.records.len();
        put_record(&self.payload, &mut piece.records);
        let added = piece.records.len() - before;
        self.segment_len += added as u64;
        self.position += added as u64;
        self.pending += added;
        self.payload.clear();
    }
}

/// The buffer while a record is made.
pub(crate) struct Log<'a>(pub(super) MutexGuard<'a, Buffer>);

impl Log<'_> {
    /// True when the current segment does not define all `columns` of the group.
    pub(crate) fn needs_definition(&self, place: &GroupPlace, columns: usize) -> bool {
        place.segment != self.0.segment || (place.columns as usize) < columns
    }

    /// Columns of the group that the current segment defines.
    pub(crate) fn defined(&self, place: &GroupPlace) -> usize {
        if place.segment == self.0.segment { place.columns as usize } else { 0 }
    }

    /// Defines columns of a group from [`Log::defined`] on, at most [`COLUMNS_PER_RECORD`] at once, by their encoded
    /// label sets.
    pub(crate) fn define(&mut self, place: &mut GroupPlace, timestamp_ms: i64, count: usize, sets: &[u8]) {
        let buffer = &mut *self.0;
        if place.segment != buffer.segment {
            let number = buffer.groups;
            buffer.groups += 1;
            *place = GroupPlace { segment: buffer.segment, number, reset: true, ..GroupPlace::default() };
        }
        record::encode_columns(place.number, place.columns, count, sets, &mut buffer.payload);
        buffer.push_record(timestamp_ms);
        buffer.defining = true;
        place.columns += count as u32;
        place.changed.resize(place.columns as usize);
    }

    /// Begins a samples record; true when its reader forgets the group's values.
    pub(crate) fn begin(&mut self, place: &mut GroupPlace, timestamp_ms: i64) -> bool {
        let buffer = &mut *self.0;
        buffer.timestamp_ms = timestamp_ms;
        buffer.covered = 0;
        buffer.changed.clear();
        buffer.differing.clear();
        buffer.skipped.clear();
        buffer.tokens.clear();
        buffer.attachments.clear();
        buffer.reset = place.reset || place.sequence > SEQUENCE_MAX;
        if buffer.reset {
            place.changed.clear_all();
        }
        buffer.reset
    }

    /// The next columns, of one word of the group's bits: those of `mask`, of which `changed` have tokens, to be
    /// given by [`Log::token`] in order.
    pub(crate) fn cover(&mut self, place: &mut GroupPlace, word: usize, mask: u64, changed: u64) {
        let buffer = &mut *self.0;
        let before = place.changed.word_mut(word);
        let lasting = if buffer.reset { 0 } else { changed };
        let differing = (*before ^ lasting) & mask;
        *before = (*before & !mask) | lasting;
        let first = buffer.covered;
        let index = |bit: usize| first + (mask & ((1 << bit) - 1)).count_ones();
        buffer.differing.extend(ones(differing).map(index));
        buffer.changed.extend(ones(changed).map(index));
        buffer.covered += mask.count_ones();
    }

    /// The token of the next column that changed.
    pub(crate) fn token(&mut self, token: &Token) {
        self.0.tokens.extend_from_slice(token.as_slice());
    }

    /// The native histograms and start timestamps of the record's columns, encoded.
    pub(crate) fn attach(&mut self, attachments: &[u8]) {
        self.0.attachments.extend_from_slice(attachments);
    }

    /// A column that the coverage names is not part of the record after all.
    pub(crate) fn skip(&mut self, column: u32) {
        self.0.skipped.push(column);
    }

    /// Ends the record; `coverage` names its columns, those skipped included.
    pub(crate) fn end(&mut self, place: &mut GroupPlace, coverage: &[u8]) {
        let buffer = &mut *self.0;
        if buffer.covered == 0 {
            return;
        }
        let mut narrowed = Vec::new();
        let coverage = if buffer.skipped.is_empty() {
            coverage
        } else {
            // Encoded by this process a moment ago.
            let all = record::decode_coverage(&mut Reader::new(coverage)).unwrap_or_default();
            let kept = record::columns(&all).filter(|c| buffer.skipped.binary_search(c).is_err());
            record::encode_coverage(kept, &mut narrowed);
            &narrowed
        };
        if buffer.reset {
            (place.reset, place.sequence) = (false, 0);
        }
        let same = !buffer.reset && place.coverage == coverage;
        let head = SamplesHead {
            group: place.number,
            sequence: place.sequence,
            reset: buffer.reset,
            offset_ms: buffer.timestamp_ms.wrapping_sub(buffer.base_ms),
            coverage: (!same).then_some(coverage),
            covered: buffer.covered,
            changed: &buffer.changed,
            differing: &buffer.differing,
            attachments: &buffer.attachments,
        };
        record::encode_samples(&head, &mut buffer.payload);
        buffer.payload.extend_from_slice(&buffer.tokens);
        let timestamp_ms = buffer.timestamp_ms;
        buffer.push_record(timestamp_ms);
        buffer.defining = false;
        place.sequence += 1;
        if !same {
            place.coverage.clear();
            place.coverage.extend_from_slice(coverage);
        }
    }
}
