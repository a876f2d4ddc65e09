//! Wires the parts into a running stack, and takes it down in order.

mod banner;
mod listener;

use std::{
    collections::BTreeMap,
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use api::{
    Assets, Dashboards, Evaluator, ExternalUrl, Grafana, Notifications, OtlpReceiver, Prometheus, Receiver,
    Sources,
};
use axum::Router;
use banner::Banner;
use config::Config;
use dashboard::{Annotations, DataSources, Library, Provider, Snapshots};
use flate2::read::GzDecoder;
use listener::{Listener, OwnMetrics};
use model::{Budget, Clock, Part, clock::SteadyClock};
use net::server::{Server, Traffic};
use promql::engine::{Engine, EngineOptions};
use scrape::Scraper;
use tokio::task::JoinSet;
use tsdb::{Options, Store};
use wire::otlp::{DeltaSums, OtlpOptions};

use crate::{
    Failure, account,
    args::{PassedOver, RunArgs, StackArgs, UpArgs},
    auto_reload, data_folder,
    features::{self, Switches},
    instance::{ConfigSource, Reloads, Running},
    log,
    maintenance::Maintenance,
    memory, metrics,
    provisioning::Provisioner,
    retention, sensor_service,
    signal::{self, Shutdown},
    supervisor::Supervisor,
    time::{self, Watch},
    with_causes,
};

const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The front end; empty when it was not built before the binary.
const ASSETS: Assets = Assets::new(include!(concat!(env!("OUT_DIR"), "/assets.rs")));
/// The dashboards of `deploy/dashboards`, each unpacked when it is asked for.
static DASHBOARDS: &[(&str, dashboard::Text)] = include!(concat!(env!("OUT_DIR"), "/dashboards.rs"));

fn unpack(compressed: &[u8]) -> String {
    let mut text = String::new();
    // What the build compressed can be read; a text that ends early would be named as a broken dashboard.
    _ = GzDecoder::new(compressed).read_to_string(&mut text);
    text
}

/// `gnomon up`: sensor service and stack in one process, on defaults.
///
/// # Errors
/// When the stack cannot start.
pub(crate) async fn up(args: UpArgs, flags: BTreeMap<String, String>) -> Result<(), Failure> {
    log::start(args.stack.log.level, args.stack.log.format);
    let server = Server::bind(&args.sensor_listen, "--sensor.listen-address")?;
    let sensor = Served { server, router: sensor::service(sensor_service::settings(args.sensor)) };
    let web = listener::web(&args.stack.web.serving, args.stack.query.timeout)?;
    let own = OwnMetrics::bind(&web)?;
    let interval_ms = i64::try_from(args.scrape_interval.as_millis())?;
    let config = Config::embedded(&sensor.server.authority(), &own.target(&web), interval_ms);
    let data = args.data.unwrap_or_else(data_folder::default);
    let source = ConfigSource::Embedded(Box::new(config));
    let (own, sensor, auto_reload) = (own.0, Some(sensor), None);
    start(Plan { args: args.stack, flags, data, source, auto_reload, web, own, sensor }).await
}

/// `gnomon run`: the stack from a `prometheus.yml`.
///
/// # Errors
/// When the stack cannot start.
pub(crate) async fn run(args: RunArgs, flags: BTreeMap<String, String>) -> Result<(), Failure> {
    log::start(args.stack.log.level, args.stack.log.format);
    let web = listener::web(&args.stack.web.serving, args.stack.query.timeout)?;
    let auto_reload = args.auto_reload.then(|| (args.config.clone(), args.auto_reload_interval));
    let source = ConfigSource::File(args.config);
    let (args, data) = (args.stack, args.data);
    start(Plan { args, flags, data, source, auto_reload, web, own: None, sensor: None }).await
}

/// What is to be started.
struct Plan {
    args: StackArgs,
    flags: BTreeMap<String, String>,
    data: PathBuf,
    source: ConfigSource,
    /// The file to watch, and how often to look at it.
    auto_reload: Option<(PathBuf, Duration)>,
    web: Listener,
    /// Where this process scrapes itself, if elsewhere.
    own: Option<Server>,
    sensor: Option<Served>,
}

struct Served {
    server: Server,
    router: Router,
}

async fn start(plan: Plan) -> Result<(), Failure> {
    let Plan { args, flags, data, source, auto_reload, web, own, sensor } = plan;
    for PassedOver { flag, why } in &args.passed_over {
        tracing::warn!(flag = format!("--{flag}"), why, "this flag of Prometheus has no effect");
    }
    let dashboards = listener::dashboards(&args.web.serving, args.query.timeout)?;
    let config = source.load().map_err(explained)?;
    let (engine, mut switches) = engine(&args, &config)?;
    switches.auto_reload = auto_reload.is_some();
    let engine = Arc::new(engine);
    let features = features::listed(engine.options(), &switches, &args.web);
    let settings = Arc::new(settings(&args, flags, features, &switches, &web.external));
    let shutdown = Shutdown::on_signals()?;
    let core = Core::open(&args, &data, &config)?;
    let (accounts, new_password) =
        account::open(&data, &core.budget, Arc::clone(&core.clock), dashboards.is_some())?;
    core.scraper.apply(&config.scrape_configs);

    let receives = args.web.enable_remote_write_receiver || args.web.enable_otlp_receiver;
    let receiver = receives.then(|| core.receiver());
    let otlp = otlp(&core, &args, &switches, &engine, receiver.as_ref());
    let running =
        core.running(config, source, retention::Flags::new(&args.storage), receiver.clone(), &shutdown);
    let supervisor = Supervisor::of_environment();
    reload_on_hangup(&running, supervisor.clone())?;
    if let Some((path, interval)) = auto_reload {
        auto_reload::start(running.clone(), path, interval);
    }
    let running = Arc::new(running);
    let evaluator = Arc::new(core.evaluator(engine, args.query.max_concurrency));
    let notifications = core.notifications.clone();
    announce_end(notifications.clone(), &shutdown);
    let admin = args.web.enable_admin_api.then(|| core.store.clone());
    let store = Arc::new(core.store.clone());
    let prometheus = Prometheus {
        instance: Arc::clone(&running) as _,
        settings,
        notifications,
        evaluator,
        exemplars: store.clone(),
        metadata: store,
        receiver: receiver.filter(|_| args.web.enable_remote_write_receiver),
        otlp,
        admin,
    };
    let (library, sources) = core.grafana_parts(&data, args.web.dashboards, args.web.provisioning)?;
    let (budget, external) = (Arc::clone(&core.budget), web.external.clone());
    let grafana = Grafana::new(library, Arc::clone(&accounts), sources, running, VERSION, budget, external);
    let grafana = if args.web.serving.anonymous { grafana.open_to_everybody() } else { grafana };

    let banner = Banner {
        sensor: sensor.as_ref().map(|sensor| sensor.server.url()),
        web: web.server.url(),
        dashboards: dashboards.as_ref().map(|dashboards| dashboards.server.url()),
        data: &data,
        new_password,
        budget_bytes: core.budget.limit_bytes(),
    };
    let title = &args.web.serving.page_title;
    let own = own.map(|server| Served { server, router: api::metrics_router(&prometheus) });
    let router = api::prometheus_router(&prometheus, &grafana, ASSETS.placed(&web.external, title)?);
    let web = Served { server: web.server, router };
    let dashboards = match dashboards {
        None => None,
        Some(Listener { server, external, .. }) => {
            let assets = ASSETS.placed(&external, title)?;
            let router = api::dashboard_router(&prometheus, &grafana.placed(external), assets);
            Some(Served { server, router })
        }
    };
    let mut servers = JoinSet::new();
    for served in [sensor, own, Some(web), dashboards].into_iter().flatten() {
        let server = served.server.with_traffic(Arc::clone(&core.traffic));
        let server = server.with_budget(Arc::clone(&core.budget));
        servers.spawn(server.serve(served.router, shutdown.begun()));
    }
    banner.print();
    supervisor.ready(&shutdown);
    servers.join_all().await;
    account::close(accounts).await;
    core.close()
}

/// What collects, keeps and is asked.
struct Core {
    steady: Arc<SteadyClock>,
    clock: Arc<dyn Clock>,
    budget: Arc<Budget>,
    store: Store,
    scraper: Arc<Scraper>,
    traffic: Arc<Traffic>,
    notifications: Notifications,
    maintenance: Maintenance,
}

impl Core {
    fn open(args: &StackArgs, data: &Path, config: &Config) -> Result<Self, Failure> {
        let steady = time::clock();
        let clock: Arc<dyn Clock> = Arc::clone(&steady) as _;
        let limit = args.memory_budget.map_or_else(|| Ok(memory::default_budget_bytes()), usize::try_from)?;
        let budget = Budget::new(limit);
        let options = Options {
            wal_sync_interval: args.storage.wal_sync_interval,
            head_window: args.storage.head_window,
            // New series are refused at twice that; the other half is for queries, caches and scrape buffers.
            head_bytes: limit / 4,
            exemplars_max: config.storage.exemplars_max(),
            ..Options::new(data)
        };
        let options = retention::Flags::new(&args.storage).options(config, options);
        let store = Store::open(options, Arc::clone(&clock), Arc::clone(&budget))?;
        if let Some(stored_ms) = time::newest_stored_ms(&store.status(0)) {
            steady.trust_after(stored_ms);
        }
        let notifications = Notifications::new(Arc::clone(&clock), args.web.max_notifications_subscribers);
        let maintenance =
            Maintenance::start(store.clone(), Watch::new(Arc::clone(&steady)), notifications.clone())?;
        let appendable = Arc::new(store.clone());
        let scraper = Scraper::new(appendable, Arc::clone(&clock), Arc::clone(&budget), VERSION);
        Ok(Self {
            notifications,
            steady,
            clock,
            budget,
            store,
            scraper: Arc::new(scraper),
            traffic: Arc::default(),
            maintenance,
        })
    }

    fn running(
        &self,
        config: Config,
        source: ConfigSource,
        keeps: retention::Flags,
        receiver: Option<Arc<Receiver>>,
        shutdown: &Shutdown,
    ) -> Running {
        let now_ms = self.clock.now_ms();
        let reloads = Arc::new(Reloads::new(now_ms));
        let sources = metrics::Sources {
            budget: Arc::clone(&self.budget),
            clock: Arc::clone(&self.steady),
            store: self.store.clone(),
            scraper: Arc::clone(&self.scraper),
            traffic: Arc::clone(&self.traffic),
            receiver,
            reloads: Arc::clone(&reloads),
        };
        Running {
            clock: Arc::clone(&self.clock),
            budget: Arc::clone(&self.budget),
            store: self.store.clone(),
            scraper: Arc::clone(&self.scraper),
            source,
            config: Arc::new(Mutex::new(config)),
            reloads,
            registry: Arc::new(metrics::registry(sources)),
            notifications: self.notifications.clone(),
            shutdown: shutdown.clone(),
            start_time_ms: now_ms,
            keeps,
        }
    }

    /// Dashboards and data sources, with what the provisioning folder says about them. What is wrong there is in the
    /// log.
    fn grafana_parts(
        &self,
        data: &Path,
        folders: Vec<PathBuf>,
        provisioning: Option<PathBuf>,
    ) -> Result<(Dashboards, Sources), Failure> {
        let clock = || Arc::clone(&self.clock);
        let named: Vec<_> = folders.into_iter().map(Provider::plain).collect();
        let library = Library::open(&data.join("dashboards"), named.clone(), DASHBOARDS, clock());
        let library = Arc::new(library);
        let annotations = Annotations::open(data, self.budget.open(Part::Dashboard), clock())?;
        let snapshots = Snapshots::new(data.join("dashboard-snapshots"), clock());
        let store = Arc::new(DataSources::open(data)?);
        let provisioner = Provisioner::new(provisioning, Arc::clone(&store), Arc::clone(&library), named);
        let _ = provisioner.data_sources();
        let _ = provisioner.dashboards();
        provisioner.clone().watch();
        let again = provisioner.clone();
        let dashboards = Dashboards::new(library, annotations, snapshots, move || again.dashboards());
        Ok((dashboards, Sources::new(store, VERSION, move || provisioner.data_sources())))
    }

    fn evaluator(&self, engine: Arc<Engine>, concurrency_max: usize) -> Evaluator {
        let store = Arc::new(self.store.clone());
        Evaluator::new(engine, store, Arc::clone(&self.clock), Arc::clone(&self.budget), concurrency_max)
    }

    fn receiver(&self) -> Arc<Receiver> {
        let store = Arc::new(self.store.clone());
        Arc::new(Receiver::new(store, Arc::clone(&self.clock), Arc::clone(&self.budget)))
    }

    /// What scrapes comes to an end before what keeps.
    fn close(self) -> Result<(), Failure> {
        self.scraper.stop();
        self.maintenance.stop();
        self.store.close()?;
        tracing::info!("stopped");
        Ok(())
    }
}

/// Adds what a person can do about a configuration that is not there.
fn explained(error: config::Error) -> Failure {
    match &error {
        config::Error::Read { source, .. } if source.kind() == ErrorKind::NotFound => {
            let text = with_causes(&error);
            format!("{text}; name it with --config.file, or run `gnomon up`, which needs none").into()
        }
        _ => error.into(),
    }
}

fn engine(args: &StackArgs, config: &Config) -> Result<(Engine, Switches), Failure> {
    let mut options = EngineOptions {
        timeout: args.query.timeout,
        max_samples: args.query.max_samples,
        lookback_delta_ms: i64::try_from(args.query.lookback_delta.as_millis())?,
        default_step_ms: config.global.evaluation_interval_ms,
        ..EngineOptions::default()
    };
    let switches = features::enable(&args.features, &mut options)?;
    Ok((Engine::new(options), switches))
}

/// Takes OTLP, where that is switched on.
fn otlp(
    core: &Core,
    args: &StackArgs,
    switches: &Switches,
    engine: &Engine,
    receiver: Option<&Arc<Receiver>>,
) -> Option<OtlpReceiver> {
    let receiver = receiver.filter(|_| args.web.enable_otlp_receiver)?;
    let engine = engine.options();
    let options = OtlpOptions {
        delta: switches.otlp_delta,
        lookback_delta_ms: engine.lookback_delta_ms,
        type_and_unit_labels: engine.type_and_unit_labels,
    };
    let sums =
        switches.otlp_sums.then(|| Arc::new(Mutex::new(DeltaSums::new(core.budget.open(Part::Write)))));
    Some(OtlpReceiver { receiver: Arc::clone(receiver), options, sums })
}

fn settings(
    args: &StackArgs,
    flags: BTreeMap<String, String>,
    features: api::Features,
    switches: &Switches,
    external: &ExternalUrl,
) -> api::Settings {
    api::Settings {
        version: VERSION,
        revision: option_env!("GNOMON_REVISION").unwrap_or_default(),
        build_date: option_env!("GNOMON_BUILD_DATE").unwrap_or_default(),
        flags,
        features,
        lifecycle: args.web.enable_lifecycle,
        cors_origin: args.web.cors_origin.clone(),
        search_limit_max: switches.search.then_some(args.web.search_limit_max),
        read_limits: args.read.limits(),
        external: external.clone(),
    }
}

/// Tells who watches that the process ends, and lets them go.
fn announce_end(notifications: Notifications, shutdown: &Shutdown) {
    let begun = shutdown.begun();
    tokio::spawn(async move {
        begun.await;
        notifications.add(Notifications::STOPPING);
        notifications.close();
    });
}

fn reload_on_hangup(running: &Running, supervisor: Supervisor) -> std::io::Result<()> {
    let running = running.clone();
    signal::on_hangup(move || {
        let (running, supervisor) = (running.clone(), supervisor.clone());
        async move {
            supervisor.reloading();
            // What went wrong is in the log.
            drop(running.reload().await);
            supervisor.reloaded();
        }
    })
}
