//! How the servers are reached, and by whom.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::{positive, positive_duration};

/// Addresses, prefixes, TLS and limits.
#[derive(Debug, Args)]
pub(crate) struct ServingArgs {
    /// Where the Prometheus API and its pages are served, without a login. May be repeated.
    #[arg(long = "web.listen-address", value_name = "ADDRESS", default_value = "127.0.0.1:9090")]
    pub listen: Vec<String>,
    /// Where the dashboards are served, behind a login; an empty value switches them off.
    #[arg(long = "dashboard.listen-address", value_name = "ADDRESS", default_value = ":3000")]
    pub dashboard_listen: String,
    /// TLS, users, headers and rate limit, in the format of Prometheus's exporter toolkit.
    #[arg(long = "web.config.file", value_name = "FILE", default_value = "")]
    pub config: PathBuf,
    /// The same for the dashboards, without users [default: the file of --web.config.file].
    #[arg(long = "dashboard.config.file", value_name = "FILE")]
    pub dashboard_config: Option<PathBuf>,
    /// The URL under which others reach the Prometheus API, for example through a reverse proxy.
    #[arg(long = "web.external-url", value_name = "URL")]
    pub external_url: Option<String>,
    /// The same for the dashboards.
    #[arg(long = "dashboard.external-url", value_name = "URL")]
    pub dashboard_external_url: Option<String>,
    /// What the paths of the Prometheus API begin with [default: the path of --web.external-url].
    #[arg(long = "web.route-prefix", value_name = "PATH")]
    pub route_prefix: Option<String>,
    /// The same for the dashboards [default: the path of --dashboard.external-url].
    #[arg(long = "dashboard.route-prefix", value_name = "PATH")]
    pub dashboard_route_prefix: Option<String>,
    /// Title of the pages.
    #[arg(long = "web.page-title", value_name = "TEXT", default_value = "Gnomon")]
    pub page_title: String,
    /// Connections at once, those of all --web.listen-address together.
    #[arg(long = "web.max-connections", value_name = "NUMBER", default_value = "512", value_parser = positive)]
    pub max_connections: usize,
    /// Time after which a request that does not come to its end, and a connection without one, are given up.
    #[arg(long = "web.read-timeout", value_name = "DURATION", default_value = "5m", value_parser = positive_duration)]
    pub read_timeout: Duration,
}
