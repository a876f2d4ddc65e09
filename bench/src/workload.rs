//! The workloads. Each starts its targets and one server, watches it for a time, and notes figures.

mod hostile;
mod mix;
mod query;
mod recorded;
mod steady;
mod wide;
mod write;

use std::{
    fs, io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use crate::{
    body::Body,
    plan::{Plan, Workload},
    report::Table,
    server::{Kind, Server},
    target::Target,
};

const MIB: f64 = (1 << 20) as f64;
const MILLION: f64 = 1e6;
/// Two rounds of scrapes at 5 s: series are made, connections open, the first sync is over.
const WARM_UP: Duration = Duration::from_secs(10);

/// A server under a workload.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    /// The server's kind.
    pub kind: Kind,
    /// Its folder, fresh.
    pub folder: PathBuf,
    /// How long it is measured.
    pub time: Duration,
    /// Where figures go.
    pub table: &'a mut Table,
}

impl Run<'_> {
    /// Notes a figure of this run.
    fn note(&mut self, name: &str, goal: Option<f64>, value: f64) {
        self.table.set(self.kind, name, goal, value, "");
    }

    /// Writes `prometheus.yml` with these jobs.
    fn configure(&self, jobs: &[Job<'_>]) -> io::Result<()> {
        let jobs: String = jobs.iter().map(Job::to_yaml).collect();
        fs::write(self.folder.join("prometheus.yml"), format!("scrape_configs:\n{jobs}"))
    }
}

/// A job of the configuration.
#[derive(Debug)]
struct Job<'a> {
    name: &'a str,
    interval: &'a str,
    targets: &'a [Target],
}

impl Job<'_> {
    fn to_yaml(&self) -> String {
        let addresses: Vec<String> =
            self.targets.iter().map(|target| format!("'{}'", target.address())).collect();
        format!(
            "  - job_name: {}\n    scrape_interval: {1}\n    scrape_timeout: {1}\n    static_configs:\n      - targets: [{2}]\n",
            self.name,
            self.interval,
            addresses.join(", ")
        )
    }
}

/// Counters of a server and its targets at one moment.
#[derive(Clone, Copy, Debug)]
struct Reading {
    at: Instant,
    samples: u64,
    cpu_seconds: f64,
    written_bytes: u64,
}

impl Reading {
    fn take(server: &Server, targets: &[Target]) -> io::Result<Self> {
        Ok(Self {
            at: Instant::now(),
            samples: targets.iter().map(Target::samples).sum(),
            cpu_seconds: server.cpu_seconds()?,
            written_bytes: server.written_bytes()?,
        })
    }

    fn samples_since(&self, before: &Self) -> f64 {
        self.samples.saturating_sub(before.samples).max(1) as f64
    }

    fn cpu_seconds_per_million(&self, before: &Self) -> f64 {
        (self.cpu_seconds - before.cpu_seconds) / self.samples_since(before) * MILLION
    }

    fn written_bytes_per_sample(&self, before: &Self) -> f64 {
        self.written_bytes.saturating_sub(before.written_bytes) as f64 / self.samples_since(before)
    }
}

/// Runs the whole plan. `root` gets the data of the servers.
pub(crate) fn run_all(
    plan: &Plan,
    root: &Path,
    recordings: Option<&Path>,
    table: &mut Table,
    log: &mut impl io::Write,
) -> io::Result<()> {
    let newest = mix::newest()?;
    for (workload, time) in &plan.workloads {
        writeln!(log, "{workload:?}, {} s", time.as_secs())?;
        if *workload == Workload::Recorded {
            match recordings {
                Some(folder) => recorded::measure(&plan.servers, root, folder, *time, table)?,
                None => writeln!(log, "  left out: no folder of recorded scrapes (SCRAPES)")?,
            }
            continue;
        }
        for kind in &plan.servers {
            writeln!(log, "  {kind}")?;
            let folder = crate::server::fresh_folder(root, &format!("{workload:?}").to_lowercase(), *kind)?;
            let run = Run { kind: *kind, folder, time: *time, table };
            match workload {
                Workload::Idle => steady::measure_idle(run)?,
                Workload::Small => steady::measure_small(run)?,
                Workload::Wide => wide::measure(run)?,
                Workload::Hostile => hostile::measure(run)?,
                Workload::Queries => mix::measure(run, newest)?,
                Workload::Write => write::measure(run, newest)?,
                Workload::Recorded => {}
            }
        }
        let both = [Kind::Gnomon, Kind::Prometheus].iter().all(|kind| plan.servers.contains(kind));
        if *workload == Workload::Queries && both {
            mix::compare(root)?;
            writeln!(log, "  Gnomon and Prometheus gave the same answers")?;
        }
    }
    Ok(())
}

/// Starts a server on the configuration of `run` and lets `time` pass.
fn start_and_wait(run: &Run<'_>, time: Duration) -> io::Result<Server> {
    let server = Server::start(run.kind, &run.folder, None)?;
    thread::sleep(time);
    Ok(server)
}

/// Targets of steady series, all scraped each 5 s.
fn start_steady(run: &Run<'_>, targets: u32, series: u32) -> io::Result<Vec<Target>> {
    let targets = Target::start_many(targets, |target| Body::Steady { series, target })?;
    run.configure(&[Job { name: "bench", interval: "5s", targets: &targets }])?;
    Ok(targets)
}
