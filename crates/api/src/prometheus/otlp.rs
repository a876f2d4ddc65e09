//! OTLP metrics: `POST /api/v1/otlp/v1/metrics`.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use wire::otlp::{DeltaSums, OtlpOptions};

use super::{Prometheus, write::refuse};
use crate::{
    json::Object,
    method::go_error,
    otlp_request::{OtlpReport, OtlpRequest},
    peer,
    receiver::Receiver,
};

const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json";

/// Takes OTLP.
#[derive(Clone)]
pub struct OtlpReceiver {
    /// Takes what OTLP is translated to.
    pub receiver: Arc<Receiver>,
    /// How it is translated, beside what the configuration says.
    pub options: OtlpOptions,
    /// The sums of points that count from the one before, where these are summed up.
    pub sums: Option<Arc<Mutex<DeltaSums>>>,
}

pub(super) async fn write(State(state): State<Prometheus>, request: Request) -> Response {
    let Some(OtlpReceiver { receiver, options, sums }) = state.otlp.clone() else {
        let message = "otlp write receiver needs to be enabled with --web.enable-otlp-receiver";
        return go_error(StatusCode::NOT_FOUND, message);
    };
    let (is_json, is_gzip) = match negotiate(request.headers()) {
        Ok(encoding) => encoding,
        Err(why) => return go_error(StatusCode::BAD_REQUEST, why),
    };
    let sender = peer::address(request.extensions());
    let body = match receiver.read(request.into_body()).await {
        Ok(body) => body,
        Err(error) => return go_error(error.status(), error),
    };
    let settings = state.instance.otlp_settings();
    let request = OtlpRequest { body, is_json, is_gzip, settings, options, sums };
    match receiver.write_otlp(sender, request).await {
        Ok(report) => answer(&report, is_json),
        Err(error) => refuse(&error),
    }
}

/// Whether the body is JSON, and whether it is compressed.
fn negotiate(headers: &HeaderMap) -> Result<(bool, bool), String> {
    let text = |name| {
        headers.get(name).map_or_else(String::new, |v| String::from_utf8_lossy(v.as_bytes()).into_owned())
    };
    let kind = text(header::CONTENT_TYPE);
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let is_json = match essence {
        PROTOBUF => false,
        JSON => true,
        _ => return Err(format!("unsupported content type: {kind}, supported: [{JSON}, {PROTOBUF}]")),
    };
    match text(header::CONTENT_ENCODING).as_str() {
        "" => Ok((is_json, false)),
        "gzip" => Ok((is_json, true)),
        encoding => {
            Err(format!("unsupported compression: {encoding}. Only \"gzip\" or no compression supported"))
        }
    }
}

/// 200 when something was written, with what was not as OTLP's partial success; 400 when nothing was.
fn answer(report: &OtlpReport, is_json: bool) -> Response {
    let rejected = report.refused_points + report.report.samples_rejected;
    let reasons = Reasons(report);
    if rejected == 0 && report.refusals.is_empty() {
        return success(is_json, String::from("{}"), Vec::new());
    }
    if report.report.samples + report.report.histograms == 0 {
        return go_error(StatusCode::BAD_REQUEST, reasons);
    }
    let message = reasons.to_string();
    let mut text = String::new();
    let mut object = Object::new(&mut text);
    Object::new(object.field("partialSuccess"))
        .str("rejectedDataPoints", &rejected.to_string())
        .str("errorMessage", &message)
        .end();
    object.end();
    success(is_json, text, wire::otlp::partial_success(rejected as u64, &message))
}

fn success(is_json: bool, text: String, message: Vec<u8>) -> Response {
    if is_json {
        ([(header::CONTENT_TYPE, JSON)], text).into_response()
    } else {
        ([(header::CONTENT_TYPE, PROTOBUF)], message).into_response()
    }
}

/// A line for each reason that is spelt out.
struct Reasons<'a>(&'a OtlpReport);

impl fmt::Display for Reasons<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OtlpReport { report, refusals, .. } = self.0;
        let rejections = report.rejections.iter().map(ToString::to_string);
        let mut separator = "";
        for reason in refusals.iter().cloned().chain(rejections) {
            write!(f, "{separator}{reason}")?;
            separator = "\n";
        }
        Ok(())
    }
}
