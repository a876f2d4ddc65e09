//! Login and logout.

use axum::{
    Json,
    extract::{FromRequest, Request, State},
    response::{IntoResponse, Redirect, Response},
};
use dashboard::{Change, Client, LoggedIn, LoginError};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::{
    Grafana,
    cookie::{self, Cookie},
    message,
};
use crate::peer;

#[derive(Deserialize)]
pub(super) struct Credentials {
    user: String,
    password: String,
}

pub(super) async fn log_in(State(grafana): State<Grafana>, request: Request) -> Response {
    let client = client(&request);
    let cookie = Cookie::of(&grafana, request.extensions());
    let before = cookie::secret(request.headers()).map(str::to_owned);
    let credentials = Json::<Credentials>::from_request(request, &()).await;
    let Ok(Json(credentials)) = credentials else {
        return message(StatusCode::BAD_REQUEST, "bad login data");
    };
    match grafana.checked(move |grafana| grafana.log_in(credentials, client, before.as_deref())).await {
        Ok(Ok(LoggedIn { secret, .. })) => {
            let mut response = message(StatusCode::OK, "Logged in");
            cookie.set(&mut response, &secret);
            response
        }
        Ok(Err(error)) => refusal(&error),
        Err(failure) => failure,
    }
}

pub(super) async fn log_out(State(grafana): State<Grafana>, request: Request) -> Response {
    if let Some(secret) = cookie::secret(request.headers()).map(str::to_owned) {
        let from = peer::address(request.extensions());
        let ended = move |grafana: &Grafana| {
            if let Some(user) = grafana.accounts.log_out(&secret) {
                let (who, who_id) = (&*user.login, user.id);
                grafana.accounts.record(&Change { who, who_id, from, what: "log out", status: 200 });
            }
        };
        if let Err(failure) = grafana.blocking(ended).await {
            return failure;
        }
    }
    let mut response = Redirect::to(&grafana.external.link("/login")).into_response();
    Cookie::of(&grafana, request.extensions()).clear(&mut response);
    response
}

/// `/api/login/ping`: whether whoever asks is let in, which the layers around it have found out.
pub(super) async fn ping() -> Response {
    message(StatusCode::OK, "Logged in")
}

fn client(request: &Request) -> Client {
    Client { address: peer::address(request.extensions()), agent: agent(request.headers()) }
}

fn agent(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok());
    agent.unwrap_or_default().to_owned()
}

impl Grafana {
    /// Opens a session in place of the one that the browser had.
    fn log_in(
        &self,
        Credentials { user, password }: Credentials,
        client: Client,
        before: Option<&str>,
    ) -> Result<LoggedIn, LoginError> {
        let from = client.address;
        let opened = self.accounts.log_in(&user, &password, client);
        let status = match &opened {
            Ok(_) => StatusCode::OK,
            // Whoever tries without end shall not fill the trace.
            Err(LoginError::TooMany { .. }) => return opened,
            Err(error) => refusal(error).status(),
        };
        // Who is no user may have typed a password in the wrong place.
        let known = self.accounts.find_user(&user).map(|user| (user.login, user.id));
        let (who, who_id) = known.unwrap_or_default();
        let change = Change { who: &who, who_id, from, what: "log in", status: status.as_u16() };
        self.accounts.record(&change);
        if opened.is_ok() {
            before.and_then(|secret| self.accounts.log_out(secret));
        }
        opened
    }

    /// Does what takes bcrypt off the network thread, one at a time.
    pub(super) async fn checked<T: Send + 'static>(
        &self,
        check: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, Response> {
        // The semaphore is never closed; without a permit the check would only be less orderly.
        let permit = self.checking.clone().acquire_owned().await;
        let checked = self.blocking(move |grafana| {
            let _permit = permit;
            check(grafana)
        });
        checked.await
    }
}

/// The answer to somebody who is not let in.
pub(super) fn refusal(error: &LoginError) -> Response {
    match error {
        LoginError::Invalid | LoginError::InvalidToken | LoginError::ExpiredToken => {
            message(StatusCode::UNAUTHORIZED, &error.to_string())
        }
        LoginError::TooMany { retry_after } => {
            let mut response = message(StatusCode::TOO_MANY_REQUESTS, &error.to_string());
            let seconds = HeaderValue::from(retry_after.as_secs().max(1));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
            response
        }
        LoginError::Memory => message(StatusCode::SERVICE_UNAVAILABLE, &error.to_string()),
        _ => {
            tracing::error!(%error, "login failed");
            message(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
        }
    }
}
