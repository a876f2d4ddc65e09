//! Where queries run: off the network thread, so many at a time, each until its deadline or until its client
//! goes away.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use model::{
    Budget, Clock, ExemplarQueryable, Part, Queryable, Reservation, SeriesExemplars, querier::QueryError,
};
use promql::{
    engine::{Control, Engine, MatrixSeries, Outcome, Value, VectorSample},
    syntax::{self, Expr, ParseError},
};
use tokio::{sync::Semaphore, time};
use wire::answer::Exemplar;

use crate::{
    error::{ApiError, ErrorKind},
    offload::offload,
};

/// Runs queries and reads series.
pub struct Evaluator {
    engine: Arc<Engine>,
    store: Arc<dyn Queryable>,
    clock: Arc<dyn Clock>,
    budget: Arc<Budget>,
    slots: Arc<Semaphore>,
}

/// A query as a client asks it.
pub(crate) struct Query {
    pub(crate) text: String,
    pub(crate) times: Times,
    /// Instead of the engine's.
    pub(crate) lookback_delta_ms: Option<i64>,
    /// Whether samples are counted by step, where that is switched on.
    pub(crate) per_step_stats: bool,
    /// Whether the answer says what each part of the expression gave and cost.
    pub(crate) explain: bool,
}

/// When a query is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) start_ms: i64,
    pub(crate) end_ms: i64,
    /// `None` for an instant query, which is evaluated at the end.
    pub(crate) step_ms: Option<i64>,
}

impl Evaluator {
    /// Evaluates what is in a store, at most `concurrency_max` queries at a time; memory is drawn from the
    /// budget. The engine's timeout includes the wait for a place.
    pub fn new(
        engine: Arc<Engine>,
        store: Arc<dyn Queryable>,
        clock: Arc<dyn Clock>,
        budget: Arc<Budget>,
        concurrency_max: usize,
    ) -> Self {
        let slots = Arc::new(Semaphore::new(concurrency_max.clamp(1, Semaphore::MAX_PERMITS)));
        Self { engine, store, clock, budget, slots }
    }

    /// Now, in milliseconds since the Unix epoch.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// How far back a selector looks that says nothing else, in milliseconds.
    pub(crate) fn lookback_delta_ms(&self) -> i64 {
        self.engine.options().lookback_delta_ms
    }

    /// An account for a request's memory.
    pub(crate) fn account(&self, part: Part) -> Reservation {
        self.budget.open(part)
    }

    /// Reads an expression in the language that is switched on.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn parse(&self, text: &str) -> Result<Expr, ParseError> {
        syntax::parse(text, &self.engine.options().features)
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
        let longest = self.engine.options().timeout;
        let deadline = arrived + timeout.map_or(longest, |asked| asked.min(longest));
        let slots = Arc::clone(&self.slots);
        let Ok(Ok(place)) = time::timeout_at(deadline.into(), slots.acquire_owned()).await else {
            return Err(ApiError::new(ErrorKind::Timeout, "query timed out in query queue"));
        };
        let cancel = CancelOnDrop::default();
        let job = Job {
            engine: Arc::clone(&self.engine),
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            budget: Arc::clone(&self.budget),
            deadline,
            waited: arrived.elapsed(),
            cancelled: Arc::clone(&cancel.0),
        };
        let done = offload(move || {
            let _place = place;
            work(&job)
        });
        done.await.unwrap_or_else(|| {
            Err(ApiError::new(ErrorKind::Execution, "unexpected error: the query panicked"))
        })
    }
}

/// A query's turn.
pub(crate) struct Job {
    engine: Arc<Engine>,
    pub(crate) store: Arc<dyn Queryable>,
    clock: Arc<dyn Clock>,
    budget: Arc<Budget>,
    /// When it has to be done.
    deadline: Instant,
    /// How long it waited for its turn.
    pub(crate) waited: Duration,
    /// Set when nobody waits for the answer any more.
    cancelled: Arc<AtomicBool>,
}

impl Job {
    /// Evaluates a query; the account pays for the memory that its value takes.
    ///
    /// # Errors
    /// Those of the engine.
    pub(crate) fn evaluate(&self, query: &Query) -> Result<(Outcome, Reservation), ApiError> {
        let control = Control {
            cancel: Arc::clone(&self.cancelled),
            clock: Arc::clone(&self.clock),
            timeout: Some(self.deadline.saturating_duration_since(Instant::now())),
            budget: Arc::clone(&self.budget),
            lookback_delta_ms: query.lookback_delta_ms,
            per_step_stats: query.per_step_stats && self.engine.options().per_step_stats,
            explain: query.explain,
        };
        let Times { start_ms, end_ms, step_ms } = query.times;
        let outcome = match step_ms {
            None => self.engine.instant(&*self.store, &query.text, end_ms, &control),
            Some(step_ms) => {
                self.engine.range(&*self.store, &query.text, start_ms, end_ms, step_ms, &control)
            }
        };
        let outcome = outcome?;
        let mut account = self.account();
        reserve(&mut account, size_bytes(&outcome.value))?;
        Ok((outcome, account))
    }

    /// The exemplars of all series that an expression reads, in the range of the query's times; the account pays for
    /// them.
    ///
    /// # Errors
    /// When it is no expression, or the answer takes more memory than there is.
    pub(crate) fn exemplars(
        &self,
        store: &dyn ExemplarQueryable,
        query: &Query,
    ) -> Result<(Vec<Exemplar>, Reservation), ApiError> {
        let expr = syntax::parse(&query.text, &self.engine.options().features).map_err(ApiError::bad_data)?;
        let mut account = self.account();
        let Times { start_ms, end_ms, .. } = query.times;
        let found = store.exemplars(start_ms, end_ms, &syntax::selectors(&expr), &mut account)?;
        let flat = found.into_iter().flat_map(|SeriesExemplars { series, exemplars }| {
            exemplars.into_iter().map(move |one| Exemplar {
                series: series.clone(),
                labels: one.labels,
                timestamp_ms: one.timestamp_ms,
                value: one.value,
            })
        });
        Ok((flat.collect(), account))
    }

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

/// Draws bytes for an answer.
///
/// # Errors
/// When they are not there.
pub(crate) fn reserve(account: &mut Reservation, bytes: usize) -> Result<(), ApiError> {
    if account.grow(bytes) {
        return Ok(());
    }
    let budget = account.budget();
    let (used_bytes, limit_bytes) = (budget.used_bytes(), budget.limit_bytes());
    Err(QueryError::Budget { wanted_bytes: bytes, used_bytes, limit_bytes }.into())
}

/// Bytes that a value takes until the client has read it, at most.
fn size_bytes(value: &Value) -> usize {
    match value {
        Value::Scalar { .. } => 0,
        Value::String { value, .. } => value.len(),
        Value::Vector(samples) => {
            let heap = |sample: &VectorSample| {
                let histogram = sample.value.as_histogram().map_or(0, |h| h.size_bytes());
                sample.labels.as_bytes().len() + histogram
            };
            size_of_val(samples.as_slice()) + samples.iter().map(heap).sum::<usize>()
        }
        Value::Matrix(all) => all.iter().map(MatrixSeries::size_bytes).sum(),
    }
}

#[derive(Default)]
struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Querier, clock::SystemClock};
    use promql::engine::EngineOptions;
    use std::sync::mpsc;

    /// Nothing is read from it.
    struct Empty;

    impl Queryable for Empty {
        fn querier(&self, _: i64, _: i64) -> Result<Box<dyn Querier>, QueryError> {
            Err(QueryError::Budget { wanted_bytes: 0, used_bytes: 0, limit_bytes: 0 })
        }
    }

    fn evaluator(concurrency_max: usize) -> Arc<Evaluator> {
        let engine = Arc::new(Engine::new(EngineOptions::default()));
        let clock = Arc::new(SystemClock::default());
        Arc::new(Evaluator::new(engine, Arc::new(Empty), clock, Budget::new(1 << 20), concurrency_max))
    }

    #[tokio::test]
    async fn a_query_ends_when_nobody_waits_for_it() {
        let evaluator = evaluator(1);
        let (started, is_started) = tokio::sync::oneshot::channel();
        let (ended, has_ended) = mpsc::channel();
        let running = Arc::clone(&evaluator);
        let client = tokio::spawn(async move {
            let work = move |job: &Job| {
                started.send(()).unwrap();
                let error = loop {
                    match job.check() {
                        Ok(()) => std::thread::yield_now(),
                        Err(error) => break error,
                    }
                };
                ended.send(error.kind).unwrap();
                Ok(())
            };
            running.run(None, work).await
        });
        is_started.await.unwrap();
        client.abort();
        assert!(client.await.unwrap_err().is_cancelled());
        let kind = tokio::task::spawn_blocking(move || has_ended.recv().unwrap()).await.unwrap();
        assert_eq!(kind, ErrorKind::Canceled);
        assert_eq!(evaluator.run(None, |_| Ok(1)).await, Ok(1), "its place is free again");
    }

    #[tokio::test]
    async fn who_finds_no_place_in_time_is_told_so() {
        let evaluator = evaluator(1);
        let (release, is_released) = mpsc::channel::<()>();
        let busy = Arc::clone(&evaluator);
        let first = tokio::spawn(async move {
            busy.run(None, move |_| {
                _ = is_released.recv();
                Ok(())
            })
            .await
        });
        while evaluator.slots.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let error = evaluator.run(Some(Duration::ZERO), |_| Ok(())).await.unwrap_err();
        assert_eq!(
            (error.kind, error.message.as_str()),
            (ErrorKind::Timeout, "query timed out in query queue")
        );
        drop(release);
        assert_eq!(first.await.unwrap(), Ok(()));
    }

    #[tokio::test]
    async fn a_panic_costs_one_answer() {
        let error = evaluator(1).run::<()>(None, |_| panic!("on purpose")).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Execution);
    }
}
