//! Puts the files of the provisioning folder in force: at the start, when they change, and when somebody asks.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use config::provision;
use dashboard::{DataSources, Library, Provider};
use tokio::{task::spawn_blocking, time::sleep};

use crate::with_causes;

/// How often the files are looked at.
const INTERVAL: Duration = Duration::from_secs(10);

/// The folder, and what its files are about.
#[derive(Clone)]
pub(crate) struct Provisioner {
    folder: Option<PathBuf>,
    sources: Arc<DataSources>,
    library: Arc<Library>,
    /// The folders of dashboards that flags name.
    named: Vec<Provider>,
    /// Of the files as they were last read.
    stamp: Arc<AtomicU64>,
    /// Whether the log says that files cannot be copied.
    is_told: Arc<AtomicBool>,
}

impl Provisioner {
    /// A provisioner of a folder; without one there is nothing to do.
    pub(crate) fn new(
        folder: Option<PathBuf>,
        sources: Arc<DataSources>,
        library: Arc<Library>,
        named: Vec<Provider>,
    ) -> Self {
        Self { folder, sources, library, named, stamp: Arc::default(), is_told: Arc::default() }
    }

    /// Reads the files about where dashboards are, and looks there from now on; one that is wrong is passed over.
    /// Blocks on the disk.
    ///
    /// # Errors
    /// What is wrong, a line for each file; it is in the log too.
    pub(crate) fn dashboards(&self) -> Result<(), String> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let (mut providers, errors) = provision::load_dashboards(folder);
        providers.extend(self.named.iter().cloned());
        self.library.provide(providers);
        told("provisioning of dashboards", errors.iter().map(|error| with_causes(error)).collect())
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
        told("provisioning of data sources", problems)
    }

    /// Reads the files anew when they have changed, and copies dashboards that are to outlive theirs. Blocks on the
    /// disk.
    fn look(&self) {
        let stamp = self.folder.as_deref().map(provision::stamp);
        if stamp.is_some_and(|stamp| stamp != self.stamp.load(Ordering::Relaxed)) {
            // What went wrong is in the log.
            drop(self.data_sources());
            drop(self.dashboards());
        }
        let kept = self.library.keep_files();
        let was_told = self.is_told.swap(kept.is_err(), Ordering::Relaxed);
        if let (Err(error), false) = (kept, was_told) {
            tracing::warn!(error = with_causes(&error), "dashboards would not outlive their files");
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

/// Puts problems into the log, and together.
fn told(about: &str, problems: Vec<String>) -> Result<(), String> {
    for problem in &problems {
        tracing::error!(problem, "{about}");
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}
