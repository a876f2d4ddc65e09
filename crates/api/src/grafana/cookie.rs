//! The cookie that carries a session.

use axum::response::Response;
use http::{Extensions, HeaderMap, HeaderValue, header};
use net::server::Secured;

use super::Grafana;

/// Not Grafana's name: browsers keep cookies by host, and a Grafana may run on another port of the same one.
const NAME: &str = "gnomon_session";

/// How long a browser keeps the cookie, in seconds: as long as a session can last.
const MAX_AGE: u32 = 30 * 86_400;

/// Where a browser sends the cookie.
pub(super) struct Cookie {
    path: String,
    /// Whether the browser came over TLS: a cookie that is set so never leaves it without.
    secure: bool,
}

impl Cookie {
    /// The cookie for whoever sent a request.
    pub(super) fn of(grafana: &Grafana, extensions: &Extensions) -> Self {
        let secure = extensions.get::<Secured>().is_some() || grafana.external.scheme == "https";
        Self { path: grafana.external.link("/"), secure }
    }

    /// Gives the browser a session's secret.
    pub(super) fn set(&self, response: &mut Response, secret: &str) {
        self.send(response, secret, MAX_AGE);
    }

    /// Takes it from the browser.
    pub(super) fn clear(&self, response: &mut Response) {
        self.send(response, "", 0);
    }

    fn send(&self, response: &mut Response, secret: &str, max_age: u32) {
        let Self { path, secure } = self;
        let secure = if *secure { "; Secure" } else { "" };
        let cookie =
            format!("{NAME}={secret}; Path={path}; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
    }
}

/// The secret that a request carries.
pub(super) fn secret(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let mut pairs = cookies.flat_map(|v| v.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == NAME).map(|(_, secret)| secret)
}
