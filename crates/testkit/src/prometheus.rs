//! A real Prometheus for the time of a test.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::http::{Response, free_address, request, wait_until};

/// A running server with a folder and a port of its own; it ends when dropped.
#[derive(Debug)]
pub struct Prometheus {
    process: Child,
    address: String,
    _folder: TempDir,
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // It may have ended by itself.
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

impl Prometheus {
    /// Starts the program with a configuration and flags beside those that every start needs, and waits until it
    /// is ready.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(program: &Path, config: &str, flags: &[&str]) -> Self {
        Self::start_as(program, config, flags, "")
    }

    /// The same for one that asks who is there: `headers` tell it, each line ends with CR and LF.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_as(program: &Path, config: &str, flags: &[&str], headers: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("prometheus.yml");
        fs::write(&file, config).expect("a file");
        let address = free_address();
        let process = Command::new(program)
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .arg("--storage.tsdb.retention.time=100y")
            .args(flags)
            .stderr(Stdio::null())
            .spawn()
            .expect("prometheus starts");
        let peer = Self { process, address, _folder: folder };
        peer.wait_until("ready", |peer| {
            peer.request("GET", "/-/ready", headers, b"").is_some_and(|response| response.status == "200")
        });
        peer
    }

    /// Asks again and again until it is as a test needs it.
    ///
    /// # Panics
    /// When it does not become so within a minute.
    pub fn wait_until(&self, what: &str, is: impl Fn(&Self) -> bool) {
        wait_until(what, || is(self));
    }

    /// `host:port` of where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The answer to a request; each line of `headers` ends with CR and LF. `None` while it does not listen.
    ///
    /// # Panics
    /// When the answer breaks off.
    pub fn request(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Option<Response> {
        request(&self.address, method, path, headers, body)
    }
}
