//! Tells the service manager how the process is, by systemd's notification protocol: one datagram for each message to
//! the socket that `NOTIFY_SOCKET` names. Without that variable nobody is told.

use std::{
    env, io,
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixDatagram},
    },
    process,
    sync::Arc,
    time::Duration,
};

use collect::process::monotonic;
use tokio::time::interval;

use crate::signal::Shutdown;

/// Where systemd listens: a path, or `@` and the name of an abstract socket.
const SOCKET: &str = "NOTIFY_SOCKET";
/// Microseconds within which the watchdog wants to hear something, and who is meant.
const WATCHDOG: [&str; 2] = ["WATCHDOG_USEC", "WATCHDOG_PID"];

/// The service manager, if there is one that listens. Clones tell the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Supervisor(Option<Arc<UnixDatagram>>);

impl Supervisor {
    /// The one that the environment names. An address that does not work is logged, and nobody is told.
    pub(crate) fn of_environment() -> Self {
        let Ok(address) = env::var(SOCKET) else { return Self::default() };
        Self::at(&address).unwrap_or_else(|error| {
            tracing::warn!(socket = address, %error, "the service manager cannot be told how the process is");
            Self::default()
        })
    }

    fn at(address: &str) -> io::Result<Self> {
        let address = match address.strip_prefix('@') {
            Some(name) => SocketAddr::from_abstract_name(name)?,
            None => SocketAddr::from_pathname(address)?,
        };
        let socket = UnixDatagram::unbound()?;
        socket.set_nonblocking(true)?;
        socket.connect_addr(&address)?;
        Ok(Self(Some(Arc::new(socket))))
    }

    /// The process does its work from now on. Tells the end, too, and keeps the watchdog quiet while the network
    /// thread runs: one that hangs is started anew.
    pub(crate) fn ready(&self, shutdown: &Shutdown) {
        if self.0.is_none() {
            return;
        }
        self.tell("READY=1");
        let (supervisor, begun) = (self.clone(), shutdown.begun());
        tokio::spawn(async move {
            begun.await;
            supervisor.tell("STOPPING=1");
        });
        if let Some(patience) = watchdog(WATCHDOG.map(|name| env::var(name).ok()), process::id()) {
            tokio::spawn(self.clone().feed(patience / 2));
        }
    }

    /// The configuration is read anew; [`Supervisor::reloaded`] ends it.
    pub(crate) fn reloading(&self) {
        // By the time, units of `Type=notify-reload` know that it was their signal which began it.
        self.tell(&format!("RELOADING=1\nMONOTONIC_USEC={}", monotonic().as_micros()));
    }

    /// The configuration has been read, whether it is in force or was wrong.
    pub(crate) fn reloaded(&self) {
        self.tell("READY=1");
    }

    async fn feed(self, every: Duration) {
        let mut ticks = interval(every);
        loop {
            ticks.tick().await;
            self.tell("WATCHDOG=1");
        }
    }

    fn tell(&self, message: &str) {
        let Some(socket) = &self.0 else { return };
        // A manager that is gone or too busy misses a message; the work goes on.
        if let Err(error) = socket.send(message.as_bytes()) {
            tracing::debug!(%error, message, "the service manager was not told");
        }
    }
}

/// The watchdog's patience; `None` without a watchdog, or when it watches another process.
fn watchdog([usec, pid]: [Option<String>; 2], own: u32) -> Option<Duration> {
    if pid.is_some_and(|pid| pid.parse() != Ok(own)) {
        return None;
    }
    let usec = usec?.parse().ok().filter(|usec| *usec > 0)?;
    Some(Duration::from_micros(usec))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watchdog_of_another_process_is_not_fed() {
        let patience =
            |usec: Option<&str>, pid: Option<&str>| watchdog([usec, pid].map(|v| v.map(str::to_owned)), 7);
        assert_eq!(patience(Some("2000000"), None), Some(Duration::from_secs(2)));
        assert_eq!(patience(Some("2000000"), Some("7")), Some(Duration::from_secs(2)));
        for (usec, pid) in
            [(Some("2000000"), Some("8")), (Some("0"), None), (Some("x"), None), (None, Some("7"))]
        {
            assert_eq!(patience(usec, pid), None, "{usec:?} {pid:?}");
        }
    }

    #[test]
    fn a_reload_is_told_with_its_time() {
        let folder = tempfile::tempdir().unwrap();
        let socket = UnixDatagram::bind(folder.path().join("notify")).unwrap();
        let supervisor = Supervisor::at(folder.path().join("notify").to_str().unwrap()).unwrap();
        let before = monotonic().as_micros();
        supervisor.reloading();
        let mut message = [0; 100];
        let length = socket.recv(&mut message).unwrap();
        let message = str::from_utf8(&message[..length]).unwrap();
        let told: u128 = message.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").unwrap().parse().unwrap();
        assert!((before..=monotonic().as_micros()).contains(&told), "{message}");
    }

    #[test]
    fn an_address_that_is_none_is_an_error() {
        assert!(Supervisor::at("/no/such/socket").is_err());
        assert!(Supervisor::at(&format!("@{}", "x".repeat(200))).is_err());
    }
}
