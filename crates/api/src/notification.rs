//! What people who look at the pages should know about the process now, and who is told when that changes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::Clock;
use tokio::sync::broadcast;

/// Changes that a subscriber may lag behind before it misses some.
const BACKLOG: usize = 16;

/// The list of what holds now. Clones share it.
#[derive(Clone)]
pub struct Notifications {
    clock: Arc<dyn Clock>,
    subscribers_max: usize,
    state: Arc<Mutex<State>>,
}

struct State {
    active: Vec<Notification>,
    /// Gone once the process ends, which ends all subscriptions.
    sender: Option<broadcast::Sender<Notification>>,
}

/// Something to know, and whether it still holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notification {
    pub(crate) text: &'static str,
    /// Since when, in milliseconds since the Unix epoch.
    pub(crate) at_ms: i64,
    pub(crate) active: bool,
}

/// What holds, and the changes to come.
pub(crate) struct Subscription {
    pub(crate) active: Vec<Notification>,
    pub(crate) changes: broadcast::Receiver<Notification>,
}

impl Notifications {
    /// The configuration was not taken.
    pub const RELOAD_FAILED: &'static str = "Configuration reload has failed.";
    /// Samples are in memory only.
    pub const DISK_FAILING: &'static str = "The disk takes no writes: samples are in memory only.";
    /// The process ends.
    pub const STOPPING: &'static str = "Prometheus is shutting down and gracefully stopping all operations.";

    /// Nothing to know yet; at most so many subscribers at a time.
    pub fn new(clock: Arc<dyn Clock>, subscribers_max: usize) -> Self {
        let state = State { active: Vec::new(), sender: Some(broadcast::Sender::new(BACKLOG)) };
        Self { clock, subscribers_max, state: Arc::new(Mutex::new(state)) }
    }

    /// Adds a text, or renews its time.
    pub fn add(&self, text: &'static str) {
        let notification = Notification { text, at_ms: self.clock.now_ms(), active: true };
        let mut state = self.state();
        state.active.retain(|known| known.text != text);
        state.active.push(notification.clone());
        state.tell(notification);
    }

    /// Takes a text off the list.
    pub fn remove(&self, text: &'static str) {
        let mut state = self.state();
        if let Some(at) = state.active.iter().position(|known| known.text == text) {
            let gone = state.active.remove(at);
            state.tell(Notification { active: false, ..gone });
        }
    }

    /// Ends all subscriptions once they are told what was added before.
    pub fn close(&self) {
        self.state().sender = None;
    }

    pub(crate) fn active(&self) -> Vec<Notification> {
        self.state().active.clone()
    }

    /// `None` when there are as many subscribers as there may be, or none are taken any more.
    pub(crate) fn subscribe(&self) -> Option<Subscription> {
        let state = self.state();
        let sender = state.sender.as_ref().filter(|s| s.receiver_count() < self.subscribers_max)?;
        Some(Subscription { active: state.active.clone(), changes: sender.subscribe() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn tell(&self, notification: Notification) {
        if let Some(sender) = &self.sender {
            // Fails when nobody listens.
            _ = sender.send(notification);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::clock::SystemClock;

    #[test]
    fn subscribers_hear_of_changes_and_of_the_end() {
        let notifications = Notifications::new(Arc::new(SystemClock::default()), 1);
        notifications.add(Notifications::RELOAD_FAILED);
        let mut subscription = notifications.subscribe().unwrap();
        assert_eq!(subscription.active, notifications.active());
        assert!(notifications.subscribe().is_none());
        notifications.remove(Notifications::RELOAD_FAILED);
        notifications.remove(Notifications::RELOAD_FAILED);
        notifications.add(Notifications::STOPPING);
        notifications.close();
        let change = subscription.changes.try_recv().unwrap();
        assert_eq!((change.text, change.active), (Notifications::RELOAD_FAILED, false));
        assert_eq!(subscription.changes.try_recv().unwrap().text, Notifications::STOPPING);
        assert_eq!(subscription.changes.try_recv(), Err(broadcast::error::TryRecvError::Closed));
        assert!(notifications.subscribe().is_none());
        assert_eq!(notifications.active().len(), 1);
    }
}
