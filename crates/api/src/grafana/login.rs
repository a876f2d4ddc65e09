//! Login, logout, and the layer that asks for either a session or a password.

use axum::{
    Json,
    extract::{FromRequest, Request, State},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use dashboard::LoginError;
use http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};
use net::{basic_auth::credentials, server::Secured};
use serde::Deserialize;

use super::{Grafana, Viewer, message};
use crate::peer;

/// Not Grafana's name: browsers keep cookies by host, and a Grafana may run on another port of the same one.
const COOKIE: &str = "gnomon_session";

/// How long a browser keeps the cookie, in seconds: as long as a session can last.
const COOKIE_MAX_AGE: u32 = 30 * 86_400;

#[derive(Deserialize)]
pub(super) struct Credentials {
    user: String,
    password: String,
}

pub(super) async fn log_in(State(grafana): State<Grafana>, request: Request) -> Response {
    let address = peer::address(request.extensions());
    let cookie = Cookie::of(&grafana, request.extensions());
    let credentials = Json::<Credentials>::from_request(request, &()).await;
    let Ok(Json(Credentials { user, password })) = credentials else {
        return message(StatusCode::BAD_REQUEST, "bad login data");
    };
    let opened = grafana.checked(move |grafana| grafana.accounts.log_in(&user, &password, address)).await;
    match opened {
        Ok(token) => {
            let mut response = message(StatusCode::OK, "Logged in");
            cookie.set(&mut response, &token, COOKIE_MAX_AGE);
            response
        }
        Err(refusal) => refusal,
    }
}

pub(super) async fn log_out(State(grafana): State<Grafana>, request: Request) -> Response {
    if let Some(token) = token(request.headers()) {
        grafana.accounts.log_out(token);
    }
    let mut response = Redirect::to(&grafana.external.link("/login")).into_response();
    Cookie::of(&grafana, request.extensions()).set(&mut response, "", 0);
    response
}

/// Lets requests pass that carry a session or a password.
pub(super) async fn require(State(grafana): State<Grafana>, mut request: Request, next: Next) -> Response {
    let session = token(request.headers()).and_then(|token| grafana.accounts.authenticate(token));
    let user = match (session, credentials(request.headers())) {
        (Some(user), _) => Ok(user),
        (None, None) => Err(message(StatusCode::UNAUTHORIZED, "Unauthorized")),
        (None, Some((login, password))) => {
            let address = peer::address(request.extensions());
            grafana.checked(move |grafana| grafana.accounts.check(&login, &password, address)).await
        }
    };
    match user {
        Ok(user) => {
            request.extensions_mut().insert(Viewer::User(user));
            next.run(request).await
        }
        Err(refusal) => refusal,
    }
}

impl Grafana {
    /// Checks a password off the network thread, one at a time.
    async fn checked<T: Send + 'static>(
        &self,
        check: impl FnOnce(&Self) -> Result<T, LoginError> + Send + 'static,
    ) -> Result<T, Response> {
        // The semaphore is never closed; without a permit the check would only be less orderly.
        let permit = self.checking.clone().acquire_owned().await;
        let checked = self.blocking(move |grafana| {
            let _permit = permit;
            check(grafana)
        });
        checked.await?.map_err(|error| refusal(&error))
    }
}

fn refusal(error: &LoginError) -> Response {
    match error {
        LoginError::Invalid => message(StatusCode::UNAUTHORIZED, &error.to_string()),
        LoginError::TooMany { retry_after } => {
            let mut response = message(StatusCode::TOO_MANY_REQUESTS, &error.to_string());
            let seconds = HeaderValue::from(retry_after.as_secs().max(1));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
            response
        }
        _ => {
            tracing::error!(%error, "login failed");
            message(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
        }
    }
}

fn token(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let mut pairs = cookies.flat_map(|v| v.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, token)| token)
}

/// Where a browser sends the session's cookie.
struct Cookie {
    path: String,
    /// Whether the browser came over TLS: a cookie that is set so never leaves it without.
    secure: bool,
}

impl Cookie {
    fn of(grafana: &Grafana, extensions: &Extensions) -> Self {
        let secure = extensions.get::<Secured>().is_some() || grafana.external.scheme == "https";
        Self { path: grafana.external.link("/"), secure }
    }

    fn set(&self, response: &mut Response, token: &str, max_age: u32) {
        let Self { path, secure } = self;
        let secure = if *secure { "; Secure" } else { "" };
        let cookie =
            format!("{COOKIE}={token}; Path={path}; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
    }
}
