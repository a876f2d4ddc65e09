//! HTTP client and server plumbing.

pub mod basic_auth;
pub mod client;
pub mod probe;
pub mod server;
pub mod tls;
