//! The YAML schemas: `prometheus.yml`, `web.yml` and the files of provisioning folders as text turned into the
//! settings that the layers below define.
//!
//! Every key is taken or refused: one that Prometheus knows and that is not supported yet, one that is in the
//! wrong place, misspelt or given twice is an error with line, column, path and cure, and one reading shows
//! all of them. This crate knows nothing of targets that answer, of stores, or of HTTP.
//!
//! ```
//! let text = "scrape_configs:\n- job_name: sensor\n  static_configs:\n  - targets: [localhost:8000]\n";
//! let config = config::Config::parse(text, "prometheus.yml")?;
//! assert_eq!(config.scrape_configs[0].scrape_interval_ms, 60_000);
//!
//! let error = config::Config::parse("scrape_configs:\n- jobname: sensor\n", "prometheus.yml").unwrap_err();
//! assert!(error.to_string().contains(r#"did you mean "job_name"?"#));
//! # Ok::<(), config::Error>(())
//! ```

mod client_tls;
mod error;
mod expand;
mod file;
mod global;
mod otlp;
mod print;
pub mod provision;
mod schema;
mod scrape_config;
mod storage;
mod web;
mod yaml;

use model::LabelSet;
use scrape::{ScrapeConfig, TargetGroup};
use wire::otlp::OtlpSettings;

pub use error::{Error, Position, Problem};
pub use file::load;
pub use global::{Global, Limits};
pub use storage::{Retention, Storage};
pub use web::{BasicAuth, load_web};

/// What a configuration file says, defaults filled in.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Config {
    /// The section `global`.
    pub global: Global,
    /// `gogc` of the section `runtime`: a setting of Prometheus's garbage collector, kept to be shown.
    pub runtime_gogc: Option<i64>,
    /// The section `storage`.
    pub storage: Storage,
    /// The section `otlp`; `None` when it is not given.
    pub otlp: Option<OtlpSettings>,
    /// The section `scrape_configs`, each with what it takes over from `global`.
    pub scrape_configs: Vec<ScrapeConfig>,
}

/// Where the stack's own metrics are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnTarget {
    /// `host:port` of where they are asked for.
    pub address: String,
    /// The label `instance` of what is found.
    pub instance: String,
    /// Path of the request.
    pub metrics_path: String,
}

impl Config {
    /// The configuration of a start without a file: jobs `sensor` and `gnomon` with one target each.
    ///
    /// The sensor's address is `host:port`. The timeout is Prometheus's default, cut to the interval; an interval below
    /// 1 is taken as 1.
    pub fn embedded(sensor_address: &str, own: &OwnTarget, scrape_interval_ms: i64) -> Self {
        let global = Global::with_interval(scrape_interval_ms.max(1));
        let job = |name: &str, address: &str| ScrapeConfig {
            job_name: name.to_owned(),
            target_groups: vec![TargetGroup { targets: vec![address.to_owned()], labels: LabelSet::empty() }],
            scrape_interval_ms: global.scrape_interval_ms,
            scrape_timeout_ms: global.scrape_timeout_ms,
            ..ScrapeConfig::default()
        };
        let mut stack = job("gnomon", &own.address);
        stack.metrics_path.clone_from(&own.metrics_path);
        if own.instance != own.address {
            let labels = LabelSet::from_pairs([("instance".to_owned(), own.instance.clone())]);
            stack.target_groups.iter_mut().for_each(|group| group.labels = labels.clone());
        }
        let scrape_configs = vec![job("sensor", sensor_address), stack];
        Self { global, scrape_configs, ..Self::default() }
    }
}
