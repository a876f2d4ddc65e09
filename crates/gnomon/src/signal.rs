//! Signals from outside and requests from inside to end or to reload.

use std::{io, sync::Arc};

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// Whether the process shall end. Clones see the same.
#[derive(Clone)]
pub(crate) struct Shutdown(Arc<watch::Sender<bool>>);

impl Shutdown {
    /// A process that goes on until SIGTERM, SIGINT or [`Shutdown::begin`].
    ///
    /// # Errors
    /// When the signals cannot be watched.
    pub(crate) fn on_signals() -> io::Result<Self> {
        let shutdown = Self(Arc::new(watch::Sender::new(false)));
        let (mut terminate, mut interrupt) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let begun = shutdown.clone();
        tokio::spawn(async move {
            let name = tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = interrupt.recv() => "SIGINT",
            };
            tracing::info!(signal = name, "stopping");
            begun.begin();
            // A second one means that somebody does not want to wait.
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            std::process::exit(1);
        });
        Ok(shutdown)
    }

    /// Begins the end; false when it had begun before.
    pub(crate) fn begin(&self) -> bool {
        !self.0.send_replace(true)
    }

    /// Whether the end has begun.
    pub(crate) fn has_begun(&self) -> bool {
        *self.0.borrow()
    }

    /// Resolves when the end begins.
    pub(crate) fn begun(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut watch = self.0.subscribe();
        async move {
            // The sender lives as long as its receivers' owner; without it the end has come too.
            let _ = watch.wait_for(|begun| *begun).await;
        }
    }
}

/// Calls `reload` at each SIGHUP.
///
/// # Errors
/// When the signal cannot be watched.
pub(crate) fn on_hangup<F: Future<Output = ()> + Send>(
    reload: impl Fn() -> F + Send + 'static,
) -> io::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            reload().await;
        }
    });
    Ok(())
}
