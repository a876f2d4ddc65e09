//! Samples whose time is not known yet: those that were stamped by a clock that is not set. They wait, by the
//! monotonic clock, until it is; then they get the time that it was.
//!
//! They wait in memory alone: the log has no way to change a time. A machine whose clock is not set after an hour,
//! or that has no memory left for it, is taken to have none: its time goes on from what is stored.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use model::{FloatHistogram, Reservation, SampleGroup, SeriesRef, appender::AppendError};

use super::{Head, count};

/// So long a clock is waited for.
const WAIT_MAX: Duration = Duration::from_secs(3600);
/// Times that are further from the clock's own were told by somebody else, who may know better.
const NEAR_MS: u64 = 60_000;

/// The groups that wait.
#[derive(Debug)]
pub(crate) struct Held {
    queue: Mutex<Queue>,
    /// Whether there are any: then later ones have to wait behind them.
    holding: AtomicBool,
    /// Samples that wait.
    pub(crate) samples: AtomicU64,
    /// Samples that got their time.
    pub(crate) stamped: AtomicU64,
}

#[derive(Debug)]
struct Queue {
    groups: VecDeque<HeldGroup>,
    /// Since when there are some, by the monotonic clock.
    since: Duration,
    /// Whether the clock is not waited for any more.
    gave_up: bool,
    announced: bool,
    account: Reservation,
}

/// A sample group that owns its columns.
#[derive(Debug)]
struct HeldGroup {
    /// The time of the group by the monotonic clock, in milliseconds.
    at_ms: i64,
    series: Box<[SeriesRef]>,
    values: Box<[f64]>,
    histograms: Box<[(usize, Arc<FloatHistogram>)]>,
    start_timestamps_ms: Box<[(usize, i64)]>,
}

/// What is to be done about the groups that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// There are none.
    None,
    /// They are the first.
    Begun,
    /// The clock is still not set.
    Lasting,
    /// The clock is set.
    Over,
    /// It took too long, or too much memory.
    GivenUp,
}

impl Held {
    pub(super) fn new(account: Reservation) -> Self {
        let groups = VecDeque::new();
        let queue = Queue { groups, since: Duration::ZERO, gave_up: false, announced: false, account };
        Self {
            queue: Mutex::new(queue),
            holding: AtomicBool::new(false),
            samples: AtomicU64::new(0),
            stamped: AtomicU64::new(0),
        }
    }

    pub(crate) fn is_holding(&self) -> bool {
        self.holding.load(Ordering::Acquire)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Head {
    /// Keeps a group back if its time is not known yet; false when it may be appended now.
    ///
    /// # Errors
    /// [`AppendError::ClockWaitLimit`] when there is no room for it behind those that wait already.
    pub(super) fn hold(&self, group: &SampleGroup<'_>) -> Result<bool, AppendError> {
        if self.clock.is_set() && !self.held.is_holding() {
            return Ok(false);
        }
        let (now_ms, monotonic) = (self.clock.now_ms(), self.clock.monotonic());
        if group.timestamp_ms.abs_diff(now_ms) > NEAR_MS {
            return Ok(false);
        }
        let mut queue = self.held.queue();
        let is_first = queue.groups.is_empty() && !self.held.is_holding();
        if is_first && (queue.gave_up || self.clock.is_set()) {
            return Ok(false);
        }
        let held = HeldGroup::new(group, millis(monotonic) - (now_ms - group.timestamp_ms));
        let used_bytes = queue.account.bytes();
        if used_bytes > self.limits.bytes || !queue.account.grow(held.bytes()) {
            queue.gave_up = true;
            if is_first {
                return Ok(false);
            }
            count(&self.counters.shed, held.series.len());
            return Err(AppendError::ClockWaitLimit { used_bytes });
        }
        if is_first {
            queue.since = monotonic;
            self.held.holding.store(true, Ordering::Release);
        }
        // Below the limit at which groups are refused, so that there is time to release those that wait.
        let is_much = used_bytes > self.limits.bytes / 2;
        queue.gave_up |= is_much || monotonic.saturating_sub(queue.since) > WAIT_MAX;
        self.held.samples.fetch_add(held.series.len() as u64, Ordering::Relaxed);
        queue.groups.push_back(held);
        Ok(true)
    }

    /// How it stands with the groups that wait.
    pub(crate) fn wait(&self) -> Wait {
        let mut queue = self.held.queue();
        let is_set = self.clock.is_set();
        match (self.held.is_holding(), is_set) {
            (false, _) => {
                // A clock that is lost once more is waited for once more.
                queue.gave_up &= !is_set;
                Wait::None
            }
            (true, true) => Wait::Over,
            (true, false) if queue.gave_up => Wait::GivenUp,
            (true, false) if queue.announced => Wait::Lasting,
            (true, false) => {
                queue.announced = true;
                Wait::Begun
            }
        }
    }

    /// Gives all groups that wait to `append`, with the time that they had by the clock as it is now; the number of
    /// their samples.
    pub(crate) fn release(&self, mut append: impl FnMut(&SampleGroup<'_>)) -> u64 {
        let shift_ms = self.clock.now_ms() - millis(self.clock.monotonic());
        let mut samples = 0;
        loop {
            let groups = {
                let mut queue = self.held.queue();
                if queue.groups.is_empty() {
                    queue.announced = false;
                    self.held.holding.store(false, Ordering::Release);
                    break;
                }
                std::mem::take(&mut queue.groups)
            };
            for group in groups {
                append(&group.at(shift_ms + group.at_ms));
                samples += group.series.len() as u64;
                self.held.queue().account.shrink(group.bytes());
            }
        }
        self.held.samples.fetch_sub(samples, Ordering::Relaxed);
        self.held.stamped.fetch_add(samples, Ordering::Relaxed);
        samples
    }
}

impl HeldGroup {
    fn new(group: &SampleGroup<'_>, at_ms: i64) -> Self {
        Self {
            at_ms,
            series: group.series.into(),
            values: group.values.into(),
            histograms: group.histograms.into(),
            start_timestamps_ms: group.start_timestamps_ms.into(),
        }
    }

    fn at(&self, timestamp_ms: i64) -> SampleGroup<'_> {
        SampleGroup {
            timestamp_ms,
            series: &self.series,
            values: &self.values,
            histograms: &self.histograms,
            start_timestamps_ms: &self.start_timestamps_ms,
        }
    }

    fn bytes(&self) -> usize {
        let histograms = self.histograms.iter().map(|(_, histogram)| histogram.size_bytes()).sum::<usize>();
        size_of::<Self>()
            + size_of_val(&*self.series)
            + size_of_val(&*self.values)
            + size_of_val(&*self.histograms)
            + size_of_val(&*self.start_timestamps_ms)
            + histograms
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
