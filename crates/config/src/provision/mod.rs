//! Provisioning folders, laid out and written as for Grafana: `datasources/*.yaml`.
//!
//! A file is read on its own: what is wrong with one leaves the others in force.

mod data_source;
mod file;
mod variable;

pub use data_source::load_data_sources;
pub use file::stamp;
