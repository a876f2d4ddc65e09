//! The store: head, write-ahead log, parts on disk, queries over them.
//!
//! Samples come in by scrape through [`model::Appendable`] and go out by series through [`model::Queryable`];
//! nothing else of the inside shows. The crate has no threads of its own: the binary calls
//! [`Store::maintain`] in one. It reads no clock and touches no file but through [`model::Clock`] and
//! [`disk::Disk`].

mod account;
mod admin;
mod appender;
mod aside;
mod bits;
mod codec;
pub mod disk;
pub mod error;
mod exemplar;
mod head;
mod journal;
mod maintain;
mod metadata;
pub mod options;
mod part;
mod query;
pub mod status;
mod store;
pub mod tool;
mod wal;

pub use error::Error;
pub use options::Options;
pub use status::{PartInfo, Status};
pub use store::Store;
