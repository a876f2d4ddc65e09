//! A stack, or any server with Prometheus's API, that is asked over HTTP.

use std::{
    io::{self, Read},
    sync::Arc,
    time::Duration,
};

use axum::{
    body::{Body, Bytes, to_bytes},
    response::Response,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use http_body_util::BodyExt;
use model::{Budget, LabelSet, Part, Reservation, float::push_seconds, percent};
use net::client::{Client, Request};
use picture::{
    AnnotationSearch, DataSource, Exemplar, HandAnnotation, InstantQuery, RangeQuery, Selection, Series,
    Source, SourceError,
};
use serde_json::Value;
use tokio::{runtime::Runtime, time::timeout};
use wire::answer::{Answer, Unread, read};

use crate::{Failure, with_causes};

/// For one question, and for each pause of its answer.
const TIMEOUT: Duration = Duration::from_secs(120);
/// Bytes of an answer that is held whole: a dashboard, or what went wrong.
const ANSWER_BYTES_MAX: usize = 64 << 20;
/// Kinds of data source that answer PromQL.
const QUERYABLE: [&str; 2] = ["prometheus", "victoriametrics-metrics-datasource"];
/// What the stack calls its own store.
const OWN_UID: &str = "prometheus";

/// A server and a way to it.
pub(super) struct Remote {
    runtime: Runtime,
    client: Client,
    /// Without a slash at the end.
    url: String,
    headers: HeaderMap,
    /// Its data sources, the default one first, once somebody wanted to know; none where it knows of none.
    sources: Option<Vec<DataSource>>,
    /// Pays for the last answer, until it is drawn.
    account: Reservation,
}

impl Remote {
    /// Connects to nothing yet. What is answered is drawn from the budget.
    ///
    /// # Errors
    /// When the token cannot be sent.
    pub(super) fn new(url: &str, token: Option<&str>, budget: &Arc<Budget>) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut headers = HeaderMap::new();
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(header::CONTENT_TYPE, form);
        if let Some(token) = token {
            let mut value = HeaderValue::try_from(format!("Bearer {token}"))?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        let (client, account) = (Client::default(), budget.open(Part::Query));
        let url = url.trim_end_matches('/').to_owned();
        Ok(Self { runtime, client, url, headers, sources: None, account })
    }

    /// The JSON of a dashboard.
    ///
    /// # Errors
    /// When the server does not answer or has no such dashboard.
    pub(super) fn dashboard(&mut self, uid: &str) -> Result<String, SourceError> {
        Ok(self.json(&format!("/api/dashboards/uid/{}", percent::encode(uid)))?.to_string())
    }

    /// Asks the Prometheus API of a data source.
    fn ask(
        &mut self,
        data_source: &str,
        endpoint: &str,
        pairs: &[(&str, &str)],
    ) -> Result<Answer, SourceError> {
        let path = format!("{}/api/v1/{endpoint}", self.way_to(data_source)?);
        let form = form(pairs);
        // The values of a label can only be got.
        let answer = match endpoint.ends_with("/values") {
            true => self.exchange(&Method::GET, &format!("{path}?{form}"), String::new()),
            false => self.exchange(&Method::POST, &path, form),
        }?;
        self.account.shrink(self.account.bytes());
        let body = AnswerBody { body: answer.into_body(), held: Bytes::new(), runtime: &self.runtime };
        read(body, &mut self.account).map_err(|why| match why {
            Unread::Refused(_) | Unread::Memory | Unread::TooLong => SourceError::Query(why.to_string()),
            why => SourceError::Over(format!("{}: {why}", self.url)),
        })
    }

    /// Where the Prometheus API of a data source begins.
    fn way_to(&mut self, named: &str) -> Result<String, SourceError> {
        let all = self.data_sources()?;
        let by_uid = all.iter().find(|one| one.uid == named);
        let found = by_uid
            .or_else(|| all.iter().find(|one| one.name == named))
            .or_else(|| all.first().filter(|one| QUERYABLE.contains(&one.kind.as_str())));
        Ok(match found {
            Some(source) if source.uid != OWN_UID => {
                format!("/api/datasources/proxy/uid/{}", percent::encode(&source.uid))
            }
            _ => String::new(),
        })
    }

    fn json(&self, path: &str) -> Result<Value, SourceError> {
        let answer = self.exchange(&Method::GET, path, String::new())?;
        let body = self.whole(answer)?;
        serde_json::from_slice(&body).map_err(|error| self.over(&error.to_string()))
    }

    fn over(&self, why: &str) -> SourceError {
        SourceError::Over(format!("{}: {why}", self.url))
    }

    /// A good answer, whose body is still to be read.
    fn exchange(&self, method: &Method, path: &str, form: String) -> Result<Response, SourceError> {
        let url = format!("{}{path}", self.url);
        let uri: Uri = url.parse().map_err(|error: http::uri::InvalidUri| self.over(&error.to_string()))?;
        let request = Request { url: &uri, headers: &self.headers, timeout: TIMEOUT, body_bytes_max: 0 };
        let answer = self.runtime.block_on(self.client.exchange(method, &request, Bytes::from(form)));
        let answer = answer.map_err(|error| SourceError::Over(error.to_string()))?.map(Body::new);
        let status = answer.status();
        if status == StatusCode::OK {
            return Ok(answer);
        }
        Err(match failure(status, &self.whole(answer)?) {
            SourceError::Over(why) => self.over(&why),
            why => why,
        })
    }

    fn whole(&self, answer: Response) -> Result<Bytes, SourceError> {
        let body = async { timeout(TIMEOUT, to_bytes(answer.into_body(), ANSWER_BYTES_MAX)).await };
        let body = self.runtime.block_on(body);
        let body = body.map_err(|_| self.over("the answer does not come to its end"))?;
        body.map_err(|error| self.over(&with_causes(&error)))
    }
}

/// What went wrong. Only what the server says about a single question is about that question.
fn failure(status: StatusCode, body: &[u8]) -> SourceError {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let said = |key: &str| answer.get(key).and_then(Value::as_str);
    match (said("error"), said("message")) {
        (Some(why), _) => SourceError::Query(why.to_owned()),
        (None, Some(why)) if status == StatusCode::FORBIDDEN => SourceError::Query(why.to_owned()),
        (None, Some(why)) => SourceError::Over(format!("{status}: {why}")),
        (None, None) => SourceError::Over(status.to_string()),
    }
}

/// A body as it comes.
struct AnswerBody<'a> {
    body: Body,
    held: Bytes,
    runtime: &'a Runtime,
}

impl Read for AnswerBody<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.held.is_empty() {
            let next = async { timeout(TIMEOUT, self.body.frame()).await };
            let Some(frame) = self.runtime.block_on(next)? else { return Ok(0) };
            let frame = frame.map_err(|error| io::Error::other(with_causes(&error)))?;
            self.held = frame.into_data().unwrap_or_default();
        }
        let part = self.held.split_to(self.held.len().min(out.len()));
        if let Some(out) = out.get_mut(..part.len()) {
            out.copy_from_slice(&part);
        }
        Ok(part.len())
    }
}

fn form(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().map(|(name, value)| format!("{name}={}", percent::encode(value)));
    pairs.collect::<Vec<_>>().join("&")
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

impl Source for Remote {
    fn range(&mut self, query: &RangeQuery<'_>) -> Result<Vec<Series>, SourceError> {
        let [start, end, step] = [query.start_ms, query.end_ms, query.step_ms].map(seconds);
        let pairs = [("query", query.expr), ("start", &start), ("end", &end), ("step", &step)];
        self.ask(query.data_source, "query_range", &pairs).map(|answer| answer.series)
    }

    fn instant(&mut self, query: &InstantQuery<'_>) -> Result<Vec<Series>, SourceError> {
        let pairs = [("query", query.expr), ("time", &seconds(query.time_ms))];
        self.ask(query.data_source, "query", &pairs).map(|answer| answer.series)
    }

    fn exemplars(&mut self, query: &RangeQuery<'_>) -> Result<Vec<Exemplar>, SourceError> {
        let [start, end] = [query.start_ms, query.end_ms].map(seconds);
        let pairs = [("query", query.expr), ("start", &start), ("end", &end)];
        self.ask(query.data_source, "query_exemplars", &pairs).map(|answer| answer.exemplars)
    }

    fn label_names(&mut self, selection: &Selection<'_>) -> Result<Vec<String>, SourceError> {
        let selected = Selected::new(selection);
        let answer = self.ask(selection.data_source, "labels", &selected.pairs(selection));
        answer.map(|answer| answer.texts)
    }

    fn label_values(&mut self, name: &str, selection: &Selection<'_>) -> Result<Vec<String>, SourceError> {
        let selected = Selected::new(selection);
        let endpoint = format!("label/{}/values", percent::encode(name));
        let answer = self.ask(selection.data_source, &endpoint, &selected.pairs(selection));
        answer.map(|answer| answer.texts)
    }

    fn series(&mut self, selection: &Selection<'_>) -> Result<Vec<LabelSet>, SourceError> {
        let selected = Selected::new(selection);
        let answer = self.ask(selection.data_source, "series", &selected.pairs(selection))?;
        Ok(answer.series.into_iter().map(|one| one.labels).collect())
    }

    fn annotations(&mut self, search: &AnnotationSearch<'_>) -> Result<Vec<HandAnnotation>, SourceError> {
        let [from, to, limit] = [search.start_ms, search.end_ms, search.limit as i64].map(|n| n.to_string());
        let any_tag = search.any_tag.to_string();
        let mut pairs = vec![("from", from.as_str()), ("to", &to), ("limit", &limit), ("matchAny", &any_tag)];
        pairs.extend(search.tags.iter().map(|tag| ("tags", tag.as_str())));
        if search.tags.is_empty() {
            pairs.push(("dashboardUID", search.dashboard_uid));
        }
        // A server with Prometheus's API alone has none.
        let found = self.json(&format!("/api/annotations?{}", form(&pairs))).unwrap_or_default();
        let number = |one: &Value, key: &str| one.get(key).and_then(Value::as_i64).unwrap_or(0);
        let read = |one: &Value| {
            let start_ms = number(one, "time");
            let end_ms = number(one, "timeEnd").max(start_ms);
            HandAnnotation { panel_id: number(one, "panelId"), start_ms, end_ms }
        };
        Ok(found.as_array().into_iter().flatten().map(read).collect())
    }

    fn data_sources(&mut self) -> Result<Vec<DataSource>, SourceError> {
        if self.sources.is_none() {
            // Likewise.
            let mut found = self.json("/api/datasources").unwrap_or_default();
            let all = found.as_array_mut().map(std::mem::take).unwrap_or_default();
            let is_default = |one: &Value| one.get("isDefault").and_then(Value::as_bool).unwrap_or(false);
            let (first, others): (Vec<_>, Vec<_>) = all.into_iter().partition(is_default);
            let text =
                |one: &Value, key: &str| one.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let read = |one: Value| DataSource {
                name: text(&one, "name"),
                uid: text(&one, "uid"),
                kind: text(&one, "type"),
            };
            self.sources = Some(first.into_iter().chain(others).map(read).collect());
        }
        Ok(self.sources.clone().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_queries_are_told_from_those_of_servers() {
        let read = |status: StatusCode, body: &str| failure(status, body.as_bytes());
        let bad = read(StatusCode::BAD_REQUEST, r#"{"status":"error","error":"parse error"}"#);
        assert_eq!(bad, SourceError::Query("parse error".into()));
        let refused = read(StatusCode::UNAUTHORIZED, r#"{"message":"Unauthorized"}"#);
        assert_eq!(refused, SourceError::Over("401 Unauthorized: Unauthorized".into()));
        assert_eq!(read(StatusCode::BAD_GATEWAY, "<html>"), SourceError::Over("502 Bad Gateway".into()));
        let elsewhere = read(StatusCode::FORBIDDEN, r#"{"message":"log in"}"#);
        assert_eq!(elsewhere, SourceError::Query("log in".into()), "about one data source");
    }
}
