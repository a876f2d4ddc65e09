//! The clients that fetch from targets: one for each way of securing connections.

use std::sync::{Arc, Mutex};

use net::{client::Client, tls::ClientTlsSettings};

use crate::lock::lock;

/// Clients by their TLS settings; jobs that secure their connections alike share one.
#[derive(Default)]
pub(crate) struct ClientPool {
    clients: Mutex<Vec<(Arc<ClientTlsSettings>, Client)>>,
}

impl ClientPool {
    /// The client of these settings.
    pub(crate) fn get(&self, tls: &Arc<ClientTlsSettings>) -> Client {
        let mut clients = lock(&self.clients);
        match clients.iter().find(|(known, _)| known == tls) {
            Some((_, client)) => client.clone(),
            None => {
                let client = Client::new((**tls).clone());
                clients.push((Arc::clone(tls), client.clone()));
                client
            }
        }
    }

    /// Forgets the clients of settings that nobody has any more.
    pub(crate) fn prune(&self) {
        lock(&self.clients).retain(|(tls, _)| Arc::strong_count(tls) > 1);
    }
}
