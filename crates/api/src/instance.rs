//! What the API asks of the running stack; the binary answers.

use std::{collections::BTreeMap, pin::Pin};

pub use expfmt::Exposition;
use model::{LabelSet, Matcher};
use scrape::{TargetMetadata, TargetStatus};
use wire::otlp::OtlpSettings;

use crate::{external::ExternalUrl, prometheus::ReadLimits};

/// Whether requests can be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// The store is being opened.
    Starting,
    /// All is there.
    Ready,
    /// The process is about to end.
    Stopping,
}

/// The outcome of a reload; the error is what the client reads, several lines of it if need be.
pub type Reload = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// The running stack. Calls come from the network thread and may not wait, unless they say otherwise.
pub trait Instance: Send + Sync + 'static {
    /// Whether requests can be answered.
    fn readiness(&self) -> Readiness;

    /// The active targets, scrape pools in alphabetical order.
    fn targets(&self) -> Vec<TargetStatus>;

    /// What the active targets say about their metrics.
    fn target_metadata(&self) -> Vec<TargetMetadata>;

    /// Names of the scrape pools, sorted.
    fn scrape_pools(&self) -> Vec<String>;

    /// The configuration of a scrape pool as YAML, defaults filled in; `None` when there is no such pool.
    fn scrape_pool_config(&self, pool: &str) -> Option<String>;

    /// The labels that tell this process's series from those of others.
    fn external_labels(&self) -> LabelSet;

    /// How OTLP is translated.
    fn otlp_settings(&self) -> OtlpSettings;

    /// How often targets are scraped that say nothing else, in milliseconds.
    fn scrape_interval_ms(&self) -> i64;

    /// The configuration in force as YAML, defaults filled in.
    fn config_yaml(&self) -> String;

    /// Figures of the process.
    fn runtime(&self) -> RuntimeInfo;

    /// Figures of the store, with lists of at most `limit` entries. It may take its time and
    /// comes from the blocking pool.
    fn tsdb_status(&self, limit: usize) -> tsdb::Status;

    /// The parts of the store; it comes from the blocking pool.
    fn tsdb_parts(&self) -> Vec<tsdb::PartInfo>;

    /// The metrics about the stack itself, in the format that the `Accept` header asks for.
    fn metrics(&self, accept: &str) -> Exposition;

    /// Reads the configuration anew and puts it in force.
    fn reload(&self) -> Reload;

    /// Asks the process to end; false when it was asked before.
    fn quit(&self) -> bool;
}

/// Switches by area and name.
pub type Features = BTreeMap<&'static str, BTreeMap<String, bool>>;

/// What does not change while the process runs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Version of Gnomon.
    pub version: &'static str,
    /// Commit that it was built from; empty when unknown.
    pub revision: &'static str,
    /// When it was built, as `20261122-05:48:50`; empty when unknown.
    pub build_date: &'static str,
    /// All flags by name, without dashes in front, with the values in force.
    pub flags: BTreeMap<String, String>,
    /// What is switched on, by area and name.
    pub features: Features,
    /// Whether `/-/reload` and `/-/quit` work.
    pub lifecycle: bool,
    /// The origins whose pages may read the API: a pattern that the whole `Origin` header has to match.
    pub cors_origin: Matcher,
    /// The most results of a search, 0 for any number; `None` where searches are switched off.
    pub search_limit_max: Option<usize>,
    /// What remote read gives at most.
    pub read_limits: ReadLimits,
    /// Under which name other machines reach this one.
    pub external: ExternalUrl,
}

/// Figures of the process, under the names that Prometheus has for them.
#[derive(Clone, Debug, Default)]
pub struct RuntimeInfo {
    /// When the process started, in milliseconds since the Unix epoch.
    pub start_time_ms: i64,
    /// Now, likewise.
    pub server_time_ms: i64,
    /// Its working directory.
    pub cwd: String,
    /// Name of the machine.
    pub hostname: String,
    /// Whether the last reload worked; true before the first.
    pub reload_config_success: bool,
    /// When the configuration in force was read, in milliseconds since the Unix epoch.
    pub last_config_time_ms: i64,
    /// What of the stored data was found damaged since the start, in records and parts.
    pub corruptions: u64,
    /// Threads of the process; the API calls them goroutines.
    pub threads: usize,
    /// Cores that it may use.
    pub cores: usize,
    /// Its memory budget in bytes.
    pub memory_limit_bytes: usize,
    /// What the store keeps, as `15d` or `15d or 1GB`.
    pub storage_retention: String,
}
