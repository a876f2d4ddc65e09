//! Where readings come from: the machine, or the simulation.

use std::{path::PathBuf, sync::Arc, time::Duration};

use collect::{Reading, Sensors, Sweep};
use model::Clock;
use tokio::{sync::Mutex, task::JoinHandle};

use crate::{Settings, effort::Effort, simulation::Simulation};

/// Clients that ask at once share a reading: chips are slow, and reading some warms them.
const FRESH: Duration = Duration::from_secs(1);

/// Sensors that were plugged in meanwhile are found after this time.
const DISCOVERY_INTERVAL: Duration = Duration::from_secs(60);

/// Who measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The machine's own sensors.
    Real,
    /// Nobody.
    Simulated,
}

impl Origin {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Simulated => "simulated",
        }
    }
}

/// All readings of one time.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// Milliseconds since the Unix epoch.
    pub(crate) at_ms: i64,
    pub(crate) origin: Origin,
    pub(crate) readings: Vec<Reading>,
}

/// Takes readings.
pub(crate) struct Source {
    clock: Arc<dyn Clock>,
    simulation: Simulation,
    /// `None` when everything is simulated.
    machine: Option<Mutex<Machine>>,
    effort: Arc<Effort>,
}

/// The machine's sensors between two reads.
struct Machine {
    sys: PathBuf,
    read_timeout: Duration,
    sensors: Arc<Sensors>,
    /// On the monotonic clock; `None` before the first time.
    discovered: Option<Duration>,
    /// A read that has not ended: there is never more than one.
    running: Option<JoinHandle<(Arc<Sensors>, Sweep)>>,
    last: Option<(Duration, Arc<Snapshot>)>,
}

impl Source {
    pub(crate) fn new(settings: &Settings, effort: Arc<Effort>) -> Self {
        let machine = Machine {
            sys: settings.sys.clone(),
            read_timeout: settings.read_timeout,
            sensors: Arc::default(),
            discovered: None,
            running: None,
            last: None,
        };
        Self {
            clock: Arc::clone(&settings.clock),
            simulation: Simulation::new(settings.seed),
            machine: (!settings.simulate).then(|| Mutex::new(machine)),
            effort,
        }
    }

    /// The readings as they are now, and how many channels failed to give one since the last call.
    pub(crate) async fn snapshot(&self) -> (Arc<Snapshot>, usize) {
        let Some(machine) = &self.machine else { return (self.simulated(), 0) };
        let mut machine = machine.lock().await;
        let now = self.clock.monotonic();
        if let Some((read, snapshot)) = &machine.last
            && now.saturating_sub(*read) < FRESH
        {
            return (Arc::clone(snapshot), 0);
        }
        let sweep = machine.sweep(now, &self.effort).await;
        let failed = sweep.failed;
        let snapshot = match sweep {
            Sweep { readings, failed: 0 } if readings.is_empty() => self.simulated(),
            Sweep { readings, .. } => {
                Arc::new(Snapshot { at_ms: self.clock.now_ms(), origin: Origin::Real, readings })
            }
        };
        machine.last = Some((now, Arc::clone(&snapshot)));
        (snapshot, failed)
    }

    fn simulated(&self) -> Arc<Snapshot> {
        let at_ms = self.clock.now_ms();
        let readings = self.effort.spend(|| self.simulation.readings(at_ms));
        Arc::new(Snapshot { at_ms, origin: Origin::Simulated, readings })
    }
}

impl Machine {
    /// Reads all channels off the async thread; those of a read that hangs count as failed.
    async fn sweep(&mut self, now: Duration, effort: &Arc<Effort>) -> Sweep {
        let due = self.discovered.is_none_or(|at| now.saturating_sub(at) >= DISCOVERY_INTERVAL);
        let mut running = match self.running.take() {
            Some(running) => running,
            // A machine without sensors shall not pay for a thread.
            None if !due && self.sensors.is_empty() => return Sweep::default(),
            None => self.start(due.then_some(now), Arc::clone(effort)),
        };
        match tokio::time::timeout(self.read_timeout, &mut running).await {
            Ok(Ok((sensors, sweep))) => {
                self.sensors = sensors;
                sweep
            }
            Ok(Err(e)) => {
                tracing::error!(error = %e, "cannot read the sensors");
                Sweep { readings: Vec::new(), failed: self.channels_min() }
            }
            Err(_) => {
                tracing::warn!(timeout = ?self.read_timeout, "a sensor does not answer");
                self.running = Some(running);
                Sweep { readings: Vec::new(), failed: self.channels_min() }
            }
        }
    }

    /// Before the first read has ended nobody knows how many channels there are.
    fn channels_min(&self) -> usize {
        self.sensors.len().max(1)
    }

    /// Starts a read, after a discovery when that is due by now.
    fn start(&mut self, due: Option<Duration>, effort: Arc<Effort>) -> JoinHandle<(Arc<Sensors>, Sweep)> {
        let (sys, known) = (self.sys.clone(), Arc::clone(&self.sensors));
        self.discovered = due.or(self.discovered);
        tokio::task::spawn_blocking(move || {
            effort.spend(|| {
                let sensors = if due.is_some() { Arc::new(Sensors::discover(&sys)) } else { known };
                let sweep = sensors.read();
                (sensors, sweep)
            })
        })
    }
}
