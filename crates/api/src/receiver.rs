//! Where remote write comes in: so many requests at a time, off the network thread, each answered when its
//! samples are on disk.

use std::{
    collections::VecDeque,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::body::Body;
use model::{Appendable, Appender, Budget, Clock, Origin, Part, appender::AppendError};
use tokio::{sync::Semaphore, task};
use wire::{Error, Intake, Protocol, Report, SeriesCache, otlp::Translated};

use crate::{
    held_request::{BodyError, HeldRequest},
    otlp_request::{OtlpReport, OtlpRequest},
};

/// Requests that are worked on at once: while one waits for the disk others use the processor, and what waits
/// is synced together.
const WORKERS_MAX: usize = 4;

/// Senders whose series are kept at hand between requests.
const SENDERS_MAX: usize = 16;

/// Share of the budget that the cache of series may take: 100,000 series under 64 MiB.
const CACHE_SHARE: usize = 16;

/// Between two log lines about what could not be stored.
const LOG_INTERVAL: Duration = Duration::from_secs(60);

/// Takes the requests of remote write.
pub struct Receiver {
    appendable: Arc<dyn Appendable>,
    clock: Arc<dyn Clock>,
    budget: Arc<Budget>,
    cache: Arc<SeriesCache>,
    /// Intakes without work.
    idle: Mutex<Vec<Intake>>,
    /// Appenders without work, by sender, the one used last at the end.
    appenders: Mutex<VecDeque<(IpAddr, Box<dyn Appender>)>>,
    slots: Arc<Semaphore>,
    counters: Counters,
    /// When the log was last told of something that could not be stored, by the monotonic clock.
    logged: Mutex<Option<Duration>>,
}

#[derive(Default)]
struct Counters {
    samples: AtomicU64,
    samples_rejected: AtomicU64,
    invalid_labels: AtomicU64,
    histograms: AtomicU64,
    exemplars: AtomicU64,
    exemplars_rejected: AtomicU64,
    metadata: AtomicU64,
}

/// What came in since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReceiverFigures {
    /// Floats written.
    pub samples: u64,
    /// Floats and native histograms rejected.
    pub samples_rejected: u64,
    /// Samples and histograms of series with invalid labels.
    pub invalid_labels: u64,
    /// Native histograms written.
    pub histograms: u64,
    /// Exemplars written.
    pub exemplars: u64,
    /// Exemplars rejected.
    pub exemplars_rejected: u64,
    /// How often something was said about a metric family.
    pub metadata: u64,
}

impl Receiver {
    /// Hands samples to a store; memory is drawn from the budget.
    pub fn new(appendable: Arc<dyn Appendable>, clock: Arc<dyn Clock>, budget: Arc<Budget>) -> Self {
        let cache_bytes = budget.limit_bytes() / CACHE_SHARE;
        Self {
            cache: Arc::new(SeriesCache::new(cache_bytes, budget.open(Part::Write))),
            appendable,
            clock,
            budget,
            idle: Mutex::default(),
            appenders: Mutex::default(),
            slots: Arc::new(Semaphore::new(WORKERS_MAX)),
            counters: Counters::default(),
            logged: Mutex::default(),
        }
    }

    /// What came in since the start.
    pub fn figures(&self) -> ReceiverFigures {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        ReceiverFigures {
            samples: load(&self.counters.samples),
            samples_rejected: load(&self.counters.samples_rejected),
            invalid_labels: load(&self.counters.invalid_labels),
            histograms: load(&self.counters.histograms),
            exemplars: load(&self.counters.exemplars),
            exemplars_rejected: load(&self.counters.exemplars_rejected),
            metadata: load(&self.counters.metadata),
        }
    }

    /// Reads a body as it comes, at the expense of the budget.
    ///
    /// # Errors
    /// When it does not come whole or there is no room for it.
    pub(crate) async fn read(&self, body: Body) -> Result<HeldRequest, BodyError> {
        HeldRequest::read(body, self.budget.open(Part::Write)).await
    }

    /// Writes a request on the blocking pool, as soon as there is a free worker, and waits until it is on disk.
    ///
    /// # Errors
    /// When the request as a whole was not taken, or is not on disk; it may be sent again then.
    pub(crate) async fn write(
        self: &Arc<Self>,
        sender: IpAddr,
        protocol: Protocol,
        request: HeldRequest,
    ) -> Result<Report, Error> {
        let write = move |intake: &mut Intake, newest_ms, appender: &mut dyn Appender| {
            intake.write(protocol, request.as_bytes(), newest_ms, appender)
        };
        self.work(move |receiver| receiver.write_blocking(sender, write)).await
    }

    /// The same for a request of OTLP, which is translated first.
    ///
    /// # Errors
    /// As [`Receiver::write`].
    pub(crate) async fn write_otlp(
        self: &Arc<Self>,
        sender: IpAddr,
        request: OtlpRequest,
    ) -> Result<OtlpReport, Error> {
        let work = move |receiver: &Self| {
            let account = receiver.budget.open(Part::Write);
            let translated = request.translate(receiver.clock.now_ms(), account)?;
            let report = receiver.write_blocking(sender, |intake, newest_ms, appender| {
                intake.write_message(Protocol::V2, &translated.message, newest_ms, appender)
            })?;
            let Translated { refused_points, refusals, .. } = translated;
            Ok(OtlpReport { report, refused_points, refusals })
        };
        self.work(work).await
    }

    /// Works on the blocking pool, as soon as there is a free place.
    async fn work<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        let receiver = Arc::clone(self);
        let work = task::spawn_blocking(move || {
            let _slot = slot;
            work(&receiver)
        });
        work.await.unwrap_or_else(|error| Err(AppendError::Storage(error.into()).into()))
    }

    fn write_blocking(
        &self,
        sender: IpAddr,
        write: impl FnOnce(&mut Intake, i64, &mut dyn Appender) -> Result<Report, Error>,
    ) -> Result<Report, Error> {
        let idle = lock(&self.idle).pop();
        let mut intake =
            idle.unwrap_or_else(|| Intake::new(Arc::clone(&self.cache), self.budget.open(Part::Write)));
        let mut appender = self.appender(sender);
        let written = write(&mut intake, self.clock.latest_ms(), &mut *appender);
        let synced = match &written {
            Ok(report) if report.samples + report.histograms + report.exemplars > 0 => appender.sync(),
            _ => Ok(()),
        };
        lock(&self.idle).push(intake);
        let mut appenders = lock(&self.appenders);
        appenders.push_back((sender, appender));
        let dropped = if appenders.len() > SENDERS_MAX { appenders.pop_front() } else { None };
        drop((appenders, dropped));
        let report = written?;
        self.count(sender, &report);
        synced?;
        Ok(report)
    }

    /// An appender that knows the sender's series, if there is one.
    fn appender(&self, sender: IpAddr) -> Box<dyn Appender> {
        let mut appenders = lock(&self.appenders);
        let known = appenders.iter().rposition(|(address, _)| *address == sender);
        match known.and_then(|at| appenders.remove(at)) {
            Some((_, appender)) => appender,
            None => self.appendable.appender_of(&Origin::Sender { address: sender.to_string().into() }),
        }
    }

    fn count(&self, sender: IpAddr, report: &Report) {
        let counters = &self.counters;
        for (counter, by) in [
            (&counters.samples, report.samples),
            (&counters.samples_rejected, report.samples_rejected),
            (&counters.invalid_labels, report.invalid_labels),
            (&counters.histograms, report.histograms),
            (&counters.exemplars, report.exemplars),
            (&counters.exemplars_rejected, report.exemplars_rejected),
            (&counters.metadata, report.metadata),
        ] {
            counter.fetch_add(by as u64, Ordering::Relaxed);
        }
        if (report.rejections_total > 0 || report.exemplars_rejected > 0) && self.may_log() {
            let rejected = report.samples_rejected;
            let exemplars = report.exemplars_rejected;
            let reason = report.rejections.first().map(ToString::to_string).unwrap_or_default();
            tracing::warn!(%sender, rejected, exemplars, reason, "a remote write was not stored whole");
        }
    }

    /// True at most once in an interval.
    fn may_log(&self) -> bool {
        let now = self.clock.monotonic();
        let mut logged = lock(&self.logged);
        let due = logged.is_none_or(|last| now.saturating_sub(last) >= LOG_INTERVAL);
        if due {
            *logged = Some(now);
        }
        due
    }
}

/// What is behind a lock stays usable after a panic elsewhere.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
