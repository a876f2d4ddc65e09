//! Remote write as fast as the server takes it, in requests as Prometheus sends them and in large ones.

use std::{
    fs, io, thread,
    time::{Duration, Instant},
};

use super::{MILLION, Run, mix};
use crate::{
    client::Connection,
    fleet::{self, INTERVAL_MS, Series},
    remote_write::{HEADERS, Message, PATH},
    server::Server,
};

/// Samples of each series for each second of the plan: 2,000 in a full run.
const SAMPLES_PER_SECOND: u64 = 10;
/// Connections, each with series of its own, as Prometheus shards them.
const CONNECTIONS: usize = 4;
/// Samples of a series that are encoded before the clock runs, so that encoding takes no CPU from the server.
const ROUND: u64 = 100;

/// How samples come.
struct Shape {
    name: &'static str,
    /// Samples in a request.
    request: usize,
    /// Samples in a row of one series.
    row: u64,
    goal_rate: f64,
    goal_cpu: f64,
}

/// What Prometheus sends, and what one sends who brings history.
const SHAPES: [Shape; 2] = [
    Shape { name: "2,000", request: 2_000, row: 1, goal_rate: 4.0, goal_cpu: 0.25 },
    Shape { name: "25,000", request: 25_000, row: 20, goal_rate: 4.0, goal_cpu: 0.25 },
];

/// Measures both shapes, and what the samples of the second one take on disk in the end.
pub(super) fn measure(mut run: Run<'_>, newest: i64) -> io::Result<()> {
    let samples = run.time.as_secs() * SAMPLES_PER_SECOND / ROUND * ROUND;
    for shape in &SHAPES {
        let folder = run.folder.join(shape.name);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("prometheus.yml"), "")?;
        let server = Server::start(run.kind, &folder, None)?;
        let cpu_before = server.cpu_seconds()?;
        let (sent, time) = load(&server, shape, samples.max(ROUND), newest * 1000)?;
        let cpu_seconds = server.cpu_seconds()? - cpu_before;
        let name = |figure: &str| format!("remote write, {} samples a request: {figure}", shape.name);
        let rate = sent / time.as_secs_f64() / MILLION;
        run.note(&name("million samples/s"), Some(shape.goal_rate), rate);
        run.note(&name("CPU-s per million samples"), Some(shape.goal_cpu), cpu_seconds / sent * MILLION);
        // A start makes blocks and parts of what is in the log and old enough.
        server.stop()?;
        let server = Server::start(run.kind, &folder, None)?;
        mix::await_rest(&server)?;
        run.note(&name("disk bytes per sample, settled"), Some(0.8), server.disk_bytes()? as f64 / sent);
    }
    Ok(())
}

/// Sends everything; how many samples that were, and how long it took.
fn load(server: &Server, shape: &Shape, samples: u64, newest_ms: i64) -> io::Result<(f64, Duration)> {
    let mut series = fleet::hosts();
    let shard = series.len().div_ceil(CONNECTIONS);
    let sent = series.len() as f64 * samples as f64;
    let oldest_ms = newest_ms - (samples as i64 - 1) * INTERVAL_MS;
    let mut connections =
        (0..CONNECTIONS).map(|_| Connection::open(server.address())).collect::<io::Result<Vec<_>>>()?;
    let mut time = Duration::ZERO;
    for round in 0..samples / ROUND {
        let from_ms = oldest_ms + (round * ROUND) as i64 * INTERVAL_MS;
        let encode = |shard| encode(shape, shard, from_ms);
        let bodies = series.chunks_mut(shard).map(encode).collect::<io::Result<Vec<_>>>()?;
        let begin = Instant::now();
        thread::scope(|scope| {
            let pairs = connections.iter_mut().zip(&bodies);
            let threads: Vec<_> =
                pairs.map(|(connection, bodies)| scope.spawn(move || send(connection, bodies))).collect();
            threads.into_iter().try_for_each(|thread| {
                thread.join().unwrap_or_else(|_| Err(io::Error::other("a sender ended early")))
            })
        })?;
        time += begin.elapsed();
    }
    Ok((sent, time))
}

fn send(connection: &mut Connection, bodies: &[Vec<u8>]) -> io::Result<()> {
    bodies.iter().try_for_each(|body| connection.post(PATH, HEADERS, body))
}

/// The requests of one round of some series, in order of time.
fn encode(shape: &Shape, series: &mut [Series], from_ms: i64) -> io::Result<Vec<Vec<u8>>> {
    let (mut bodies, mut message, mut filled) = (Vec::new(), Message::default(), 0);
    for row in 0..ROUND / shape.row {
        for one in &mut *series {
            let times = (0..shape.row).map(|n| from_ms + (row * shape.row + n) as i64 * INTERVAL_MS);
            let samples: Vec<_> = times.map(|time_ms| (time_ms, one.next_value())).collect();
            filled += samples.len();
            message.push(one.labels(), samples);
            if filled >= shape.request {
                bodies.push(message.take_body()?);
                filled = 0;
            }
        }
    }
    if filled > 0 {
        bodies.push(message.take_body()?);
    }
    Ok(bodies)
}
