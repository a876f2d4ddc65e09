//! Go's names of versions, cipher suites and curves, which the web configuration uses.

use rustls::{
    SupportedCipherSuite,
    crypto::{
        SupportedKxGroup,
        ring::{cipher_suite as suite, kx_group},
    },
};

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// TLS 1.0, which is not spoken.
    Tls10,
    /// TLS 1.1, which is not spoken.
    Tls11,
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

impl Version {
    /// Its name, such as `TLS12`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tls10 => "TLS10",
            Self::Tls11 => "TLS11",
            Self::Tls12 => "TLS12",
            Self::Tls13 => "TLS13",
        }
    }

    /// The version of a name such as `TLS12`.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Tls10, Self::Tls11, Self::Tls12, Self::Tls13];
        all.into_iter().find(|version| version.as_str() == name)
    }
}

/// What a name stands for.
#[derive(Debug)]
pub enum Known<T> {
    /// Something that is there.
    Here(T),
    /// Something that Go has, and rustls has not.
    Elsewhere,
}

/// The cipher suite of a name; `None` when Go does not list it among the safe ones either.
pub fn cipher_suite(name: &str) -> Option<Known<SupportedCipherSuite>> {
    Some(Known::Here(match name {
        "TLS_AES_128_GCM_SHA256" => suite::TLS13_AES_128_GCM_SHA256,
        "TLS_AES_256_GCM_SHA384" => suite::TLS13_AES_256_GCM_SHA384,
        "TLS_CHACHA20_POLY1305_SHA256" => suite::TLS13_CHACHA20_POLY1305_SHA256,
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" => suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" => suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" => {
            suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
        }
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" => suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" => suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" => suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"
        | "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"
        | "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"
        | "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA" => return Some(Known::Elsewhere),
        _ => return None,
    }))
}

/// The curve of a name; `None` when Prometheus does not know it either.
pub fn curve(name: &str) -> Option<Known<&'static dyn SupportedKxGroup>> {
    Some(Known::Here(match name {
        "CurveP256" => kx_group::SECP256R1,
        "CurveP384" => kx_group::SECP384R1,
        "X25519" => kx_group::X25519,
        "CurveP521" => return Some(Known::Elsewhere),
        _ => return None,
    }))
}
