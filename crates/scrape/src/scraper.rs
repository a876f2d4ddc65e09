//! All targets and their loops: started, kept, moved on and ended as the configuration says.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use model::{Appendable, Budget, Clock, Part, sort};
use tokio::{runtime::Handle, task::JoinHandle};

use crate::{
    alarm::Alarm,
    buffer::BufferPool,
    client_pool::ClientPool,
    family::FamilyPool,
    ingest::Ingest,
    lock::lock,
    settings::ScrapeConfig,
    shared::Shared,
    status::{ScrapeFigures, TargetMetadata, TargetStatus},
    target::{TargetSpec, targets},
    target_loop::{Target, run},
};

/// Scrapes targets into a store until it is stopped or dropped.
pub struct Scraper {
    shared: Arc<Shared>,
    user_agent: String,
    runtime: Handle,
    running: Mutex<Vec<Running>>,
}

struct Running {
    target: Arc<Target>,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Scraper {
    /// A scraper without targets, which tells them that it is `Gnomon/<version>`. Its memory comes from
    /// `budget`.
    ///
    /// # Panics
    /// When called outside a tokio runtime, on which the loops will run.
    pub fn new(
        store: Arc<dyn Appendable>,
        clock: Arc<dyn Clock>,
        budget: Arc<Budget>,
        version: &str,
    ) -> Self {
        let runtime = Handle::current();
        let shared = Shared {
            store,
            clock,
            alarm: Alarm::new(&runtime),
            clients: ClientPool::default(),
            buffers: BufferPool::new(Arc::clone(&budget)),
            families: FamilyPool::new(budget.open(Part::Scrape)),
            scratch: Mutex::default(),
            figures: Mutex::default(),
            budget,
        };
        Self {
            shared: Arc::new(shared),
            user_agent: format!("Gnomon/{version}"),
            runtime,
            running: Mutex::default(),
        }
    }

    /// Makes the targets those of a configuration, at the start and whenever it changes.
    ///
    /// A target that is configured as before goes on undisturbed; one whose series stay the same keeps what is
    /// known about them; all others end with staleness markers. New ones are scraped within a second.
    pub fn apply(&self, configs: &[ScrapeConfig]) {
        let mut running = lock(&self.running);
        let mut before: HashMap<_, Vec<Running>> = HashMap::new();
        for old in running.drain(..) {
            before.entry(series_key(&old.target.spec)).or_default().push(old);
        }
        for config in configs {
            let (specs, errors) = targets(config, &self.user_agent);
            for error in errors {
                tracing::error!(scrape_pool = %config.job_name, %error, "not a target");
            }
            for spec in specs {
                let candidates = before.get_mut(&series_key(&spec));
                let old = candidates.and_then(|candidates| take_matching(candidates, &spec));
                running.push(self.keep_or_start(spec, old));
            }
        }
        for gone in before.into_values().flatten() {
            gone.task.abort();
            gone.target.end(&self.shared);
        }
        // As the API lists them; within a pool the order is that of the configuration.
        sort::by(&mut running, |a, b| a.target.spec.scrape_pool.cmp(&b.target.spec.scrape_pool));
        drop(running);
        self.shared.families.prune();
        self.shared.clients.prune();
    }

    fn keep_or_start(&self, spec: TargetSpec, old: Option<Running>) -> Running {
        if let Some(old) = old {
            if old.target.spec == spec {
                return old;
            }
            old.task.abort();
            if let Some(target) = old.target.succeed(&spec) {
                return self.start(target);
            }
            old.target.end(&self.shared);
        }
        let account = self.shared.budget.open(Part::Scrape);
        let ingest = Ingest::new(self.shared.store.appender_of(&spec.origin()), spec.rules.clone(), account);
        self.start(Target::new(spec, ingest))
    }

    fn start(&self, target: Target) -> Running {
        let target = Arc::new(target);
        let task = self.runtime.spawn(run(Arc::clone(&self.shared), Arc::clone(&target)));
        Running { target, task }
    }

    /// All targets as they stand, scrape pools in alphabetical order.
    pub fn targets(&self) -> Vec<TargetStatus> {
        lock(&self.running).iter().map(|running| running.target.status()).collect()
    }

    /// What each target says about its metric families, in the order of [`Scraper::targets`].
    pub fn metadata(&self) -> Vec<TargetMetadata> {
        lock(&self.running).iter().map(|running| running.target.metadata()).collect()
    }

    /// What scraping did since the start.
    pub fn figures(&self) -> ScrapeFigures {
        *lock(&self.shared.figures)
    }

    /// Ends all loops. As in Prometheus no staleness markers are written: the program is about to end, and to
    /// go on where it was when it starts again.
    pub fn stop(&self) {
        for running in lock(&self.running).iter() {
            running.task.abort();
            running.target.stop();
        }
    }
}

/// Targets with the same key write the same series.
fn series_key(spec: &TargetSpec) -> (Arc<str>, model::LabelSet) {
    (Arc::clone(&spec.scrape_pool), spec.labels().clone())
}

/// The target that is configured in the same way, or else any of them.
fn take_matching(candidates: &mut Vec<Running>, spec: &TargetSpec) -> Option<Running> {
    let same = candidates.iter().position(|old| old.target.spec == *spec).unwrap_or(0);
    (same < candidates.len()).then(|| candidates.swap_remove(same))
}

#[cfg(test)]
mod tests;
