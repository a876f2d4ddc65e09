//! Remote read: `POST /api/v1/read`.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use model::{LabelSet, MatchOp, Matcher, Part, Reservation, SampleBlock, SelectHints, Series, SeriesSet};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wire::{
    Error,
    read::{FrameWriter, ReadQuery, ReadRequest, ResponseType, Samples, decode_request, merge_labels},
};

use super::{
    Prometheus,
    export::{self, CHUNK_BYTES, Export},
};
use crate::{
    error::{ApiError, ErrorKind},
    evaluator::{Job, reserve},
    held_request::HeldRequest,
    method::go_error,
};

/// What remote read gives at most.
#[derive(Clone, Debug)]
pub struct ReadLimits {
    /// Samples of an answer that comes as one message; 0 is no limit.
    pub samples_max: usize,
    /// Bytes of a frame of an answer that comes in frames.
    pub frame_bytes_max: usize,
    /// Places for requests; what finds none waits.
    pub slots: Arc<Semaphore>,
}

impl ReadLimits {
    /// Limits as the flags give them; for each, 0 is no limit.
    pub fn new(samples_max: usize, concurrent_max: usize, frame_bytes_max: usize) -> Self {
        let places = if concurrent_max == 0 { Semaphore::MAX_PERMITS } else { concurrent_max };
        let slots = Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS)));
        Self { samples_max, frame_bytes_max, slots }
    }
}

pub(super) async fn read(State(state): State<Prometheus>, request: Request) -> Response {
    let body = match HeldRequest::read(request.into_body(), state.evaluator.account(Part::Query)).await {
        Ok(body) => body,
        Err(error) => return go_error(error.status(), error),
    };
    // Who sends slowly takes nobody's place.
    let Ok(slot) = Arc::clone(&state.settings.read_limits.slots).acquire_owned().await else {
        return go_error(StatusCode::SERVICE_UNAVAILABLE, "remote read is closed");
    };
    let mut account = state.evaluator.account(Part::Query);
    let request = match decode_request(body.as_bytes(), &mut account) {
        Ok(request) => request,
        Err(error) => return go_error(status(&error), error),
    };
    drop(body);
    let Some(kind) = request.response_type() else {
        return go_error(StatusCode::BAD_REQUEST, unsupported(&request.accepted));
    };
    let selection = Selection::new(request, state.instance.external_labels(), account);
    let answered = match kind {
        ResponseType::Samples => all_samples(&state, selection).await,
        ResponseType::StreamedXorChunks => stream_frames(&state, selection, slot).await,
    };
    answered.unwrap_or_else(|error| go_error(error.kind.status(), error.message))
}

fn status(error: &Error) -> StatusCode {
    match error {
        Error::Memory { .. } => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}

fn unsupported(accepted: &[u64]) -> String {
    let accepted: Vec<_> = accepted.iter().map(u64::to_string).collect();
    format!(
        "server does not support any of the requested response types: [{}]; supported: \
         map[SAMPLES:{{}} STREAMED_XOR_CHUNKS:{{}}]",
        accepted.join(" ")
    )
}

/// What is left to be read.
struct Selection {
    queries: std::vec::IntoIter<ReadQuery>,
    external: LabelSet,
    /// For the matchers.
    _account: Reservation,
}

impl Selection {
    fn new(request: ReadRequest, external: LabelSet, account: Reservation) -> Self {
        let mut queries = request.queries;
        for query in &mut queries {
            without_external(&mut query.matchers, &external);
        }
        Self { queries: queries.into_iter(), external, _account: account }
    }
}

/// Series have the external labels on their way out only: who asks for one asks for series without it.
fn without_external(matchers: &mut [Matcher], external: &LabelSet) {
    for matcher in matchers {
        let asks_for = matcher.op() == MatchOp::Equal && !matcher.value().is_empty();
        if asks_for && external.get(matcher.name()) == matcher.value() {
            let absent = Matcher::new(MatchOp::Equal, matcher.name(), "");
            // Only patterns can be wrong.
            *matcher = absent.unwrap_or_else(|_| matcher.clone());
        }
    }
}

fn select(job: &Job, query: &ReadQuery) -> Result<Box<dyn SeriesSet>, ApiError> {
    let querier = job.store.querier(query.start_ms, query.end_ms)?;
    Ok(querier
        .select(&query.matchers, &SelectHints { labels_only: query.labels_only, ..SelectHints::default() })?)
}

/// One message, which has to be whole before any of it can be sent.
async fn all_samples(state: &Prometheus, selection: Selection) -> Result<Response, ApiError> {
    let samples_max = state.settings.read_limits.samples_max;
    let work = move |job: &Job| {
        let mut collector = Collector { out: Samples::default(), samples: 0, samples_max };
        let mut account = job.account();
        let Selection { queries, external, .. } = selection;
        for query in queries {
            collector.samples = 0;
            collector.collect(job, &query, &external, &mut account)?;
        }
        let block = collector.out.into_block();
        block.map_err(|error| ApiError::new(ErrorKind::Internal, error))
    };
    let block = state.evaluator.run(None, work).await?;
    let headers = [(header::CONTENT_TYPE, "application/x-protobuf"), (header::CONTENT_ENCODING, "snappy")];
    Ok((headers, block).into_response())
}

struct Collector {
    out: Samples,
    /// Of the current query.
    samples: usize,
    samples_max: usize,
}

impl Collector {
    fn collect(
        &mut self,
        job: &Job,
        query: &ReadQuery,
        external: &LabelSet,
        account: &mut Reservation,
    ) -> Result<(), ApiError> {
        let mut found = select(job, query)?;
        let mut run = SampleBlock::default();
        while let Some(mut series) = found.next()? {
            self.out.start_series(&merge_labels(series.labels(), external));
            while !query.labels_only && series.read(&mut run)? {
                job.check()?;
                self.count(run.len())?;
                self.out.push(&run);
                run.clear();
                self.draw(account)?;
            }
            self.out.end_series();
            self.draw(account)?;
        }
        self.out.end_result();
        Ok(())
    }

    /// The message is compressed into another one at the end, of at most a sixth more.
    fn draw(&self, account: &mut Reservation) -> Result<(), ApiError> {
        let wanted = self.out.bytes().saturating_mul(13) / 6;
        reserve(account, wanted.saturating_sub(account.bytes()))
    }

    fn count(&mut self, samples: usize) -> Result<(), ApiError> {
        self.samples += samples;
        if self.samples_max > 0 && self.samples > self.samples_max {
            let limit = self.samples_max;
            return Err(ApiError::bad_data(format_args!("exceeded sample limit ({limit})")));
        }
        Ok(())
    }
}

/// Frames, made as the client takes them.
async fn stream_frames(
    state: &Prometheus,
    selection: Selection,
    slot: OwnedSemaphorePermit,
) -> Result<Response, ApiError> {
    let content_type = "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse";
    let writer = FrameWriter::new(state.settings.read_limits.frame_bytes_max);
    let frames = Frames {
        account: state.evaluator.account(Part::Query),
        selection,
        writer,
        set: None,
        series: None,
        run: SampleBlock::default(),
        _slot: slot,
    };
    export::respond(Arc::clone(&state.evaluator), HeaderValue::from_static(content_type), frames).await
}

struct Frames {
    /// For the frame that is being written.
    account: Reservation,
    selection: Selection,
    writer: FrameWriter,
    /// The series of the current query.
    set: Option<Box<dyn SeriesSet>>,
    series: Option<Box<dyn Series>>,
    run: SampleBlock,
    _slot: OwnedSemaphorePermit,
}

impl Export for Frames {
    fn write_chunk(&mut self, job: &Job, out: &mut Vec<u8>) -> Result<bool, ApiError> {
        while out.len() < CHUNK_BYTES {
            job.check()?;
            if !self.step(job, out)? {
                return Ok(false);
            }
            let wanted = self.writer.bytes() + out.capacity();
            let missing = wanted.saturating_sub(self.account.bytes());
            reserve(&mut self.account, missing)?;
        }
        Ok(true)
    }
}

impl Frames {
    /// Goes on by a run of samples, a series or a query; false after the last.
    fn step(&mut self, job: &Job, out: &mut Vec<u8>) -> Result<bool, ApiError> {
        if let Some(series) = &mut self.series {
            self.run.clear();
            if series.read(&mut self.run)? {
                self.writer.push(&self.run, out);
            } else {
                self.writer.end_series(out);
                self.series = None;
            }
        } else if let Some(set) = &mut self.set {
            match set.next()? {
                Some(series) => {
                    self.writer.start_series(&merge_labels(series.labels(), &self.selection.external));
                    self.series = Some(series);
                }
                None => {
                    self.writer.next_query();
                    self.set = None;
                }
            }
        } else {
            // Without samples there are no chunks, and no frames.
            match self.selection.queries.next() {
                Some(query) if query.labels_only => self.writer.next_query(),
                Some(query) => self.set = Some(select(job, &query)?),
                None => return Ok(false),
            }
        }
        Ok(true)
    }
}
