//! A server that is asked for others: where it is, how it is reached, and what it has to know about who asks.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::body::Bytes;
use dashboard::{DataSource, Definition, Role};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header};
use hyper::body::Incoming;
use net::{
    basic_auth,
    client::{Client, ClientError, Request},
    tls::{ClientTlsSettings, Pem},
};
use serde_json::Value;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::Viewer;

/// How long an answer may take to begin, and to go on, unless the data source says otherwise, as in Grafana.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The longest that a data source may ask for.
const TIMEOUT_MAX: Duration = Duration::from_secs(600);
/// Requests to other servers at once; each takes two connections and their buffers, some 50 kB.
const REQUESTS_MAX: usize = 24;
/// Threads that wait for other servers at once: the blocking pool has few, and queries of the own store, logins and
/// writes are to go on however slow the others are.
const READERS_MAX: usize = 1;
/// Servers whose connections are kept: more than there are data sources.
const KNOWN_MAX: usize = 128;
/// Headers of its own that a data source may have.
const HEADERS_MAX: usize = 32;

/// Why a data source gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpstreamError {
    /// It is not a Prometheus.
    #[error("data sources of type {0} cannot be queried, only those of type prometheus")]
    Kind(String),
    /// Its URL is empty or leads nowhere.
    #[error("the data source has no URL that can be asked")]
    Url,
    /// One of its headers cannot be sent.
    #[error("the data source's header {0:?} cannot be sent")]
    Header(String),
    /// Too many others are being asked.
    #[error("too many requests to data sources at once")]
    Busy,
    /// It did not answer.
    #[error("the data source does not answer: {}", .0.reason())]
    Client(#[from] ClientError),
    /// It does not let this server in.
    #[error("Authentication to data source failed")]
    Unauthorized,
    /// It sends clients elsewhere.
    #[error("the data source redirects to {0:?}: set its URL to that")]
    Redirect(String),
}

impl UpstreamError {
    /// The status of the answer; never 401, which would send browsers to the login.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Kind(_) | Self::Url | Self::Header(_) | Self::Unauthorized => StatusCode::BAD_REQUEST,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Client(ClientError::Timeout { .. }) => StatusCode::GATEWAY_TIMEOUT,
            Self::Client(_) | Self::Redirect(_) => StatusCode::BAD_GATEWAY,
        }
    }

    /// What somebody is told: only administrators, who may see addresses of data sources, are told them.
    pub(crate) fn told(&self, viewer: &Viewer) -> String {
        if viewer.role() >= Role::Admin {
            return self.to_string();
        }
        tracing::debug!(error = %self, "data source");
        match self {
            Self::Client(ClientError::Timeout { .. }) => "the data source does not answer in time".to_owned(),
            Self::Client(_) => "the data source does not answer; administrators are told why".to_owned(),
            Self::Redirect(_) => "the data source redirects; administrators are told where to".to_owned(),
            other => other.to_string(),
        }
    }
}

/// The servers that were asked lately, and places for requests to them.
pub(in crate::grafana) struct Upstreams {
    /// By the number of the data source, with the version that it was made from.
    known: Mutex<HashMap<u64, (u64, Arc<Upstream>)>>,
    places: Arc<Semaphore>,
    readers: Arc<Semaphore>,
    user_agent: HeaderValue,
}

impl Upstreams {
    /// `version` is what the others are told about this server.
    pub(super) fn new(version: &str) -> Self {
        let user_agent = HeaderValue::from_str(&format!("Gnomon/{version}"));
        Self {
            known: Mutex::default(),
            places: Arc::new(Semaphore::new(REQUESTS_MAX)),
            readers: Arc::new(Semaphore::new(READERS_MAX)),
            user_agent: user_agent.unwrap_or_else(|_| HeaderValue::from_static("Gnomon")),
        }
    }

    /// The server of a data source; connections are kept as long as it stays as it is.
    pub(in crate::grafana) fn get(&self, source: &DataSource) -> Result<Arc<Upstream>, UpstreamError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, upstream)) = known.get(&source.id).filter(|(version, _)| *version == source.version) {
            return Ok(Arc::clone(upstream));
        }
        let upstream = Arc::new(Upstream::new(source, &self.user_agent)?);
        if known.len() >= KNOWN_MAX {
            known.clear();
        }
        known.insert(source.id, (source.version, Arc::clone(&upstream)));
        Ok(upstream)
    }

    /// Closes the connections to the server of a data source that is gone.
    pub(super) fn forget(&self, id: u64) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    /// A place for a request; waits as long as an answer may take.
    pub(in crate::grafana) async fn place(
        &self,
        upstream: &Upstream,
    ) -> Result<OwnedSemaphorePermit, UpstreamError> {
        let place = timeout(upstream.timeout, Arc::clone(&self.places).acquire_owned()).await;
        place.ok().and_then(Result::ok).ok_or(UpstreamError::Busy)
    }

    /// The right to wait for other servers on a thread of the blocking pool; to be had before the thread is. Waits for
    /// it no longer than `patience`.
    pub(in crate::grafana) async fn reader(
        &self,
        patience: Duration,
    ) -> Result<OwnedSemaphorePermit, UpstreamError> {
        let reader = timeout(patience, Arc::clone(&self.readers).acquire_owned()).await;
        reader.ok().and_then(Result::ok).ok_or(UpstreamError::Busy)
    }

    /// The same where it is free at once.
    pub(in crate::grafana) fn free_reader(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.readers).try_acquire_owned().ok()
    }
}

/// One of them.
pub(in crate::grafana) struct Upstream {
    client: Client,
    /// Without a slash at its end.
    base: String,
    /// Sent with every request; passwords are among them.
    headers: HeaderMap,
    /// What is added to the parameters of every request.
    parameters: String,
    timeout: Duration,
}

impl Upstream {
    fn new(source: &DataSource, user_agent: &HeaderValue) -> Result<Self, UpstreamError> {
        let definition = &source.definition;
        if !source.is_queryable() {
            return Err(UpstreamError::Kind(definition.kind.clone()));
        }
        let base = definition.url.trim_end_matches('/').to_owned();
        if base.parse::<Uri>().ok().is_none_or(|url| url.host().is_none()) {
            return Err(UpstreamError::Url);
        }
        let mut headers = headers(definition)?;
        headers.entry(header::USER_AGENT).or_insert_with(|| user_agent.clone());
        let text = |key: &str| definition.json_data.get(key).and_then(Value::as_str).unwrap_or_default();
        let parameters = text("customQueryParameters").trim_start_matches(['?', '&']).to_owned();
        let client = Client::new(tls(definition));
        Ok(Self { client, base, headers, parameters, timeout: timeout_of(definition) })
    }

    /// How long an answer may take to begin, and to go on.
    pub(in crate::grafana) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Asks below the server's URL; `path` begins without a slash. `headers` are those of the caller that are handed
    /// on.
    pub(in crate::grafana) async fn ask(
        &self,
        method: &Method,
        path: &str,
        query: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Response<Incoming>, UpstreamError> {
        let parameters = [query, &self.parameters].into_iter().filter(|part| !part.is_empty());
        let query = parameters.collect::<Vec<_>>().join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        let url: Uri =
            format!("{}/{path}{mark}{query}", self.base).parse().map_err(|_| UpstreamError::Url)?;
        let mut all = headers;
        all.extend(self.headers.clone());
        let request = Request { url: &url, headers: &all, timeout: self.timeout, body_bytes_max: 0 };
        let answer = self.client.exchange(method, &request, body).await?;
        match answer.status() {
            StatusCode::UNAUTHORIZED => Err(UpstreamError::Unauthorized),
            status if status.is_redirection() && status != StatusCode::NOT_MODIFIED => {
                let location = answer.headers().get(header::LOCATION);
                let location = location.and_then(|v| v.to_str().ok()).unwrap_or_default();
                Err(UpstreamError::Redirect(location.to_owned()))
            }
            _ => Ok(answer),
        }
    }
}

/// Those that a data source is asked with: its user, and `httpHeaderName1` with `httpHeaderValue1` and so on.
fn headers(definition: &Definition) -> Result<HeaderMap, UpstreamError> {
    let mut headers = HeaderMap::new();
    let secrets = &definition.secure_json_data;
    if definition.basic_auth {
        let password = secrets.get("basicAuthPassword").unwrap_or_default();
        headers.insert(header::AUTHORIZATION, basic_auth::header(&definition.basic_auth_user, password));
    }
    let named = definition.json_data.iter().filter_map(|(key, name)| {
        let number = key.strip_prefix("httpHeaderName")?;
        Some((name.as_str()?, secrets.get(&format!("httpHeaderValue{number}")).unwrap_or_default()))
    });
    for (name, value) in named.take(HEADERS_MAX) {
        let unsendable = || UpstreamError::Header(name.to_owned());
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unsendable())?;
        let mut value = HeaderValue::from_str(value).map_err(|_| unsendable())?;
        if is_of_connection(&header) {
            return Err(unsendable());
        }
        value.set_sensitive(true);
        headers.insert(header, value);
    }
    Ok(headers)
}

/// Headers that say how a message is sent, not what it is.
fn is_of_connection(name: &HeaderName) -> bool {
    let framing = [
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::HOST,
        header::TE,
        header::TRAILER,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
    ];
    framing.contains(name) || name.as_str().starts_with("proxy-") || name.as_str() == "keep-alive"
}

fn tls(definition: &Definition) -> ClientTlsSettings {
    let flag = |key: &str| definition.json_data.get(key).and_then(Value::as_bool).unwrap_or(false);
    let secret = |key: &str| definition.secure_json_data.get(key).map(|text| Pem::Inline(text.to_owned()));
    let name = definition.json_data.get("serverName").and_then(Value::as_str).unwrap_or_default();
    ClientTlsSettings {
        ca: secret("tlsCACert").filter(|_| flag("tlsAuthWithCACert")),
        cert: secret("tlsClientCert").filter(|_| flag("tlsAuth")),
        key: secret("tlsClientKey").filter(|_| flag("tlsAuth")),
        server_name: name.to_owned(),
        insecure_skip_verify: flag("tlsSkipVerify"),
        ..ClientTlsSettings::default()
    }
}

/// `jsonData.timeout` in seconds.
fn timeout_of(definition: &Definition) -> Duration {
    let seconds = definition.json_data.get("timeout").and_then(|given| match given {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    });
    seconds.filter(|&seconds| seconds > 0).map_or(TIMEOUT, Duration::from_secs).min(TIMEOUT_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dashboard::data_source::Secrets;
    use serde_json::json;

    fn source(json_data: Value, secrets: &[(&str, &str)]) -> DataSource {
        let secrets = secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let definition = Definition {
            kind: "prometheus".into(),
            url: "http://vm:8428/select/".into(),
            json_data: json_data.as_object().cloned().unwrap(),
            secure_json_data: Secrets(secrets.collect()),
            ..Definition::default()
        };
        DataSource { definition, ..DataSource::default() }
    }

    fn made(source: &DataSource) -> Result<Upstream, String> {
        Upstream::new(source, &HeaderValue::from_static("x")).map_err(|error| error.to_string())
    }

    #[test]
    fn settings_become_headers_parameters_and_times() {
        let settings = json!({
            "httpHeaderName1": "X-Scope-OrgID", "customQueryParameters": "?a=b", "timeout": "7",
        });
        let upstream = made(&source(settings, &[("httpHeaderValue1", "edge")])).unwrap();
        assert_eq!(upstream.base, "http://vm:8428/select");
        assert_eq!(upstream.headers.get("x-scope-orgid").unwrap(), "edge");
        assert_eq!((upstream.parameters.as_str(), upstream.timeout.as_secs()), ("a=b", 7));
    }

    #[test]
    fn headers_that_would_split_a_request_are_refused() {
        for (name, value) in [
            ("X\r\nA", "b"),
            ("X", "a\r\nb: c"),
            ("Transfer-Encoding", "chunked"),
            ("Connection", "x"),
            ("", "x"),
        ] {
            let source = source(json!({ "httpHeaderName1": name }), &[("httpHeaderValue1", value)]);
            let error = made(&source).err().unwrap();
            assert!(error.ends_with("cannot be sent"), "{name:?}: {error}");
        }
    }

    #[test]
    fn other_kinds_are_not_asked() {
        let mut loki = source(json!({}), &[]);
        loki.definition.kind = "loki".into();
        let expected = "data sources of type loki cannot be queried, only those of type prometheus";
        assert_eq!(made(&loki).err().unwrap(), expected);
    }
}
