//! Errors of the Prometheus API: the one table from kinds to statuses.

use std::fmt;

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use model::querier::QueryError;

use crate::json::Object;

/// What Prometheus calls the error type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request is wrong.
    BadData,
    /// The query could not be evaluated on the data that is there.
    Execution,
    /// The client went away.
    Canceled,
    /// The query took too long.
    Timeout,
    /// The server failed.
    Internal,
    /// The server is not there yet, or not any more.
    Unavailable,
    /// There is no such thing.
    NotFound,
}

impl ErrorKind {
    /// The word in the answer.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadData => "bad_data",
            Self::Execution => "execution",
            Self::Canceled => "canceled",
            Self::Timeout => "timeout",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
            Self::NotFound => "not_found",
        }
    }

    /// The status of the answer.
    pub fn status(self) -> StatusCode {
        match self {
            Self::BadData => StatusCode::BAD_REQUEST,
            Self::Execution => StatusCode::UNPROCESSABLE_ENTITY,
            // 499 is what nginx, and after it Prometheus, says to a client that is not there any more.
            Self::Canceled => StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_REQUEST),
            Self::Timeout => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotFound => StatusCode::NOT_FOUND,
            // Prometheus, too, has no status of its own for `unavailable`.
            Self::Internal | Self::Unavailable => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// An error as the Prometheus API answers it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", .kind.as_str())]
pub struct ApiError {
    /// Decides the status.
    pub kind: ErrorKind,
    /// What the client reads.
    pub message: String,
}

impl ApiError {
    /// An error of a kind.
    pub fn new(kind: ErrorKind, message: impl fmt::Display) -> Self {
        Self { kind, message: message.to_string() }
    }

    /// A wrong request.
    pub fn bad_data(message: impl fmt::Display) -> Self {
        Self::new(ErrorKind::BadData, message)
    }

    /// A wrong parameter of a request.
    pub fn parameter(name: &str, why: impl fmt::Display) -> Self {
        Self::bad_data(format_args!("invalid parameter \"{name}\": {why}"))
    }
}

impl From<QueryError> for ApiError {
    fn from(error: QueryError) -> Self {
        let kind = match error {
            QueryError::Budget { .. } => ErrorKind::Execution,
            _ => ErrorKind::Internal,
        };
        if kind == ErrorKind::Internal {
            log(&error);
        }
        Self::new(kind, error)
    }
}

impl From<promql::engine::Error> for ApiError {
    fn from(error: promql::engine::Error) -> Self {
        use promql::engine::Error;
        let kind = match &error {
            Error::Parse(_) | Error::Invalid(_) => return Self::parameter("query", error),
            Error::Timeout(_) => ErrorKind::Timeout,
            Error::Canceled(_) => ErrorKind::Canceled,
            Error::Storage(cause @ QueryError::Storage(_)) => {
                log(cause);
                ErrorKind::Internal
            }
            _ => ErrorKind::Execution,
        };
        Self::new(kind, error)
    }
}

/// The client reads the first line of an error, the log all of them.
fn log(error: &QueryError) {
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    tracing::error!(cause, "{error}");
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut body = String::new();
        let mut object = Object::new(&mut body);
        object.str("status", "error").str("errorType", self.kind.as_str()).str("error", &self.message).end();
        (self.kind.status(), [(header::CONTENT_TYPE, "application/json")], body).into_response()
    }
}
