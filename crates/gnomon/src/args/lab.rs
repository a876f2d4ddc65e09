//! `gnomon lab`.

use std::{path::PathBuf, time::Duration};

use clap::{Args, value_parser};

use super::value::duration;

/// Below a scrape or two there is nothing to tell; beyond, the curves have more points than pages show.
const DURATION_MIN: Duration = Duration::from_secs(1);
const DURATION_MAX: Duration = Duration::from_secs(3_600);

/// What the laboratory does, and how it tells of it.
#[derive(Debug, Args)]
pub(crate) struct LabArgs {
    /// How long each of the three runs takes, 1s to 1h.
    #[arg(long, value_name = "DURATION", default_value = "3m", value_parser = run_duration)]
    pub duration: Duration,
    /// By what the scrape intervals, 5s and 15s, are divided, and the CPU loop with them.
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = value_parser!(u32).range(1..=100))]
    pub speedup: u32,
    /// A Prometheus to put through the same runs at the same time.
    #[arg(long, value_name = "PATH")]
    pub prometheus: Option<PathBuf>,
    /// Print JSON instead of the table.
    #[arg(long)]
    pub json: bool,
    /// Write a page with the figures and their curves.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

fn run_duration(text: &str) -> Result<Duration, String> {
    let bounds = DURATION_MIN..=DURATION_MAX;
    duration(text).and_then(|d| if bounds.contains(&d) { Ok(d) } else { Err("must be 1s to 1h".to_owned()) })
}
