//! The command line. Flags that Prometheus has bear its names; only what is read here is known further down
//! as plain settings.

mod doctor;
mod foreign;
mod lab;
mod serving;
pub(crate) mod value;

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use clap::{ArgMatches, Args, CommandFactory, Parser, Subcommand};
use model::Matcher;

use crate::{admin::AdminCommand, check::CheckCommand, render::RenderArgs, tsdb_tool::TsdbCommand};
use crate::{log, memory};
pub(crate) use doctor::DoctorArgs;
pub(crate) use foreign::{PassedOver, settle};
pub(crate) use lab::LabArgs;
pub(crate) use serving::{AddressArgs, HealthArgs, ServingArgs};
use value::{duration, fault, origin, positive, positive_duration};

/// The command line as a whole.
#[derive(Debug, Parser)]
#[command(
    name = "gnomon",
    version,
    about = "The metrics stack of a small machine in one binary",
    max_term_width = 100
)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run everything in one process on built-in defaults: sensor service, scraping, storage, dashboards.
    Up(Box<UpArgs>),
    /// Run the stack: scraping, storage, queries, dashboards.
    Run(Box<RunArgs>),
    /// Run the sensor service alone.
    Sensor(SensorCommand),
    /// Ask a running stack whether it is ready; for the health checks of containers.
    Health(HealthArgs),
    /// Run the stack under the faults of a bad sensor service, then without, and tell what each costs.
    Lab(LabArgs),
    /// Clear up behind `gnomon lab`, once standard input ends.
    #[command(hide = true)]
    LabSweep {
        /// The folder of its files.
        folder: PathBuf,
        /// The folders of its control groups.
        groups: Vec<PathBuf>,
    },
    /// Draw a dashboard, or one of its panels, as PNG or SVG.
    Render(Box<RenderArgs>),
    /// Look after accounts: reset a forgotten password.
    Admin {
        /// What to do.
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Look after a data folder: check, repair, analyze or dump it, or measure the disk.
    Tsdb {
        /// What to do.
        #[command(subcommand)]
        command: TsdbCommand,
    },
    /// Look at targets as a scrape does, and tell what is wrong with them, what they cost, and the cure.
    #[command(after_help = "Exit code: 0 when all is well, 1 with warnings, 2 when a scrape would fail.")]
    Doctor(DoctorArgs),
    /// Check files and metrics before they are used, as promtool does.
    Check {
        /// What to check.
        #[command(subcommand)]
        command: CheckCommand,
    },
    /// Test files that people write.
    Test {
        /// What kind of file.
        #[command(subcommand)]
        kind: TestKind,
    },
}

/// What `gnomon test` tests.
#[derive(Debug, Subcommand)]
pub(crate) enum TestKind {
    /// Run query scripts in Prometheus's promqltest language.
    Promql {
        /// The scripts.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

/// `gnomon up`.
#[derive(Debug, Args)]
pub(crate) struct UpArgs {
    #[command(flatten)]
    pub stack: StackArgs,
    #[command(flatten)]
    pub sensor: SensorArgs,
    /// Where the sensor service listens.
    #[arg(long = "sensor.listen-address", value_name = "ADDRESS", default_value = ":8000")]
    pub sensor_listen: String,
    /// How often the sensor service and the stack itself are scraped.
    #[arg(long, value_name = "DURATION", default_value = "15s", value_parser = positive_duration)]
    pub scrape_interval: Duration,
    /// Folder of the data [default: gnomon in the user's data folder].
    #[arg(long = "storage.tsdb.path", value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

/// `gnomon run`.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub stack: StackArgs,
    /// The configuration, in Prometheus's format.
    #[arg(long = "config.file", value_name = "FILE", default_value = "prometheus.yml")]
    pub config: PathBuf,
    /// Reload the configuration when its file changes.
    #[arg(long = "config.auto-reload")]
    pub auto_reload: bool,
    /// How often the file is looked at for that.
    #[arg(long = "config.auto-reload-interval", value_name = "DURATION", default_value = "30s", value_parser = positive_duration)]
    pub auto_reload_interval: Duration,
    /// Folder of the data.
    #[arg(long = "storage.tsdb.path", value_name = "FOLDER", default_value = "data/")]
    pub data: PathBuf,
}

/// `gnomon sensor`.
#[derive(Debug, Args)]
pub(crate) struct SensorCommand {
    /// Where the service listens.
    #[arg(long, value_name = "ADDRESS", default_value = ":8000")]
    pub listen: String,
    #[command(flatten)]
    pub sensor: SensorArgs,
    #[command(flatten)]
    pub log: LogArgs,
}

/// What the sensor service measures.
#[derive(Debug, Args)]
pub(crate) struct SensorArgs {
    /// Simulate sensors even where the machine has some.
    #[arg(long)]
    pub simulate: bool,
    /// Seed of the simulation; the same seed gives the same readings at the same time.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Bring a defect back: content-type, cpu-loop[=DURATION], payload, route-error. May be repeated.
    #[arg(long = "fault", value_name = "FAULT", value_parser = fault)]
    pub faults: Vec<sensor::Fault>,
}

/// How much is logged, and how.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct LogArgs {
    /// The least severe level that is logged.
    #[arg(long = "log.level", value_name = "LEVEL", default_value = "info")]
    pub level: log::Level,
    /// The form of the log lines.
    #[arg(long = "log.format", value_name = "FORMAT", default_value = "logfmt")]
    pub format: log::Format,
}

/// What `gnomon run` and `gnomon up` share.
#[derive(Debug, Args)]
pub(crate) struct StackArgs {
    #[command(flatten)]
    pub storage: StorageArgs,
    #[command(flatten)]
    pub web: WebArgs,
    #[command(flatten)]
    pub query: QueryArgs,
    #[command(flatten)]
    pub read: ReadArgs,
    #[command(flatten)]
    pub log: LogArgs,
    /// Bytes that data and queries may take [default: a quarter of what there is, at most 64MiB].
    #[arg(long, value_name = "SIZE", value_parser = memory::parse_size)]
    pub memory_budget: Option<u64>,
    /// Flags that were given and have no effect.
    #[arg(skip)]
    pub passed_over: Vec<PassedOver>,
    /// Features to switch on, separated by commas, by Prometheus's names. May be repeated.
    #[arg(long = "enable-feature", value_name = "NAMES", value_delimiter = ',')]
    pub features: Vec<String>,
}

/// The store.
#[derive(Debug, Args)]
pub(crate) struct StorageArgs {
    /// How long samples are kept.
    #[arg(long = "storage.tsdb.retention.time", value_name = "DURATION", default_value = "15d", value_parser = duration)]
    pub retention_time: Duration,
    /// Bytes on disk after which the oldest samples go; 0 is no limit.
    #[arg(long = "storage.tsdb.retention.size", value_name = "SIZE", default_value = "0", value_parser = memory::parse_size)]
    pub retention_size: u64,
    /// How long samples are in memory before they are written to a part, unless memory runs short.
    #[arg(long = "storage.tsdb.min-block-duration", value_name = "DURATION", default_value = "2h", value_parser = positive_duration)]
    pub head_window: Duration,
    /// How often the write-ahead log is synced to disk: what a power cut may cost. 0 syncs every scrape.
    #[arg(long = "storage.wal-sync-interval", value_name = "DURATION", default_value = "5s", value_parser = duration)]
    pub wal_sync_interval: Duration,
}

/// The servers.
#[derive(Debug, Args)]
pub(crate) struct WebArgs {
    #[command(flatten)]
    pub serving: ServingArgs,
    /// Folder of Grafana dashboard files. May be repeated.
    #[arg(long = "dashboard.path", value_name = "FOLDER")]
    pub dashboards: Vec<PathBuf>,
    /// Folder of Grafana's provisioning files: dashboards/*.yaml and datasources/*.yaml.
    #[arg(long = "dashboard.provisioning", env = "GF_PATHS_PROVISIONING", value_name = "FOLDER")]
    pub provisioning: Option<PathBuf>,
    /// Take samples by remote write (/api/v1/write).
    #[arg(long = "web.enable-remote-write-receiver")]
    pub enable_remote_write_receiver: bool,
    /// Take metrics by OTLP (/api/v1/otlp/v1/metrics).
    #[arg(long = "web.enable-otlp-receiver")]
    pub enable_otlp_receiver: bool,
    /// The most results that a search may ask for (/api/v1/search, with --enable-feature=search-api); 0 is any number.
    #[arg(long = "web.search.max-limit", value_name = "NUMBER", default_value = "10000")]
    pub search_limit_max: usize,
    /// Allow reload and shutdown by HTTP (/-/reload, /-/quit).
    #[arg(long = "web.enable-lifecycle")]
    pub enable_lifecycle: bool,
    /// Allow deletion and snapshots by HTTP (/api/v1/admin/tsdb/).
    #[arg(long = "web.enable-admin-api")]
    pub enable_admin_api: bool,
    /// Pattern of the origins whose pages may read the API.
    #[arg(long = "web.cors.origin", value_name = "REGEX", default_value = ".*", value_parser = origin)]
    pub cors_origin: Matcher,
    /// Readers of live notifications at once; further ones are told to come back later.
    #[arg(long = "web.max-notifications-subscribers", value_name = "NUMBER", default_value = "16")]
    pub max_notifications_subscribers: usize,
}

/// The query engine.
#[derive(Debug, Args)]
pub(crate) struct QueryArgs {
    /// Time after which a query is given up.
    #[arg(long = "query.timeout", value_name = "DURATION", default_value = "2m", value_parser = positive_duration)]
    pub timeout: Duration,
    /// Queries that run at once; more wait.
    #[arg(long = "query.max-concurrency", value_name = "NUMBER", default_value = "20", value_parser = positive)]
    pub max_concurrency: usize,
    /// Samples that a query may hold at once.
    #[arg(long = "query.max-samples", value_name = "NUMBER", default_value = "50000000", value_parser = positive)]
    pub max_samples: usize,
    /// How far back a selector looks for a sample.
    #[arg(long = "query.lookback-delta", value_name = "DURATION", default_value = "5m", value_parser = positive_duration)]
    pub lookback_delta: Duration,
}

/// Remote read.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct ReadArgs {
    /// Samples that a remote read gives in one message; those read as a stream are not limited. 0 is no limit.
    #[arg(long = "storage.remote.read-sample-limit", value_name = "NUMBER", default_value = "50000000")]
    pub sample_limit: usize,
    /// Remote reads that run at once; more wait. 0 is no limit.
    #[arg(long = "storage.remote.read-concurrent-limit", value_name = "NUMBER", default_value = "10")]
    pub concurrent_limit: usize,
    /// Bytes of a frame of a streamed remote read.
    #[arg(long = "storage.remote.read-max-bytes-in-frame", value_name = "BYTES", default_value = "1048576", value_parser = positive)]
    pub frame_bytes: usize,
}

impl ReadArgs {
    pub(crate) fn limits(self) -> api::ReadLimits {
        api::ReadLimits::new(self.sample_limit, self.concurrent_limit, self.frame_bytes)
    }
}

/// All flags of a subcommand by name, with the values in force, as `/api/v1/status/flags` shows them.
pub(crate) fn values(subcommand: &str, matches: &ArgMatches) -> BTreeMap<String, String> {
    let command = Cli::command();
    let Some(command) = command.find_subcommand(subcommand) else {
        return BTreeMap::new();
    };
    let value = |id: &str| {
        let values = matches.try_get_raw(id).ok().flatten()?;
        Some(values.map(|v| v.to_string_lossy()).collect::<Vec<_>>().join(","))
    };
    let flags = command.get_arguments().filter_map(|arg| Some((arg.get_long()?, arg.get_id().as_str())));
    flags.map(|(name, id)| (name.to_owned(), value(id).unwrap_or_default())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_flags_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_wrong_value_is_told_with_its_flag_and_all_that_is_known() {
        for (args, flag, why) in [
            (["run", "--web.cors.origin=("], "--web.cors.origin", "missing closing )"),
            (["run", "--query.max-concurrency=0"], "--query.max-concurrency", "above 0"),
            (["sensor", "--fault=cpu-loop=abc"], "--fault", "not a valid duration string"),
        ] {
            let error = Cli::command().try_get_matches_from([&["gnomon"], &args[..]].concat()).unwrap_err();
            let text = error.to_string();
            assert!(text.contains(flag) && text.contains(why), "{text}");
        }
    }

    #[test]
    fn the_values_in_force_are_told_by_name() {
        let matches = Cli::command().get_matches_from([
            "gnomon",
            "run",
            "--enable-feature=a,b",
            "--web.enable-lifecycle",
        ]);
        let (name, run) = matches.subcommand().unwrap();
        let flags = values(name, run);
        let value = |name: &str| flags.get(name).unwrap().as_str();
        assert_eq!(value("storage.tsdb.retention.time"), "15d");
        assert_eq!(value("enable-feature"), "a,b");
        assert_eq!(value("web.enable-lifecycle"), "true");
        assert_eq!(value("memory-budget"), "");
    }
}
