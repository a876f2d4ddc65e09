//! Queries of other servers: asked by Prometheus's API, read back from its JSON.

use axum::body::Bytes;
use dashboard::DataSource;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use model::percent;

use super::{
    Asking, Failed, Found,
    foreign_answer::{Unread, read},
    request::Asked,
};
use crate::{
    grafana::{
        Viewer,
        data_source::{UpstreamError, relay},
    },
    held_request::HeldRequest,
};

/// Asks a data source; the answer is paid for out of the budget.
pub(super) async fn ask(
    asking: &Asking,
    viewer: &Viewer,
    source: &DataSource,
    asked: &Asked,
) -> Result<Found, Failed> {
    let refused = |error: UpstreamError| Failed { status: error.status(), text: error.told(viewer) };
    let upstreams = asking.grafana.sources.upstreams();
    let upstream = upstreams.get(source).map_err(refused)?;
    let place = upstreams.place(&upstream).await.map_err(refused)?;
    let form = form(asked);
    let path = if asked.times.step_ms.is_some() { "api/v1/query_range" } else { "api/v1/query" };
    let by_get = source.definition.json_data.get("httpMethod").is_some_and(|method| method == "GET");
    let answer = if by_get {
        upstream.ask(&Method::GET, path, &form, HeaderMap::new(), Bytes::new()).await
    } else {
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]);
        upstream.ask(&Method::POST, path, "", headers, Bytes::from(form)).await
    };
    let answer = relay(answer.map_err(refused)?, upstream.timeout(), place);
    let status = answer.status();
    let held = HeldRequest::read(answer.into_body(), asking.account()).await;
    let held = held.map_err(|error| Failed { status: error.status(), text: error.to_string() })?;
    let (body, mut account) = held.into_parts();
    let series = read(&body, &mut account).map_err(|why| {
        let bad = if status.is_success() { StatusCode::BAD_GATEWAY } else { status };
        let (status, text) = match why {
            Unread::Memory => {
                let text = format!("no memory for an answer of {} bytes", body.len());
                (StatusCode::SERVICE_UNAVAILABLE, text)
            }
            Unread::Refused(text) => (bad, text),
            Unread::Unknown => (bad, format!("HTTP status {status}: there is no Prometheus API")),
        };
        Failed { status, text }
    })?;
    account.shrink(body.capacity());
    Ok(Found { series, _account: account })
}

fn form(asked: &Asked) -> String {
    let seconds = |ms: i64| {
        let mut text = String::new();
        model::float::push_seconds(&mut text, ms);
        text
    };
    let times = asked.times;
    let query = ("query", asked.expr.clone());
    let pairs = match times.step_ms {
        None => vec![query, ("time", seconds(times.end_ms))],
        Some(step_ms) => vec![
            query,
            ("start", seconds(times.start_ms)),
            ("end", seconds(times.end_ms)),
            ("step", seconds(step_ms)),
        ],
    };
    let pairs = pairs.iter().map(|(name, value)| format!("{name}={}", percent::encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}
