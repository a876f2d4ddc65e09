//! HTTP client and server plumbing.

pub mod server;
