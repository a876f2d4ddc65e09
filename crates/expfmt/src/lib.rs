//! Exposition formats in and out: text 0.0.4 and OpenMetrics 1.0.0.

mod format;

pub use format::{Format, negotiate};
