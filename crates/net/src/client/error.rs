//! Why a document was not fetched.

use std::{error::Error, io, time::Duration};

use http::{Method, StatusCode, Uri};
use hyper_util::client::legacy;

use super::dial::{DialError, errno_text};

/// Why a document was not fetched; the texts are those of Go's client, which Prometheus shows.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// There was no connection.
    #[error("{request}: {source}")]
    Dial {
        /// Method and URL.
        request: String,
        /// Why not.
        source: DialError,
    },
    /// The time was up.
    #[error("{}context deadline exceeded", prefix(first_byte, request))]
    Timeout {
        /// Method and URL.
        request: String,
        /// The time that there was.
        timeout: Duration,
        /// When the head of the answer came, if it did.
        first_byte: Option<Duration>,
    },
    /// The connection ended before the answer.
    #[error("{request}: EOF")]
    Closed {
        /// Method and URL.
        request: String,
    },
    /// What came is no HTTP, or the connection broke.
    #[error("{request}: {reason}")]
    Protocol {
        /// Method and URL.
        request: String,
        /// What was wrong.
        reason: String,
    },
    /// The answer's status is not 200.
    #[error("server returned HTTP status {0}")]
    Status(StatusCode),
    /// The body ended too early or broke.
    #[error("{0}")]
    Body(String),
    /// The body is longer than allowed.
    #[error("body size limit exceeded")]
    BodyLimit {
        /// The limit.
        limit_bytes: u64,
    },
    /// There is no room for the body.
    #[error("no memory for a body of {body_bytes} bytes or more")]
    Memory {
        /// Bytes that had to fit.
        body_bytes: u64,
    },
    /// The body says that it is gzip and is not, or is damaged.
    #[error("{}", gzip(.0))]
    Gzip(#[source] io::Error),
    /// The URL, or one that it redirects to, is neither `http` nor `https`.
    #[error("{request}: unsupported protocol scheme {scheme:?}")]
    Scheme {
        /// Method and URL.
        request: String,
        /// Its scheme.
        scheme: String,
    },
    /// One redirect led to another for too long.
    #[error("{request}: stopped after 10 redirects")]
    Redirects {
        /// Where it ended.
        request: String,
    },
}

const MALFORMED: &str = "net/http: HTTP/1.x transport connection broken: malformed HTTP response";

/// Go names the URL only while it waits for the head of the answer.
fn prefix(first_byte: &Option<Duration>, request: &str) -> String {
    if first_byte.is_some() { String::new() } else { format!("{request}: ") }
}

/// What Go calls a request in its errors: `Get "http://host/metrics"`.
pub(super) fn called(method: &Method, url: &Uri) -> String {
    let mut name = method.as_str().to_ascii_lowercase();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{name} \"{url}\"")
}

/// Go's words: they tell a body that never was gzip from one that was damaged on its way.
fn gzip(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "unexpected EOF",
        _ if error.to_string().contains("header") => "gzip: invalid header",
        _ => "gzip: invalid data",
    }
}

impl ClientError {
    /// What went wrong, without the URL: parameters of it may be secrets.
    pub fn reason(&self) -> String {
        let text = self.to_string();
        let reason = self.request().and_then(|request| text.strip_prefix(request)?.strip_prefix(": "));
        reason.map(str::to_owned).unwrap_or(text)
    }

    /// Method and URL, where the error begins with them.
    fn request(&self) -> Option<&str> {
        match self {
            Self::Dial { request, .. }
            | Self::Timeout { request, .. }
            | Self::Closed { request }
            | Self::Protocol { request, .. }
            | Self::Scheme { request, .. }
            | Self::Redirects { request } => Some(request),
            _ => None,
        }
    }

    pub(super) fn from_request(request: String, error: legacy::Error) -> Self {
        let mut cause: Option<Box<dyn Error + Send + Sync>> = None;
        let mut source = error.source();
        while let Some(inner) = source {
            if let Some(dial) = inner.downcast_ref::<DialError>() {
                return Self::Dial { request, source: dial.copy() };
            }
            match inner.downcast_ref::<hyper::Error>() {
                Some(error) if error.is_incomplete_message() => return Self::Closed { request },
                Some(error) if error.is_parse() => {
                    return Self::Protocol { request, reason: MALFORMED.into() };
                }
                _ => {}
            }
            let io = inner.downcast_ref::<io::Error>();
            cause = Some(io.map_or_else(|| inner.to_string(), errno_text).into());
            source = inner.source();
        }
        Self::Protocol { request, reason: cause.map_or_else(|| error.to_string(), |cause| cause.to_string()) }
    }

    pub(super) fn from_body(error: hyper::Error) -> Self {
        let io = error.source().and_then(|source| source.downcast_ref::<io::Error>());
        Self::Body(match io {
            Some(io) if io.kind() == io::ErrorKind::UnexpectedEof => "unexpected EOF".to_owned(),
            Some(io) => errno_text(io),
            None if error.is_incomplete_message() => "unexpected EOF".to_owned(),
            None => error.to_string(),
        })
    }
}

impl DialError {
    /// The pool keeps the original.
    fn copy(&self) -> Self {
        let same = |source: &io::Error| match source.raw_os_error() {
            Some(code) => io::Error::from_raw_os_error(code),
            None => io::Error::new(source.kind(), source.to_string()),
        };
        match self {
            Self::NoHost => Self::NoHost,
            Self::Lookup { host, source } => Self::Lookup { host: host.clone(), source: same(source) },
            Self::Connect { address, source } => Self::Connect { address: *address, source: same(source) },
            Self::Tls(failure) => Self::Tls(failure.clone()),
        }
    }
}
