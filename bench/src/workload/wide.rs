//! A hundred targets of a thousand series; queries over what they brought; a kill and a restart.

use std::{
    io, thread,
    time::{Duration, Instant},
};

use super::{Reading, Run, WARM_UP, query, start_and_wait, start_steady};
use crate::server::Server;

const TARGETS: u32 = 100;
const SERIES: u32 = 1_000;
/// What a server that has next to nothing to do takes is measured after this time.
const REST: Duration = Duration::from_secs(15);

/// Measures all of it.
pub(super) fn measure(mut run: Run<'_>) -> io::Result<()> {
    let rest_bytes = rest_bytes(&run)?;
    let targets = start_steady(&run, TARGETS, SERIES)?;
    let server = start_and_wait(&run, WARM_UP)?;
    let before = Reading::take(&server, &targets)?;
    thread::sleep(run.time);
    let after = Reading::take(&server, &targets)?;
    let growth = server.resident_bytes()?.saturating_sub(rest_bytes) as f64;
    let name = |figure: &str| format!("100 targets x 1,000 series, 5 s: {figure}");
    let series = f64::from(TARGETS) * f64::from(SERIES);
    run.note(&name("memory growth per active series, bytes"), Some(200.0), growth / series);
    run.note(&name("CPU-s per million samples"), Some(0.4), after.cpu_seconds_per_million(&before));
    run.note(&name("bytes written per sample"), Some(1.5), after.written_bytes_per_sample(&before));
    let stored = server.disk_bytes()? as f64 / after.samples.max(1) as f64;
    run.note(&name("disk bytes per sample, as it stands"), None, stored);
    query::measure(&mut run, &server, after.at.duration_since(before.at))?;
    restart(run, server)
}

/// What the server takes with one small target, in the same folder before the load comes.
fn rest_bytes(run: &Run<'_>) -> io::Result<u64> {
    let _targets = start_steady(run, 1, 40)?;
    start_and_wait(run, REST)?.resident_bytes()
}

/// Kills the server under load; the time until it answers from all that it had.
fn restart(mut run: Run<'_>, server: Server) -> io::Result<()> {
    // Dropping is kill -9; its group, with the CPU time that it took, goes too.
    drop(server);
    let begin = Instant::now();
    let server = Server::spawn(run.kind, &run.folder, None)?;
    server.wait_for("count(up)")?;
    let seconds = begin.elapsed().as_secs_f64();
    let cpu_seconds = server.cpu_seconds()?;
    run.note("kill -9 under that load: seconds to the first answer from the data", Some(0.05), seconds);
    run.note("kill -9 under that load: CPU-s until then", None, cpu_seconds);
    Ok(())
}
