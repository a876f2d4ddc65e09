//! HTTP client and server plumbing.
