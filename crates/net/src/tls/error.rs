//! Why TLS cannot be had.

use std::{fmt, io, path::PathBuf};

use rustls::{pki_types::pem, server::VerifierBuilderError};

/// A part of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The certificate of this side.
    Cert,
    /// The key of it.
    Key,
    /// The authorities that sign servers' certificates.
    Ca,
    /// The authorities that sign clients' certificates.
    ClientCa,
    /// What is asked of clients.
    ClientAuth,
    /// Versions, cipher suites and curves taken together.
    Choice,
}

/// As the keys of the file are named.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cert => "cert",
            Self::Key => "key",
            Self::Ca => "ca",
            Self::ClientCa => "client_ca",
            Self::ClientAuth => "client_auth_type",
            Self::Choice => "versions, cipher suites or curves",
        })
    }
}

/// Why TLS cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read.
    #[error("failed to read {part}_file ({})", path.display())]
    Read {
        /// What it was to hold.
        part: Part,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The text is no PEM, or holds something else.
    #[error("failed to find any PEM data of a {part}")]
    Pem {
        /// What it was to hold.
        part: Part,
        /// What is wrong with it.
        source: pem::Error,
    },
    /// There is no certificate in the text.
    #[error("no certificate in {part}")]
    NoCertificate {
        /// What it was to hold.
        part: Part,
    },
    /// The system has no certificates of authorities where such are usually kept.
    #[error(
        "no file with the system's certificate authorities was found; give a ca_file, or set SSL_CERT_FILE"
    )]
    NoSystemRoots,
    /// Certificate and key are of no use, alone or to each other.
    #[error("failed to load X509KeyPair")]
    Pair(#[source] rustls::Error),
    /// None of the authorities can be used.
    #[error("no usable certificate in client_ca")]
    ClientCa(#[source] VerifierBuilderError),
    /// Authorities are given and nothing is asked of clients.
    #[error("client CA's have been configured without a Client Auth Policy")]
    CaWithoutAuth,
    /// Clients' certificates are to be verified, by nobody.
    #[error("clients' certificates are to be verified, and no authority is given")]
    AuthWithoutCa,
    /// Versions, cipher suites and curves leave nothing that works.
    #[error("versions, cipher suites and curves leave nothing to speak")]
    Choice(#[source] rustls::Error),
}

impl TlsError {
    /// The part of the settings that is to be changed.
    pub fn part(&self) -> Part {
        match self {
            Self::Read { part, .. } | Self::Pem { part, .. } | Self::NoCertificate { part } => *part,
            Self::Pair(_) => Part::Key,
            Self::NoSystemRoots => Part::Ca,
            Self::ClientCa(_) | Self::CaWithoutAuth => Part::ClientCa,
            Self::AuthWithoutCa => Part::ClientAuth,
            Self::Choice(_) => Part::Choice,
        }
    }
}
