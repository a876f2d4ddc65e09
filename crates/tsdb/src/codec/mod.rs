//! Byte codecs without state of their own: pure functions between columns and bytes.

pub(crate) mod labels;
pub(crate) mod packed;
pub(crate) mod page;
pub(crate) mod time;
pub(crate) mod token;
pub(crate) mod varint;
