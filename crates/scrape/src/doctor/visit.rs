//! One scrape by the doctor.

use std::{sync::Arc, time::Duration};

use expfmt::Format;
use model::{Budget, Clock};
use net::client::{Client, ClientError, Request, Response};

use crate::{
    buffer::BufferPool,
    error::{ScrapeError, body_format},
    finding::{Finding, Severity},
    survey::Survey,
    symptom,
    target::TargetSpec,
    unpacked::Unpacked,
};

/// Bodies shorter than this are not worth compressing.
const COMPRESSIBLE_BYTES: u64 = 64 << 10;

/// Bodies longer than this are a burden on small machines and their network.
const LARGE_BYTES: u64 = 10 << 20;

/// What a target answered with.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its `Content-Type`; empty when there was none.
    pub content_type: String,
    /// What the body was read as.
    pub format: Format,
    /// Whether Prometheus 3 takes the `Content-Type`.
    pub is_accepted: bool,
    /// Bytes of the body, decompressed.
    pub body_bytes: u64,
    /// Bytes of the body as they came.
    pub wire_bytes: u64,
    /// Time until the head of the answer was there.
    pub first_byte: Duration,
    /// Time until all of it was there.
    pub total: Duration,
}

impl Answer {
    /// What is to be said about its size and type; a limit of 0 is none.
    pub(super) fn findings(&self, limit_bytes: u64) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.body_bytes >= COMPRESSIBLE_BYTES && self.wire_bytes >= self.body_bytes {
            findings.push(Finding::info(
                format!("The {} bytes of the answer are not compressed.", self.body_bytes),
                "Let the exporter compress by gzip when Accept-Encoding asks for it.",
            ));
        }
        if self.body_bytes > LARGE_BYTES {
            findings.push(Finding::warning(
                format!("The exposition has {} MiB.", self.body_bytes >> 20),
                "Let the exporter expose less, and set body_size_limit in the job.",
            ));
        }
        findings.extend(symptom::near_limit("bytes", "body_size_limit", self.body_bytes, limit_bytes));
        findings
    }
}

/// How a scrape went.
pub(super) struct Visit {
    /// Since some fixed instant.
    pub(super) started: Duration,
    pub(super) status: Option<u16>,
    pub(super) answer: Option<Answer>,
    /// What would make a scrape fail, beside what is wrong in the body.
    pub(super) failures: Vec<Finding>,
    /// What is in the body, also where its type would be refused.
    pub(super) survey: Option<Survey>,
}

/// Scrapes a target.
pub(super) struct Visitor<'a> {
    pub(super) spec: &'a TargetSpec,
    pub(super) client: Client,
    pub(super) pool: BufferPool,
    pub(super) budget: Arc<Budget>,
    pub(super) clock: &'a dyn Clock,
}

impl Visitor<'_> {
    pub(super) async fn visit(&self) -> Visit {
        let started = self.clock.monotonic();
        let mut visit = Visit { started, status: None, answer: None, failures: Vec::new(), survey: None };
        let mut body = self.pool.take(0);
        let request = Request {
            url: &self.spec.url,
            headers: &self.spec.headers,
            timeout: Duration::from_millis(self.spec.timeout_ms.unsigned_abs()),
            body_bytes_max: self.spec.body_bytes_max(),
        };
        match self.client.get(&request, &mut |piece| body.push(piece)).await {
            Ok(response) => {
                visit.status = Some(200);
                let total = self.clock.monotonic().saturating_sub(started);
                self.look(&mut visit, &response, total, body.bytes());
            }
            Err(error) => {
                visit.status = match &error {
                    ClientError::Status(status) => Some(status.as_u16()),
                    // What failed is the body of a good answer.
                    ClientError::Memory { .. } | ClientError::BodyLimit { .. } | ClientError::Gzip(_) => {
                        Some(200)
                    }
                    _ => None,
                };
                match &error {
                    ClientError::Memory { .. } => visit.failures.push(self.too_long()),
                    _ => visit.fail(&error.into()),
                }
            }
        }
        visit
    }

    /// A body that the doctor does not hold; in a stack, the budget of all would have no room for it.
    fn too_long(&self) -> Finding {
        Finding::new(
            Severity::Error,
            format!(
                "The exposition is longer than {} MiB, the most that is read here.",
                self.budget.limit_bytes() >> 20
            ),
            "Let the exporter expose less: a stack on a small machine has no room for it. To look at it all the same, raise --body-size-limit.",
        )
    }

    /// Looks at an answer, whatever it says of its type: the body may be good.
    fn look(&self, visit: &mut Visit, response: &Response, total: Duration, body: &[u8]) {
        let header = &response.content_type;
        let accepted =
            if body.is_empty() { Ok(Format::PrometheusText004) } else { body_format(header, None) };
        let is_accepted = accepted.is_ok();
        let format = accepted.unwrap_or_else(|error| {
            match self.spec.fallback {
                Some(fallback) => visit.failures.push(symptom::fallback(header, fallback)),
                None => visit.fail(&error),
            }
            self.spec.fallback.unwrap_or(Format::PrometheusText004)
        });
        visit.answer = Some(Answer {
            content_type: header.clone(),
            format,
            is_accepted,
            body_bytes: response.body_bytes,
            wire_bytes: response.wire_bytes,
            first_byte: response.first_byte,
            total,
        });
        let is_page = !is_accepted && body.trim_ascii_start().starts_with(b"<");
        if !is_page {
            visit.survey = self.survey(visit, body, format);
        }
    }

    fn survey(&self, visit: &mut Visit, body: &[u8], format: Format) -> Option<Survey> {
        let rules = &self.spec.rules.labels;
        if format != Format::PrometheusProto {
            return Some(Survey::read(body, format, rules));
        }
        match Unpacked::new(body, &self.spec.histograms, &self.pool, &self.budget) {
            Ok(unpacked) => {
                let body = unpacked.body();
                Some(Survey::read(body.bytes, body.format, rules))
            }
            Err(error) => {
                visit.fail(&error);
                None
            }
        }
    }
}

impl Visit {
    fn fail(&mut self, error: &ScrapeError) {
        let mut finding = Finding::diagnosed(Severity::Error, error.diagnosis());
        finding.text = format!("{} ({error})", finding.text);
        self.failures.push(finding);
    }
}
