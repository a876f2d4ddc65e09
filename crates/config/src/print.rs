//! A configuration as text: what Prometheus prints for the same file, key by key and byte by byte.
//!
//! Left out are `runtime` and `otlp` when they are not given, and `outofordertimewindow`, which Prometheus prints
//! beside `out_of_order_time_window` by mistake.

mod order;
mod scalar;

use model::{LabelSet, duration::DurationMs, sort};
use net::tls::{ClientTlsSettings, Pem};
use scrape::{ScrapeConfig, ScrapeProtocol, TargetGroup};
use wire::otlp::{OtlpSettings, Promotion};

use crate::{Config, Global, Storage, yaml::scalar::print_size};

impl Config {
    /// The configuration with all defaults filled in, as `/api/v1/status/config` shows it.
    pub fn to_yaml(&self) -> String {
        let mut text = Text::default();
        print_global(&mut text, &self.global);
        if let Some(gogc) = self.runtime_gogc {
            text.section("runtime", |t| t.plain("gogc", gogc));
        }
        if !self.scrape_configs.is_empty() {
            text.list("scrape_configs", &self.scrape_configs, print_scrape_config);
        }
        if self.storage != Storage::default() {
            text.section("storage", |t| print_storage(t, &self.storage));
        }
        if let Some(otlp) = &self.otlp {
            print_otlp(&mut text, otlp);
        }
        text.out
    }

    /// The entry of `scrape_configs` for a job, likewise; `None` when there is no such job.
    pub fn scrape_config_yaml(&self, job_name: &str) -> Option<String> {
        let config = self.scrape_configs.iter().find(|config| config.job_name == job_name)?;
        let mut text = Text::default();
        print_scrape_config(&mut text, config);
        Some(text.out)
    }
}

fn print_global(text: &mut Text, global: &Global) {
    text.section("global", |t| {
        t.plain("scrape_interval", DurationMs(global.scrape_interval_ms));
        t.plain("scrape_timeout", DurationMs(global.scrape_timeout_ms));
        t.protocols(&global.scrape_protocols);
        t.plain("evaluation_interval", DurationMs(global.evaluation_interval_ms));
        t.labels("external_labels", &global.external_labels);
        let limits = &global.limits;
        t.size("body_size_limit", limits.body_size_limit_bytes);
        t.count("sample_limit", limits.sample_limit);
        t.count("target_limit", limits.target_limit);
        t.count("label_limit", limits.label_limit);
        t.count("label_name_length_limit", limits.label_name_length_limit);
        t.count("label_value_length_limit", limits.label_value_length_limit);
        t.flag("scrape_native_histograms", global.scrape_native_histograms);
        t.flag("always_scrape_classic_histograms", global.always_scrape_classic_histograms);
    });
}

fn print_otlp(text: &mut Text, otlp: &OtlpSettings) {
    text.section("otlp", |t| {
        match &otlp.promotion {
            Promotion::Only(names) => t.optional_strings("promote_resource_attributes", names),
            Promotion::AllBut(names) => {
                t.plain("promote_all_resource_attributes", true);
                t.optional_strings("ignore_resource_attributes", names);
            }
        }
        t.plain("translation_strategy", otlp.translation.as_str());
        let defaults = OtlpSettings::default();
        for (key, value, default) in [
            ("keep_identifying_resource_attributes", otlp.keep_identifying_resource_attributes, false),
            ("convert_histograms_to_nhcb", otlp.convert_histograms_to_nhcb, false),
            ("promote_scope_metadata", otlp.promote_scope_metadata, false),
            // Prometheus 3.5 does not know the last two: they are shown where they change something.
            (
                "label_name_underscore_sanitization",
                otlp.label_name_underscore_sanitization,
                defaults.label_name_underscore_sanitization,
            ),
            (
                "label_name_preserve_multiple_underscores",
                otlp.label_name_preserve_multiple_underscores,
                defaults.label_name_preserve_multiple_underscores,
            ),
        ] {
            if value != default {
                t.plain(key, value);
            }
        }
    });
}

fn print_storage(text: &mut Text, storage: &Storage) {
    let Storage { out_of_order_time_window_ms: window, retention, max_exemplars } = storage;
    if window.is_some() || retention.is_some() {
        text.section("tsdb", |t| {
            if let Some(window_ms) = *window {
                t.plain("out_of_order_time_window", DurationMs(window_ms));
            }
            if let Some(retention) = retention {
                t.section("retention", |t| {
                    if retention.time_ms > 0 {
                        t.plain("time", DurationMs(retention.time_ms));
                    }
                    t.size("size", retention.size_bytes);
                    if retention.percentage > 0.0 {
                        t.plain("percentage", retention.percentage);
                    }
                });
            }
        });
    }
    if let Some(max) = *max_exemplars {
        text.section("exemplars", |t| t.plain("max_exemplars", max));
    }
}

fn print_scrape_config(t: &mut Text, config: &ScrapeConfig) {
    t.string("job_name", &config.job_name);
    t.flag("honor_labels", config.honor_labels);
    t.plain("honor_timestamps", config.honor_timestamps);
    t.plain("track_timestamps_staleness", config.track_timestamps_staleness);
    t.params(&config.params);
    t.plain("scrape_interval", DurationMs(config.scrape_interval_ms));
    t.plain("scrape_timeout", DurationMs(config.scrape_timeout_ms));
    t.protocols(&config.scrape_protocols);
    if let Some(fallback) = config.fallback_scrape_protocol {
        t.plain("fallback_scrape_protocol", fallback.as_str());
    }
    let histograms = &config.histograms;
    t.flag("scrape_native_histograms", histograms.native);
    t.plain("always_scrape_classic_histograms", histograms.classic_too);
    t.plain("convert_classic_histograms_to_nhcb", false);
    if !config.metrics_path.is_empty() {
        t.string("metrics_path", &config.metrics_path);
    }
    t.plain("scheme", config.scheme.as_str());
    t.plain("enable_compression", config.enable_compression);
    t.size("body_size_limit", config.body_size_limit_bytes);
    t.count("sample_limit", config.sample_limit);
    t.count("target_limit", config.target_limit);
    t.count("label_limit", config.label_limit);
    t.count("label_name_length_limit", config.label_name_length_limit);
    t.count("label_value_length_limit", config.label_value_length_limit);
    t.count("native_histogram_bucket_limit", histograms.bucket_limit);
    if histograms.bucket_factor_min > 0.0 {
        t.plain("native_histogram_min_bucket_factor", histograms.bucket_factor_min);
    }
    t.plain("metric_name_validation_scheme", "utf8");
    t.plain("metric_name_escaping_scheme", "allow-utf-8");
    if config.tls != ClientTlsSettings::default() {
        t.section("tls_config", |t| print_client_tls(t, &config.tls));
    }
    t.plain("follow_redirects", true);
    t.plain("enable_http2", true);
    if !config.target_groups.is_empty() {
        t.list("static_configs", &config.target_groups, print_target_group);
    }
}

fn print_client_tls(t: &mut Text, tls: &ClientTlsSettings) {
    let pems = [("ca", &tls.ca), ("cert", &tls.cert), ("key", &tls.key)];
    let given = pems.into_iter().filter_map(|(name, pem)| Some((name, pem.as_ref()?)));
    for (name, pem) in given {
        match pem {
            // As Prometheus shows what nobody may see.
            Pem::Inline(_) if name == "key" => t.plain(name, "<secret>"),
            Pem::Inline(text) => t.string(name, text),
            Pem::File(path) => t.string(&format!("{name}_file"), &path.display().to_string()),
        }
    }
    if !tls.server_name.is_empty() {
        t.string("server_name", &tls.server_name);
    }
    t.plain("insecure_skip_verify", tls.insecure_skip_verify);
    let defaults = ClientTlsSettings::default();
    for (key, version, default) in [
        ("min_version", tls.min_version, defaults.min_version),
        ("max_version", tls.max_version, defaults.max_version),
    ] {
        if version != default {
            t.plain(key, version.as_str());
        }
    }
}

fn print_target_group(t: &mut Text, group: &TargetGroup) {
    t.strings("targets", &group.targets);
    t.labels("labels", &group.labels);
}

/// Block-style YAML being written. Lists stand at the column of their key, as Go's printer has them.
#[derive(Default)]
struct Text {
    out: String,
    indent: usize,
    /// The next key follows a list item's `- ` in the same line.
    after_dash: bool,
}

impl Text {
    fn line(&mut self, text: &str) {
        if !std::mem::take(&mut self.after_dash) {
            self.out.extend(std::iter::repeat_n(' ', self.indent));
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// A value that never needs quotes.
    fn plain(&mut self, key: &str, value: impl std::fmt::Display) {
        self.line(&format!("{key}: {value}"));
    }

    fn string(&mut self, key: &str, value: &str) {
        let value = scalar::value(value, self.indent);
        self.line(&format!("{}: {value}", scalar::key(key)));
    }

    fn strings<S: AsRef<str>>(&mut self, key: &str, values: &[S]) {
        if values.is_empty() {
            return self.line(&format!("{}: []", scalar::key(key)));
        }
        self.line(&format!("{}:", scalar::key(key)));
        for value in values {
            let value = scalar::value(value.as_ref(), self.indent);
            self.line(&format!("- {value}"));
        }
    }

    fn optional_strings(&mut self, key: &str, values: &[String]) {
        if !values.is_empty() {
            self.strings(key, values);
        }
    }

    fn section(&mut self, key: &str, print: impl FnOnce(&mut Self)) {
        self.line(&format!("{key}:"));
        self.indent += 2;
        print(self);
        self.indent -= 2;
    }

    fn list<T>(&mut self, key: &str, items: &[T], print: impl Fn(&mut Self, &T)) {
        self.line(&format!("{key}:"));
        for item in items {
            self.out.extend(std::iter::repeat_n(' ', self.indent));
            self.out.push_str("- ");
            self.after_dash = true;
            self.indent += 2;
            print(self, item);
            self.indent -= 2;
        }
    }

    fn protocols(&mut self, protocols: &[ScrapeProtocol]) {
        let names: Vec<_> = protocols.iter().map(|p| p.as_str()).collect();
        self.strings("scrape_protocols", &names);
    }

    fn labels(&mut self, key: &str, labels: &LabelSet) {
        if labels.is_empty() {
            return;
        }
        let mut pairs: Vec<_> = labels.iter().collect();
        sort::by(&mut pairs, |a, b| order::compare(a.0, b.0));
        self.section(key, |t| pairs.iter().for_each(|(name, value)| t.string(name, value)));
    }

    fn params(&mut self, params: &[(String, Vec<String>)]) {
        if params.is_empty() {
            return;
        }
        let mut params: Vec<_> = params.iter().collect();
        sort::by(&mut params, |a, b| order::compare(&a.0, &b.0));
        self.section("params", |t| params.iter().for_each(|(name, values)| t.strings(name, values)));
    }

    /// A switch that is left out when it is off.
    fn flag(&mut self, key: &str, on: bool) {
        if on {
            self.plain(key, true);
        }
    }

    /// A limit; 0 is no limit and is left out.
    fn count(&mut self, key: &str, limit: u64) {
        if limit > 0 {
            self.plain(key, limit);
        }
    }

    fn size(&mut self, key: &str, bytes: u64) {
        if bytes > 0 {
            self.plain(key, print_size(bytes));
        }
    }
}
