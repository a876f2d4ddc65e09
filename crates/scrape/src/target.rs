//! From the configuration to targets: labels, URL, headers.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use model::{LabelSet, LabelSetBuilder, Origin, duration, duration::DurationMs, percent, sort};
use net::tls::ClientTlsSettings;

use crate::{
    HistogramRules, ScrapeProtocol,
    ingest::Rules,
    settings::{Scheme, ScrapeConfig, TargetGroup},
};

/// A target as configured. Equal ones are the same target.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TargetSpec {
    pub(crate) scrape_pool: Arc<str>,
    pub(crate) discovered_labels: LabelSet,
    pub(crate) url: Uri,
    /// Shared by all targets of the pool with the same timeout.
    pub(crate) headers: Arc<HeaderMap>,
    /// Shared by all targets of the pool.
    pub(crate) tls: Arc<ClientTlsSettings>,
    pub(crate) interval_ms: i64,
    pub(crate) timeout_ms: i64,
    pub(crate) fallback: Option<ScrapeProtocol>,
    pub(crate) histograms: HistogramRules,
    /// 0 is no limit.
    pub(crate) body_limit_bytes: u64,
    pub(crate) rules: Rules,
    /// Targets of the pool and their limit, when it is exceeded: then none of them is scraped.
    pub(crate) above_target_limit: Option<(usize, u64)>,
    /// The same in each run of the program: it places the target's slots.
    pub(crate) hash: u64,
}

impl TargetSpec {
    /// The labels of the target's series.
    pub(crate) fn labels(&self) -> &LabelSet {
        &self.rules.labels.target
    }

    /// Bytes of a body that are read at most.
    pub(crate) fn body_bytes_max(&self) -> u64 {
        match self.body_limit_bytes {
            0 => u64::MAX,
            limit => limit,
        }
    }

    /// What the store calls the target.
    pub(crate) fn origin(&self) -> Origin {
        let label = |name| self.labels().get(name).into();
        Origin::Target { job: label("job"), instance: label("instance") }
    }
}

/// Why a configured target is none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// The address has a path or is empty.
    #[error("{0:?} is not a valid hostname")]
    Address(String),
    /// `__scheme__` is not one that can be used.
    #[error("unsupported scheme {0:?}")]
    Scheme(String),
    /// `__scrape_interval__` or `__scrape_timeout__` is no duration.
    #[error("error parsing {label}: {source}")]
    Duration {
        /// Which of them.
        label: &'static str,
        /// Why not.
        source: duration::DurationError,
    },
    /// The interval is zero.
    #[error("scrape interval cannot be 0")]
    NoInterval,
    /// The timeout is zero.
    #[error("scrape timeout cannot be 0")]
    NoTimeout,
    /// The timeout is longer than the interval.
    #[error("scrape timeout cannot be greater than scrape interval (\"{timeout}\" > \"{interval}\")")]
    TimeoutAboveInterval {
        /// The timeout.
        timeout: DurationMs,
        /// The interval.
        interval: DurationMs,
    },
    /// Host, path and parameters do not make a URL.
    #[error("{0:?} is not a valid URL")]
    Url(String),
}

/// The targets of a pool, each once, and what is wrong with the others.
pub(crate) fn targets(config: &ScrapeConfig, user_agent: &str) -> (Vec<TargetSpec>, Vec<TargetError>) {
    let (mut specs, mut errors, mut seen) = (Vec::<TargetSpec>::new(), Vec::new(), HashSet::new());
    let mut headers_by_timeout = HashMap::new();
    let tls = Arc::new(config.tls.clone());
    for group in &config.target_groups {
        for address in &group.targets {
            let headers = |timeout_ms| {
                let new = || Arc::new(headers(config, timeout_ms, user_agent));
                Arc::clone(headers_by_timeout.entry(timeout_ms).or_insert_with(new))
            };
            match target(config, group, address, &tls, headers) {
                Ok(spec) if seen.insert(spec.hash) => specs.push(spec),
                Ok(_) => {}
                Err(error) => errors.push(error),
            }
        }
    }
    if config.target_limit > 0 && specs.len() as u64 > config.target_limit {
        let above = Some((specs.len(), config.target_limit));
        specs.iter_mut().for_each(|spec| spec.above_target_limit = above);
    }
    (specs, errors)
}

fn target(
    config: &ScrapeConfig,
    group: &TargetGroup,
    address: &str,
    tls: &Arc<ClientTlsSettings>,
    headers: impl FnOnce(i64) -> Arc<HeaderMap>,
) -> Result<TargetSpec, TargetError> {
    let discovered_labels = discovered_labels(config, group, address);
    let url = url(config, &discovered_labels)?;
    let (interval_ms, timeout_ms) = times_ms(&discovered_labels)?;
    let labels = target_labels(&discovered_labels);
    let mut hasher = DefaultHasher::new();
    labels.as_bytes().hash(&mut hasher);
    url.to_string().hash(&mut hasher);
    Ok(TargetSpec {
        scrape_pool: config.job_name.as_str().into(),
        url,
        headers: headers(timeout_ms),
        tls: Arc::clone(tls),
        interval_ms,
        timeout_ms,
        fallback: config.fallback_scrape_protocol,
        histograms: config.histograms,
        body_limit_bytes: config.body_size_limit_bytes,
        rules: Rules::new(config, labels),
        above_target_limit: None,
        hash: hasher.finish(),
        discovered_labels,
    })
}

/// The labels before any processing: those of the group, and the pool's settings where the group has none.
fn discovered_labels(config: &ScrapeConfig, group: &TargetGroup, address: &str) -> LabelSet {
    let mut labels = LabelSetBuilder::new(&group.labels);
    labels.set("__address__", address);
    for (name, value) in [
        ("job", config.job_name.as_str()),
        ("__scrape_interval__", &DurationMs(config.scrape_interval_ms).to_string()),
        ("__scrape_timeout__", &DurationMs(config.scrape_timeout_ms).to_string()),
        ("__metrics_path__", &config.metrics_path),
        ("__scheme__", config.scheme.as_str()),
    ] {
        if labels.get(name).is_empty() {
            labels.set(name, value);
        }
    }
    for (name, values) in &config.params {
        if let Some(first) = values.first() {
            labels.set(&format!("__param_{name}"), first);
        }
    }
    labels.build()
}

/// The labels of the target's series: the discovered ones without those that steer, and the instance.
fn target_labels(discovered: &LabelSet) -> LabelSet {
    let mut labels = LabelSetBuilder::new(&discovered.retain(|name| !name.starts_with("__")));
    if labels.get("instance").is_empty() {
        labels.set("instance", discovered.get("__address__"));
    }
    labels.build()
}

fn times_ms(labels: &LabelSet) -> Result<(i64, i64), TargetError> {
    let read = |label: &'static str, name: &str| {
        duration::parse_ms(labels.get(name)).map_err(|source| TargetError::Duration { label, source })
    };
    let interval_ms = read("scrape interval", "__scrape_interval__")?;
    let timeout_ms = read("scrape timeout", "__scrape_timeout__")?;
    match (interval_ms, timeout_ms) {
        (0, _) => Err(TargetError::NoInterval),
        (_, 0) => Err(TargetError::NoTimeout),
        _ if timeout_ms > interval_ms => Err(TargetError::TimeoutAboveInterval {
            timeout: DurationMs(timeout_ms),
            interval: DurationMs(interval_ms),
        }),
        times => Ok(times),
    }
}

fn url(config: &ScrapeConfig, labels: &LabelSet) -> Result<Uri, TargetError> {
    let address = labels.get("__address__");
    if address.is_empty() || address.contains('/') {
        return Err(TargetError::Address(address.to_owned()));
    }
    let scheme = labels.get("__scheme__");
    let scheme = Scheme::from_name(scheme).ok_or_else(|| TargetError::Scheme(scheme.to_owned()))?;
    let path = labels.get("__metrics_path__");
    let slash = if path.starts_with('/') { "" } else { "/" };
    let mut url = format!("{}://{address}{slash}", scheme.as_str());
    url.push_str(&percent::encode_but(path, b"$&+,/:;=@"));
    push_query(&mut url, config, labels);
    url.parse().map_err(|_| TargetError::Url(url))
}

/// The parameters of the pool, the first value of each as the target's labels say.
fn push_query(url: &mut String, config: &ScrapeConfig, labels: &LabelSet) {
    let mut params: Vec<(&str, Vec<&str>)> = Vec::new();
    for (name, values) in &config.params {
        params.push((name, values.iter().map(String::as_str).collect()));
    }
    for (name, value) in
        labels.iter().filter_map(|(name, value)| Some((name.strip_prefix("__param_")?, value)))
    {
        match params.iter_mut().find(|(known, _)| *known == name).map(|(_, values)| values) {
            Some(values) => {
                values.splice(..values.len().min(1), [value]);
            }
            None => params.push((name, vec![value])),
        }
    }
    sort::by_key(&mut params, |(name, _)| *name);
    let mut separator = '?';
    for (name, values) in params {
        for value in values {
            url.push(separator);
            separator = '&';
            push_query_word(url, name);
            url.push('=');
            push_query_word(url, value);
        }
    }
}

fn push_query_word(out: &mut String, word: &str) {
    let parts: Vec<_> = word.split(' ').map(percent::encode).collect();
    out.push_str(&parts.join("+"));
}

fn headers(config: &ScrapeConfig, timeout_ms: i64, user_agent: &str) -> HeaderMap {
    const TIMEOUT: HeaderName = HeaderName::from_static("x-prometheus-scrape-timeout-seconds");
    let mut headers = HeaderMap::new();
    let encoding = if config.enable_compression { "gzip" } else { "identity" };
    for (name, value) in [
        (header::ACCEPT, accept(&config.scrape_protocols)),
        (header::ACCEPT_ENCODING, encoding.to_owned()),
        (header::USER_AGENT, user_agent.to_owned()),
        (TIMEOUT, (timeout_ms as f64 / 1000.0).to_string()),
    ] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    headers
}

/// The protocols with falling weights, and then anything, as Prometheus asks.
fn accept(protocols: &[ScrapeProtocol]) -> String {
    // One more than there are protocols in Prometheus.
    let mut weight = 6;
    let mut accept = String::new();
    for protocol in protocols {
        accept.push_str(&format!("{};q=0.{weight},", protocol.media_range()));
        weight -= 1;
    }
    accept.push_str(&format!("*/*;q=0.{weight}"));
    accept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(labels: &[(&str, &str)], addresses: &[&str]) -> ScrapeConfig {
        let group = TargetGroup {
            targets: addresses.iter().map(|address| (*address).to_owned()).collect(),
            labels: LabelSet::from_pairs(labels.iter().copied()),
        };
        ScrapeConfig { job_name: "node".into(), target_groups: vec![group], ..ScrapeConfig::default() }
    }

    fn only(config: &ScrapeConfig) -> Result<TargetSpec, String> {
        let (mut specs, errors) = targets(config, "Gnomon/1");
        errors.first().map_or_else(|| Ok(specs.remove(0)), |error| Err(error.to_string()))
    }

    #[test]
    fn a_target_gets_its_labels_url_and_headers() {
        let mut config = config(&[("zone", "a b"), ("__param_x", "2/ü")], &["h:9100", "h:9100"]);
        config.params = vec![("x".into(), vec!["1".into(), "3 4".into()]), ("a".into(), vec!["&".into()])];
        config.metrics_path = "/m?x".into();
        assert_eq!(targets(&config, "").0.len(), 1);
        let spec = only(&config).unwrap();
        assert_eq!(spec.url, "http://h:9100/m%3Fx?a=%26&x=1&x=3+4");
        assert_eq!(spec.labels().to_string(), r#"{instance="h:9100", job="node", zone="a b"}"#);
        assert_eq!(spec.discovered_labels.get("__scrape_interval__"), "1m");
        assert_eq!(
            spec.headers["accept"],
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
             application/openmetrics-text;version=0.0.1;q=0.5,\
             text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
        );
        assert_eq!(spec.headers["x-prometheus-scrape-timeout-seconds"], "10");
        config.params.clear();
        assert_eq!(only(&config).unwrap().url, "http://h:9100/m%3Fx?x=2%2F%C3%BC");
    }

    #[test]
    fn what_is_no_target_is_named() {
        for (labels, address, error) in [
            (("a", "b"), "h:1/x", "\"h:1/x\" is not a valid hostname"),
            (("a", "b"), "h h", "\"http://h h/metrics\" is not a valid URL"),
            (("__scheme__", "ftp"), "h", "unsupported scheme \"ftp\""),
            (
                ("__scrape_timeout__", "2m"),
                "h",
                "scrape timeout cannot be greater than scrape interval (\"2m\" > \"1m\")",
            ),
            (
                ("__scrape_interval__", "x"),
                "h",
                "error parsing scrape interval: not a valid duration string: \"x\"",
            ),
        ] {
            assert_eq!(only(&config(&[labels], &[address])).unwrap_err(), error);
        }
    }

    #[test]
    fn above_the_limit_no_target_of_the_pool_is_scraped() {
        let mut config = config(&[], &["a", "b"]);
        config.target_limit = 1;
        assert!(targets(&config, "").0.iter().all(|spec| spec.above_target_limit == Some((2, 1))));
    }
}
