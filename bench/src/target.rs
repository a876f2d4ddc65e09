//! Targets: an HTTP server each, on a port of its own, that counts what was fetched.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use crate::body::Body;

/// A scrape is served by few small functions.
const STACK_BYTES: usize = 256 << 10;
/// A server that keeps a connection silent for longer has gone.
const IDLE: Duration = Duration::from_secs(120);

/// A target; its server ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Target {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    body: Body,
    scrapes: AtomicU64,
    samples: AtomicU64,
    stopped: AtomicBool,
}

impl Target {
    /// Serves `body` on a free port of the loopback interface.
    pub(crate) fn start(body: Body) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let (scrapes, samples, stopped) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
        let state = Arc::new(State { body, scrapes, samples, stopped });
        let shared = Arc::clone(&state);
        thread::Builder::new().stack_size(STACK_BYTES).spawn(move || accept(&listener, &shared))?;
        Ok(Self { address, state })
    }

    /// Starts `count` targets, each with its own body.
    pub(crate) fn start_many(count: u32, body: impl Fn(u32) -> Body) -> io::Result<Vec<Self>> {
        (0..count).map(|target| Self::start(body(target))).collect()
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Samples in the bodies that were fetched.
    pub(crate) fn samples(&self) -> u64 {
        self.state.samples.load(Ordering::Relaxed)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts; when it cannot be reached it has ended.
        let _ = TcpStream::connect(self.address);
    }
}

fn accept(listener: &TcpListener, state: &Arc<State>) {
    for stream in listener.incoming() {
        if state.stopped.load(Ordering::Relaxed) {
            return;
        }
        let (Ok(stream), state) = (stream, Arc::clone(state)) else { continue };
        // A connection that ends in an error is one that the server under test sees as a failed scrape.
        let serve = move || serve(&stream, &state).unwrap_or_default();
        let _ = thread::Builder::new().stack_size(STACK_BYTES).spawn(serve);
    }
}

fn serve(stream: &TcpStream, state: &State) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(IDLE))?;
    let mut requests = BufReader::new(stream);
    let (mut body, mut head) = (String::new(), String::new());
    while !state.stopped.load(Ordering::Relaxed) && skip_request(&mut requests, &mut head)? {
        body.clear();
        let samples = state.body.render(state.scrapes.load(Ordering::Relaxed), &mut body)?;
        // Counted first: who has the answer may ask for the count at once.
        state.scrapes.fetch_add(1, Ordering::Relaxed);
        state.samples.fetch_add(samples, Ordering::Relaxed);
        answer(stream, &body)?;
    }
    Ok(())
}

/// Reads to the empty line; false at the end of the connection.
fn skip_request(requests: &mut impl BufRead, line: &mut String) -> io::Result<bool> {
    loop {
        line.clear();
        match requests.read_line(line)? {
            0 => return Ok(false),
            _ if line.trim_end().is_empty() => return Ok(true),
            _ => {}
        }
    }
}

fn answer(mut stream: &TcpStream, body: &str) -> io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client;

    #[test]
    fn a_target_counts_what_was_fetched() {
        let target = Target::start(Body::Steady { series: 20, target: 0 }).unwrap();
        let body = client::get(target.address(), "/metrics").unwrap();
        client::get(target.address(), "/metrics").unwrap();
        assert!(body.contains("bench_metric_9{device=\"disk1\",part=\"1\"} "), "{body}");
        assert_eq!(target.samples(), 40);
    }
}
