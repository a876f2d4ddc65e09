//! Byte codecs without state of their own: pure functions between columns and bytes.

pub(crate) mod attachment;
pub(crate) mod histogram;
pub(crate) mod integer;
pub(crate) mod labels;
pub(crate) mod page;
mod prefix;
pub(crate) mod time;
pub(crate) mod token;
pub(crate) mod varint;
