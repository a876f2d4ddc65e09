//! The sensor service: readings of the machine's own sensors or of a simulation, as JSON and as metrics.
//!
//! [`service`] gives a router; binding it to a port is up to the caller. The service can also be told to
//! misbehave ([`Fault`]) in the ways that the stack around it has to catch.
//!
//! ```
//! let settings = sensor::Settings { simulate: true, seed: 7, ..sensor::Settings::default() };
//! let router: axum::Router = sensor::service(settings);
//! ```

mod document;
mod effort;
mod exposition;
mod fault;
mod metrics;
mod page;
mod process_collector;
mod service;
mod simulation;
mod source;

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use model::{Clock, clock::SystemClock};

pub use exposition::{RenderError, render};
pub use fault::{Fault, FaultError};
pub use process_collector::ProcessCollector;
pub use service::service;

/// What the service shall do.
#[derive(Clone)]
pub struct Settings {
    /// Simulates readings even where the machine has sensors; without sensors they are simulated anyway.
    pub simulate: bool,
    /// Two services with the same seed simulate the same readings at the same time.
    pub seed: u64,
    /// What to do wrong.
    pub faults: Vec<Fault>,
    /// Where sensors are looked for, `/sys` outside tests.
    pub sys: PathBuf,
    /// How long a request waits for the machine's sensors before it goes on without them.
    pub read_timeout: Duration,
    /// The time of readings.
    pub clock: Arc<dyn Clock>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            simulate: false,
            seed: 1,
            faults: Vec::new(),
            sys: "/sys".into(),
            read_timeout: Duration::from_secs(2),
            clock: Arc::new(SystemClock::default()),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("simulate", &self.simulate)
            .field("seed", &self.seed)
            .field("faults", &self.faults)
            .field("sys", &self.sys)
            .field("read_timeout", &self.read_timeout)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
