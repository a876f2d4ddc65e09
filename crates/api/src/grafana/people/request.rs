//! What requests about people have in common: bodies, ids, pages of lists, and answers about what became of them.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    response::Response,
};
use dashboard::{AccountError, LoginError};
use http::StatusCode;
use model::with_causes;
use serde::de::DeserializeOwned;

pub(super) use super::super::request::{Answer, id};
use super::super::{Grafana, message, request::Refusal};

/// A refusal in a few words.
pub(super) fn refuse(status: StatusCode, text: &str) -> Refusal {
    Refusal::new(status, text)
}

/// The JSON of a request, whatever it says that it is: Grafana's clients do not all say.
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Answer<Self> {
        let bad = |why: String| refuse(StatusCode::BAD_REQUEST, &format!("bad request data: {why}"));
        let bytes = Bytes::from_request(request, state).await.map_err(|error| bad(error.body_text()))?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| bad(error.to_string()))
    }
}

impl Grafana {
    /// Changes accounts off the network thread.
    pub(super) async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Self) -> Result<T, AccountError> + Send + 'static,
    ) -> Answer<T> {
        finished(self.blocking(change).await)
    }

    /// The same where a password is hashed, one at a time.
    pub(super) async fn change_password<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Self) -> Result<T, AccountError> + Send + 'static,
    ) -> Answer<T> {
        finished(self.checked(change).await)
    }
}

/// The answer to a change that was made.
pub(super) fn done(text: &str) -> Answer {
    Ok(message(StatusCode::OK, text))
}

/// The outcome of work off the network thread.
pub(super) fn finished<T>(done: Result<Result<T, AccountError>, Response>) -> Answer<T> {
    let done = done.map_err(|_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error"))?;
    Ok(done?)
}

impl From<AccountError> for Refusal {
    fn from(error: AccountError) -> Self {
        let status = status(&error);
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(error = with_causes(&error), "accounts");
        }
        Self::new(status, error.to_string())
    }
}

fn status(error: &AccountError) -> StatusCode {
    use AccountError as E;
    match error {
        E::PasswordTooShort | E::PasswordTooLong { .. } | E::Invalid { .. } => StatusCode::BAD_REQUEST,
        E::LastServerAdmin | E::LastAdmin => StatusCode::BAD_REQUEST,
        E::PasswordWrong => StatusCode::UNAUTHORIZED,
        E::Refused(LoginError::TooMany { .. }) => StatusCode::TOO_MANY_REQUESTS,
        E::Taken { .. } => StatusCode::CONFLICT,
        E::Missing { .. } => StatusCode::NOT_FOUND,
        E::Memory { .. } => StatusCode::SERVICE_UNAVAILABLE,
        E::Full { .. } => StatusCode::FORBIDDEN,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Whether one of some texts has another in it; upper case does not count.
pub(super) fn contains(texts: [&str; 3], wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    texts.iter().any(|text| text.to_lowercase().contains(&wanted))
}
