//! What Prometheus's web configuration asks of a server, and the file of it read anew when it changes.

use std::{
    collections::BTreeMap,
    fmt, fs,
    os::unix::fs::MetadataExt,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use http::{HeaderMap, HeaderValue};
use rustls::ServerConfig;
use tokio::{task, time::Instant};

use super::rate_limit::RateLimit;
use crate::basic_auth::Users;

/// Files are looked at once in this time at most, and only while somebody asks.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// How connections are secured, who may ask, and how often.
#[derive(Debug)]
pub struct WebConfig {
    /// TLS; plain HTTP without it.
    pub tls: Option<Arc<ServerConfig>>,
    /// Headers of every answer; an empty value takes a header away.
    pub headers: HeaderMap<HeaderValue>,
    /// Who may ask; everybody where there is no user.
    pub users: Users,
    /// How often.
    pub rate_limit: Option<RateLimit>,
    /// The files that this was read from.
    pub files: Vec<PathBuf>,
}

impl WebConfig {
    /// The same for a server that lets everybody ask, or finds out itself who does.
    #[must_use]
    pub fn without_users(self) -> Self {
        Self { users: Users::new(BTreeMap::new()), ..self }
    }
}

type Load = Box<dyn Fn() -> Result<WebConfig, String> + Send + Sync>;

/// A web configuration that follows its files.
///
/// A file that turned bad changes nothing but the log: a certificate is often replaced a moment before its key.
pub struct WebConfigFile {
    load: Load,
    state: Mutex<State>,
}

struct State {
    config: Arc<WebConfig>,
    stamps: Vec<Stamp>,
    checked: Option<Instant>,
}

/// Tells two states of a file apart: device and inode, length, and when it was changed.
type Stamp = Option<(u64, u64, u64, SystemTime)>;

impl fmt::Debug for WebConfigFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebConfigFile").finish_non_exhaustive()
    }
}

impl WebConfigFile {
    /// Loads the configuration for the first time. Blocks on the disk.
    ///
    /// # Errors
    /// What `load` says.
    pub fn open(
        load: impl Fn() -> Result<WebConfig, String> + Send + Sync + 'static,
    ) -> Result<Arc<Self>, String> {
        let config = Arc::new(load()?);
        let stamps = config.files.iter().map(stamp).collect();
        let state = Mutex::new(State { config, stamps, checked: None });
        Ok(Arc::new(Self { load: Box::new(load), state }))
    }

    /// Whether connections are secured by TLS.
    pub fn is_tls(&self) -> bool {
        self.lock().config.tls.is_some()
    }

    /// Whether users have to say who they are, or clients have to bring certificates.
    pub fn is_restricted(&self) -> bool {
        let config = Arc::clone(&self.lock().config);
        config.tls.is_some() || !config.users.is_empty()
    }

    /// The configuration as its files have it now, give or take a second.
    pub(super) async fn current(self: &Arc<Self>) -> Arc<WebConfig> {
        if self.has_changed() {
            let file = Arc::clone(self);
            // Reading fails on its own terms; a panic leaves what is in force.
            let _ = task::spawn_blocking(move || file.reload()).await;
        }
        Arc::clone(&self.lock().config)
    }

    /// Looks at the files: a few system calls that answer from memory.
    fn has_changed(&self) -> bool {
        let mut state = self.lock();
        let now = Instant::now();
        if state.checked.is_some_and(|checked| now - checked < CHECK_INTERVAL) {
            return false;
        }
        state.checked = Some(now);
        let stamps: Vec<_> = state.config.files.iter().map(stamp).collect();
        let changed = stamps != state.stamps;
        // A bad file is complained about once.
        state.stamps = stamps;
        changed
    }

    fn reload(&self) {
        match (self.load)() {
            Ok(config) => {
                let mut state = self.lock();
                // The stamps of before the reading stay: what changed meanwhile is seen the next time.
                if state.config.files != config.files {
                    state.stamps = config.files.iter().map(stamp).collect();
                }
                state.config = Arc::new(config);
                tracing::info!("web configuration reloaded");
            }
            Err(error) => {
                tracing::error!(error, "web configuration not reloaded; the one before stays in force");
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn stamp(path: &PathBuf) -> Stamp {
    let data = fs::metadata(path).ok()?;
    Some((data.dev(), data.ino(), data.len(), data.modified().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &PathBuf) -> Result<WebConfig, String> {
        let text = fs::read_to_string(path).map_err(|e| e.to_string())?;
        let value = HeaderValue::from_str(&text).map_err(|e| e.to_string())?;
        Ok(WebConfig {
            tls: None,
            headers: HeaderMap::from_iter([(http::header::SERVER, value)]),
            users: Users::new(BTreeMap::new()),
            rate_limit: None,
            files: vec![path.clone()],
        })
    }

    #[tokio::test(start_paused = true)]
    async fn a_changed_file_is_read_anew_and_a_bad_one_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("web.yml");
        fs::write(&path, "one").unwrap();
        let file = WebConfigFile::open({
            let path = path.clone();
            move || read(&path)
        });
        let file = file.unwrap();
        for (text, seen) in [("one", "one"), ("second", "second"), ("bad\n", "second"), ("third", "third")] {
            fs::write(&path, text).unwrap();
            tokio::time::advance(CHECK_INTERVAL).await;
            assert_eq!(file.current().await.headers[http::header::SERVER], seen);
        }
        fs::write(&path, "too soon").unwrap();
        assert_eq!(file.current().await.headers[http::header::SERVER], "third");
    }
}
