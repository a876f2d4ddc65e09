//! The keys of `prometheus.yml`, those that Prometheus 3 knows and this program does not read yet included.

use crate::yaml::{Key, Schema};

const RELABEL_CURE: &str = "remove it; give targets their labels under static_configs";
const DISCOVERY_CURE: &str = "list the targets under static_configs";
const AUTH_CURE: &str = "leave the job out, or scrape the target without authentication";
const PROXY_CURE: &str = "remove it; targets are reached directly";
const REMOVE: &str = "remove it";

/// The top of the file.
pub(crate) const CONFIG: Schema = Schema {
    type_name: "config.plain",
    place: "at the top of the file",
    keys: &[
        Key::read("global"),
        Key::read("runtime"),
        Key::read("scrape_configs"),
        Key::later("alerting", "remove it; alerts are not evaluated"),
        Key::later("rule_files", "remove it; recording and alerting rules are not evaluated"),
        Key::later("scrape_config_files", "move the jobs of those files under scrape_configs"),
        Key::read("storage"),
        Key::later("tracing", REMOVE),
        Key::later("remote_write", "remove it; samples are stored on this machine only"),
        Key::later("remote_read", "remove it; queries read the samples of this machine only"),
        Key::read("otlp"),
    ],
};

/// `runtime`.
pub(crate) const RUNTIME: Schema =
    Schema { type_name: "config.RuntimeConfig", place: "under runtime", keys: &[Key::read("gogc")] };

/// `storage`.
pub(crate) const STORAGE: Schema = Schema {
    type_name: "config.plain",
    place: "under storage",
    keys: &[Key::read("tsdb"), Key::read("exemplars")],
};

/// `storage.tsdb`.
pub(crate) const TSDB: Schema = Schema {
    type_name: "config.plain",
    place: "under storage.tsdb",
    keys: &[
        Key::read("out_of_order_time_window"),
        Key::read("retention"),
        Key::later(
            "stale_series_compaction_threshold",
            "remove it; series that stop leave memory with each flush",
        ),
        Key::later("chunk_encoding", "remove it; the encoding is chosen by the data"),
    ],
};

/// `storage.tsdb.retention`.
pub(crate) const RETENTION: Schema = Schema {
    type_name: "config.plain",
    place: "under storage.tsdb.retention",
    keys: &[Key::read("time"), Key::read("size"), Key::read("percentage")],
};

/// `storage.exemplars`.
pub(crate) const EXEMPLARS: Schema = Schema {
    type_name: "config.ExemplarsConfig",
    place: "under storage.exemplars",
    keys: &[Key::read("max_exemplars")],
};

/// `otlp`.
pub(crate) const OTLP: Schema = Schema {
    type_name: "config.plain",
    place: "under otlp",
    keys: &[
        Key::read("promote_all_resource_attributes"),
        Key::read("promote_resource_attributes"),
        Key::read("ignore_resource_attributes"),
        Key::read("translation_strategy"),
        Key::read("keep_identifying_resource_attributes"),
        Key::read("convert_histograms_to_nhcb"),
        Key::read("promote_scope_metadata"),
        Key::read("label_name_underscore_sanitization"),
        Key::read("label_name_preserve_multiple_underscores"),
    ],
};

/// `global`.
pub(crate) const GLOBAL: Schema = Schema {
    type_name: "config.plain",
    place: "under global",
    keys: &[
        Key::read("scrape_interval"),
        Key::read("scrape_timeout"),
        Key::read("scrape_protocols"),
        Key::read("evaluation_interval"),
        Key::read("external_labels"),
        Key::read("body_size_limit"),
        Key::read("sample_limit"),
        Key::read("target_limit"),
        Key::read("label_limit"),
        Key::read("label_name_length_limit"),
        Key::read("label_value_length_limit"),
        Key::only("metric_name_validation_scheme", "utf8"),
        Key::only("metric_name_escaping_scheme", "allow-utf-8"),
        Key::read("scrape_native_histograms"),
        Key::only("convert_classic_histograms_to_nhcb", "false"),
        Key::read("always_scrape_classic_histograms"),
        Key::only("extra_scrape_metrics", "false"),
        Key::later("rule_query_offset", "remove it; rules are not evaluated"),
        Key::later("query_log_file", REMOVE),
        Key::later("scrape_failure_log_file", "remove it; failed scrapes are shown on the targets page"),
        Key::later("keep_dropped_targets", "remove it; no target is dropped without relabelling"),
    ],
};

/// An entry of `scrape_configs`.
pub(crate) const SCRAPE_CONFIG: Schema = Schema {
    type_name: "config.ScrapeConfig",
    place: "in an entry of scrape_configs",
    keys: &[
        Key::read("job_name"),
        Key::read("honor_labels"),
        Key::read("honor_timestamps"),
        Key::read("track_timestamps_staleness"),
        Key::read("params"),
        Key::read("scrape_interval"),
        Key::read("scrape_timeout"),
        Key::read("scrape_protocols"),
        Key::read("fallback_scrape_protocol"),
        Key::read("metrics_path"),
        Key::read("scheme"),
        Key::read("enable_compression"),
        Key::read("body_size_limit"),
        Key::read("sample_limit"),
        Key::read("target_limit"),
        Key::read("label_limit"),
        Key::read("label_name_length_limit"),
        Key::read("label_value_length_limit"),
        Key::read("static_configs"),
        Key::only("metric_name_validation_scheme", "utf8"),
        Key::only("metric_name_escaping_scheme", "allow-utf-8"),
        Key::read("scrape_native_histograms"),
        Key::read("always_scrape_classic_histograms"),
        Key::read("native_histogram_bucket_limit"),
        Key::read("native_histogram_min_bucket_factor"),
        Key::only("convert_classic_histograms_to_nhcb", "false"),
        Key::only("extra_scrape_metrics", "false"),
        Key::only("follow_redirects", "true"),
        Key::only("enable_http2", "true"),
        Key::later("scrape_failure_log_file", "remove it; failed scrapes are shown on the targets page"),
        Key::later("keep_dropped_targets", "remove it; no target is dropped without relabelling"),
        Key::later("relabel_configs", RELABEL_CURE),
        Key::later("metric_relabel_configs", "remove it; all samples of a target are stored"),
        Key::later("basic_auth", AUTH_CURE),
        Key::later("authorization", AUTH_CURE),
        Key::later("bearer_token", AUTH_CURE),
        Key::later("bearer_token_file", AUTH_CURE),
        Key::later("oauth2", AUTH_CURE),
        Key::read("tls_config"),
        Key::later("http_headers", "remove it; only the usual headers of a scrape are sent"),
        Key::later("proxy_url", PROXY_CURE),
        Key::later("no_proxy", PROXY_CURE),
        Key::later("proxy_from_environment", PROXY_CURE),
        Key::later("proxy_connect_header", PROXY_CURE),
        Key::later("file_sd_configs", DISCOVERY_CURE),
        Key::later("http_sd_configs", DISCOVERY_CURE),
        Key::later("dns_sd_configs", DISCOVERY_CURE),
        Key::later("aws_sd_configs", DISCOVERY_CURE),
        Key::later("azure_sd_configs", DISCOVERY_CURE),
        Key::later("consul_sd_configs", DISCOVERY_CURE),
        Key::later("digitalocean_sd_configs", DISCOVERY_CURE),
        Key::later("docker_sd_configs", DISCOVERY_CURE),
        Key::later("dockerswarm_sd_configs", DISCOVERY_CURE),
        Key::later("ec2_sd_configs", DISCOVERY_CURE),
        Key::later("eureka_sd_configs", DISCOVERY_CURE),
        Key::later("gce_sd_configs", DISCOVERY_CURE),
        Key::later("hetzner_sd_configs", DISCOVERY_CURE),
        Key::later("ionos_sd_configs", DISCOVERY_CURE),
        Key::later("kubernetes_sd_configs", DISCOVERY_CURE),
        Key::later("kuma_sd_configs", DISCOVERY_CURE),
        Key::later("lightsail_sd_configs", DISCOVERY_CURE),
        Key::later("linode_sd_configs", DISCOVERY_CURE),
        Key::later("marathon_sd_configs", DISCOVERY_CURE),
        Key::later("nerve_sd_configs", DISCOVERY_CURE),
        Key::later("nomad_sd_configs", DISCOVERY_CURE),
        Key::later("openstack_sd_configs", DISCOVERY_CURE),
        Key::later("ovhcloud_sd_configs", DISCOVERY_CURE),
        Key::later("puppetdb_sd_configs", DISCOVERY_CURE),
        Key::later("scaleway_sd_configs", DISCOVERY_CURE),
        Key::later("serverset_sd_configs", DISCOVERY_CURE),
        Key::later("stackit_sd_configs", DISCOVERY_CURE),
        Key::later("triton_sd_configs", DISCOVERY_CURE),
        Key::later("uyuni_sd_configs", DISCOVERY_CURE),
        Key::later("vultr_sd_configs", DISCOVERY_CURE),
    ],
};

/// `tls_config`.
pub(crate) const CLIENT_TLS: Schema = Schema {
    type_name: "config.plain",
    place: "under tls_config",
    keys: &[
        Key::read("ca"),
        Key::read("cert"),
        Key::read("key"),
        Key::read("ca_file"),
        Key::read("cert_file"),
        Key::read("key_file"),
        Key::later("ca_ref", "write ca_file"),
        Key::later("cert_ref", "write cert_file"),
        Key::later("key_ref", "write key_file"),
        Key::read("server_name"),
        Key::read("insecure_skip_verify"),
        Key::read("min_version"),
        Key::read("max_version"),
    ],
};

/// An entry of `static_configs`.
pub(crate) const STATIC_CONFIG: Schema = Schema {
    type_name: "targetgroup.Group",
    place: "in an entry of static_configs",
    keys: &[Key::read("targets"), Key::read("labels")],
};

/// Where else a key may belong.
pub(crate) const ALL: [&Schema; 10] = [
    &GLOBAL,
    &SCRAPE_CONFIG,
    &CLIENT_TLS,
    &STATIC_CONFIG,
    &STORAGE,
    &TSDB,
    &RETENTION,
    &EXEMPLARS,
    &CONFIG,
    &OTLP,
];
