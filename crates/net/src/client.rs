//! An HTTP client: HTTP/1.1 with or without TLS, connections kept alive, every request bounded in time and bytes, and
//! errors that say what went wrong as Prometheus says it.

mod body;
mod dial;
mod error;
mod redirect;
mod stream;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper_util::{
    client::legacy,
    rt::{TokioExecutor, TokioTimer},
};
use tokio::time::{Instant, timeout, timeout_at};

use body::{Decoder, Sink};
pub use dial::{DialError, TlsFailure};
pub use error::ClientError;
use error::called;

use crate::tls::{ClientTls, ClientTlsSettings};

/// As many redirects as Go's client follows.
const REDIRECTS_MAX: usize = 10;

/// Bytes that a connection reads at once, and keeps while idle; the head of an answer may not be longer. With
/// bodies of 64 kB an idle connection costs 22 kB in all, with twice the buffer 34 kB, and is as fast.
const READ_BUFFER_BYTES: usize = 8 * 1024;

/// How long an idle connection is kept, as by Prometheus.
const IDLE_TIMEOUT: Duration = Duration::from_secs(300);

/// Fetches documents; a clone shares the connections.
///
/// Must be used within a tokio runtime with I/O and time.
#[derive(Clone, Debug)]
pub struct Client {
    inner: legacy::Client<dial::Dialer, Full<Bytes>>,
}

/// What to fetch, and how much of it.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// An absolute `http` or `https` URL.
    pub url: &'a Uri,
    /// Headers to send; `Host` is added. With `Accept-Encoding: gzip` the body is decompressed.
    pub headers: &'a HeaderMap,
    /// Time for all of it: connecting, waiting and reading the body.
    pub timeout: Duration,
    /// Bytes of the body, decompressed, that are read at most.
    pub body_bytes_max: u64,
}

/// What was answered beside the body.
#[derive(Clone, Debug)]
pub struct Response {
    /// The `Content-Type`; empty when there was none.
    pub content_type: String,
    /// Bytes of the body, decompressed.
    pub body_bytes: u64,
    /// Bytes of the body as they came.
    pub wire_bytes: u64,
    /// Time until the head of the answer was there.
    pub first_byte: Duration,
}

impl Default for Client {
    fn default() -> Self {
        Self::new(ClientTlsSettings::default())
    }
}

impl Client {
    /// A client that secures connections to `https` URLs as the settings say. Nothing is read before the first of
    /// them.
    pub fn new(tls: ClientTlsSettings) -> Self {
        let inner = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(2)
            .http1_read_buf_exact_size(READ_BUFFER_BYTES)
            .build(dial::Dialer::new(Arc::new(ClientTls::new(tls))));
        Self { inner }
    }

    /// Gets a document and hands its body over piece by piece; `take` says false to what it has no room for.
    ///
    /// # Errors
    /// Whenever not all of a document with status 200 was handed over; see [`ClientError`].
    pub async fn get(
        &self,
        request: &Request<'_>,
        take: &mut (dyn FnMut(&[u8]) -> bool + Send),
    ) -> Result<Response, ClientError> {
        let start = Instant::now();
        let deadline = start + request.timeout;
        let late = |first_byte| ClientError::Timeout {
            request: called(&Method::GET, request.url),
            timeout: request.timeout,
            first_byte,
        };
        let response = timeout_at(deadline, self.follow(request)).await.map_err(|_| late(None))??;
        let first_byte = start.elapsed();
        if response.status() != StatusCode::OK {
            return Err(ClientError::Status(response.status()));
        }
        let content_type = header_text(response.headers(), header::CONTENT_TYPE);
        let gzip = header_text(response.headers(), header::CONTENT_ENCODING).eq_ignore_ascii_case("gzip");
        let sink = Sink::new(request.body_bytes_max, take);
        let body = timeout_at(deadline, read_body(response.into_body(), gzip, sink)).await;
        let (body_bytes, wire_bytes) = body.map_err(|_| late(Some(first_byte)))??;
        Ok(Response { content_type, body_bytes, wire_bytes, first_byte })
    }

    /// The first answer that is no redirect.
    async fn follow(&self, request: &Request<'_>) -> Result<http::Response<Incoming>, ClientError> {
        let mut url = request.url.clone();
        for _ in 0..=REDIRECTS_MAX {
            let response = self.send(&Method::GET, &url, request.headers, Bytes::new()).await?;
            match redirect::location(&url, &response) {
                Some(next) => url = next,
                None => return Ok(response),
            }
            if !matches!(url.scheme_str(), Some("http" | "https")) {
                let scheme = url.scheme_str().unwrap_or_default().to_owned();
                return Err(ClientError::Scheme { request: called(&Method::GET, &url), scheme });
            }
        }
        Err(ClientError::Redirects { request: called(&Method::GET, &url) })
    }

    /// Sends a request that may be repeated, and gives the answer as soon as its head is there; redirects are not
    /// followed. The body comes as it is read; dropping it closes the connection.
    ///
    /// # Errors
    /// When there is no answer within the timeout.
    pub async fn exchange(
        &self,
        method: &Method,
        request: &Request<'_>,
        body: Bytes,
    ) -> Result<http::Response<Incoming>, ClientError> {
        let answer = timeout(request.timeout, self.send(method, request.url, request.headers, body)).await;
        answer.unwrap_or_else(|_| {
            let called = called(method, request.url);
            Err(ClientError::Timeout { request: called, timeout: request.timeout, first_byte: None })
        })
    }

    /// A server may close a kept connection just when it is used again: what may be repeated is sent twice.
    async fn send(
        &self,
        method: &Method,
        url: &Uri,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<http::Response<Incoming>, ClientError> {
        let mut last = None;
        for _ in 0..2 {
            let mut request = http::Request::new(Full::new(body.clone()));
            *request.method_mut() = method.clone();
            *request.uri_mut() = url.clone();
            request.headers_mut().clone_from(headers);
            match self.inner.request(request).await {
                Ok(response) => return Ok(response),
                Err(error) => {
                    let error = ClientError::from_request(called(method, url), error);
                    if !matches!(error, ClientError::Closed { .. }) {
                        return Err(error);
                    }
                    last = Some(error);
                }
            }
        }
        Err(last.unwrap_or_else(|| ClientError::Closed { request: called(method, url) }))
    }
}

/// Reads a body into the sink; the result is its length decompressed and as it came.
async fn read_body(mut body: Incoming, gzip: bool, sink: Sink<'_>) -> Result<(u64, u64), ClientError> {
    let mut decoder = Decoder::new(gzip, sink);
    if !gzip && let Some(announced) = body.size_hint().exact() {
        decoder.check_length(announced)?;
    }
    let mut wire_bytes = 0;
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.map_err(ClientError::from_body)?.into_data() {
            wire_bytes += data.len() as u64;
            decoder.write(&data)?;
        }
    }
    Ok((decoder.finish()?, wire_bytes))
}

fn header_text(headers: &HeaderMap, name: header::HeaderName) -> String {
    let value = headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    value.unwrap_or_default()
}

#[cfg(test)]
mod tests;
