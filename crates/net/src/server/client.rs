//! The connections that a server holds: so many at a time, and the one that idles longest goes when a new one
//! finds no place.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::deadline::Serving;

/// See the module.
pub(super) struct Clients {
    slots: Arc<Semaphore>,
    held: Mutex<Held>,
    /// Told when a connection has no request to serve any more.
    idle: Arc<Notify>,
}

#[derive(Default)]
struct Held {
    clients: BTreeMap<u64, (Serving, Arc<Notify>)>,
    next_id: u64,
}

/// A connection's place, free again when dropped.
pub(super) struct Client {
    clients: Arc<Clients>,
    id: u64,
    pub(super) serving: Serving,
    close: Arc<Notify>,
    _slot: OwnedSemaphorePermit,
}

impl Clients {
    pub(super) fn new(connections_max: usize) -> Arc<Self> {
        Arc::new(Self {
            slots: Arc::new(Semaphore::new(connections_max)),
            held: Mutex::default(),
            idle: Arc::default(),
        })
    }

    /// A place for one more connection. When there is none, the connection that has waited longest for a request
    /// is told to end: whoever opens connections and sends nothing must not keep out those who ask.
    pub(super) async fn admit(self: &Arc<Self>) -> Client {
        let slot = loop {
            if let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() {
                break slot;
            }
            self.close_idle();
            tokio::select! {
                // The semaphore is never closed.
                Ok(slot) = Arc::clone(&self.slots).acquire_owned() => break slot,
                () = self.idle.notified() => {}
            }
        };
        let (serving, close) = (Serving::new(Arc::clone(&self.idle)), Arc::new(Notify::new()));
        let mut held = self.held();
        let id = held.next_id;
        held.next_id += 1;
        held.clients.insert(id, (serving.clone(), Arc::clone(&close)));
        Client { clients: Arc::clone(self), id, serving, close, _slot: slot }
    }

    fn close_idle(&self) {
        let held = self.held();
        let waiting =
            held.clients.values().filter_map(|(serving, close)| Some((serving.waiting_since()?, close)));
        if let Some((_, close)) = waiting.min_by_key(|(since, _)| *since) {
            close.notify_one();
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Client {
    /// Resolves when the place is wanted by somebody else and no request runs.
    pub(super) async fn is_unwanted(&self) {
        loop {
            self.close.notified().await;
            // One may have begun meanwhile.
            if self.serving.waiting_since().is_some() {
                return;
            }
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.clients.held().clients.remove(&self.id);
    }
}
