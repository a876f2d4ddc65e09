//! The entries of `scrape_configs`.

use std::{collections::HashSet, path::Path as FilePath};

use model::{LabelSet, label::write_quoted};
use scrape::{HistogramRules, Scheme, ScrapeConfig, ScrapeProtocol, TargetGroup};

use crate::{
    Global, client_tls,
    global::{Limits, default_protocols, duration_above_0, protocol, read_labels, read_protocols},
    schema,
    yaml::{Complaint, Fields, Path, Value, scalar, string_items},
};

/// Reads all entries; each takes over from `global` what it does not say itself. Paths in them begin at `folder`.
pub(crate) fn read_scrape_configs(top: &Fields<'_>, global: &Global, folder: &FilePath) -> Vec<ScrapeConfig> {
    const KEY: &str = "scrape_configs";
    let list_path = Path::Key(top.path, KEY);
    let mut job_names = HashSet::new();
    let mut configs = Vec::new();
    for (i, node) in top.items(KEY, "[]*config.ScrapeConfig").iter().enumerate() {
        let path = Path::Index(&list_path, i);
        if matches!(node.value, Value::Null) {
            let complaint = Complaint::new("empty or null scrape config section");
            top.report().add(node.at, &path, complaint.cure("fill it in or remove its \"-\""));
            continue;
        }
        let Some(fields) = Fields::open(top.report(), node, &path, &schema::SCRAPE_CONFIG) else { continue };
        let config = read_scrape_config(&fields, global, folder);
        if !config.job_name.is_empty() && !job_names.insert(config.job_name.clone()) {
            let message = format!("found multiple scrape configs with job name {}", quoted(&config.job_name));
            let cure = "give each its own name, or list all targets in one of them";
            fields.complain("job_name", Complaint::new(message).cure(cure));
        }
        configs.push(config);
    }
    configs
}

fn read_scrape_config(fields: &Fields<'_>, global: &Global, folder: &FilePath) -> ScrapeConfig {
    let defaults = ScrapeConfig::default();
    let job_name = read_job_name(fields);
    let (scrape_interval_ms, scrape_timeout_ms) = read_times(fields, global, &job_name);
    let flag = |key, default| fields.get(key, scalar::boolean).unwrap_or(default);
    let native = flag("scrape_native_histograms", global.scrape_native_histograms);
    let owner = || format!("scrape config with job name {}", quoted(&job_name));
    let protocols = read_protocols(fields, owner);
    let limits = Limits::read(fields, global.limits);
    let tls = fields.section("tls_config", &schema::CLIENT_TLS, |tls| client_tls::read(tls, folder));
    ScrapeConfig {
        target_groups: read_static_configs(fields),
        scheme: read_scheme(fields).unwrap_or(defaults.scheme),
        tls: tls.unwrap_or_default(),
        metrics_path: fields.get("metrics_path", scalar::string).unwrap_or(defaults.metrics_path),
        params: read_params(fields),
        scrape_interval_ms,
        scrape_timeout_ms,
        honor_labels: flag("honor_labels", defaults.honor_labels),
        honor_timestamps: flag("honor_timestamps", defaults.honor_timestamps),
        track_timestamps_staleness: flag("track_timestamps_staleness", defaults.track_timestamps_staleness),
        scrape_protocols: protocols.unwrap_or_else(|| match global.protocols_given {
            true => global.scrape_protocols.clone(),
            false => default_protocols(native),
        }),
        histograms: HistogramRules {
            native,
            classic_too: flag("always_scrape_classic_histograms", global.always_scrape_classic_histograms),
            bucket_limit: fields.get("native_histogram_bucket_limit", scalar::unsigned).unwrap_or(0),
            bucket_factor_min: fields.get("native_histogram_min_bucket_factor", scalar::float).unwrap_or(0.0),
        },
        fallback_scrape_protocol: read_fallback_protocol(fields, &job_name),
        enable_compression: flag("enable_compression", defaults.enable_compression),
        body_size_limit_bytes: limits.body_size_limit_bytes,
        sample_limit: limits.sample_limit,
        label_limit: limits.label_limit,
        label_name_length_limit: limits.label_name_length_limit,
        label_value_length_limit: limits.label_value_length_limit,
        target_limit: limits.target_limit,
        job_name,
    }
}

fn read_job_name(fields: &Fields<'_>) -> String {
    let name = fields.get("job_name", scalar::string);
    if fields.node("job_name").is_none() || name.as_deref() == Some("") {
        fields.complain("job_name", Complaint::new("job_name is empty").cure("give the job a name"));
    }
    name.unwrap_or_default()
}

/// Interval and timeout.
fn read_times(fields: &Fields<'_>, global: &Global, job_name: &str) -> (i64, i64) {
    let interval = duration_above_0(fields, "scrape_interval").unwrap_or(global.scrape_interval_ms);
    let timeout = duration_above_0(fields, "scrape_timeout");
    if timeout.is_some_and(|t| t > interval) {
        let message = "scrape timeout greater than scrape interval for scrape config with job name";
        let complaint = Complaint::new(format!("{message} {}", quoted(job_name)));
        fields.complain("scrape_timeout", complaint.cure("shorten it or lengthen scrape_interval"));
    }
    (interval, timeout.unwrap_or_else(|| global.scrape_timeout_ms.min(interval)))
}

fn read_scheme(fields: &Fields<'_>) -> Option<Scheme> {
    fields.get("scheme", |node| {
        let name = scalar::string(node)?;
        Scheme::from_name(&name).ok_or_else(|| {
            Complaint::new(format!("unsupported protocol scheme {}", quoted(&name)))
                .cure("write http or https")
        })
    })
}

fn read_fallback_protocol(fields: &Fields<'_>, job_name: &str) -> Option<ScrapeProtocol> {
    const KEY: &str = "fallback_scrape_protocol";
    let name = fields.get(KEY, scalar::string).filter(|name| !name.is_empty())?;
    match protocol(&name) {
        Ok(protocol) => Some(protocol),
        Err(reason) => {
            let owner = format!("scrape config with job name {}", quoted(job_name));
            let message = format!("invalid {KEY} for {owner}: {}", reason.message);
            fields.complain(KEY, Complaint::new(message).cure(reason.cure));
            None
        }
    }
}

/// Query parameters, sorted by name.
fn read_params(fields: &Fields<'_>) -> Vec<(String, Vec<String>)> {
    let path = Path::Key(fields.path, "params");
    let mut params = Vec::new();
    for entry in fields.entries("params", "url.Values") {
        let path = Path::Key(&path, &entry.key);
        match &entry.node.value {
            Value::Null => params.push((entry.key.clone(), Vec::new())),
            Value::Sequence(items) => {
                let values = string_items(fields.report(), items, &path);
                params.push((entry.key.clone(), values.into_iter().map(|(value, _)| value).collect()));
            }
            _ => fields.report().add(entry.node.at, &path, scalar::mismatch(&entry.node, "[]string")),
        }
    }
    params.sort();
    params
}

fn read_static_configs(fields: &Fields<'_>) -> Vec<TargetGroup> {
    const KEY: &str = "static_configs";
    let list_path = Path::Key(fields.path, KEY);
    let mut groups = Vec::new();
    for (i, node) in fields.items(KEY, "[]*targetgroup.Group").iter().enumerate() {
        let path = Path::Index(&list_path, i);
        let group = Fields::open(fields.report(), node, &path, &schema::STATIC_CONFIG);
        groups.extend(group.map(|group| read_group(&group)));
    }
    groups
}

fn read_group(fields: &Fields<'_>) -> TargetGroup {
    let targets = fields.strings("targets");
    let path = Path::Key(fields.path, "targets");
    for (i, (address, at)) in targets.iter().enumerate() {
        if let Some(complaint) = check_address(address) {
            fields.report().add(*at, &Path::Index(&path, i), complaint);
        }
    }
    TargetGroup {
        targets: targets.into_iter().map(|(address, _)| address).collect(),
        labels: LabelSet::from_pairs(read_labels(fields, "labels")),
    }
}

/// What is wrong with a target's address.
fn check_address(address: &str) -> Option<Complaint> {
    if address.is_empty() {
        return Some(Complaint::new("empty target address").cure("write host:port"));
    }
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    let (host, metrics_path) = rest.split_once('/').unwrap_or((rest, ""));
    if !address.contains('/') {
        return None;
    }
    let mut cure = format!("write {}", quoted(host));
    if !metrics_path.is_empty() {
        cure += &format!(", and metrics_path: /{metrics_path} in the job");
    }
    if !scheme.is_empty() && scheme != "http" {
        cure += &format!(", and scheme: {scheme} in the job");
    }
    Some(Complaint::new(format!("{} is not a valid hostname", quoted(address))).cure(cure))
}

/// A name as Go quotes it in messages.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write_quoted(&mut out, text);
    out
}
