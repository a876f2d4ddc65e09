//! What a user sets about scraping, as plain values: the `config` crate fills these in from `prometheus.yml`.

use expfmt::{Format, HistogramRules};
use model::LabelSet;
use net::tls::ClientTlsSettings;

/// One entry of `scrape_configs`: a scrape pool and the targets in it.
///
/// Limits of 0 are no limit.
#[derive(Clone, Debug, PartialEq)]
pub struct ScrapeConfig {
    /// Name of the pool and of the label `job`.
    pub job_name: String,
    /// What `static_configs` lists.
    pub target_groups: Vec<TargetGroup>,
    /// How targets are reached.
    pub scheme: Scheme,
    /// How connections are secured where the scheme is `https`.
    pub tls: ClientTlsSettings,
    /// Path of the request, not escaped.
    pub metrics_path: String,
    /// Query parameters, in order of their names.
    pub params: Vec<(String, Vec<String>)>,
    /// Time from one scrape of a target to the next; at least 1.
    pub scrape_interval_ms: i64,
    /// Time that a scrape may take, body included; at least 1 and at most the interval.
    pub scrape_timeout_ms: i64,
    /// Whether a label of the exposition wins over the target's label of that name; otherwise it is
    /// renamed `exported_...`.
    pub honor_labels: bool,
    /// Whether timestamps of the exposition are taken; otherwise each sample gets the time of the scrape.
    pub honor_timestamps: bool,
    /// Whether series with timestamps of their own get staleness markers too.
    pub track_timestamps_staleness: bool,
    /// What is asked for, best first; never empty.
    pub scrape_protocols: Vec<Format>,
    /// Which of a histogram's forms are stored, and how fine they may be.
    pub histograms: HistogramRules,
    /// What a body without a usable content type is read as; without it such a scrape fails.
    pub fallback_scrape_protocol: Option<Format>,
    /// Whether gzip is asked for.
    pub enable_compression: bool,
    /// Bytes of a body, decompressed, above which a scrape fails.
    pub body_size_limit_bytes: u64,
    /// Samples above which a scrape fails.
    pub sample_limit: u64,
    /// Labels of a series above which a scrape fails.
    pub label_limit: u64,
    /// Bytes of a label's name above which a scrape fails.
    pub label_name_length_limit: u64,
    /// Bytes of a label's value above which a scrape fails.
    pub label_value_length_limit: u64,
    /// Targets above which all scrapes of the pool fail.
    pub target_limit: u64,
}

impl Default for ScrapeConfig {
    /// Prometheus's defaults.
    fn default() -> Self {
        Self {
            job_name: String::new(),
            target_groups: Vec::new(),
            scheme: Scheme::Http,
            tls: ClientTlsSettings::default(),
            metrics_path: "/metrics".into(),
            params: Vec::new(),
            scrape_interval_ms: 60_000,
            scrape_timeout_ms: 10_000,
            honor_labels: false,
            honor_timestamps: true,
            track_timestamps_staleness: false,
            scrape_protocols: Format::TEXT.to_vec(),
            histograms: HistogramRules::default(),
            fallback_scrape_protocol: None,
            enable_compression: true,
            body_size_limit_bytes: 0,
            sample_limit: 0,
            label_limit: 0,
            label_name_length_limit: 0,
            label_value_length_limit: 0,
            target_limit: 0,
        }
    }
}

/// Addresses that share labels: one entry of `static_configs`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetGroup {
    /// `host:port`, or `host` for the scheme's own port.
    pub targets: Vec<String>,
    /// Labels of all of them. As everywhere, names that begin with `__` steer the scrape (`__metrics_path__`,
    /// `__scheme__`, `__param_...`, `__scrape_interval__`, `__scrape_timeout__`) and are not stored.
    pub labels: LabelSet,
}

/// How targets are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scheme {
    /// Without encryption.
    Http,
    /// With TLS.
    Https,
}

impl Scheme {
    /// The scheme of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Http, Self::Https].into_iter().find(|scheme| scheme.as_str() == name)
    }

    /// The name in a URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}
