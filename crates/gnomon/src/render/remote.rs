//! A stack, or any server with Prometheus's API, that is asked over HTTP.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use model::{LabelSet, float::push_seconds, percent};
use net::client::{Client, Request};
use picture::{RangeQuery, Selection, Series, Source, SourceError};
use serde_json::Value;
use tokio::{runtime::Runtime, time::timeout};

use crate::{Failure, with_causes};

/// For one question and its answer.
const TIMEOUT: Duration = Duration::from_secs(120);
/// Bytes of one answer.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// A server and a way to it.
pub(super) struct Remote {
    runtime: Runtime,
    client: Client,
    /// Without a slash at the end.
    url: String,
    headers: HeaderMap,
}

impl Remote {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// When the token cannot be sent.
    pub(super) fn new(url: &str, token: Option<&str>) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut headers = HeaderMap::new();
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(header::CONTENT_TYPE, form);
        if let Some(token) = token {
            let mut value = HeaderValue::try_from(format!("Bearer {token}"))?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        Ok(Self { runtime, client: Client::default(), url: url.trim_end_matches('/').to_owned(), headers })
    }

    /// The JSON of a dashboard.
    ///
    /// # Errors
    /// When the server does not answer or has no such dashboard.
    pub(super) fn dashboard(&mut self, uid: &str) -> Result<String, SourceError> {
        let path = format!("/api/dashboards/uid/{}", percent::encode(uid));
        let answer = self.exchange(&Method::GET, &path, String::new())?;
        Ok(answer.to_string())
    }

    /// Asks the Prometheus API; the answer's `data`.
    fn ask(&mut self, path: &str, pairs: &[(&str, &str)]) -> Result<Value, SourceError> {
        let form: Vec<_> =
            pairs.iter().map(|(name, value)| format!("{name}={}", percent::encode(value))).collect();
        let path = format!("/api/v1/{path}");
        // The values of a label can only be got.
        let mut answer = match path.ends_with("/values") {
            true => self.exchange(&Method::GET, &format!("{path}?{}", form.join("&")), String::new()),
            false => self.exchange(&Method::POST, &path, form.join("&")),
        }?;
        Ok(answer.get_mut("data").map(Value::take).unwrap_or_default())
    }

    fn exchange(&self, method: &Method, path: &str, form: String) -> Result<Value, SourceError> {
        let url = format!("{}{path}", self.url);
        let over = |why: String| SourceError::Over(format!("{}: {why}", self.url));
        let uri: Uri = url.parse().map_err(|error: http::uri::InvalidUri| over(error.to_string()))?;
        let request = Request {
            url: &uri,
            headers: &self.headers,
            timeout: TIMEOUT,
            body_bytes_max: ANSWER_BYTES_MAX as u64,
        };
        let answer = async {
            let answer = self.client.exchange(method, &request, Bytes::from(form)).await;
            let answer = answer.map_err(|error| SourceError::Over(error.to_string()))?;
            let status = answer.status();
            let body = timeout(TIMEOUT, to_bytes(Body::new(answer.into_body()), ANSWER_BYTES_MAX)).await;
            let body = body.map_err(|_| over("the answer does not come to its end".to_owned()))?;
            Ok((status, body.map_err(|error| over(with_causes(&error)))?))
        };
        let (status, body) = self.runtime.block_on(answer)?;
        read(status, &body).map_err(|why| match why {
            SourceError::Query(why) => SourceError::Query(why),
            why => over(why.to_string()),
        })
    }

    fn samples(&mut self, path: &str, pairs: &[(&str, &str)]) -> Result<Vec<Series>, SourceError> {
        let data = self.ask(path, pairs)?;
        let result = data.get("result").unwrap_or(&Value::Null);
        Ok(match data.get("resultType").and_then(Value::as_str) {
            Some("matrix" | "vector") => result.as_array().into_iter().flatten().map(series).collect(),
            Some("scalar") => {
                vec![Series { labels: LabelSet::empty(), samples: sample(result).into_iter().collect() }]
            }
            _ => Vec::new(),
        })
    }
}

/// An answer's JSON. Only what the server says about a single question is about that question.
fn read(status: StatusCode, body: &[u8]) -> Result<Value, SourceError> {
    let answer: Result<Value, _> = serde_json::from_slice(body);
    let said = |key: &str| Some(answer.as_ref().ok()?.get(key)?.as_str()?.to_owned());
    match (status, said("error"), said("message")) {
        (StatusCode::OK, None, _) => answer.map_err(|error| SourceError::Over(error.to_string())),
        (_, Some(why), _) => Err(SourceError::Query(why)),
        (status, None, Some(why)) => Err(SourceError::Over(format!("{status}: {why}"))),
        (status, None, None) => Err(SourceError::Over(status.to_string())),
    }
}

fn series(json: &Value) -> Series {
    let list = |key: &str| json.get(key).and_then(Value::as_array).into_iter().flatten();
    let single = |key: &str| json.get(key);
    let floats = list("values").chain(single("value")).filter_map(sample);
    let counts = list("histograms").chain(single("histogram")).filter_map(histogram_count);
    let mut samples: Vec<_> = floats.chain(counts).collect();
    samples.sort_by_key(|(time_ms, _)| *time_ms);
    Series { labels: json.get("metric").map(labels).unwrap_or_default(), samples }
}

fn labels(json: &Value) -> LabelSet {
    let pairs = json.as_object().into_iter().flatten();
    LabelSet::from_pairs(pairs.filter_map(|(name, value)| Some((name, value.as_str()?))))
}

/// `[1435781430.781, "1"]`.
fn sample(json: &Value) -> Option<(i64, f64)> {
    Some((time_ms(json)?, json.get(1)?.as_str()?.parse().ok()?))
}

fn histogram_count(json: &Value) -> Option<(i64, f64)> {
    Some((time_ms(json)?, json.get(1)?.get("count")?.as_str()?.parse().ok()?))
}

fn time_ms(json: &Value) -> Option<i64> {
    json.get(0)?.as_f64().map(|seconds| (seconds * 1e3).round() as i64)
}

fn seconds(time_ms: i64) -> String {
    let mut text = String::new();
    push_seconds(&mut text, time_ms);
    text
}

/// The parameters of a selection.
struct Selected {
    start: String,
    end: String,
    limit: String,
}

impl Selected {
    fn new(selection: &Selection<'_>) -> Self {
        let limit = selection.limit.to_string();
        Self { start: seconds(selection.start_ms), end: seconds(selection.end_ms), limit }
    }

    fn pairs<'a>(&'a self, selection: &Selection<'a>) -> Vec<(&'static str, &'a str)> {
        let mut pairs = vec![("start", self.start.as_str()), ("end", &self.end), ("limit", &self.limit)];
        if !selection.selector.is_empty() {
            pairs.push(("match[]", selection.selector));
        }
        pairs
    }
}

fn texts(data: &Value) -> Vec<String> {
    data.as_array().into_iter().flatten().filter_map(|text| Some(text.as_str()?.to_owned())).collect()
}

impl Source for Remote {
    fn range(&mut self, query: &RangeQuery<'_>) -> Result<Vec<Series>, SourceError> {
        let [start, end, step] = [query.start_ms, query.end_ms, query.step_ms].map(seconds);
        self.samples(
            "query_range",
            &[("query", query.expr), ("start", &start), ("end", &end), ("step", &step)],
        )
    }

    fn instant(&mut self, expr: &str, time_ms: i64) -> Result<Vec<Series>, SourceError> {
        self.samples("query", &[("query", expr), ("time", &seconds(time_ms))])
    }

    fn label_names(&mut self, selection: &Selection<'_>) -> Result<Vec<String>, SourceError> {
        let selected = Selected::new(selection);
        Ok(texts(&self.ask("labels", &selected.pairs(selection))?))
    }

    fn label_values(&mut self, name: &str, selection: &Selection<'_>) -> Result<Vec<String>, SourceError> {
        let selected = Selected::new(selection);
        let path = format!("label/{}/values", percent::encode(name));
        Ok(texts(&self.ask(&path, &selected.pairs(selection))?))
    }

    fn series(&mut self, selection: &Selection<'_>) -> Result<Vec<LabelSet>, SourceError> {
        let selected = Selected::new(selection);
        let found = self.ask("series", &selected.pairs(selection))?;
        Ok(found.as_array().into_iter().flatten().map(labels).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn series_are_read() {
        let read = series(&json!({
            "metric": { "__name__": "up", "job": "a" },
            "values": [[30, "NaN"], [15.5, "+Inf"]],
            "histograms": [[20, { "count": "7", "sum": "1" }]],
        }));
        assert_eq!(read.labels.to_string(), "up{job=\"a\"}");
        let times: Vec<_> = read.samples.iter().map(|(time_ms, _)| *time_ms).collect();
        assert_eq!((times, read.samples[1].1), (vec![15_500, 20_000, 30_000], 7.0));
        assert_eq!(series(&json!({ "value": [1, "2"] })).samples, [(1000, 2.0)]);
        assert_eq!(series(&json!([])), Series::default());
    }

    #[test]
    fn errors_of_queries_are_told_from_those_of_servers() {
        let read = |status: StatusCode, body: &str| read(status, body.as_bytes()).unwrap_err();
        let bad = read(StatusCode::BAD_REQUEST, r#"{"status":"error","error":"parse error"}"#);
        assert_eq!(bad, SourceError::Query("parse error".into()));
        let refused = read(StatusCode::UNAUTHORIZED, r#"{"message":"Unauthorized"}"#);
        assert_eq!(refused, SourceError::Over("401 Unauthorized: Unauthorized".into()));
        assert_eq!(read(StatusCode::BAD_GATEWAY, "<html>"), SourceError::Over("502 Bad Gateway".into()));
        assert!(matches!(read(StatusCode::OK, "<html>"), SourceError::Over(_)));
    }
}
