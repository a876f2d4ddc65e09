//! One target's loop: wait for the slot, fetch, store, remember how it went.

use std::{
    cmp::Reverse,
    sync::{Arc, Mutex},
    time::Duration,
};

use model::sort;

use expfmt::Format;
use net::client::{ClientError, Request};

use crate::{
    buffer::Buffer,
    diagnosis::{Diagnosis, trouble},
    error::{ScrapeError, body_format},
    finding::{Finding, Severity},
    ingest::{Body, Ingest, Tally},
    lock::lock,
    schedule::Schedule,
    shared::Shared,
    status::{Health, ScrapeFigures, TargetMetadata, TargetStatus},
    target::TargetSpec,
    unpacked::Unpacked,
    vitals::{Vitals, Worked},
};

/// A target says the same trouble no more often than this.
const WARNING_INTERVAL: Duration = Duration::from_secs(60);

/// A target and how it stands.
pub(crate) struct Target {
    pub(crate) spec: TargetSpec,
    state: Mutex<State>,
}

struct State {
    /// Gone when the target has ended or another has taken over.
    ingest: Option<Ingest>,
    last: Last,
    vitals: Vitals,
    /// When a warning was logged last, by the monotonic clock.
    warned: Option<Duration>,
}

/// How the last scrape went.
#[derive(Clone, Default)]
struct Last {
    health: Health,
    error: Arc<str>,
    cause: Arc<str>,
    cure: Arc<str>,
    start_ms: Option<i64>,
    duration: Duration,
    body_bytes: usize,
    samples: usize,
}

/// An answer whose body is in its buffer.
struct Reply {
    format: Format,
    first_byte: Duration,
    /// A `Content-Type` that is no format: the body is read as the job says.
    refused_type: Option<Arc<str>>,
}

/// A body in its buffer.
struct Fetched {
    reply: Reply,
    /// The body as text, where it is none.
    unpacked: Option<Unpacked>,
}

/// A scrape that is over.
struct Scrape {
    start_ms: i64,
    duration: Duration,
    body_bytes: usize,
    tally: Tally,
    result: Result<(), ScrapeError>,
}

/// Scrapes a target in its slots for as long as it has not ended.
pub(crate) async fn run(shared: Arc<Shared>, target: Arc<Target>) {
    let mut schedule = Schedule::new(target.spec.interval_ms, target.spec.hash);
    if lock(&target.state).last.start_ms.is_some() {
        schedule = schedule.started(shared.clock.now_ms());
    }
    loop {
        let delay_ms = schedule.next_delay_ms(shared.clock.now_ms());
        shared.alarm.sleep(Duration::from_millis(delay_ms.unsigned_abs())).await;
        let timestamp_ms = schedule.timestamp_ms(shared.clock.now_ms());
        if !target.scrape(&shared, timestamp_ms).await {
            return;
        }
    }
}

impl Target {
    pub(crate) fn new(spec: TargetSpec, ingest: Ingest) -> Self {
        let state =
            State { ingest: Some(ingest), last: Last::default(), vitals: Vitals::default(), warned: None };
        Self { spec, state: Mutex::new(state) }
    }

    /// The same series under other settings; `None` when it would not be quite the same series.
    pub(crate) fn succeed(&self, spec: &TargetSpec) -> Option<Self> {
        if self.spec.rules != spec.rules {
            return None;
        }
        let mut state = lock(&self.state);
        let ingest = state.ingest.take()?;
        let (last, vitals) = (state.last.clone(), state.vitals.clone());
        let state = State { ingest: Some(ingest), last, vitals, warned: state.warned };
        Some(Self { spec: spec.clone(), state: Mutex::new(state) })
    }

    /// Ends the target's series.
    pub(crate) fn end(&self, shared: &Shared) {
        let mut state = lock(&self.state);
        let Some(mut ingest) = state.ingest.take() else { return };
        // After the last sample, and before those of a target with the same series that may start at once.
        let after_last_ms = state.last.start_ms.map_or(i64::MIN, |start_ms| start_ms + 1);
        let timestamp_ms = after_last_ms.max(shared.clock.now_ms() - 1);
        if let Err(error) = ingest.end(timestamp_ms, &mut lock(&shared.scratch)) {
            tracing::warn!(scrape_pool = %self.spec.scrape_pool, target = %self.spec.url, %error,
                "cannot write staleness markers");
        }
    }

    /// Lets go of the store.
    pub(crate) fn stop(&self) {
        lock(&self.state).ingest = None;
    }

    /// Scrapes once; false when the target has ended meanwhile.
    pub(crate) async fn scrape(&self, shared: &Shared, timestamp_ms: i64) -> bool {
        let started = shared.clock.monotonic();
        let expected_bytes = lock(&self.state).last.body_bytes;
        // Room to grow a little without a copy.
        let mut buffer = shared.buffers.take(expected_bytes + expected_bytes / 16);
        let reply = self.fetch(shared, &mut buffer).await;
        let fetched = reply.and_then(|reply| self.unpack(reply, &buffer, shared));
        let elapsed = || shared.clock.monotonic().saturating_sub(started);

        let mut state = lock(&self.state);
        let Some(ingest) = &mut state.ingest else { return false };
        let mut scratch = lock(&shared.scratch);
        let (reply, (tally, mut result)) = match fetched {
            Ok(Fetched { reply, unpacked }) => {
                let plain = || Body { bytes: buffer.bytes(), format: reply.format, attachments: &[] };
                let body = unpacked.as_ref().map_or_else(plain, Unpacked::body);
                let stored = ingest.store(&body, timestamp_ms, &elapsed, &mut scratch, &shared.families);
                (Some(reply), stored)
            }
            Err(error) => (None, (Tally::default(), Err(error))),
        };
        if result.is_err()
            && let Err(error) = ingest.fail(tally.samples, timestamp_ms, elapsed(), &mut scratch)
        {
            result = Err(error);
        }
        drop(scratch);
        let body_bytes = buffer.bytes().len();
        let scrape = Scrape { start_ms: timestamp_ms, duration: elapsed(), body_bytes, tally, result };
        lock(&shared.figures).count(&scrape);
        if let Some(reply) = reply.filter(|_| scrape.result.is_ok()) {
            state.vitals.note(scrape.worked(started, reply));
        }
        state.note(&self.spec, shared, &scrape);
        true
    }

    async fn fetch(&self, shared: &Shared, buffer: &mut Buffer) -> Result<Reply, ScrapeError> {
        if let Some((targets, limit)) = self.spec.above_target_limit {
            return Err(ScrapeError::TargetLimit { targets, limit });
        }
        let request = Request {
            url: &self.spec.url,
            headers: &self.spec.headers,
            timeout: Duration::from_millis(self.spec.timeout_ms.unsigned_abs()),
            body_bytes_max: self.spec.body_bytes_max(),
        };
        let client = shared.clients.get(&self.spec.tls);
        let response = client.get(&request, &mut |piece| buffer.push(piece)).await?;
        let (header, first_byte) = (&response.content_type, response.first_byte);
        if response.body_bytes == 0 {
            // Nothing is a valid exposition of any format but OpenMetrics, and Prometheus does not ask.
            return Ok(Reply { format: Format::PrometheusText004, first_byte, refused_type: None });
        }
        let format = body_format(header, self.spec.fallback)?;
        let refused_type = body_format(header, None).is_err().then(|| header.as_str().into());
        Ok(Reply { format, first_byte, refused_type })
    }

    fn unpack(&self, reply: Reply, buffer: &Buffer, shared: &Shared) -> Result<Fetched, ScrapeError> {
        let mut unpacked = None;
        if reply.format == Format::PrometheusProto {
            let rules = &self.spec.histograms;
            unpacked = Some(Unpacked::new(buffer.bytes(), rules, &shared.buffers, &shared.budget)?);
        }
        Ok(Fetched { reply, unpacked })
    }

    pub(crate) fn status(&self) -> TargetStatus {
        let (last, findings) = {
            let state = lock(&self.state);
            (state.last.clone(), state.findings(&self.spec))
        };
        TargetStatus {
            scrape_pool: Arc::clone(&self.spec.scrape_pool),
            discovered_labels: self.spec.discovered_labels.clone(),
            labels: self.spec.labels().clone(),
            scrape_url: self.spec.url.to_string().into(),
            last_error: last.error,
            cause: last.cause,
            cure: last.cure,
            findings,
            last_scrape_ms: last.start_ms,
            last_scrape_duration: last.duration,
            health: last.health,
            scrape_interval_ms: self.spec.interval_ms,
            scrape_timeout_ms: self.spec.timeout_ms,
            last_body_bytes: last.body_bytes,
            last_samples: last.samples,
        }
    }

    pub(crate) fn metadata(&self) -> TargetMetadata {
        let state = lock(&self.state);
        let families = state.ingest.as_ref().map(|ingest| Arc::clone(ingest.families()));
        TargetMetadata {
            scrape_pool: Arc::clone(&self.spec.scrape_pool),
            labels: self.spec.labels().clone(),
            families: families.unwrap_or_default(),
        }
    }
}

impl Scrape {
    fn worked(&self, started: Duration, reply: Reply) -> Worked {
        let Reply { format, first_byte, refused_type } = reply;
        Worked {
            started,
            duration: self.duration,
            first_byte,
            fallback: refused_type.map(|header| (header, format)),
            body_bytes: self.body_bytes,
            tally: self.tally,
        }
    }
}

impl State {
    /// What is to be known about the target, the worst first.
    fn findings(&self, spec: &TargetSpec) -> Vec<Finding> {
        let Last { health, cause, cure, .. } = &self.last;
        let severity = if *health == Health::Down { Severity::Error } else { Severity::Warning };
        let told = (!cause.is_empty()).then(|| Finding::new(severity, &**cause, &**cure));
        let mut findings = Vec::from_iter(told);
        // Of a target that does not answer, the scrapes that worked say nothing any more.
        if *health == Health::Up {
            findings.extend(self.vitals.findings(spec));
        }
        sort::by_key(&mut findings, |finding| Reverse(finding.severity));
        findings
    }

    /// Remembers how a scrape went.
    fn note(&mut self, spec: &TargetSpec, shared: &Shared, scrape: &Scrape) {
        let diagnosis = match &scrape.result {
            Ok(()) => trouble(&scrape.tally),
            Err(error) => Some(error.diagnosis()),
        };
        let error = scrape.result.as_ref().err().map(ToString::to_string).unwrap_or_default();
        // The store names those whose series it refuses, all in one line.
        let told = scrape.result.is_ok() && scrape.tally.refused > 0;
        if let Some(diagnosis) = diagnosis.as_ref().filter(|_| !told) {
            self.warn(spec, shared, &error, diagnosis);
        }
        let Diagnosis { cause, cure } = diagnosis.unwrap_or_default();
        self.last = Last {
            health: if scrape.result.is_ok() { Health::Up } else { Health::Down },
            error: keep(&self.last.error, &error),
            cause: keep(&self.last.cause, &cause),
            cure: keep(&self.last.cure, &cure),
            start_ms: Some(scrape.start_ms),
            duration: scrape.duration,
            body_bytes: scrape.body_bytes,
            samples: scrape.tally.samples,
        };
    }

    /// Logs a trouble when it is new, and from time to time while it lasts.
    fn warn(&mut self, spec: &TargetSpec, shared: &Shared, error: &str, diagnosis: &Diagnosis) {
        let now = shared.clock.monotonic();
        let lately = self.warned.is_some_and(|warned| now.saturating_sub(warned) < WARNING_INTERVAL);
        if lately {
            return;
        }
        self.warned = Some(now);
        let Diagnosis { cause, cure } = diagnosis;
        let (scrape_pool, url) = (&spec.scrape_pool, &spec.url);
        if error.is_empty() {
            tracing::warn!(%scrape_pool, target = %url, %cause, %cure, "scrape incomplete");
        } else {
            tracing::warn!(%scrape_pool, target = %url, %error, %cause, %cure, "scrape failed");
        }
    }
}

impl ScrapeFigures {
    fn count(&mut self, scrape: &Scrape) {
        let Scrape { tally, result, .. } = scrape;
        self.scrapes += 1;
        self.failed += u64::from(result.is_err());
        self.samples += tally.samples as u64;
        self.duplicate_samples += tally.duplicate as u64;
        self.out_of_order_samples += tally.out_of_order as u64;
        self.out_of_bounds_samples += tally.out_of_bounds as u64;
        self.out_of_order_exemplars += tally.late_exemplars as u64;
        self.refused_series += tally.refused as u64;
        match result {
            Err(ScrapeError::SampleLimit { .. }) => self.above_sample_limit += 1,
            Err(ScrapeError::Client(ClientError::BodyLimit { .. })) => self.above_body_limit += 1,
            _ => {}
        }
    }
}

/// The text as it is held already, where it is the same.
fn keep(held: &Arc<str>, text: &str) -> Arc<str> {
    if **held == *text { Arc::clone(held) } else { text.into() }
}
