//! The write-ahead log: what was appended since the last flush, by scrape.
//!
//! Appends put records into a buffer; one write and one sync per interval bring them to disk, compressed; where someone
//! waits for the sync they go at once and as they are. Each segment stands on its own: it defines the series of a group
//! before the group's first samples in it, so old segments go as soon as their samples are in a part.
//! `docs/format/wal.md` has the byte tables.

pub(crate) mod attachment;
pub(crate) mod batch;
mod log;
pub(crate) mod record;
mod replay;
mod segment;
mod segment_name;
mod writer;

pub(crate) use log::{COLUMNS_PER_RECORD, GroupPlace, Log};
pub(crate) use replay::{Replayed, Sink, replay};
pub(crate) use segment::SegmentReader;
pub(crate) use segment_name::segment_number;
pub(crate) use writer::{Form, Wal};
