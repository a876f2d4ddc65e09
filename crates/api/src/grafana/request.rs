//! Bodies of requests, and answers about what became of them.

use axum::{
    Json,
    body::Body,
    response::{IntoResponse, Response},
};
use dashboard::{ChangeError, DASHBOARD_BYTES_MAX};
use http::StatusCode;
use http_body_util::Limited;
use model::Part;
use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::{Grafana, Viewer, message};
use crate::held_request::HeldRequest;

/// Bytes of a request: a dashboard, and what is said about it.
const BYTES_MAX: usize = DASHBOARD_BYTES_MAX + (64 << 10);

/// An answer, or what to answer instead.
pub(super) type Answer<T = Response> = Result<T, Refusal>;

/// Why a request is not answered as it wishes.
pub(super) struct Refusal {
    status: StatusCode,
    /// A field with what clients know the error by, and its name; both are empty for most.
    word: (&'static str, &'static str),
    message: String,
}

const NO_WORD: (&str, &str) = ("", "");

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, word: NO_WORD, message: message.into() }
    }

    /// One that clients know by a field with a word.
    pub(super) fn known(status: StatusCode, word: (&'static str, &'static str), message: String) -> Self {
        Self { status, word, message }
    }

    /// The status, the word that clients know, and what is said.
    pub(super) fn into_parts(self) -> (StatusCode, (&'static str, &'static str), String) {
        (self.status, self.word, self.message)
    }

    /// For somebody who may not do something: 401 for nobody, else 403 as Grafana words it.
    pub(super) fn denied(viewer: &Viewer, needed: &str) -> Self {
        if matches!(viewer, Viewer::Anonymous) {
            return Self::new(StatusCode::UNAUTHORIZED, "Unauthorized");
        }
        let message = format!(
            "You'll need additional permissions to perform this action. Permissions needed: {needed}"
        );
        Self { status: StatusCode::FORBIDDEN, word: ("title", "Access denied"), message }
    }

    /// For a request that is not to be understood.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { status, word, message: text } = self;
        match word {
            NO_WORD => message(status, &text),
            (name, word) => (status, Json(json!({ name: word, "message": text }))).into_response(),
        }
    }
}

impl Grafana {
    /// Reads a body at the expense of the budget, and works with its JSON text off the network thread.
    pub(super) async fn with_body(
        &self,
        body: Body,
        work: impl FnOnce(&Self, &str) -> Answer + Send + 'static,
    ) -> Response {
        let body = Body::new(Limited::new(body, BYTES_MAX));
        let held = match HeldRequest::read(body, self.budget.open(Part::Dashboard)).await {
            Ok(held) => held,
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                let text = format!("the request has more than {BYTES_MAX} bytes; split the dashboard");
                return message(error.status(), &text);
            }
            Err(error) => return message(error.status(), &error.to_string()),
        };
        let done = self.blocking(move |grafana| match std::str::from_utf8(held.as_bytes()) {
            Ok(text) => work(grafana, text),
            Err(error) => Err(not_understood(error)),
        });
        finish(done.await)
    }

    /// Works off the network thread.
    pub(super) async fn answer(&self, work: impl FnOnce(&Self) -> Answer + Send + 'static) -> Response {
        finish(self.blocking(work).await)
    }
}

fn finish(done: Result<Answer, Response>) -> Response {
    match done {
        Ok(Ok(answer)) | Err(answer) => answer,
        Ok(Err(refusal)) => refusal.into_response(),
    }
}

/// Reads the text of a request.
pub(super) fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Refusal> {
    serde_json::from_str(text).map_err(not_understood)
}

/// An id of a path.
pub(super) fn id(text: &str) -> Answer<u64> {
    text.parse().map_err(|_| Refusal::bad_request("id is invalid"))
}

/// A field that may be null, which is as good as none: Go reads it so, and clients rely on it.
pub(super) fn nullable<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn not_understood(error: impl std::fmt::Display) -> Refusal {
    Refusal::bad_request(format!("bad request data: {error}"))
}

/// What Grafana answers when a dashboard or folder is not changed.
impl From<ChangeError> for Refusal {
    fn from(error: ChangeError) -> Self {
        let (status, word) = status(&error);
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(%error, cause, "dashboard or folder");
        }
        let word = if word.is_empty() { NO_WORD } else { ("status", word) };
        Self { status, word, message: error.to_string() }
    }
}

fn status(error: &ChangeError) -> (StatusCode, &'static str) {
    use ChangeError as E;
    match error {
        E::TitleEmpty => (StatusCode::BAD_REQUEST, "empty-name"),
        E::TitleTooLong => (StatusCode::BAD_REQUEST, "title-too-long"),
        E::NotFound | E::FolderNotFound => (StatusCode::NOT_FOUND, "not-found"),
        E::VersionNotFound => (StatusCode::NOT_FOUND, ""),
        E::SameName => (StatusCode::PRECONDITION_FAILED, "name-exists"),
        E::VersionMismatch | E::FolderVersionMismatch => {
            (StatusCode::PRECONDITION_FAILED, "version-mismatch")
        }
        E::FolderSameUid => (StatusCode::CONFLICT, ""),
        E::Denied => (StatusCode::FORBIDDEN, ""),
        E::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, ""),
        E::Full { .. } => (StatusCode::FORBIDDEN, ""),
        E::Library(_) | E::Storage { .. } | E::Random(_) => (StatusCode::INTERNAL_SERVER_ERROR, ""),
        _ => (StatusCode::BAD_REQUEST, ""),
    }
}
