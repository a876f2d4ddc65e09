//! Whole bodies: what is read from them, what is refused, and that no body makes the parser fail badly.

mod allocations;
mod bodies;
mod errors;
mod properties;
