//! Reloads the configuration when its file changes (`--config.auto-reload`).

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::{task::spawn_blocking, time::sleep};

use crate::instance::Running;

/// The file is not looked at more often, as in Prometheus.
const INTERVAL_MIN: Duration = Duration::from_secs(1);

/// Looks at the file every so often and reloads after each change, until the runtime ends.
pub(crate) fn start(running: Running, path: PathBuf, interval: Duration) {
    let interval = interval.max(INTERVAL_MIN);
    tracing::info!(?interval, "the configuration is reloaded when its file changes");
    tokio::spawn(async move {
        let mut seen = read(&path).await;
        loop {
            sleep(interval).await;
            let now = read(&path).await;
            // A file that is not there is about to be replaced.
            if now.is_some() && now != seen {
                seen = now;
                // What went wrong is in the log.
                drop(running.clone().reload().await);
            }
        }
    });
}

async fn read(path: &Path) -> Option<u64> {
    let path = path.to_owned();
    spawn_blocking(move || digest(&path)).await.ok().flatten()
}

/// Tells two contents apart.
fn digest(path: &Path) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    fs::read(path).ok()?.hash(&mut hasher);
    Some(hasher.finish())
}
