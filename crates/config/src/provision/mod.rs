//! Provisioning folders, laid out and written as for Grafana: `datasources/*.yaml` and `dashboards/*.yaml`.
//!
//! A file is read on its own: what is wrong with one leaves the others in force.

mod dashboard;
mod data_source;
mod entry;
mod file;
mod variable;

pub use dashboard::load_dashboards;
pub use data_source::load_data_sources;
pub use file::stamp;
