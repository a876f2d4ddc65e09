//! Parts: immutable files of samples with their index.
//!
//! `docs/format/part.md` has the byte tables.

mod check;
mod choice;
mod cursor;
mod deletion;
mod footer;
mod index;
mod merge;
mod page;
mod read_ahead;
mod reader;
mod set;
mod tombstone;
mod writer;

pub(crate) use cursor::PartCursor;
use merge::merge;
pub(crate) use page::PageRef;
pub(crate) use read_ahead::PartPages;
pub(crate) use reader::Part;
pub(crate) use set::Parts;
pub(crate) use tombstone::{Deleted, PartTombstones, TombstoneSet};
pub(crate) use writer::{Origin, PartWriter};

/// First bytes of a part.
const MAGIC: [u8; 8] = *b"GNOMONPT";
/// Last bytes of a part.
const END: [u8; 8] = *b"GNOMONPE";
/// The version of the format.
const VERSION: u8 = 1;
/// Bytes before the first page.
const HEADER_BYTES: u64 = 9;
/// Bytes after the footer.
const TRAILER_BYTES: u64 = 16;
/// Bytes of a checksum after a page or block.
const CRC_BYTES: usize = 4;
/// Series in a block. A block is read whole to get at one series, and repeats the strings of its labels.
const BLOCK_SERIES: usize = 128;

/// What a part is known by. In order of these ids, what a later part holds is newer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PartId {
    /// A flush takes the next number, a merge that of its newest source.
    pub(crate) number: u64,
    /// 0 for a flush, one more than its sources for a merge.
    pub(crate) level: u32,
}

impl PartId {
    pub(crate) fn file_name(self) -> String {
        format!("{:010}-{}.part", self.number, self.level)
    }

    pub(crate) fn parse(file_name: &str) -> Option<Self> {
        let (number, level) = file_name.strip_suffix(".part")?.split_once('-')?;
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let all_digits = digits(number) && digits(level);
        all_digits.then(|| Some(Self { number: number.parse().ok()?, level: level.parse().ok()? }))?
    }
}

/// Appends bytes and their checksum.
fn put_checked(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(bytes);
    out.extend_from_slice(&crc32fast::hash(bytes).to_le_bytes());
}
