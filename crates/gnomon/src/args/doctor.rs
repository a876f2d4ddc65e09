//! The flags of `gnomon doctor`.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::value::positive_duration;
use crate::memory;

/// `gnomon doctor`.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Targets; http:// and /metrics may be left out.
    #[arg(value_name = "URL", required_unless_present = "config")]
    pub urls: Vec<String>,
    /// Look at each target of a configuration in Prometheus's format, with the settings of its job.
    #[arg(long, value_name = "FILE", conflicts_with = "urls")]
    pub config: Option<PathBuf>,
    /// Time that a scrape may take [default: 10s, or that of the job].
    #[arg(long, value_name = "DURATION", value_parser = positive_duration)]
    pub timeout: Option<Duration>,
    /// Time between two scrapes, for what changes and what they cost.
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = positive_duration)]
    pub interval: Duration,
    /// Scrape once, and say nothing about what changes and what it costs.
    #[arg(long)]
    pub once: bool,
    /// The longest exposition that is read.
    #[arg(long, value_name = "SIZE", default_value = "128MiB", value_parser = memory::parse_size)]
    pub body_size_limit: u64,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}
