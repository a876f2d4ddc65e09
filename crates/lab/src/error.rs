//! Why there are no figures.

use std::{io, path::PathBuf};

use net::client::ClientError;

/// Why the laboratory gave up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder of the laboratory cannot be made.
    #[error("cannot make {}", path.display())]
    Make {
        /// The path.
        path: PathBuf,
        /// The kernel's answer.
        source: io::Error,
    },
    /// There is no free port.
    #[error("cannot find a free port")]
    Port(#[source] io::Error),
    /// A part cannot be started.
    #[error("cannot start {part}: {}", program.display())]
    Start {
        /// The part.
        part: String,
        /// Its program.
        program: PathBuf,
        /// The kernel's answer.
        source: io::Error,
    },
    /// A part ended before it answered.
    #[error("{part} {ending} before it was ready; its log ends with: {log}")]
    Ended {
        /// The part.
        part: String,
        /// How it ended.
        ending: String,
        /// The last lines of its log.
        log: String,
    },
    /// A part did not answer in time.
    #[error("{part} is not ready after {seconds} s; its log ends with: {log}")]
    NotReady {
        /// The part.
        part: String,
        /// How long it had.
        seconds: u64,
        /// The last lines of its log.
        log: String,
    },
    /// A stack does not answer a question about a run.
    #[error("cannot ask for {path}")]
    Ask {
        /// What was asked for.
        path: String,
        /// Why there is no answer.
        source: ClientError,
    },
    /// What a stack answered has not the form of the Prometheus API.
    #[error("the answer to {path} is not that of a Prometheus API")]
    Answer {
        /// What was asked for.
        path: String,
        /// Where it differs, if it is JSON.
        source: Option<serde_json::Error>,
    },
}
