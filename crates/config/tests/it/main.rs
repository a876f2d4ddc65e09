//! The configuration reader against the files of `conformance/config`.

mod errors;
mod peer;
mod printed;
mod web;
