//! One timer of the kernel for the slots of all targets.
//!
//! The runtime's own timer comes to a deadline some seconds away by steps, each of which wakes the process for nobody: with
//! few targets that was every third time that it woke.

use std::{
    collections::BTreeMap,
    future::poll_fn,
    io,
    os::fd::OwnedFd,
    sync::{Arc, Mutex},
    task::{Poll, Waker},
    time::{Duration, Instant},
};

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use tokio::{
    io::{Interest, unix::AsyncFd},
    runtime::Handle,
    task::JoinHandle,
};

use crate::lock::lock;

/// When somebody is to be woken, and a number that tells those of one moment apart.
type Key = (Instant, u64);

/// Wakes those who sleep; all of them wait for the same timer, which is set to the first.
pub(crate) struct Alarm {
    /// `None` where the system has none to give: then everybody sleeps by the runtime's.
    ringing: Option<(Arc<Timer>, JoinHandle<()>)>,
}

struct Timer {
    file: AsyncFd<OwnedFd>,
    sleepers: Mutex<Sleepers>,
}

#[derive(Default)]
struct Sleepers {
    wakers: BTreeMap<Key, Option<Waker>>,
    next: u64,
    /// What the timer is set to.
    set: Option<Instant>,
}

impl Alarm {
    /// An alarm that rings on `runtime`, within which it must be made.
    pub(crate) fn new(runtime: &Handle) -> Self {
        let ringing = Timer::new().map(|timer| {
            let timer = Arc::new(timer);
            let rung = Arc::clone(&timer);
            (timer, runtime.spawn(async move { rung.ring().await }))
        });
        if let Err(error) = &ringing {
            tracing::warn!(%error, "there is no timer for the scrapes; they take more CPU");
        }
        Self { ringing: ringing.ok() }
    }

    /// Sleeps for so long.
    pub(crate) async fn sleep(&self, time: Duration) {
        let Some((timer, _)) = &self.ringing else { return tokio::time::sleep(time).await };
        if !time.is_zero() {
            let sleeper = timer.add(Instant::now() + time);
            poll_fn(|context| sleeper.poll(context.waker())).await;
        }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        if let Some((_, task)) = &self.ringing {
            task.abort();
        }
    }
}

impl Timer {
    #[allow(unsafe_code)]
    fn new() -> io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let file = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        // SAFETY: the file descriptor is owned, and nobody closes or replaces it before it is dropped with the rest.
        let file = unsafe { AsyncFd::register_with_interest(file, Interest::READABLE)? };
        Ok(Self { file, sleepers: Mutex::default() })
    }

    async fn ring(&self) {
        // An error says that the runtime ends.
        while let Ok(mut ready) = self.file.readable().await {
            // The timer is not read: setting it anew makes it ready anew.
            ready.clear_ready();
            self.wake();
        }
    }

    /// Wakes those whose time has come, and sets the timer to the next one.
    fn wake(&self) {
        let mut sleepers = lock(&self.sleepers);
        sleepers.set = None;
        let now = Instant::now();
        while let Some(first) = sleepers.wakers.first_entry().filter(|first| first.key().0 <= now) {
            if let Some(waker) = first.remove() {
                waker.wake();
            }
        }
        self.set_to_first(&mut sleepers);
    }

    fn add(&self, at: Instant) -> Sleeper<'_> {
        let mut sleepers = lock(&self.sleepers);
        let key = (at, sleepers.next);
        sleepers.next += 1;
        sleepers.wakers.insert(key, None);
        self.set_to_first(&mut sleepers);
        Sleeper { timer: self, key }
    }

    /// A timer that is set to somebody who has left meanwhile stays: it finds the next one.
    fn set_to_first(&self, sleepers: &mut Sleepers) {
        let Some(&(first, _)) = sleepers.wakers.keys().next() else { return };
        if sleepers.set.is_some_and(|set| set <= first) {
            return;
        }
        // Nothing at all would turn the timer off.
        let left = first.saturating_duration_since(Instant::now()).max(Duration::from_nanos(1));
        let it_value = Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: left.subsec_nanos().into(),
        };
        let it_interval = Timespec { tv_sec: 0, tv_nsec: 0 };
        let time = Itimerspec { it_interval, it_value };
        match timerfd_settime(self.file.get_ref(), TimerfdTimerFlags::empty(), &time) {
            Ok(_) => sleepers.set = Some(first),
            // No time that the schedule gives is refused.
            Err(error) => tracing::error!(%error, "the timer of the scrapes cannot be set"),
        }
    }
}

/// Somebody who sleeps, or has been woken; forgotten when dropped.
struct Sleeper<'a> {
    timer: &'a Timer,
    key: Key,
}

impl Sleeper<'_> {
    fn poll(&self, waker: &Waker) -> Poll<()> {
        match lock(&self.timer.sleepers).wakers.get_mut(&self.key) {
            Some(known) => {
                *known = Some(waker.clone());
                Poll::Pending
            }
            None => Poll::Ready(()),
        }
    }
}

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        lock(&self.timer.sleepers).wakers.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::JoinSet;

    use super::*;

    #[tokio::test]
    async fn all_are_woken_in_order_and_not_before_their_time() {
        let alarm = Arc::new(Alarm::new(&Handle::current()));
        let mut tasks = JoinSet::new();
        for ms in [40, 0, 10, 20, 10] {
            let (alarm, start) = (Arc::clone(&alarm), Instant::now());
            tasks.spawn(async move {
                alarm.sleep(Duration::from_millis(ms)).await;
                assert!(start.elapsed() >= Duration::from_millis(ms));
                ms
            });
        }
        assert_eq!(tasks.join_all().await.len(), 5);
        // Whoever stops waiting holds up nobody.
        let (long, short) = (Duration::from_secs(3600), Duration::from_millis(5));
        tokio::select! {
            () = alarm.sleep(long) => unreachable!("an hour has passed"),
            () = alarm.sleep(short) => {}
        }
        let (timer, _) = alarm.ringing.as_ref().unwrap();
        assert!(lock(&timer.sleepers).wakers.is_empty());
        alarm.sleep(short).await;
    }
}
