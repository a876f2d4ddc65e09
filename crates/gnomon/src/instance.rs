//! The running stack as the API sees it.

use std::{
    env, fs,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    thread,
};

use api::{Exposition, Instance, Notifications, Readiness, Reload, RuntimeInfo};
use collect::ProcessFigures;
use config::Config;
use model::{Budget, Clock, LabelSet, label::Quoted, sort};
use prometheus_client::registry::Registry;
use scrape::{Scraper, TargetMetadata, TargetStatus};
use tokio::task::spawn_blocking;
use tsdb::Store;
use wire::otlp::OtlpSettings;

use crate::{retention, signal::Shutdown, with_causes};

/// Where the configuration comes from.
#[derive(Clone, Debug)]
pub(crate) enum ConfigSource {
    /// A `prometheus.yml`.
    File(PathBuf),
    /// The defaults of `gnomon up`.
    Embedded(Box<Config>),
}

impl ConfigSource {
    /// Reads the configuration. Blocks on the disk.
    ///
    /// # Errors
    /// When the file cannot be read or says something wrong.
    pub(crate) fn load(&self) -> Result<Config, config::Error> {
        match self {
            Self::File(path) => config::load(path),
            Self::Embedded(config) => Ok((**config).clone()),
        }
    }
}

/// How the last reload went.
#[derive(Debug)]
pub(crate) struct Reloads {
    success: AtomicBool,
    at_ms: AtomicI64,
}

impl Reloads {
    /// The configuration was read for the first time.
    pub(crate) fn new(now_ms: i64) -> Self {
        Self { success: AtomicBool::new(true), at_ms: AtomicI64::new(now_ms) }
    }

    /// Whether it worked, and when one last did, in milliseconds since the Unix epoch.
    pub(crate) fn last(&self) -> (bool, i64) {
        (self.success.load(Ordering::Relaxed), self.at_ms.load(Ordering::Relaxed))
    }
}

/// What runs, and how it is reached.
#[derive(Clone)]
pub(crate) struct Running {
    pub clock: Arc<dyn Clock>,
    pub budget: Arc<Budget>,
    pub store: Store,
    pub scraper: Arc<Scraper>,
    pub source: ConfigSource,
    pub config: Arc<Mutex<Config>>,
    pub reloads: Arc<Reloads>,
    pub registry: Arc<Registry>,
    pub notifications: Notifications,
    pub shutdown: Shutdown,
    pub start_time_ms: i64,
    pub keeps: retention::Flags,
}

impl Running {
    fn config(&self) -> MutexGuard<'_, Config> {
        self.config.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the configuration anew and puts it in force; a wrong one changes nothing.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) async fn reload(self) -> Result<(), String> {
        let source = self.source.clone();
        let loaded = spawn_blocking(move || source.load()).await.map_err(|error| error.to_string())?;
        self.reloads.success.store(loaded.is_ok(), Ordering::Relaxed);
        match loaded {
            Ok(config) => {
                self.store.set_exemplars_max(config.storage.exemplars_max());
                self.scraper.apply(&config.scrape_configs);
                self.keeps.apply(&config, &self.store);
                *self.config() = config;
                self.notifications.remove(Notifications::RELOAD_FAILED);
                self.reloads.at_ms.store(self.clock.now_ms(), Ordering::Relaxed);
                tracing::info!("configuration reloaded");
                Ok(())
            }
            Err(error) => {
                self.notifications.add(Notifications::RELOAD_FAILED);
                tracing::error!(%error, "configuration not reloaded; the one before stays in force");
                let file = match &self.source {
                    ConfigSource::File(path) => path.display().to_string(),
                    ConfigSource::Embedded(_) => String::new(),
                };
                let why = with_causes(&error);
                Err(format!("couldn't load configuration (--config.file={}): {why}", Quoted(&file)))
            }
        }
    }
}

impl Instance for Running {
    fn readiness(&self) -> Readiness {
        if self.shutdown.has_begun() { Readiness::Stopping } else { Readiness::Ready }
    }

    fn targets(&self) -> Vec<TargetStatus> {
        let mut targets = self.scraper.targets();
        sort::by(&mut targets, |a, b| a.scrape_pool.cmp(&b.scrape_pool));
        targets
    }

    fn target_metadata(&self) -> Vec<TargetMetadata> {
        self.scraper.metadata()
    }

    fn scrape_pools(&self) -> Vec<String> {
        let mut names: Vec<_> = self.config().scrape_configs.iter().map(|c| c.job_name.clone()).collect();
        names.sort_unstable();
        names
    }

    fn scrape_pool_config(&self, pool: &str) -> Option<String> {
        self.config().scrape_config_yaml(pool)
    }

    fn external_labels(&self) -> LabelSet {
        self.config().global.external_labels.clone()
    }

    fn otlp_settings(&self) -> OtlpSettings {
        self.config().otlp.clone().unwrap_or_default()
    }

    fn scrape_interval_ms(&self) -> i64 {
        self.config().global.scrape_interval_ms
    }

    fn config_yaml(&self) -> String {
        self.config().to_yaml()
    }

    fn runtime(&self) -> RuntimeInfo {
        let status = self.store.status(0);
        let (reload_config_success, last_config_time_ms) = self.reloads.last();
        RuntimeInfo {
            start_time_ms: self.start_time_ms,
            server_time_ms: self.clock.now_ms(),
            cwd: env::current_dir().map(|folder| folder.display().to_string()).unwrap_or_default(),
            hostname: hostname(),
            reload_config_success,
            last_config_time_ms,
            corruptions: status.wal_damaged + status.parts_damaged,
            threads: ProcessFigures::read("/proc".as_ref()).map_or(0, |figures| figures.threads as usize),
            cores: thread::available_parallelism().map_or(1, usize::from),
            memory_limit_bytes: self.budget.limit_bytes(),
            storage_retention: self
                .keeps
                .describe(&self.config.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    fn tsdb_status(&self, limit: usize) -> tsdb::Status {
        self.store.status(limit)
    }

    fn tsdb_parts(&self) -> Vec<tsdb::PartInfo> {
        self.store.part_infos()
    }

    fn metrics(&self, accept: &str) -> Exposition {
        sensor::render(&self.registry, accept).unwrap_or_else(|error| {
            tracing::error!(%error, "cannot render the metrics about the stack");
            Exposition { content_type: "text/plain; version=0.0.4; charset=utf-8", body: String::new() }
        })
    }

    fn reload(&self) -> Reload {
        Box::pin(self.clone().reload())
    }

    fn quit(&self) -> bool {
        self.shutdown.begin()
    }
}

/// Name of the machine; `localhost` when the kernel does not tell.
pub(crate) fn hostname() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    match name.trim() {
        "" => "localhost".to_owned(),
        name => name.to_owned(),
    }
}
