//! A real VictoriaMetrics for the time of a test.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::http::{free_address, request, wait_until};

/// A running server with a folder and a port of its own; it ends when dropped.
#[derive(Debug)]
pub struct VictoriaMetrics {
    process: Child,
    address: String,
    _folder: TempDir,
}

impl Drop for VictoriaMetrics {
    fn drop(&mut self) {
        // It may have ended by itself.
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

impl VictoriaMetrics {
    /// Starts the program with flags beside those that every start needs, and waits until it is ready.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(program: &Path, flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let address = free_address();
        let process = Command::new(program)
            .arg(format!("-storageDataPath={}", folder.path().display()))
            .arg(format!("-httpListenAddr={address}"))
            .args(flags)
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("victoria-metrics starts");
        let peer = Self { process, address, _folder: folder };
        wait_until("ready", || {
            request(&peer.address, "GET", "/health", "", b"").is_some_and(|answer| answer.status == "200")
        });
        peer
    }

    /// `host:port` of where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }
}
