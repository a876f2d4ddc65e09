//! Serves an `axum` router over HTTP/1.1 with a bound on everything a client can make it hold.
//!
//! ```no_run
//! # async fn run(router: axum::Router) -> Result<(), net::server::BindError> {
//! let server = net::server::Server::bind(":8000", "--listen")?;
//! server.serve(router, async { tokio::signal::ctrl_c().await.unwrap_or_default() }).await;
//! # Ok(()) }
//! ```

mod client;
mod coding;
mod compression;
mod connection;
mod deadline;
mod gate;
mod held_body;
mod holder;
mod listen;
mod outgoing;
mod prefix;
mod rate_limit;
mod request_line;
mod secure;
mod traffic;
mod web_config;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::DefaultBodyLimit};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use client::Clients;
use model::Budget;
use outgoing::Outgoing;

pub use coding::accepts_gzip;
pub use listen::BindError;
pub use rate_limit::RateLimit;
pub use secure::Secured;
pub use traffic::{LATENCY_BOUNDS_SECONDS, RouteFigures, Traffic};
pub use web_config::{WebConfig, WebConfigFile};

/// What a server holds for its clients at most.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections at a time, those of all addresses together; as many as by default in Prometheus. A further one
    /// takes the place of the one that has sent no request for longest, and waits while requests run on all of them.
    pub connections_max: usize,
    /// From the first byte of a request to the end of its head.
    pub head_timeout: Duration,
    /// Without a byte in either direction between two requests. It has to be longer than the longest scrape
    /// interval.
    pub idle_timeout: Duration,
    /// The same while a request runs. It has to be longer than the longest query.
    pub answer_timeout: Duration,
    /// Bytes of a request's body; more are answered with 413.
    pub body_bytes_max: usize,
    /// Without a byte that the client takes of an answer that waits for it.
    pub write_timeout: Duration,
    /// From the shutdown signal until connections with a running request are cut.
    pub drain_timeout: Duration,
    /// Responses compressed at a time, each with some 0.5 MiB of encoder state; further ones go out as they are.
    pub compressions_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 512,
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(300),
            answer_timeout: Duration::from_secs(300),
            write_timeout: Duration::from_secs(60),
            body_bytes_max: 16 << 20,
            drain_timeout: Duration::from_secs(5),
            compressions_max: 4,
        }
    }
}

/// Bound sockets that do not answer yet.
#[derive(Debug)]
pub struct Server {
    listeners: Vec<TcpListener>,
    local_addr: SocketAddr,
    limits: Limits,
    traffic: Arc<Traffic>,
    budget: Option<Arc<Budget>>,
    web_config: Option<Arc<WebConfigFile>>,
    prefix: String,
}

impl Server {
    /// Binds `host:port` or `:port`, which means every IPv4 and IPv6 address of the machine.
    ///
    /// Port 0 takes a free one. Blocks while a host name is resolved. `flag` is named in errors as the way to
    /// another address.
    ///
    /// # Errors
    /// See [`BindError`].
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn bind(address: &str, flag: &'static str) -> Result<Self, BindError> {
        let (listener, local_addr) = listen::bind(address, flag)?;
        Ok(Self {
            listeners: vec![listener],
            local_addr,
            limits: Limits::default(),
            traffic: Arc::default(),
            budget: None,
            web_config: None,
            prefix: String::new(),
        })
    }

    /// Binds one more address.
    ///
    /// # Errors
    /// See [`BindError`].
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn and_bind(mut self, address: &str, flag: &'static str) -> Result<Self, BindError> {
        self.listeners.push(listen::bind(address, flag)?.0);
        Ok(self)
    }

    /// Sets other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Counts requests in `traffic`, which several servers may share.
    #[must_use]
    pub fn with_traffic(mut self, traffic: Arc<Traffic>) -> Self {
        self.traffic = traffic;
        self
    }

    /// Draws what answers hold while they go out on a budget; one that finds no room there is 503.
    #[must_use]
    pub fn with_budget(mut self, budget: Arc<Budget>) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Answers below a path only, which begins with a slash and ends without one. Routes do not see it.
    #[must_use]
    pub fn with_prefix(mut self, prefix: String) -> Self {
        self.prefix = prefix;
        self
    }

    /// That path; empty without one.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Secures connections and asks who is there as a web configuration says.
    #[must_use]
    pub fn with_web_config(mut self, config: Arc<WebConfigFile>) -> Self {
        self.web_config = Some(config);
        self
    }

    /// The address that was bound first.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// `https` with TLS, else `http`.
    pub fn scheme(&self) -> &'static str {
        if self.web_config.as_ref().is_some_and(|config| config.is_tls()) { "https" } else { "http" }
    }

    /// Host and port of the first address as a person on this machine types them into a browser.
    pub fn authority(&self) -> String {
        let ip = self.local_addr.ip();
        if ip.is_unspecified() || ip.is_loopback() {
            format!("localhost:{}", self.local_addr.port())
        } else {
            self.local_addr.to_string()
        }
    }

    /// The first address as a person on this machine types it into a browser.
    pub fn url(&self) -> String {
        format!("{}://{}{}", self.scheme(), self.authority(), self.prefix)
    }

    /// Answers requests until `shutdown` resolves and those then running are done, or the drain timeout is over.
    ///
    /// Every request carries its peer as `axum::extract::ConnectInfo<SocketAddr>`, and [`Secured`] where it came
    /// over TLS.
    pub async fn serve(self, router: Router, shutdown: impl Future<Output = ()>) {
        let router = traffic::count(router, Arc::clone(&self.traffic));
        // A layer takes some 400 bytes for each route that it is put around; here is one route.
        let router = Router::new().fallback_service(router);
        // The limit on bodies is the connection's; axum's own would come on top of it.
        let router = router.layer(DefaultBodyLimit::disable());
        let router = compression::compress(router, self.limits.compressions_max);
        let router = prefix::strip(router, &self.prefix);
        let router = match &self.web_config {
            Some(config) => gate::guard(router, Arc::clone(config)),
            None => router,
        };
        let clients = Clients::new(self.limits.connections_max);
        let outgoing = Outgoing::new(self.budget);
        let (stop, stopped) = watch::channel(());
        let mut accepting = JoinSet::new();
        for listener in self.listeners {
            let serving = connection::Service {
                router: router.clone(),
                limits: self.limits.clone(),
                web_config: self.web_config.clone(),
                outgoing: outgoing.clone(),
                clients: Arc::clone(&clients),
            };
            let mut stopped = stopped.clone();
            accepting.spawn(connection::accept(listener, serving, async move {
                // An error is an end as well: nobody could say so any more.
                let _ = stopped.changed().await;
            }));
        }
        shutdown.await;
        drop(stop);
        accepting.join_all().await;
    }
}

#[cfg(test)]
mod tests;
