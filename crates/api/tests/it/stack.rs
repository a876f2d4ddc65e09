//! A stack in a folder of its own: the real store with the samples of `conformance/api/data.txt`, the real
//! engine, accounts, dashboards, pages, and figures that stand still.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use api::{
    Assets, Dashboards, Evaluator, Exposition, ExternalUrl, Grafana, Instance, Notifications, OtlpReceiver,
    Prometheus, ReadLimits, Readiness, Receiver, Reload, RuntimeInfo, Settings, Sources, dashboard_router,
    prometheus_router,
};
use axum::Router;
use dashboard::{Accounts, Annotations, DataSources, Library, Snapshots};
use expfmt::{Entry, Format, Parser};
use flate2::{Compression, write::GzEncoder};
use model::{
    Appendable, Budget, FamilyMetadata, LabelSet, LabelSetBuilder, MatchOp, Matcher, Metadata, MetricType,
    Part, SampleGroup, clock::SystemClock,
};
use promql::engine::{Engine, EngineOptions};
use scrape::{Health, TargetMetadata, TargetStatus};
use tsdb::{Options, Store};
use wire::otlp::{DeltaSums, OtlpOptions, OtlpSettings};

use super::case;

pub(crate) const PASSWORD: &str = "correct horse";
static BUILT_IN: [(&str, dashboard::Text); 2] = [
    ("edge.json", || {
        r#"{"uid": "edge", "title": "Edge stack", "tags": ["edge"], "unknown": {"kept": 1.0}}"#.to_owned()
    }),
    ("drawn.json", || DRAWN.to_owned()),
];

/// A dashboard with a panel whose data is there.
const DRAWN: &str = r#"{"uid": "drawn", "title": "Drawn", "templating": {"list": [{"type": "query", "name": "sensor",
    "query": "label_values(temperature_celsius, sensor)"}]}, "panels": [{"id": 2, "type": "stat",
    "title": "Temperature of $sensor", "targets": [{"expr": "temperature_celsius{sensor=\"$sensor\"}"}],
    "options": {"reduceOptions": {"calcs": ["first"]}}, "fieldConfig": {"defaults": {"unit": "suffix:°C"}}}]}"#;

/// A hundred years.
const LOOKBACK_MS: i64 = 100 * 365 * 24 * 3_600_000;

const METRICS: &str = "# HELP up Whether.\n# TYPE up gauge\nup 1\n\
    # HELP took_seconds Time.\n# TYPE took_seconds histogram\ntook_seconds_bucket{route=\"/\",le=\"0.1\"} 2\n\
    took_seconds_bucket{route=\"/\",le=\"+Inf\"} 3\ntook_seconds_sum{route=\"/\"} 0.5\ntook_seconds_count{route=\"/\"} 3\n";

pub(crate) struct Stack {
    prometheus: Prometheus,
    grafana: Grafana,
    pub(crate) figures: Arc<Figures>,
    pub(crate) notifications: Notifications,
    folder: tempfile::TempDir,
}

impl Stack {
    pub(crate) fn new() -> Self {
        Self::with_lifecycle(false)
    }

    pub(crate) fn with_lifecycle(lifecycle: bool) -> Self {
        Self::with(lifecycle, EngineOptions::default())
    }

    /// Selectors find samples of any age.
    pub(crate) fn with_endless_lookback() -> Self {
        Self::with(false, EngineOptions { lookback_delta_ms: LOOKBACK_MS, ..EngineOptions::default() })
    }

    fn with(lifecycle: bool, options: EngineOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(SystemClock::default());
        let budget = Budget::new(64 << 20);
        let (accounts, _) = Accounts::open(folder.path(), Some(PASSWORD), &budget, clock.clone()).unwrap();
        let saved = folder.path().join("dashboards");
        let library = Library::open(&saved, Vec::new(), &BUILT_IN, clock.clone());
        let store = store(&folder.path().join("data"), &budget);
        let engine = Arc::new(Engine::new(options));
        let queryable = Arc::new(store.clone());
        let evaluator = Evaluator::new(engine, queryable.clone(), clock.clone(), budget.clone(), 2);
        let notifications = Notifications::new(clock.clone(), 1);
        let receiver = Arc::new(Receiver::new(queryable.clone(), clock.clone(), budget.clone()));
        let figures =
            Arc::new(Figures { store, stopping: AtomicBool::default(), quit: AtomicBool::default() });
        let prometheus = Prometheus {
            instance: figures.clone(),
            evaluator: Arc::new(evaluator),
            settings: Arc::new(settings(lifecycle)),
            notifications: notifications.clone(),
            exemplars: queryable.clone(),
            metadata: queryable,
            otlp: Some(OtlpReceiver {
                receiver: receiver.clone(),
                options: OtlpOptions::default(),
                sums: None,
            }),
            receiver: Some(receiver),
            admin: None,
        };
        let annotations =
            Annotations::open(folder.path(), budget.open(Part::Dashboard), clock.clone()).unwrap();
        let snapshots = Snapshots::new(folder.path().join("snapshots"), clock.clone());
        let dashboards = Dashboards::new(Arc::new(library), annotations, snapshots, || Ok(()));
        let sources = Sources::new(Arc::new(DataSources::open(folder.path()).unwrap()), "0.1.0", || Ok(()));
        let grafana = Grafana::new(
            dashboards,
            Arc::new(accounts),
            sources,
            figures.clone(),
            "0.1.0",
            budget,
            external(),
        );
        Self { prometheus, grafana, figures, notifications, folder }
    }

    /// Remote read gives so many samples in one message.
    pub(crate) fn with_read_limit(samples_max: usize) -> Self {
        let mut stack = Self::new();
        let read_limits = ReadLimits::new(samples_max, 1, 200);
        stack.prometheus.settings = Arc::new(Settings { read_limits, ..settings(false) });
        stack
    }

    pub(crate) fn without_search() -> Self {
        let mut stack = Self::new();
        stack.prometheus.settings = Arc::new(Settings { search_limit_max: None, ..settings(false) });
        stack
    }

    /// OTLP's deltas are summed up.
    pub(crate) fn with_delta_sums() -> Self {
        let mut stack = Self::new();
        let sums = DeltaSums::new(Budget::new(1 << 20).open(Part::Write));
        if let Some(otlp) = &mut stack.prometheus.otlp {
            otlp.sums = Some(Arc::new(Mutex::new(sums)));
        }
        stack
    }

    pub(crate) fn without_receiver() -> Self {
        let mut stack = Self::new();
        stack.prometheus.receiver = None;
        stack.prometheus.otlp = None;
        stack
    }

    /// With `--web.enable-admin-api`.
    pub(crate) fn with_admin() -> Self {
        let mut stack = Self::new();
        stack.prometheus.admin = Some(stack.figures.store.clone());
        stack
    }

    /// What `:9090` serves.
    pub(crate) fn prometheus(&self) -> Router {
        prometheus_router(&self.prometheus, &self.grafana, assets())
    }

    /// With `--dashboard.anonymous`.
    pub(crate) fn open_to_everybody(mut self) -> Self {
        self.grafana = self.grafana.open_to_everybody();
        self
    }

    /// The trace of changes.
    pub(crate) fn audit(&self) -> String {
        fs::read_to_string(self.folder.path().join("audit.log")).unwrap()
    }

    /// What `:3000` serves.
    pub(crate) fn dashboards(&self) -> Router {
        dashboard_router(&self.prometheus, &self.grafana, assets())
    }
}

fn settings(lifecycle: bool) -> Settings {
    Settings {
        version: "0.1.0",
        revision: "abc",
        build_date: "",
        flags: BTreeMap::from([("web.page-title".to_owned(), "<Gnomon>".to_owned())]),
        features: BTreeMap::from([("promql_operators", BTreeMap::from([("</".to_owned(), true)]))]),
        lifecycle,
        cors_origin: Matcher::new(MatchOp::Regex, "origin", ".*").unwrap(),
        search_limit_max: Some(10_000),
        read_limits: ReadLimits::new(100, 1, 200),
        external: external(),
    }
}

fn external() -> ExternalUrl {
    ExternalUrl { scheme: "http".into(), host: "box:9090".into(), listen_port: 9090, path: String::new() }
}

/// A front end of two files, compressed as the binary does it.
fn assets() -> Assets {
    let gzip = |text: &str| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text.as_bytes()).unwrap();
        &*encoder.finish().unwrap().leak()
    };
    let files = vec![
        ("assets/index-a1b2.js", gzip("console.log('gnomon')")),
        ("index.html", gzip("<!doctype html><title>Gnomon</title>")),
    ];
    Assets::new(files.leak())
}

/// A store with the samples of the cases.
fn store(folder: &Path, budget: &Arc<Budget>) -> Store {
    let options = Options { retention_ms: 0, ..Options::new(folder) };
    let store = Store::open(options, Arc::new(SystemClock::default()), budget.clone()).unwrap();
    let text = fs::read_to_string(case::folder().join("data.txt")).unwrap();
    let mut parser = Parser::new(text.as_bytes(), Format::PrometheusText004);
    let mut appender = store.appender();
    while let Some(entry) = parser.next().unwrap() {
        let Entry::Sample(sample) = entry else { continue };
        let mut labels = LabelSetBuilder::default();
        expfmt::visit_labels(sample.series, |name, value| _ = labels.set(name, value)).unwrap();
        let series = [appender.resolve(&labels.build()).unwrap()];
        let timestamp_ms = sample.timestamp_ms.unwrap();
        let group =
            SampleGroup { timestamp_ms, series: &series, values: &[sample.value], ..Default::default() };
        assert_eq!(appender.append(&group).unwrap().rejected, []);
    }
    store
}

/// Figures that stand still, but for those of the store.
pub(crate) struct Figures {
    store: Store,
    pub(crate) stopping: AtomicBool,
    quit: AtomicBool,
}

impl Instance for Figures {
    fn readiness(&self) -> Readiness {
        if self.stopping.load(Ordering::Relaxed) { Readiness::Stopping } else { Readiness::Ready }
    }

    fn scrape_pools(&self) -> Vec<String> {
        vec!["gnomon".to_owned(), "sensor".to_owned()]
    }

    fn scrape_pool_config(&self, pool: &str) -> Option<String> {
        (pool == "sensor").then(|| "job_name: sensor\n".to_owned())
    }

    fn external_labels(&self) -> LabelSet {
        LabelSet::from_pairs([("region", "eu")])
    }

    fn otlp_settings(&self) -> OtlpSettings {
        OtlpSettings::default()
    }

    fn scrape_interval_ms(&self) -> i64 {
        30_000
    }

    fn targets(&self) -> Vec<TargetStatus> {
        let up = TargetStatus {
            scrape_pool: "sensor".into(),
            discovered_labels: LabelSet::from_pairs([("__address__", "localhost:8000"), ("job", "sensor")]),
            labels: LabelSet::from_pairs([("instance", "localhost:8000"), ("job", "sensor")]),
            scrape_url: "http://localhost:8000/metrics".into(),
            last_error: "".into(),
            cause: "".into(),
            cure: "".into(),
            findings: Vec::new(),
            last_scrape_ms: Some(1_700_000_000_120),
            last_scrape_duration: Duration::from_micros(784),
            health: Health::Up,
            scrape_interval_ms: 15_000,
            scrape_timeout_ms: 10_000,
            last_body_bytes: 100,
            last_samples: 2,
        };
        let down = TargetStatus {
            scrape_url: "http://10.0.0.1:8000/metrics".into(),
            last_error: "server returned HTTP status 500 <oops>".into(),
            cause: "The target failed.".into(),
            cure: "Look at its log.".into(),
            findings: vec![scrape::Finding {
                severity: scrape::Severity::Error,
                text: "The target failed.".into(),
                cure: "Look at its log.".into(),
            }],
            health: Health::Down,
            ..up.clone()
        };
        let unknown = TargetStatus {
            scrape_pool: "gnomon".into(),
            health: Health::Unknown,
            last_scrape_ms: None,
            last_scrape_duration: Duration::ZERO,
            ..up.clone()
        };
        vec![unknown, up, down]
    }

    fn target_metadata(&self) -> Vec<TargetMetadata> {
        let family = |metric: &str, help: &str| {
            let metadata = Metadata { kind: MetricType::Gauge, help: help.into(), unit: "".into() };
            Arc::new(FamilyMetadata { metric: metric.into(), metadata })
        };
        let target = |job: &str, help: &str| TargetMetadata {
            scrape_pool: job.into(),
            labels: LabelSet::from_pairs([("job", job)]),
            families: Arc::new([family("level", help), family("up_since", "Since <when>.")]),
        };
        vec![target("a", "Level."), target("b", "Level.")]
    }

    fn config_yaml(&self) -> String {
        "global:\n  scrape_interval: 15s\n".to_owned()
    }

    fn runtime(&self) -> RuntimeInfo {
        RuntimeInfo {
            start_time_ms: 1_700_000_000_000,
            server_time_ms: 1_700_000_001_500,
            cwd: "/var/lib/gnomon".into(),
            hostname: "box".into(),
            reload_config_success: true,
            last_config_time_ms: 1_700_000_000_000,
            corruptions: 0,
            threads: 4,
            cores: 2,
            memory_limit_bytes: 64 << 20,
            storage_retention: "15d".into(),
        }
    }

    fn tsdb_status(&self, limit: usize) -> tsdb::Status {
        self.store.status(limit)
    }

    fn tsdb_parts(&self) -> Vec<tsdb::PartInfo> {
        self.store.part_infos()
    }

    fn metrics(&self, accept: &str) -> Exposition {
        Exposition { content_type: expfmt::negotiate(accept).content_type(), body: METRICS.into() }
    }

    fn reload(&self) -> Reload {
        Box::pin(async { Err("prometheus.yml:3:1: unknown key".to_owned()) })
    }

    fn quit(&self) -> bool {
        !self.quit.swap(true, Ordering::Relaxed)
    }
}
