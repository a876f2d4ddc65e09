//! Little memory, good targets, and one target that never stops bringing new series.

use std::{
    io, thread,
    time::{Duration, Instant},
};

use super::{Job, MIB, Run};
use crate::{body::Body, client, server::Server, target::Target};

const LIMIT_BYTES: u64 = 128 << 20;
const GOOD_TARGETS: u32 = 5;
const GOOD_SERIES: u32 = 600;
const NEW_SERIES_PER_SECOND: u32 = 20_000;
const INTERVAL_SECONDS: u64 = 5;

/// Measures which of the good scrapes are stored, and the peak of memory.
pub(super) fn measure(run: Run<'_>) -> io::Result<()> {
    let good = Target::start_many(GOOD_TARGETS, |target| Body::Steady { series: GOOD_SERIES, target })?;
    let bad = Target::start_many(1, |_| Body::Churn { series: NEW_SERIES_PER_SECOND })?;
    run.configure(&[
        Job { name: "good", interval: "5s", targets: &good },
        Job { name: "bad", interval: "1s", targets: &bad },
    ])?;
    let mut server = Server::start(run.kind, &run.folder, Some(LIMIT_BYTES))?;
    let mut note =
        if server.is_confined() { String::new() } else { "no limit: cgroups not writable".to_owned() };
    let (peak_bytes, ending) = watch(&mut server, run.time)?;
    if let Some((after, how)) = ending {
        note = format!("{how} after {} s", after.as_secs());
    }
    let due = f64::from(GOOD_TARGETS) * run.time.as_secs() as f64 / INTERVAL_SECONDS as f64;
    let (stored, answered) = stored_scrapes(&run, server)?;
    if !answered && note.is_empty() {
        note = "no answer at the end".to_owned();
    }
    let name = |figure: &str| format!("128 MiB limit, 20k new series a second: {figure}");
    let percent = (100.0 * stored / due).min(100.0);
    run.table.set(run.kind, &name("good scrapes stored, %"), Some(100.0), percent, &note);
    run.table.set(run.kind, &name("peak RSS, MiB"), Some(64.0), peak_bytes as f64 / MIB, &note);
    Ok(())
}

/// The peak of resident memory, and when and how the server ended if it did.
fn watch(server: &mut Server, time: Duration) -> io::Result<(u64, Option<(Duration, String)>)> {
    let (begin, mut peak_bytes) = (Instant::now(), 0);
    while begin.elapsed() < time {
        if let Some(how) = server.ending()? {
            return Ok((peak_bytes, Some((begin.elapsed(), how))));
        }
        // It may end between the two calls.
        peak_bytes = server.peak_bytes().unwrap_or(peak_bytes).max(peak_bytes);
        thread::sleep(Duration::from_millis(100));
    }
    Ok((peak_bytes, None))
}

/// Good scrapes that are found afterwards, and whether the server itself could say. One that was killed, or that no longer answers, is started once
/// more without a limit and without targets, and asked then.
fn stored_scrapes(run: &Run<'_>, mut server: Server) -> io::Result<(f64, bool)> {
    let seconds = run.time.as_secs();
    let expression = format!(
        "sum(count_over_time(bench_metric_0{{job=\"good\",device=\"disk0\",part=\"0\"}}[{seconds}s]))"
    );
    if server.ending()?.is_none()
        && let Ok(stored) = client::value(server.address(), &expression)
    {
        return Ok((stored.unwrap_or(0.0), true));
    }
    drop(server);
    run.configure(&[])?;
    let server = Server::start(run.kind, &run.folder, None)?;
    Ok((client::value(server.address(), &expression)?.unwrap_or(0.0), false))
}
