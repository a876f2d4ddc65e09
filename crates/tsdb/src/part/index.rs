//! The label index of a part: for each label name its values, for each value the series that have it.

use std::collections::BTreeMap;

use super::{CRC_BYTES, put_checked};
use crate::codec::varint::{Decoded, Malformed, Reader, put_bytes, put_len, put_u64};
use model::LabelSet;

/// When a value block is full: one read of the disk, and little to look through.
const BLOCK_BYTES: usize = 4096;

/// The label index while a part is written.
#[derive(Debug, Default)]
pub(super) struct IndexBuilder {
    names: BTreeMap<Box<str>, BTreeMap<Box<str>, List>>,
}

/// Series numbers as varint distances.
#[derive(Debug, Default)]
struct List {
    bytes: Vec<u8>,
    next: u32,
    len: u32,
}

impl IndexBuilder {
    /// Adds a series, whose number is above all before.
    pub(super) fn add(&mut self, labels: &LabelSet, series: u32) {
        for (name, value) in labels {
            if !self.names.contains_key(name) {
                self.names.insert(name.into(), BTreeMap::new());
            }
            let Some(values) = self.names.get_mut(name) else { continue };
            if !values.contains_key(value) {
                values.insert(value.into(), List::default());
            }
            let Some(list) = values.get_mut(value) else { continue };
            put_u64(&mut list.bytes, u64::from(series - list.next));
            (list.next, list.len) = (series + 1, list.len + 1);
        }
    }

    /// Writes the value blocks, which begin at `offset` of the part, and gives the name directory.
    pub(super) fn encode(&self, offset: u64, out: &mut Vec<u8>) -> Vec<u8> {
        let mut directory = Vec::new();
        put_len(&mut directory, self.names.len());
        for (name, values) in &self.names {
            let mut blocks = Blocks { offset, ..Blocks::default() };
            for (value, list) in values {
                blocks.add(value, list, out);
            }
            blocks.close(out);
            put_bytes(&mut directory, name.as_bytes());
            put_len(&mut directory, blocks.count);
            directory.extend_from_slice(&blocks.directory);
        }
        directory
    }
}

/// The value blocks of one name while they are written.
#[derive(Default)]
struct Blocks<'a> {
    offset: u64,
    entries: Vec<u8>,
    len: usize,
    first: &'a str,
    last: &'a str,
    directory: Vec<u8>,
    count: usize,
}

impl<'a> Blocks<'a> {
    fn add(&mut self, value: &'a str, list: &List, out: &mut Vec<u8>) {
        if self.entries.len() >= BLOCK_BYTES {
            self.close(out);
        }
        if self.len == 0 {
            (self.first, self.last) = (value, "");
        }
        let same = self.last.bytes().zip(value.bytes()).take_while(|(a, b)| a == b).count();
        put_len(&mut self.entries, same);
        put_bytes(&mut self.entries, value.as_bytes().get(same..).unwrap_or_default());
        put_u64(&mut self.entries, u64::from(list.len));
        put_bytes(&mut self.entries, &list.bytes);
        (self.len, self.last) = (self.len + 1, value);
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        if self.len == 0 {
            return;
        }
        let mut block = Vec::with_capacity(self.entries.len() + 4);
        put_len(&mut block, self.len);
        block.append(&mut self.entries);
        put_bytes(&mut self.directory, self.first.as_bytes());
        put_u64(&mut self.directory, self.offset + out.len() as u64);
        put_len(&mut self.directory, block.len());
        put_checked(out, &block);
        (self.len, self.count) = (0, self.count + 1);
    }
}

/// Where the values of the labels are.
#[derive(Debug, Default)]
pub(super) struct NameDirectory {
    /// In order of text.
    pub(super) names: Vec<(Box<str>, Vec<ValueBlock>)>,
}

/// Where some values of a label are.
#[derive(Debug)]
pub(super) struct ValueBlock {
    pub(super) first: Box<str>,
    pub(super) offset: u64,
    pub(super) len: u32,
}

impl NameDirectory {
    /// Reads the directory; blocks end before `end`.
    pub(super) fn decode(bytes: &[u8], end: u64) -> Decoded<Self> {
        let mut reader = Reader::new(bytes);
        let mut directory = Self::default();
        for _ in 0..reader.count()? {
            let name = reader.str()?.into();
            let mut blocks = Vec::new();
            for _ in 0..reader.count()? {
                let block =
                    ValueBlock { first: reader.str()?.into(), offset: reader.u64()?, len: reader.u32()? };
                let last = block.offset.checked_add(u64::from(block.len) + CRC_BYTES as u64);
                if last.is_none_or(|last| last > end) {
                    return Err(Malformed);
                }
                blocks.push(block);
            }
            directory.names.push((name, blocks));
        }
        Ok(directory)
    }

    /// The blocks with the values of a label.
    pub(super) fn blocks(&self, name: &str) -> &[ValueBlock] {
        let at = self.names.binary_search_by(|(n, _)| (**n).cmp(name)).ok();
        at.and_then(|at| self.names.get(at)).map_or(&[], |(_, blocks)| blocks)
    }

    /// Bytes that the directory takes in memory.
    pub(super) fn bytes(&self) -> usize {
        let block = |b: &ValueBlock| size_of::<ValueBlock>() + b.first.len();
        let name = |(name, blocks): &(Box<str>, Vec<ValueBlock>)| {
            40 + name.len() + blocks.iter().map(block).sum::<usize>()
        };
        self.names.iter().map(name).sum()
    }
}

/// Calls `each` with the values of a block and their lists of series, until it says false.
pub(super) fn read_values<'a>(
    bytes: &'a [u8],
    mut each: impl FnMut(&str, SeriesList<'a>) -> bool,
) -> Decoded<()> {
    let mut reader = Reader::new(bytes);
    let mut value = Vec::new();
    for _ in 0..reader.count()? {
        let same = reader.number()?;
        let rest = reader.prefixed()?;
        if same > value.len() {
            return Err(Malformed);
        }
        value.truncate(same);
        value.extend_from_slice(rest);
        let text = std::str::from_utf8(&value).map_err(|_| Malformed)?;
        let _series = reader.u64()?;
        if !each(text, SeriesList(Reader::new(reader.prefixed()?))) {
            break;
        }
    }
    Ok(())
}

/// The series that have a label.
#[derive(Clone, Copy, Debug)]
pub(super) struct SeriesList<'a>(Reader<'a>);

impl SeriesList<'_> {
    /// Appends the numbers, all of which must be below `count`.
    pub(super) fn collect(mut self, count: u64, rows: &mut Vec<u32>) -> Decoded<()> {
        let mut next = 0u32;
        while !self.0.is_empty() {
            let row = next.checked_add(self.0.u32()?).ok_or(Malformed)?;
            if u64::from(row) >= count {
                return Err(Malformed);
            }
            rows.push(row);
            next = row + 1;
        }
        Ok(())
    }
}
