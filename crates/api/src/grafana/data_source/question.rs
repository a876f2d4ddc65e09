//! Questions for the Prometheus API of another server. Answers are read off the network thread, as they come.

use std::{
    io::{self, Read},
    pin::pin,
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use dashboard::DataSource;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt;
use model::{Reservation, percent};
use tokio::{runtime::Handle, sync::OwnedSemaphorePermit, time::timeout};
use wire::answer::{Answer, Unread, read};

use super::{Asking, ONLY_BEHIND_LOGIN, UpstreamError, Viewer, relay};
use crate::{error::ApiError, evaluator::Job};

/// How often somebody who waits for a server looks whether anybody still waits for him.
const LOOK: Duration = Duration::from_millis(200);

/// What another server is asked.
pub(in crate::grafana) struct Question {
    /// Below `api/v1/`.
    pub(in crate::grafana) endpoint: String,
    pub(in crate::grafana) parameters: Vec<(&'static str, String)>,
    /// Whether the endpoint takes no forms.
    pub(in crate::grafana) only_get: bool,
}

impl Question {
    fn form(&self) -> String {
        let pairs = self.parameters.iter().map(|(name, value)| format!("{name}={}", percent::encode(value)));
        pairs.collect::<Vec<_>>().join("&")
    }
}

/// Why a question gave nothing.
pub(in crate::grafana) struct Failed {
    pub(in crate::grafana) status: StatusCode,
    pub(in crate::grafana) text: String,
}

impl From<ApiError> for Failed {
    fn from(error: ApiError) -> Self {
        Self { status: error.kind.status(), text: error.message }
    }
}

impl Asking {
    /// Sends a question to another server; of the answer only the head is there.
    pub(in crate::grafana) async fn send(
        &self,
        viewer: &Viewer,
        source: &DataSource,
        question: &Question,
    ) -> Result<Response, Failed> {
        if self.open {
            return Err(Failed { status: StatusCode::FORBIDDEN, text: ONLY_BEHIND_LOGIN.to_owned() });
        }
        let refused = |error: UpstreamError| Failed { status: error.status(), text: error.told(viewer) };
        let upstreams = self.grafana.sources.upstreams();
        let upstream = upstreams.get(source).map_err(refused)?;
        let place = upstreams.place(&upstream).await.map_err(refused)?;
        let path = format!("api/v1/{}", question.endpoint);
        let form = question.form();
        let by_get = source.definition.json_data.get("httpMethod").is_some_and(|method| method == "GET");
        let answer = if by_get || question.only_get {
            upstream.ask(&Method::GET, &path, &form, HeaderMap::new(), Bytes::new()).await
        } else {
            let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]);
            upstream.ask(&Method::POST, &path, "", headers, Bytes::from(form)).await
        };
        Ok(relay(answer.map_err(refused)?, upstream.timeout(), place))
    }

    /// The right to read an answer of another server on the blocking pool, as soon as there is one.
    pub(in crate::grafana) async fn reader(
        &self,
        viewer: &Viewer,
        source: &DataSource,
    ) -> Result<OwnedSemaphorePermit, Failed> {
        let refused = |error: UpstreamError| Failed { status: error.status(), text: error.told(viewer) };
        let upstreams = self.grafana.sources.upstreams();
        let patience = upstreams.get(source).map_err(refused)?.timeout();
        upstreams.reader(patience).await.map_err(refused)
    }
}

/// Waits on the blocking pool for what the network thread does, as long as the turn has time and somebody waits for it.
pub(in crate::grafana) fn wait<T>(
    network: &Handle,
    job: &Job,
    work: impl Future<Output = T>,
) -> Result<T, ApiError> {
    let mut work = pin!(work);
    loop {
        job.check()?;
        let look = async { timeout(LOOK, work.as_mut()).await };
        if let Ok(done) = network.block_on(look) {
            return Ok(done);
        }
    }
}

/// Reads an answer at the expense of an account; for the blocking pool, within a turn of the evaluator, by who has the
/// right to wait there.
pub(in crate::grafana) fn take(
    answer: Response,
    network: &Handle,
    job: &Job,
    account: &mut Reservation,
) -> Result<Answer, Failed> {
    let status = answer.status();
    let body = AnswerBody { body: answer.into_body(), held: Bytes::new(), network, job };
    let read = read(body, account);
    read.map_err(|why| {
        if let Err(over) = job.check() {
            return over.into();
        }
        let bad = if status.is_success() { StatusCode::BAD_GATEWAY } else { status };
        match why {
            Unread::Memory => Failed { status: StatusCode::SERVICE_UNAVAILABLE, text: why.to_string() },
            Unread::Unknown => Failed { status: bad, text: format!("HTTP status {status}: {why}") },
            _ => Failed { status: bad, text: why.to_string() },
        }
    })
}

/// A body as blocking readers take it, while the network thread fetches it.
struct AnswerBody<'a> {
    body: Body,
    held: Bytes,
    network: &'a Handle,
    job: &'a Job,
}

impl Read for AnswerBody<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.held.is_empty() {
            let next = wait(self.network, self.job, self.body.frame());
            let Some(frame) = next.map_err(|error| io::Error::other(error.message))? else { return Ok(0) };
            let frame = frame.map_err(|error| io::Error::other(model::with_causes(&error)))?;
            self.held = frame.into_data().unwrap_or_default();
        }
        let part = self.held.split_to(self.held.len().min(out.len()));
        if let Some(out) = out.get_mut(..part.len()) {
            out.copy_from_slice(&part);
        }
        Ok(part.len())
    }
}
