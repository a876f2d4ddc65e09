//! The query language of Prometheus: [`syntax`] turns text into a tree with positions and back, [`engine`]
//! evaluates trees over the querier trait.
//!
//! This crate knows nothing of the store behind the trait, of HTTP and of async.

pub mod engine;
pub mod syntax;
