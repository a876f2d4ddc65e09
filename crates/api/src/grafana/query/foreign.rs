//! Queries of other servers: asked by Prometheus's API, read back from its JSON.

use std::collections::BTreeMap;

use axum::body::Bytes;
use dashboard::DataSource;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use model::percent;
use serde::Deserialize;

use super::{Asking, Failed, Found, FoundSeries, request::Asked};
use crate::{
    grafana::data_source::{UpstreamError, relay},
    held_request::HeldRequest,
};

/// A series of another server: labels, and points by time in milliseconds.
pub(super) struct ForeignSeries {
    pub(super) labels: BTreeMap<String, String>,
    pub(super) points: Vec<(i64, f64)>,
}

#[derive(Deserialize)]
struct Answer {
    status: String,
    data: Option<Data>,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    result_type: String,
    result: Vec<Item>,
}

/// A series, or one of the two parts of a scalar.
#[derive(Deserialize)]
#[serde(untagged)]
enum Item {
    Series {
        metric: BTreeMap<String, String>,
        #[serde(default)]
        values: Vec<(f64, String)>,
        value: Option<(f64, String)>,
    },
    Seconds(f64),
    Text(String),
}

/// Asks a data source; the answer is paid for out of the budget.
pub(super) async fn ask(asking: &Asking, source: &DataSource, asked: &Asked) -> Result<Found, Failed> {
    let refused = |error: UpstreamError| Failed { status: error.status(), text: error.to_string() };
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
    // The series take about as much as their text, which is gone once they are read.
    if !account.grow(body.len()) {
        let text = format!("no memory for an answer of {} bytes", body.len());
        return Err(Failed { status: StatusCode::SERVICE_UNAVAILABLE, text });
    }
    let series = read(&body).map_err(|why| {
        let text = why.unwrap_or_else(|| format!("HTTP status {status}: there is no Prometheus API"));
        Failed { status: if status.is_success() { StatusCode::BAD_GATEWAY } else { status }, text }
    })?;
    account.shrink(body.len());
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

/// The series of an answer, or what it says went wrong, if it does.
fn read(text: &[u8]) -> Result<FoundSeries, Option<String>> {
    let answer: Answer = serde_json::from_slice(text).map_err(|_| None)?;
    let Some(data) = answer.data.filter(|_| answer.status == "success") else { return Err(answer.error) };
    let known = ["matrix", "vector", "scalar", "string"];
    let result_type = known.into_iter().find(|known| *known == data.result_type).ok_or(None)?;
    let series = match data.result.as_slice() {
        [Item::Seconds(seconds), Item::Text(value)] if result_type == "scalar" => {
            let points = point(*seconds, value).into_iter().collect();
            vec![ForeignSeries { labels: BTreeMap::new(), points }]
        }
        _ => data.result.into_iter().filter_map(series).collect(),
    };
    Ok(FoundSeries::Foreign { result_type, series })
}

fn series(item: Item) -> Option<ForeignSeries> {
    let Item::Series { metric, values, value } = item else { return None };
    let all = values.iter().chain(&value);
    let points = all.filter_map(|(seconds, value)| point(*seconds, value)).collect();
    Some(ForeignSeries { labels: metric, points })
}

fn point(seconds: f64, value: &str) -> Option<(i64, f64)> {
    Some(((seconds * 1_000.0).round() as i64, value.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(text: &str) -> Result<Vec<(i64, f64)>, Option<String>> {
        let FoundSeries::Foreign { series, .. } = read(text.as_bytes())? else { return Err(None) };
        Ok(series.into_iter().flat_map(|series| series.points).collect())
    }

    #[test]
    fn answers_of_every_type_are_read() {
        for (data, expected) in [
            (r#"{"resultType":"scalar","result":[1.5,"+Inf"]}"#, vec![(1_500, f64::INFINITY)]),
            (
                r#"{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1,"2"]}]}"#,
                vec![(1_000, 2.0)],
            ),
            (
                r#"{"result":[{"metric":{},"values":[[1,"2"],[2,"x"]]}],"resultType":"matrix"}"#,
                vec![(1_000, 2.0)],
            ),
            (r#"{"resultType":"vector","result":[{"metric":{},"histogram":[1,{"count":"1"}]}]}"#, vec![]),
        ] {
            assert_eq!(
                points(&format!(r#"{{"status":"success","data":{data}}}"#)).unwrap(),
                expected,
                "{data}"
            );
        }
        let error = points(r#"{"status":"error","errorType":"bad_data","error":"no"}"#);
        assert_eq!(error, Err(Some("no".to_owned())));
        assert_eq!(points("<html>"), Err(None));
    }
}
