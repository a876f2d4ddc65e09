//! Who is there: the layer that asks for a session, a password or a token.

use std::net::IpAddr;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use dashboard::LoginError;
use http::{HeaderMap, StatusCode, header};
use net::basic_auth::credentials;
use tokio::task;

use super::{
    Grafana, Viewer,
    cookie::{self, Cookie},
    login, message,
};
use crate::peer;

/// The login with which a token can be sent where only basic authentication is possible.
const TOKEN_LOGIN: &str = "api_key";

/// Which organisation a request is for.
const ORGANIZATION: &str = "x-grafana-org-id";

/// The session that a request came with, as an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SessionId(pub(super) u64);

/// Lets requests pass that carry a session, a password or a token, and others where everybody may look.
pub(super) async fn require(State(grafana): State<Grafana>, mut request: Request, next: Next) -> Response {
    let cookie = Cookie::of(&grafana, request.extensions());
    let session = cookie::secret(request.headers()).and_then(|secret| grafana.accounts.authenticate(secret));
    let (viewer, renewed) = match session {
        Some(session) => {
            request.extensions_mut().insert(SessionId(session.session_id));
            (Viewer::User(session.user), session.renewed)
        }
        None => {
            let address = peer::address(request.extensions());
            match without_session(&grafana, request.headers(), address).await {
                Ok(viewer) => (viewer, None),
                Err(refusal) => return refusal,
            }
        }
    };
    if is_for_another(request.headers()) {
        return elsewhere(&viewer);
    }
    request.extensions_mut().insert(viewer);
    let mut response = next.run(request).await;
    if let Some(secret) = renewed {
        cookie.set(&mut response, &secret);
        // The answer need not wait: until the new secret comes back, the old one is good as well.
        task::spawn_blocking(move || grafana.accounts.save_sessions());
    }
    response
}

async fn without_session(
    grafana: &Grafana,
    headers: &HeaderMap,
    address: IpAddr,
) -> Result<Viewer, Response> {
    let let_in = match (bearer(headers), credentials(headers)) {
        (Some(key), _) => with_token(grafana, key),
        (None, Some((login, key))) if login == TOKEN_LOGIN => with_token(grafana, &key),
        (None, Some((login, password))) => {
            let check = move |grafana: &Grafana| grafana.accounts.check(&login, &password, address);
            grafana.checked(check).await?.map(Viewer::User)
        }
        (None, None) if grafana.anonymous => Ok(Viewer::Anonymous),
        (None, None) => return Err(message(StatusCode::UNAUTHORIZED, "Unauthorized")),
    };
    let_in.map_err(|error| login::refusal(&error))
}

fn with_token(grafana: &Grafana, key: &str) -> Result<Viewer, LoginError> {
    grafana.accounts.authenticate_token(key).map(Viewer::ServiceAccount)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

/// There is one organisation. What is no number counts for nothing, as in Grafana.
fn is_for_another(headers: &HeaderMap) -> bool {
    let id = headers.get(ORGANIZATION).and_then(|v| v.to_str().ok()).and_then(|id| id.trim().parse().ok());
    !matches!(id, None | Some(0_i64 | 1))
}

fn elsewhere(viewer: &Viewer) -> Response {
    match viewer {
        Viewer::ServiceAccount(_) => {
            message(StatusCode::UNAUTHORIZED, "API key does not belong to the requested organization")
        }
        _ => message(StatusCode::FORBIDDEN, "You are not a member of the requested organization"),
    }
}
