//! What the service's own work costs, and when that is out of the ordinary.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use collect::process::thread_cpu;

/// A request costs some tenths of a millisecond, a few milliseconds on the slowest machines.
const REQUEST_CPU_MAX: Duration = Duration::from_millis(50);

/// Requests together are to leave three quarters of a core alone.
const CPU_SHARE_MAX: f64 = 0.25;

/// A shorter time says little about a share.
const WINDOW_MIN: Duration = Duration::from_secs(1);

/// Adds up the CPU time of the service's work, wherever in the process it runs.
///
/// The process's own figure would not do: the service may share its process with a whole store.
#[derive(Debug, Default)]
pub(crate) struct Effort(Mutex<Window>);

/// What happened since the last look.
#[derive(Debug, Default)]
struct Window {
    since: Duration,
    cpu: Duration,
    dearest: Duration,
    wasted: bool,
}

impl Effort {
    /// Does a piece of work on this thread and counts what it costs.
    pub(crate) fn spend<T>(&self, work: impl FnOnce() -> T) -> T {
        let start = thread_cpu();
        let done = work();
        self.add(thread_cpu().saturating_sub(start));
        done
    }

    fn add(&self, cpu: Duration) {
        let mut window = self.lock();
        window.cpu += cpu;
        window.dearest = window.dearest.max(cpu);
    }

    /// Does work that is a spike however short it is.
    pub(crate) fn waste<T>(&self, work: impl FnOnce() -> T) -> T {
        let done = self.spend(work);
        self.lock().wasted = true;
        done
    }

    /// True when CPU use spiked since the last look. `now` is monotonic.
    pub(crate) fn spiked(&self, now: Duration) -> bool {
        let mut window = self.lock();
        let elapsed = now.saturating_sub(window.since);
        let too_much = window.wasted || window.dearest >= REQUEST_CPU_MAX;
        let too_busy =
            elapsed >= WINDOW_MIN && window.cpu.as_secs_f64() > CPU_SHARE_MAX * elapsed.as_secs_f64();
        if too_much || elapsed >= WINDOW_MIN {
            *window = Window { since: now, ..Window::default() };
        }
        too_much || too_busy
    }

    /// Figures stay usable after a panic elsewhere.
    fn lock(&self) -> MutexGuard<'_, Window> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dear_request_is_a_spike_once() {
        let effort = Effort::default();
        effort.add(REQUEST_CPU_MAX);
        assert!(effort.spiked(Duration::from_millis(10)));
        assert!(!effort.spiked(Duration::from_millis(20)));
    }

    #[test]
    fn many_cheap_requests_are_a_spike_by_their_share() {
        let effort = Effort::default();
        (0..100).for_each(|_| effort.add(Duration::from_millis(30)));
        assert!(!effort.spiked(Duration::from_millis(900)), "too short a time");
        assert!(effort.spiked(Duration::from_secs(10)));
        (0..100).for_each(|_| effort.add(Duration::from_millis(20)));
        assert!(!effort.spiked(Duration::from_secs(20)));
    }

    #[test]
    fn waste_is_a_spike_however_short() {
        let effort = Effort::default();
        effort.waste(|| ());
        assert!(effort.spiked(Duration::ZERO));
    }
}
