//! How the servers are reached, and by whom.

use std::time::Duration;

use api::GivenUrl;
use clap::Args;

use super::value::{positive, positive_duration};

/// Where the Prometheus API is.
#[derive(Debug, Args)]
pub(crate) struct AddressArgs {
    /// Where the Prometheus API and its pages are served, without a login. May be repeated.
    #[arg(
        long = "web.listen-address",
        env = "GNOMON_WEB_LISTEN_ADDRESS",
        value_name = "ADDRESS",
        value_delimiter = ',',
        default_value = "127.0.0.1:9090"
    )]
    pub listen: Vec<String>,
    /// TLS, users, headers and rate limit, in the format of Prometheus's exporter toolkit.
    #[arg(long = "web.config.file", env = "GNOMON_WEB_CONFIG_FILE", value_name = "FILE", default_value = "")]
    pub web_config: String,
    /// The URL under which others reach the Prometheus API, for example through a reverse proxy.
    #[arg(long = "web.external-url", env = "GNOMON_WEB_EXTERNAL_URL", value_name = "URL")]
    pub external_url: Option<GivenUrl>,
    /// What the paths of the Prometheus API begin with [default: the path of --web.external-url].
    #[arg(long = "web.route-prefix", env = "GNOMON_WEB_ROUTE_PREFIX", value_name = "PATH")]
    pub route_prefix: Option<String>,
}

impl AddressArgs {
    /// What the paths begin with: empty, or with a slash at the beginning and none at the end.
    pub(crate) fn prefix(&self) -> String {
        prefix(self.route_prefix.as_deref(), self.external_url.as_ref())
    }
}

/// Addresses, prefixes, TLS and limits.
#[derive(Debug, Args)]
pub(crate) struct ServingArgs {
    #[command(flatten)]
    pub address: AddressArgs,
    /// Where the dashboards are served, behind a login; an empty value switches them off.
    #[arg(long = "dashboard.listen-address", value_name = "ADDRESS", default_value = ":3000")]
    pub dashboard_listen: String,
    /// What --web.config.file is to the API, to the dashboards, without users [default: the same file].
    #[arg(long = "dashboard.config.file", value_name = "FILE")]
    pub dashboard_config: Option<String>,
    /// The URL under which others reach the dashboards.
    #[arg(long = "dashboard.external-url", value_name = "URL")]
    pub dashboard_external_url: Option<GivenUrl>,
    /// What the paths of the dashboards begin with [default: the path of --dashboard.external-url].
    #[arg(long = "dashboard.route-prefix", value_name = "PATH")]
    pub dashboard_route_prefix: Option<String>,
    /// Let everybody see the dashboards without a login, as a viewer.
    #[arg(long = "dashboard.anonymous")]
    pub anonymous: bool,
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

impl ServingArgs {
    /// What the paths of the dashboards begin with.
    pub(crate) fn dashboard_prefix(&self) -> String {
        prefix(self.dashboard_route_prefix.as_deref(), self.dashboard_external_url.as_ref())
    }
}

/// `gnomon health`.
#[derive(Debug, Args)]
pub(crate) struct HealthArgs {
    /// What to ask [default: whether the stack with the flags below is ready].
    pub url: Option<String>,
    #[command(flatten)]
    pub address: AddressArgs,
}

fn prefix(given: Option<&str>, external: Option<&GivenUrl>) -> String {
    let of_external = external.map(GivenUrl::path).unwrap_or_default();
    match given.filter(|prefix| !prefix.is_empty()).unwrap_or(of_external).trim_matches('/') {
        "" => String::new(),
        path => format!("/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_is_given_or_that_of_the_url() {
        let url: GivenUrl = "https://box.example/prom/".parse().unwrap();
        for (given, external, expected) in [
            (None, None, ""),
            (None, Some(&url), "/prom"),
            (Some(""), Some(&url), "/prom"),
            (Some("/"), Some(&url), ""),
            (Some("a/b/"), Some(&url), "/a/b"),
        ] {
            assert_eq!(prefix(given, external), expected, "{given:?} {external:?}");
        }
    }
}
