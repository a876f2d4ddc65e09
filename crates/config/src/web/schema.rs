//! The keys of a web configuration.

use crate::yaml::{Key, Schema};

/// The top of the file.
pub(super) const WEB: Schema = Schema {
    type_name: "web.Config",
    place: "at the top of the file",
    keys: &[
        Key::read("tls_server_config"),
        Key::read("http_server_config"),
        Key::read("rate_limit"),
        Key::read("basic_auth_users"),
    ],
};

/// `tls_server_config`.
pub(super) const TLS: Schema = Schema {
    type_name: "web.TLSConfig",
    place: "under tls_server_config",
    keys: &[
        Key::read("cert"),
        Key::read("key"),
        Key::read("client_ca"),
        Key::read("cert_file"),
        Key::read("key_file"),
        Key::read("client_ca_file"),
        Key::read("client_auth_type"),
        Key::read("client_allowed_sans"),
        Key::read("cipher_suites"),
        Key::read("curve_preferences"),
        Key::read("min_version"),
        Key::read("max_version"),
        Key::read("prefer_server_cipher_suites"),
    ],
};

/// `http_server_config`.
pub(super) const HTTP: Schema = Schema {
    type_name: "web.HTTPConfig",
    place: "under http_server_config",
    keys: &[Key::read("http2"), Key::read("headers")],
};

/// `rate_limit`.
pub(super) const RATE_LIMIT: Schema = Schema {
    type_name: "web.RateLimiterConfig",
    place: "under rate_limit",
    keys: &[Key::read("interval"), Key::read("burst")],
};

/// Where else a key may belong.
pub(super) const ALL: [&Schema; 4] = [&TLS, &HTTP, &RATE_LIMIT, &WEB];
