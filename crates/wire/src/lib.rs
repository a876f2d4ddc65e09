//! Remote write, remote read, OTLP and the answers of query APIs on the wire. Remote write goes from there through the
//! door of a store.
//!
//! A request is a Snappy block that holds a protobuf message, `prometheus.WriteRequest` (remote write 1.0) or
//! `io.prometheus.write.v2.Request` (2.0); `docs/format/remote-write.md` has the fields. [`Intake`] takes it
//! apart in place, into columns that it keeps from request to request, finds the series of each label set in a
//! [`SeriesCache`], and appends the samples in groups of one timestamp.
//!
//! This crate knows nothing of HTTP: headers are read and answers worded by `api`.

pub mod answer;
#[cfg(test)]
mod encode;
mod error;
mod intake;
mod key;
mod message;
mod metered;
pub mod otlp;
mod put;
pub mod read;
mod rejection;
mod series_cache;
mod snappy;

pub use error::{Error, Fault};
pub use intake::{DECODED_BYTES_MAX, Intake, Report};
pub use message::Protocol;
pub use rejection::{REJECTIONS_MAX, Rejection};
pub use series_cache::SeriesCache;
