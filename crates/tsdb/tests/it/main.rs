//! The store through its public door.
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod allocator;
mod clock;
mod damage;
mod deletion;
mod exemplar;
mod histogram;
mod memory;
mod ooo;
mod reading;
mod reference;
mod replay;
mod simulation;
mod store;
mod tool;
mod trouble;
