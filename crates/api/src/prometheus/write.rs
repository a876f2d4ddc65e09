//! Remote write, the receiving half: headers, statuses and words.

use std::{error::Error as _, fmt};

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use model::appender::AppendError;
use wire::{Error, Protocol, Report};

use super::Prometheus;
use crate::{method::go_error, peer};

const MEDIA_TYPE: &str = "application/x-protobuf";
const MESSAGE_V1: &str = "prometheus.WriteRequest";
const MESSAGE_V2: &str = "io.prometheus.write.v2.Request";
const ENCODING: &str = "snappy";

const SAMPLES_WRITTEN: HeaderName = HeaderName::from_static("x-prometheus-remote-write-samples-written");
const HISTOGRAMS_WRITTEN: HeaderName =
    HeaderName::from_static("x-prometheus-remote-write-histograms-written");
const EXEMPLARS_WRITTEN: HeaderName = HeaderName::from_static("x-prometheus-remote-write-exemplars-written");

/// `POST /api/v1/write`.
pub(super) async fn write(State(state): State<Prometheus>, request: Request) -> Response {
    let Some(receiver) = &state.receiver else {
        let message = "remote write receiver needs to be enabled with --web.enable-remote-write-receiver";
        return go_error(StatusCode::NOT_FOUND, message);
    };
    let protocol = match negotiate(request.headers()) {
        Ok(protocol) => protocol,
        Err(why) => return go_error(StatusCode::UNSUPPORTED_MEDIA_TYPE, why),
    };
    let sender = peer::address(request.extensions());
    let body = match receiver.read(request.into_body()).await {
        Ok(body) => body,
        Err(error) => return go_error(error.status(), error),
    };
    let (mut response, written) = match receiver.write(sender, protocol, body).await {
        Ok(report) => (answer(protocol, &report), report),
        Err(error) => (refuse(&error), Report::default()),
    };
    if protocol == Protocol::V2 {
        set_written(response.headers_mut(), &written);
    }
    response
}

fn answer(protocol: Protocol, report: &Report) -> Response {
    // 1.0 has no words for a request of which only exemplars are not taken: it counts as written.
    let refused = match protocol {
        Protocol::V1 => report.samples_rejected > 0,
        Protocol::V2 => report.rejections_total > 0,
    };
    if refused {
        go_error(StatusCode::BAD_REQUEST, Rejections(report))
    } else {
        StatusCode::NO_CONTENT.into_response()
    }
}

fn set_written(headers: &mut HeaderMap, report: &Report) {
    for (name, written) in [
        (SAMPLES_WRITTEN, report.samples),
        (HISTOGRAMS_WRITTEN, report.histograms),
        (EXEMPLARS_WRITTEN, report.exemplars),
    ] {
        headers.insert(name, HeaderValue::from(written));
    }
}

/// A line for each rejection that is spelt out, and one for the others.
struct Rejections<'a>(&'a Report);

impl fmt::Display for Rejections<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { rejections, rejections_total, .. } = self.0;
        for (i, rejection) in rejections.iter().enumerate() {
            let separator = if i > 0 { "\n" } else { "" };
            write!(f, "{separator}{rejection}")?;
        }
        match rejections_total - rejections.len() {
            0 => Ok(()),
            more => write!(f, "\n{more} more errors omitted"),
        }
    }
}

pub(super) fn refuse(error: &Error) -> Response {
    let status = match error {
        Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        Error::Memory { .. } | Error::Append(AppendError::Closed | AppendError::OutOfOrderLimit { .. }) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Error::Append(_) => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    };
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        let cause = error.source().map(ToString::to_string).unwrap_or_default();
        tracing::error!(cause, "{error}");
    }
    go_error(status, error)
}

/// Which message the headers announce; without headers it is that of 1.0, compressed.
fn negotiate(headers: &HeaderMap) -> Result<Protocol, String> {
    let text = |name| headers.get(name).map(|value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()));
    let protocol = match text(header::CONTENT_TYPE) {
        Some(content_type) if !content_type.is_empty() => parse_content_type(&content_type)?,
        _ => Protocol::V1,
    };
    match text(header::CONTENT_ENCODING) {
        Some(encoding) if !encoding.is_empty() && !encoding.eq_ignore_ascii_case(ENCODING) => Err(format!(
            "{encoding} encoding (compression) is not accepted by this server; only {ENCODING} is acceptable"
        )),
        _ => Ok(protocol),
    }
}

fn parse_content_type(content_type: &str) -> Result<Protocol, String> {
    let content_type = content_type.trim();
    let mut parts = content_type.split(';');
    if parts.next() != Some(MEDIA_TYPE) {
        return Err(format!(
            "expected {MEDIA_TYPE} as the first (media) part, got {content_type} content-type"
        ));
    }
    for part in parts {
        let pair = part.split_once('=').filter(|(_, value)| !value.contains('='));
        let Some((name, value)) = pair else {
            return Err(format!(
                "as per https://www.rfc-editor.org/rfc/rfc9110#parameter expected parameters to be key-values, \
                 got {part} in {content_type} content-type"
            ));
        };
        match (name, value) {
            ("proto", MESSAGE_V1) => return Ok(Protocol::V1),
            ("proto", MESSAGE_V2) => return Ok(Protocol::V2),
            ("proto", unknown) => return Err(unknown_message(content_type, unknown)),
            _ => {}
        }
    }
    Ok(Protocol::V1)
}

fn unknown_message(content_type: &str, message: &str) -> String {
    format!(
        "got {content_type} content type; unknown remote write protobuf message {message}, \
         supported: {MESSAGE_V1}, {MESSAGE_V2}"
    )
}
