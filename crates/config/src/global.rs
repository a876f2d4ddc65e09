//! The section `global`, and the settings that it shares with the entries of `scrape_configs`.

use model::LabelSet;
use scrape::ScrapeProtocol;

use crate::{
    expand::expand,
    yaml::{Complaint, Fields, Path, scalar},
};

const SCRAPE_INTERVAL_MS: i64 = 60_000;
const SCRAPE_TIMEOUT_MS: i64 = 10_000;
const EVALUATION_INTERVAL_MS: i64 = 60_000;
/// Names of protocols that are looked at: as there are five, one of so many is wrong or given twice.
const PROTOCOLS_MAX: usize = 8;

/// What holds for all jobs that do not say otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Global {
    /// Time from one scrape to the next; at least 1.
    pub scrape_interval_ms: i64,
    /// Time that a scrape may take; at least 1 and at most the interval.
    pub scrape_timeout_ms: i64,
    /// What targets are asked for, best first.
    pub scrape_protocols: Vec<ScrapeProtocol>,
    /// Whether the file names them.
    pub(crate) protocols_given: bool,
    /// Whether native histograms are taken.
    pub scrape_native_histograms: bool,
    /// Whether the classic buckets of native histograms are taken as well.
    pub always_scrape_classic_histograms: bool,
    /// Time between evaluations of rules.
    pub evaluation_interval_ms: i64,
    /// Labels for samples that leave this machine, environment variables replaced.
    pub external_labels: LabelSet,
    /// Limits of a scrape.
    pub limits: Limits,
}

/// Limits above which a scrape fails; 0 is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the body, decompressed.
    pub body_size_limit_bytes: u64,
    /// Samples.
    pub sample_limit: u64,
    /// Targets of the job.
    pub target_limit: u64,
    /// Labels of a series.
    pub label_limit: u64,
    /// Bytes of a label's name.
    pub label_name_length_limit: u64,
    /// Bytes of a label's value.
    pub label_value_length_limit: u64,
}

impl Default for Global {
    fn default() -> Self {
        Self::with_interval(SCRAPE_INTERVAL_MS)
    }
}

impl Global {
    /// Prometheus's defaults for an interval of at least 1.
    pub(crate) fn with_interval(scrape_interval_ms: i64) -> Self {
        Self {
            scrape_interval_ms,
            scrape_timeout_ms: SCRAPE_TIMEOUT_MS.min(scrape_interval_ms),
            scrape_protocols: default_protocols(false),
            protocols_given: false,
            scrape_native_histograms: false,
            always_scrape_classic_histograms: false,
            evaluation_interval_ms: EVALUATION_INTERVAL_MS,
            external_labels: LabelSet::empty(),
            limits: Limits::default(),
        }
    }

    /// Reads the section.
    pub(crate) fn read(fields: &Fields<'_>, environment: &dyn Fn(&str) -> Option<String>) -> Self {
        let interval = duration_above_0(fields, "scrape_interval").unwrap_or(SCRAPE_INTERVAL_MS);
        let timeout = duration_above_0(fields, "scrape_timeout");
        if timeout.is_some_and(|t| t > interval) {
            let complaint = Complaint::new("global scrape timeout greater than scrape interval");
            fields.complain("scrape_timeout", complaint.cure("shorten it or lengthen scrape_interval"));
        }
        let defaults = Self::with_interval(interval);
        let protocols = read_protocols(fields, || "global config".to_owned());
        let flag = |key| fields.get(key, scalar::boolean).unwrap_or(false);
        let native = flag("scrape_native_histograms");
        let evaluation = duration_above_0(fields, "evaluation_interval");
        Self {
            scrape_timeout_ms: timeout.unwrap_or(defaults.scrape_timeout_ms),
            protocols_given: protocols.is_some(),
            scrape_protocols: protocols.unwrap_or_else(|| default_protocols(native)),
            scrape_native_histograms: native,
            always_scrape_classic_histograms: flag("always_scrape_classic_histograms"),
            evaluation_interval_ms: evaluation.unwrap_or(defaults.evaluation_interval_ms),
            external_labels: read_external_labels(fields, environment),
            limits: Limits::read(fields, Limits::default()),
            ..defaults
        }
    }
}

impl Limits {
    /// Reads the limits of a section; what is not given or 0 is taken from `defaults`.
    pub(crate) fn read(fields: &Fields<'_>, defaults: Self) -> Self {
        let size = fields.get("body_size_limit", scalar::size_bytes).filter(|n| *n > 0);
        let count = |key, default| fields.get(key, scalar::unsigned).filter(|n| *n > 0).unwrap_or(default);
        Self {
            body_size_limit_bytes: size.unwrap_or(defaults.body_size_limit_bytes),
            sample_limit: count("sample_limit", defaults.sample_limit),
            target_limit: count("target_limit", defaults.target_limit),
            label_limit: count("label_limit", defaults.label_limit),
            label_name_length_limit: count("label_name_length_limit", defaults.label_name_length_limit),
            label_value_length_limit: count("label_value_length_limit", defaults.label_value_length_limit),
        }
    }
}

/// A duration that was given and is not 0, which stands for the default.
pub(crate) fn duration_above_0(fields: &Fields<'_>, key: &str) -> Option<i64> {
    fields.get(key, scalar::duration_ms).filter(|ms| *ms > 0)
}

/// `scrape_protocols`, when it was given; `owner` names the section in messages.
pub(crate) fn read_protocols(fields: &Fields<'_>, owner: impl Fn() -> String) -> Option<Vec<ScrapeProtocol>> {
    const KEY: &str = "scrape_protocols";
    fields.node(KEY)?;
    let names = fields.strings(KEY);
    let mut protocols = Vec::new();
    for (i, (name, at)) in names.iter().enumerate().take(PROTOCOLS_MAX) {
        let complaint = match protocol(name) {
            Ok(protocol) if protocols.contains(&protocol) => {
                let list: Vec<_> = names.iter().take(PROTOCOLS_MAX).map(|(n, _)| n.as_str()).collect();
                let message = format!("duplicated protocol in {KEY}, got [{}]", list.join(" "));
                Complaint::new(format!("{message} for {}", owner())).cure("name each protocol once")
            }
            Ok(protocol) => {
                protocols.push(protocol);
                continue;
            }
            Err(reason) => {
                Complaint::new(format!("{KEY}: {} for {}", reason.message, owner())).cure(reason.cure)
            }
        };
        fields.report().add(*at, &Path::Index(&Path::Key(fields.path, KEY), i), complaint);
    }
    if names.is_empty() {
        let complaint = Complaint::new(format!("{KEY} cannot be empty for {}", owner()));
        fields.complain(KEY, complaint.cure("name a protocol or remove the key"));
    }
    Some(protocols)
}

/// What is asked for unless the file says so: only protobuf carries native histograms.
pub(crate) fn default_protocols(native_histograms: bool) -> Vec<ScrapeProtocol> {
    if native_histograms { ScrapeProtocol::ALL.to_vec() } else { ScrapeProtocol::TEXT.to_vec() }
}

/// Why a name is no protocol that can be used.
pub(crate) struct ProtocolError {
    pub(crate) message: String,
    pub(crate) cure: &'static str,
}

/// The protocol of a name.
pub(crate) fn protocol(name: &str) -> Result<ScrapeProtocol, ProtocolError> {
    ScrapeProtocol::from_name(name).ok_or_else(|| {
        let mut names: Vec<_> = ScrapeProtocol::ALL.iter().map(|p| p.as_str()).collect();
        names.sort_unstable();
        let message = format!("unknown scrape protocol {name}, supported: [{}]", names.join(" "));
        ProtocolError { message, cure: "write one of those names, upper and lower case as shown" }
    })
}

fn read_external_labels(fields: &Fields<'_>, environment: &dyn Fn(&str) -> Option<String>) -> LabelSet {
    let labels = read_labels(fields, "external_labels");
    LabelSet::from_pairs(labels.into_iter().map(|(name, value)| {
        let value = expand(&value, environment);
        (name, value)
    }))
}

/// A mapping of label names to values.
pub(crate) fn read_labels(fields: &Fields<'_>, key: &str) -> Vec<(String, String)> {
    let path = Path::Key(fields.path, key);
    let mut labels = Vec::new();
    for entry in fields.entries(key, "model.LabelSet") {
        let at = &Path::Key(&path, &entry.key);
        if entry.key.is_empty() {
            let complaint = Complaint::new("\"\" is not a valid label name").cure("give the label a name");
            fields.report().add(entry.key_at, &path, complaint);
        }
        match scalar::string(&entry.node) {
            Ok(value) => labels.push((entry.key.clone(), value)),
            Err(complaint) => fields.report().add(entry.node.at, at, complaint),
        }
    }
    labels
}
