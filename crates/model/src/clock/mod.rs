//! Time as a dependency: below the binary nobody reads the clock directly.

mod steady;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub use steady::{ClockFigures, SteadyClock};

/// A time further ahead of the clock than this was not told by it: ten minutes, as in Prometheus.
pub const AHEAD_MAX_MS: i64 = 10 * 60 * 1000;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Milliseconds since the Unix epoch by the wall clock, which may jump.
    fn now_ms(&self) -> i64;

    /// Time since some fixed instant, never going back.
    fn monotonic(&self) -> Duration;

    /// The latest time, in milliseconds since the Unix epoch, that a sample from elsewhere may have.
    fn latest_ms(&self) -> i64 {
        self.now_ms().saturating_add(AHEAD_MAX_MS)
    }

    /// Whether the time that it tells is that of the world. While it is not, its time merely goes on from what is
    /// stored, and what was stamped by it is to be stamped again.
    fn is_set(&self) -> bool {
        true
    }
}

/// The machine's clocks.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
        }
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}
