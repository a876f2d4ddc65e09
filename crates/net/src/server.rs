//! Serves an `axum` router over HTTP/1.1 with a bound on everything a client can make it hold.
//!
//! ```no_run
//! # async fn run(router: axum::Router) -> Result<(), net::server::BindError> {
//! let server = net::server::Server::bind(":8000", "--listen")?;
//! server.serve(router, async { tokio::signal::ctrl_c().await.unwrap_or_default() }).await;
//! # Ok(()) }
//! ```

mod client;
mod compression;
mod connection;
mod deadline;
mod held_body;
mod holder;
mod listen;
mod traffic;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::DefaultBodyLimit};
use tokio::net::TcpListener;

pub use compression::accepts_gzip;
pub use listen::BindError;
pub use traffic::{LATENCY_BOUNDS_SECONDS, RouteFigures, Traffic};

/// What a server holds for its clients at most.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections at a time, as many as by default in Prometheus. A further one takes the place of the one that
    /// has sent no request for longest, and waits while requests run on all of them.
    pub connections_max: usize,
    /// From the first byte of a request to the end of its head.
    pub head_timeout: Duration,
    /// Without a byte in either direction, while a request runs or between two of them. It has to be longer
    /// than the longest query and the longest scrape interval.
    pub idle_timeout: Duration,
    /// Bytes of a request's body; more are answered with 413.
    pub body_bytes_max: usize,
    /// From the shutdown signal until connections with a running request are cut.
    pub drain_timeout: Duration,
    /// Responses compressed at a time, each with some 0.3 MiB of encoder state; further ones go out as they are.
    pub compressions_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 512,
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(300),
            body_bytes_max: 16 << 20,
            drain_timeout: Duration::from_secs(5),
            compressions_max: 4,
        }
    }
}

/// A bound socket that does not answer yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    local_addr: SocketAddr,
    limits: Limits,
    traffic: Arc<Traffic>,
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
        Ok(Self { listener, local_addr, limits: Limits::default(), traffic: Arc::default() })
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

    /// The address that was bound.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// The address as a person on this machine types it into a browser.
    pub fn url(&self) -> String {
        let ip = self.local_addr.ip();
        if ip.is_unspecified() || ip.is_loopback() {
            format!("http://localhost:{}", self.local_addr.port())
        } else {
            format!("http://{}", self.local_addr)
        }
    }

    /// Answers requests until `shutdown` resolves and those then running are done, or the drain timeout is over.
    ///
    /// Every request carries its peer as `axum::extract::ConnectInfo<SocketAddr>`.
    pub async fn serve(self, router: Router, shutdown: impl Future<Output = ()>) {
        // The limit on bodies is the connection's; axum's own would come on top of it.
        let router = router.layer(DefaultBodyLimit::disable());
        let router = traffic::count(router, Arc::clone(&self.traffic));
        let router = compression::compress(router, self.limits.compressions_max);
        connection::accept(self.listener, router, self.limits, shutdown).await;
    }
}

#[cfg(test)]
mod tests;
