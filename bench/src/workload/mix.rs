//! Twenty queries over 5,000 series of 2,000 samples and 100,000 series of 60, brought by remote write.

mod answer;
mod query;

use std::{
    fs, io, thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use super::{MIB, Run};
use crate::{
    client,
    fleet::{self, INTERVAL_MS, Series},
    process,
    remote_write::Message,
    server::{Kind, Server},
};
use query::{QUERIES, Query};

const HOST_SAMPLES: i64 = 2_000;
const USER_SAMPLES: i64 = 60;
/// Samples of a series in a message: five minutes.
const SLICE: i64 = 20;
/// Series in a message.
const BATCH: usize = 5_000;
/// A query is repeated so often at least, whatever time there is.
const REPETITIONS_MIN: usize = 3;
const REPETITIONS_MAX: usize = 50;
/// The newest sample is so old at least when queries begin: VictoriaMetrics holds back the last 30 s.
const AGE_SECONDS: u64 = 60;
/// Gnomon's default of 64 MiB is for what small machines have, and refuses so many new series.
const SETTINGS: [(&str, &str); 1] = [("memory-budget", "256MiB")];
/// How long a server has to be at rest, and how long it may take until it is.
const REST: Duration = Duration::from_secs(4);
const REST_AWAITED: Duration = Duration::from_secs(300);
/// Within this time servers give back to the kernel what starting has left behind.
const RELEASE: Duration = Duration::from_secs(45);
/// CPU seconds a second below which it is at rest.
const REST_LOAD: f64 = 0.05;

/// The newest sample, in seconds since the Unix epoch: the same for all servers of a run.
pub(super) fn newest() -> io::Result<i64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(io::Error::other)?.as_secs();
    Ok(((now - AGE_SECONDS) / 60 * 60).cast_signed())
}

/// Loads the server, starts it anew, and asks each query for as long as the run's time.
pub(super) fn measure(mut run: Run<'_>, newest: i64) -> io::Result<()> {
    run.configure(&[])?;
    let server = Server::start_set(run.kind, &run.folder, &SETTINGS)?;
    load(&server, newest * 1000)?;
    await_rest(&server)?;
    // What was allocated for loading is not what queries add to.
    server.stop()?;
    let server = Server::start_set(run.kind, &run.folder, &SETTINGS)?;
    await_rest(&server)?;
    thread::sleep(RELEASE);
    let mut rest_bytes = server.resident_bytes()?;
    for (number, query) in (1..).zip(&QUERIES) {
        // What the start has left behind may be given back later.
        rest_bytes = rest_bytes.min(server.resident_bytes()?);
        let body = ask(&mut run, &server, (number, query), newest, rest_bytes)?;
        fs::write(run.folder.join(format!("{number}.json")), body)?;
    }
    Ok(())
}

fn load(server: &Server, newest_ms: i64) -> io::Result<()> {
    for (mut series, samples) in [(fleet::hosts(), HOST_SAMPLES), (fleet::users(), USER_SAMPLES)] {
        let oldest_ms = newest_ms - (samples - 1) * INTERVAL_MS;
        for slice in 0..samples / SLICE {
            let from_ms = oldest_ms + slice * SLICE * INTERVAL_MS;
            series.chunks_mut(BATCH).try_for_each(|batch| send(server, batch, from_ms))?;
        }
    }
    Ok(())
}

fn send(server: &Server, batch: &mut [Series], from_ms: i64) -> io::Result<()> {
    let mut message = Message::default();
    for series in batch {
        let times = (0..SLICE).map(|n| from_ms + n * INTERVAL_MS);
        let samples: Vec<_> = times.map(|time_ms| (time_ms, series.next_value())).collect();
        message.push(series.labels(), samples);
    }
    message.send(server.address())
}

/// Waits until merges, compactions and the like are over.
pub(super) fn await_rest(server: &Server) -> io::Result<()> {
    let begin = Instant::now();
    while begin.elapsed() < REST_AWAITED {
        let before = server.cpu_seconds()?;
        thread::sleep(REST);
        if server.cpu_seconds()? - before < REST_LOAD * REST.as_secs_f64() {
            return Ok(());
        }
    }
    Err(io::Error::other(format!("not at rest within {REST_AWAITED:?}")))
}

/// Asks a query again and again, and gives its answer.
fn ask(
    run: &mut Run<'_>,
    server: &Server,
    (number, query): (usize, &Query),
    newest: i64,
    rest_bytes: u64,
) -> io::Result<String> {
    let (path, time) = (query.path(newest), run.time);
    let mut name = |figure: &str, value: f64| {
        run.note(&format!("{number}. {}: {figure}", query.title), None, value);
    };
    // The first time pages come from the disk, whichever server it is.
    let body = client::get(server.address(), &path)?;
    process::forget_peak(server.id())?;
    let (mut times_ms, cpu_before, begin) = (Vec::new(), server.cpu_seconds()?, Instant::now());
    while times_ms.len() < REPETITIONS_MIN || times_ms.len() < REPETITIONS_MAX && begin.elapsed() < time {
        let begin = Instant::now();
        client::get(server.address(), &path)?;
        times_ms.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    let cpu_seconds = (server.cpu_seconds()? - cpu_before) / times_ms.len() as f64;
    let added_bytes = server.peak_bytes()?.saturating_sub(rest_bytes);
    times_ms.sort_by(f64::total_cmp);
    for percent in [50, 95] {
        let at = times_ms.len() * percent / 100;
        name(&format!("p{percent}, ms"), times_ms.get(at).copied().unwrap_or(f64::NAN));
    }
    name("CPU, ms", cpu_seconds * 1e3);
    name("memory added, MiB", added_bytes as f64 / MIB);
    Ok(body)
}

/// Compares what two servers of a run answered.
///
/// # Errors
/// When they differ; the message names the first query that does.
pub(super) fn compare(root: &std::path::Path) -> io::Result<()> {
    let read = |kind: Kind, number| {
        fs::read_to_string(crate::server::folder(root, "queries", kind).join(format!("{number}.json")))
    };
    for (number, query) in (1..).zip(&QUERIES) {
        let (own, other) = (read(Kind::Gnomon, number)?, read(Kind::Prometheus, number)?);
        if let Some(difference) = answer::difference(&own, &other)? {
            let title = query.title;
            return Err(io::Error::other(format!("query {number}, {title}: Gnomon has {difference}")));
        }
    }
    Ok(())
}
