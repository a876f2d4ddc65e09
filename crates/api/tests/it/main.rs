//! The routers as clients see them.
#![allow(clippy::unwrap_used)] // In helpers of tests, too, a failure ends the test.

mod absent;
mod admin;
mod annotation;
mod asset;
mod case;
mod conformance;
mod exemplar;
mod exporter;
mod federate;
mod library;
mod login;
mod otlp;
mod peer;
mod people;
mod permission;
mod query;
mod read;
mod render;
mod resource;
mod role;
mod search;
mod slow_source;
mod source;
mod source_load;
mod source_peer;
mod stack;
mod status;
mod tool;
mod write;
