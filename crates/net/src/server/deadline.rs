//! A connection that fails its reads and writes once the client has been too slow.
//!
//! hyper's own timeout for heads also runs between two requests, where a scraper may rest for a minute. Here
//! the two are told apart, and a client that stops reading its answer is cut as well.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::Notify,
    time::{Instant, Sleep},
};

use super::Limits;

/// Tells whether a request runs on a connection, and if none does, since when one is waited for. A head that
/// comes in pieces is waited for until it is whole, a further piece of an answer begins the wait anew.
#[derive(Clone, Debug)]
pub(super) struct Serving(Arc<State>);

#[derive(Debug)]
struct State {
    requests: Mutex<Requests>,
    idle: Arc<Notify>,
}

/// With HTTP/2 several requests may run at a time.
#[derive(Debug)]
struct Requests {
    running: usize,
    waiting_since: Instant,
    /// Bytes of answers that wait to leave.
    unsent: usize,
    /// Told when none do any more.
    wants_sent: Option<Waker>,
}

impl Serving {
    /// Of a new connection; `idle` is told when it has none to serve any more.
    pub(super) fn new(idle: Arc<Notify>) -> Self {
        let requests = Requests { running: 0, waiting_since: Instant::now(), unsent: 0, wants_sent: None };
        Self(Arc::new(State { requests: Mutex::new(requests), idle }))
    }

    /// One more request runs from now on.
    pub(super) fn start(&self) {
        self.lock().running += 1;
    }

    /// The answer to one is out, or given up.
    pub(super) fn stop(&self) {
        let mut requests = self.lock();
        requests.running = requests.running.saturating_sub(1);
        if requests.running == 0 {
            requests.waiting_since = Instant::now();
            self.0.idle.notify_one();
        }
    }

    /// Since when a request is waited for; `None` while one runs.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        let requests = self.lock();
        (requests.running == 0).then_some(requests.waiting_since)
    }

    /// So many bytes of an answer are to leave.
    pub(super) fn hand_out(&self, bytes: usize) {
        self.lock().unsent += bytes;
    }

    /// So many bytes have left, of answers or around them.
    pub(super) fn sent(&self, bytes: usize) {
        let mut requests = self.lock();
        requests.unsent = requests.unsent.saturating_sub(bytes);
        if requests.unsent == 0 {
            requests.wants_sent.take().into_iter().for_each(Waker::wake);
        }
    }

    /// Ready when nothing waits to leave.
    pub(super) fn poll_sent(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut requests = self.lock();
        if requests.unsent == 0 {
            return Poll::Ready(());
        }
        requests.wants_sent = Some(cx.waker().clone());
        Poll::Pending
    }

    fn get(&self) -> bool {
        self.lock().running > 0
    }

    fn lock(&self) -> MutexGuard<'_, Requests> {
        self.0.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the timer that runs is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Idle,
    Head,
    Serving,
    Writing,
}

/// See the module.
pub(super) struct TimedStream {
    stream: TcpStream,
    timer: Pin<Box<Sleep>>,
    phase: Phase,
    serving: Serving,
    limits: Limits,
}

impl TimedStream {
    /// Watches `stream`; the first request has as long as one after a rest.
    pub(super) fn new(stream: TcpStream, serving: Serving, limits: Limits) -> Self {
        let timer = Box::pin(tokio::time::sleep(limits.idle_timeout));
        Self { stream, timer, phase: Phase::Idle, serving, limits }
    }

    /// Gives heads as long as anything else: with HTTP/2, bytes that come between two requests begin none.
    pub(super) fn spare_heads(&mut self) {
        self.limits.head_timeout = self.limits.idle_timeout;
        self.arm(Phase::Idle);
    }

    fn arm(&mut self, phase: Phase) {
        self.phase = phase;
        let timeout = match phase {
            Phase::Idle => self.limits.idle_timeout,
            Phase::Head => self.limits.head_timeout,
            Phase::Serving => self.limits.answer_timeout,
            Phase::Writing => self.limits.write_timeout,
        };
        self.timer.as_mut().reset(Instant::now() + timeout);
    }

    /// Bytes went in or out.
    fn moved(&mut self, read: bool) {
        match (self.serving.get(), self.phase) {
            (true, _) => self.arm(Phase::Serving),
            // The rest of a head does not buy it more time.
            (false, Phase::Head) if read => {}
            (false, _) if read => self.arm(Phase::Head),
            // The last of an answer.
            (false, _) => {
                self.serving.lock().waiting_since = Instant::now();
                self.arm(Phase::Idle);
            }
        }
    }

    /// The client takes nothing: pending until it does or its time is over.
    fn blocked<T>(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if self.phase != Phase::Writing {
            self.arm(Phase::Writing);
        }
        self.stalled(cx)
    }

    /// Nothing moves: pending until the client does or its time is over.
    fn stalled<T>(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        match (self.serving.get(), self.phase) {
            (true, Phase::Idle | Phase::Head) => self.arm(Phase::Serving),
            (false, Phase::Serving) => self.arm(Phase::Idle),
            _ => {}
        }
        self.timer.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for TimedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            Poll::Pending => self.stalled(cx),
            ready => {
                self.moved(true);
                ready
            }
        }
    }
}

impl AsyncWrite for TimedStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write(cx, buf) {
            Poll::Pending => self.blocked(cx),
            ready => {
                self.moved(false);
                if let Poll::Ready(Ok(bytes)) = ready {
                    self.serving.sent(bytes);
                }
                ready
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write_vectored(cx, bufs) {
            Poll::Pending => self.blocked(cx),
            ready => {
                self.moved(false);
                if let Poll::Ready(Ok(bytes)) = ready {
                    self.serving.sent(bytes);
                }
                ready
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
