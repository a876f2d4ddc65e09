//! HTTP client and server plumbing.

pub mod client;
pub mod server;
