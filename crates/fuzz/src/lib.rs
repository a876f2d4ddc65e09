//! Entry points of the fuzz targets: each takes any bytes, hands them to one of the readers of outside bytes, and
//! panics where that reader breaks a promise.
//!
//! `fuzz/` at the top of the tree runs them under a fuzzer; the tests of this crate replay the inputs that are kept in
//! `fuzz/seeds`. Only tests depend on this crate, so it panics where a test would.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a broken promise ends the run")]

mod config_file;
mod dashboard_file;
mod data_folder;
mod exposition;
mod matcher;
mod otlp;
mod parameter;
mod query;
mod recorder;
mod remote_read;
mod remote_write;
mod scrape_layout;

pub use config_file::config_file;
pub use dashboard_file::dashboard_file;
pub use data_folder::{data_folder, log_records};
pub use exposition::exposition;
pub use matcher::matcher;
pub use otlp::otlp;
pub use parameter::parameter;
pub use query::{evaluation, expression};
pub use remote_read::remote_read;
pub use remote_write::{remote_write, snappy};
pub use scrape_layout::scrape_layout;

/// A target: takes any bytes.
pub type Target = fn(&[u8]);

/// All targets by their names.
pub const TARGETS: [(&str, Target); 14] = [
    ("config_file", config_file),
    ("dashboard_file", dashboard_file),
    ("data_folder", data_folder),
    ("evaluation", evaluation),
    ("exposition", exposition),
    ("expression", expression),
    ("log_records", log_records),
    ("matcher", matcher),
    ("otlp", otlp),
    ("parameter", parameter),
    ("remote_read", remote_read),
    ("remote_write", remote_write),
    ("scrape_layout", scrape_layout),
    ("snappy", snappy),
];

/// The bytes as text, as far as they are.
fn text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap(),
    }
}
