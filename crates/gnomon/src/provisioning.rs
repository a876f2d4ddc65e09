//! Puts the files of the provisioning folder in force: at the start, when they change, and when somebody asks.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use config::provision;
use dashboard::DataSources;
use tokio::{task::spawn_blocking, time::sleep};

use crate::with_causes;

/// How often the files are looked at.
const INTERVAL: Duration = Duration::from_secs(10);

/// The folder, and what its files are about.
#[derive(Clone)]
pub(crate) struct Provisioner {
    folder: Option<PathBuf>,
    sources: Arc<DataSources>,
    /// Of the files as they were last read.
    stamp: Arc<AtomicU64>,
}

impl Provisioner {
    /// A provisioner of a folder; without one there is nothing to do.
    pub(crate) fn new(folder: Option<PathBuf>, sources: Arc<DataSources>) -> Self {
        Self { folder, sources, stamp: Arc::default() }
    }

    /// Reads the files about data sources and puts in force what they say; one that is wrong is passed over. Blocks
    /// on the disk.
    ///
    /// # Errors
    /// What is wrong, a line for each file; it is in the log too.
    pub(crate) fn data_sources(&self) -> Result<(), String> {
        let Some(folder) = &self.folder else { return Ok(()) };
        self.stamp.store(provision::stamp(folder), Ordering::Relaxed);
        let (wanted, errors) = provision::load_data_sources(folder);
        let mut problems: Vec<String> = errors.iter().map(|error| with_causes(error)).collect();
        if let Err(error) = self.sources.provision(&wanted) {
            problems.push(with_causes(&error));
        }
        for problem in &problems {
            tracing::error!(problem, "provisioning of data sources");
        }
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
    }

    /// Reads the files anew when they have changed. Blocks on the disk.
    fn look(&self) {
        let stamp = self.folder.as_deref().map(provision::stamp);
        if stamp.is_some_and(|stamp| stamp != self.stamp.load(Ordering::Relaxed)) {
            // What went wrong is in the log.
            drop(self.data_sources());
        }
    }

    /// Looks at the files every so often, until the runtime ends.
    pub(crate) fn watch(self) {
        if self.folder.is_none() {
            return;
        }
        tokio::spawn(async move {
            loop {
                sleep(INTERVAL).await;
                let provisioner = self.clone();
                drop(spawn_blocking(move || provisioner.look()).await);
            }
        });
    }
}
