//! Sockets: where the servers listen, how they are secured, and under which address others reach them.

use std::{path::PathBuf, sync::Arc, time::Duration};

use api::{ExternalUrl, GivenUrl};
use config::{BasicAuth, OwnTarget, load_web};
use net::server::{BindError, Limits, Server, WebConfigFile};

use crate::{Failure, args::ServingArgs, instance::hostname, with_causes};

/// Where the metrics about the stack are.
const METRICS: &str = "/metrics";

/// How much longer than a query may take an answer is waited for.
const ANSWER_MARGIN: Duration = Duration::from_secs(60);

/// A bound server that does not answer yet.
pub(super) struct Listener {
    pub(super) server: Server,
    /// Where others reach it.
    pub(super) external: ExternalUrl,
    /// Whether it asks clients who they are, or speaks TLS only.
    pub(super) is_restricted: bool,
}

/// The Prometheus API's.
pub(super) fn web(args: &ServingArgs, query_timeout: Duration) -> Result<Listener, Failure> {
    const FLAG: &str = "--web.listen-address";
    let config = match args.address.web_config.is_empty() {
        true => None,
        false => Some(web_config("--web.config.file", &args.address.web_config, Users::Taken)?),
    };
    let (first, further) = args.address.listen.split_first().ok_or("--web.listen-address: no address")?;
    let server =
        further.iter().try_fold(Server::bind(first, FLAG)?, |server, address| server.and_bind(address, FLAG));
    let server = server?.with_limits(limits(args, query_timeout)).with_prefix(args.address.prefix());
    Ok(placed(server, config, args.address.external_url.as_ref()))
}

/// The dashboards'; `None` where they are switched off.
pub(super) fn dashboards(args: &ServingArgs, query_timeout: Duration) -> Result<Option<Listener>, Failure> {
    if args.dashboard_listen.is_empty() {
        return Ok(None);
    }
    let own = args.dashboard_config.as_ref().map(|path| ("--dashboard.config.file", path, Users::Refused));
    // Passwords go over this address: what secures the other one secures it too.
    let (flag, path, users) = own.unwrap_or(("--web.config.file", &args.address.web_config, Users::Ignored));
    let config = match path.is_empty() {
        true => None,
        false => Some(web_config(flag, path, users)?),
    };
    let server = Server::bind(&args.dashboard_listen, "--dashboard.listen-address")?;
    let server = server.with_limits(limits(args, query_timeout)).with_prefix(args.dashboard_prefix());
    Ok(Some(placed(server, config, args.dashboard_external_url.as_ref())))
}

/// Where `gnomon up` scrapes the stack itself: at the Prometheus API's address, or, where that speaks TLS or asks
/// for a password, at one on loopback that serves nothing but the metrics.
pub(super) struct OwnMetrics(pub(super) Option<Server>);

impl OwnMetrics {
    pub(super) fn bind(web: &Listener) -> Result<Self, BindError> {
        let needed = web.is_restricted.then(|| Server::bind("127.0.0.1:0", "--web.listen-address"));
        needed.transpose().map(Self)
    }

    /// What to scrape; the label `instance` says the same either way.
    pub(super) fn target(&self, web: &Listener) -> OwnTarget {
        let instance = web.server.authority();
        match &self.0 {
            Some(server) => {
                OwnTarget { address: server.authority(), instance, metrics_path: METRICS.to_owned() }
            }
            None => OwnTarget {
                address: instance.clone(),
                instance,
                metrics_path: format!("{}{METRICS}", web.server.prefix()),
            },
        }
    }
}

/// What becomes of the users in a web configuration.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Users {
    Taken,
    Refused,
    Ignored,
}

fn web_config(flag: &str, path: &str, users: Users) -> Result<Arc<WebConfigFile>, Failure> {
    let path = PathBuf::from(path);
    let load = move || {
        let basic_auth = if users == Users::Refused { BasicAuth::Refused } else { BasicAuth::Taken };
        let config = load_web(&path, basic_auth).map_err(|error| with_causes(&error))?;
        Ok(if users == Users::Ignored { config.without_users() } else { config })
    };
    WebConfigFile::open(load).map_err(|error| format!("{flag}: {error}").into())
}

fn limits(args: &ServingArgs, query_timeout: Duration) -> Limits {
    let defaults = Limits::default();
    Limits {
        connections_max: args.max_connections,
        head_timeout: defaults.head_timeout.min(args.read_timeout),
        idle_timeout: args.read_timeout,
        answer_timeout: defaults.answer_timeout.max(query_timeout + ANSWER_MARGIN),
        ..defaults
    }
}

fn placed(server: Server, config: Option<Arc<WebConfigFile>>, external: Option<&GivenUrl>) -> Listener {
    let is_restricted = config.as_ref().is_some_and(|config| config.is_restricted());
    let server = match config {
        Some(config) => server.with_web_config(config),
        None => server,
    };
    let listen_port = server.local_addr().port();
    let guessed = ExternalUrl {
        scheme: server.scheme().to_owned(),
        host: format!("{}:{listen_port}", hostname()),
        listen_port,
        path: String::new(),
    };
    let external = match external {
        Some(given) => guessed.with(given),
        None => guessed,
    };
    Listener { server, external, is_restricted }
}
