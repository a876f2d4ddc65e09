//! The open chunks of a group's series: value tokens in chained blocks of one arena.
//!
//! A series that stands still has no bytes at all here. One that moves has a chain of blocks that holds its
//! tokens up to its last change; from there on its last value stands.

use model::SampleBlock;

use crate::codec::{
    token::{self, Event, State, Token},
    varint::Reader,
};

/// Payload of a block: with the link 32 bytes. Larger blocks waste more in each series' last one, smaller ones
/// spend more on links.
const PAYLOAD: usize = 28;
/// No block.
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Block {
    next: u32,
    payload: [u8; PAYLOAD],
}

/// Blocks of all columns of a group.
#[derive(Debug, Default)]
pub(super) struct Arena {
    blocks: Vec<Block>,
}

/// What is known of a column beside its last value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    /// Positions of the timeline that the tokens describe.
    covered: u32,
    first: u32,
    tail: u32,
    tail_len: u8,
    /// How the last value was written.
    pub(super) scale: u8,
}

impl Default for Column {
    fn default() -> Self {
        Self { covered: 0, first: NONE, tail: NONE, tail_len: 0, scale: 0 }
    }
}

impl Column {
    /// A column without tokens whose last value is written as this one's.
    pub(super) fn restarted(&self) -> Self {
        Self { scale: self.scale, ..Self::default() }
    }

    /// True when nothing was written: the value stood still, or there never was one.
    pub(super) fn is_still(&self) -> bool {
        self.first == NONE
    }
}

impl Arena {
    /// Writes that the column kept its last value up to a position, which is excluded.
    pub(super) fn settle(&mut self, column: &mut Column, last: State, position: u32) {
        if column.is_still() && position > 0 {
            self.push(column, &token::absolute(last));
            column.covered = 1;
        }
        if position > column.covered {
            self.push(column, &token::run(position - column.covered));
            column.covered = position;
        }
    }

    /// Writes that the column had no value up to a position, which is excluded.
    pub(super) fn skip(&mut self, column: &mut Column, position: u32) {
        if position > column.covered {
            self.push(column, &token::gap(position - column.covered));
            column.covered = position;
        }
    }

    /// Writes the value at the next position that is not yet described.
    pub(super) fn push_value(&mut self, column: &mut Column, token: &Token) {
        self.push(column, token);
        column.covered += 1;
    }

    fn push(&mut self, column: &mut Column, token: &Token) {
        for &byte in token.as_slice() {
            if column.tail == NONE || usize::from(column.tail_len) == PAYLOAD {
                self.chain(column);
            }
            self.blocks[column.tail as usize].payload[usize::from(column.tail_len)] = byte;
            column.tail_len += 1;
        }
    }

    fn chain(&mut self, column: &mut Column) {
        let len = self.blocks.len();
        if len == self.blocks.capacity() {
            // By a quarter: doubling would leave a third of the head's memory unused.
            self.blocks.reserve_exact((len / 4).max(4));
        }
        let block = len as u32;
        self.blocks.push(Block { next: NONE, payload: [0; PAYLOAD] });
        match self.blocks.get_mut(column.tail as usize) {
            Some(tail) => tail.next = block,
            None => column.first = block,
        }
        (column.tail, column.tail_len) = (block, 0);
    }

    fn collect(&self, column: &Column) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut at = column.first;
        while let Some(block) = self.blocks.get(at as usize) {
            let used = if at == column.tail { usize::from(column.tail_len) } else { PAYLOAD };
            bytes.extend_from_slice(&block.payload[..used]);
            at = block.next;
        }
        bytes
    }

    pub(super) fn bytes(&self) -> usize {
        size_of::<Block>() * self.blocks.capacity()
    }
}

/// A column with all that is needed to read it.
pub(super) struct View<'a> {
    /// All timestamps of the timeline.
    pub(super) times_ms: &'a [i64],
    pub(super) arena: &'a Arena,
    pub(super) column: &'a Column,
    pub(super) last: u64,
    /// Whether the last value stands from the last token on.
    pub(super) present: bool,
    /// Positions of the timeline that the column has reached.
    pub(super) end: u32,
}

impl View<'_> {
    /// Appends the samples within a range of time, both ends included.
    pub(super) fn read(&self, mint_ms: i64, maxt_ms: i64, block: &mut SampleBlock) {
        let times = self.times_ms;
        let wanted = times.partition_point(|&t| t < mint_ms)..times.partition_point(|&t| t <= maxt_ms);
        if wanted.is_empty() {
            return;
        }
        let mut at = 0usize;
        let push = |at: usize, count: usize, bits: u64, block: &mut SampleBlock| {
            let range = at.max(wanted.start)..(at + count).min(wanted.end);
            let times = times.get(range).unwrap_or_default();
            block.timestamps_ms.extend_from_slice(times);
            block.values.extend(std::iter::repeat_n(f64::from_bits(bits), times.len()));
        };
        let bytes = self.arena.collect(self.column);
        let (mut reader, mut state) = (Reader::new(&bytes), State::default());
        while at < wanted.end
            && let Ok(event) = token::read(&mut reader, state)
        {
            let (count, valued) = match event {
                Event::Value { state: next, .. } => {
                    state = next;
                    (1, true)
                }
                Event::Run(count) => (count as usize, true),
                Event::Gap(count) => (count as usize, false),
            };
            if valued {
                push(at, count, state.bits, block);
            }
            at += count;
        }
        if self.present {
            push(at, (self.end as usize).saturating_sub(at), self.last, block);
        }
    }
}
