//! Parts: immutable files of samples with their index.
//!
//! `docs/format/part.md` has the byte tables.

mod footer;
mod index;
mod merge;
mod page;
mod reader;
mod set;
mod writer;

use merge::merge;
pub(crate) use page::PageRef;
pub(crate) use reader::{Part, PartCursor};
pub(crate) use set::Parts;
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

/// The file name of a part.
fn file_name(number: u64) -> String {
    format!("{number:010}.part")
}

/// The number of a part by its file name.
fn file_number(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".part")?;
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// Appends bytes and their checksum.
fn put_checked(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(bytes);
    out.extend_from_slice(&crc32fast::hash(bytes).to_le_bytes());
}
