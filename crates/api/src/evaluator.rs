//! Where queries run: off the network thread, so many at a time, each until its deadline or until its client
//! goes away.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use model::{Budget, Part, Queryable, Reservation};
use tokio::{sync::Semaphore, task, time};

use crate::error::{ApiError, ErrorKind};

/// What holds for all queries.
#[derive(Clone, Debug)]
pub struct EvaluatorOptions {
    /// Queries evaluated at a time; further ones wait.
    pub concurrency_max: usize,
    /// How long a query may take, the wait for its turn included.
    pub timeout: Duration,
}

/// Runs queries and reads series.
pub struct Evaluator {
    store: Arc<dyn Queryable>,
    budget: Arc<Budget>,
    options: EvaluatorOptions,
    slots: Arc<Semaphore>,
}

impl Evaluator {
    /// Reads what is in a store; memory is drawn from the budget.
    pub fn new(store: Arc<dyn Queryable>, budget: Arc<Budget>, options: EvaluatorOptions) -> Self {
        let slots = Arc::new(Semaphore::new(options.concurrency_max.clamp(1, Semaphore::MAX_PERMITS)));
        Self { store, budget, options, slots }
    }

    /// Does work on the blocking pool as soon as there is a free place. Dropping the future tells the work to
    /// stop; its place is free once it has.
    ///
    /// # Errors
    /// Those of the work; [`ErrorKind::Timeout`] when no place became free in time.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        timeout: Option<Duration>,
        work: impl FnOnce(&Job) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let arrived = Instant::now();
        let deadline =
            arrived + timeout.map_or(self.options.timeout, |asked| asked.min(self.options.timeout));
        let slots = Arc::clone(&self.slots);
        let Ok(Ok(place)) = time::timeout_at(deadline.into(), slots.acquire_owned()).await else {
            return Err(ApiError::new(ErrorKind::Timeout, "query timed out in query queue"));
        };
        let cancel = CancelOnDrop::default();
        let job = Job {
            store: Arc::clone(&self.store),
            budget: Arc::clone(&self.budget),
            deadline,
            cancelled: Arc::clone(&cancel.0),
        };
        let done = task::spawn_blocking(move || {
            let _place = place;
            work(&job)
        });
        done.await.unwrap_or_else(|_| {
            Err(ApiError::new(ErrorKind::Execution, "unexpected error: the query panicked"))
        })
    }
}

/// A query's turn.
pub(crate) struct Job {
    pub(crate) store: Arc<dyn Queryable>,
    budget: Arc<Budget>,
    /// When it has to be done.
    deadline: Instant,
    /// Set when nobody waits for the answer any more.
    cancelled: Arc<AtomicBool>,
}

impl Job {
    /// An account for memory that the answer takes.
    pub(crate) fn account(&self) -> Reservation {
        self.budget.open(Part::Query)
    }

    /// Whether to go on.
    ///
    /// # Errors
    /// When the deadline has passed or the client is gone.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(ApiError::new(ErrorKind::Canceled, "context canceled"));
        }
        if Instant::now() >= self.deadline {
            return Err(ApiError::new(ErrorKind::Timeout, "context deadline exceeded"));
        }
        Ok(())
    }
}

#[derive(Default)]
struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
