//! TLS: settings as Prometheus's configuration files have them, and what rustls makes of them.
//!
//! Ring is the one provider, and none of this runs where no TLS is configured. rustls has TLS 1.2 and 1.3 with the
//! cipher suites and curves that are safe today; of the others that Go knows, the names are known here, so that
//! a file that lists them along with better ones works.

mod client;
mod client_auth;
mod error;
mod name;
mod server_auth;

use std::{fs::File, io::Read, path::PathBuf, sync::Arc};

pub use rustls::ServerConfig;
use rustls::{
    RootCertStore, SupportedProtocolVersion,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{NoServerSessionStorage, WebPkiClientVerifier, danger::ClientCertVerifier},
    version::{TLS12, TLS13},
};

pub use client::{ClientTls, ClientTlsSettings};
pub use client_auth::ClientAuth;
use client_auth::ClientVerifier;
pub use error::{Part, TlsError};
pub use name::{Known, Version, cipher_suite, curve};

/// Bytes of a file that are read at most: a bundle of all public authorities has a fifth of it.
const PEM_BYTES_MAX: u64 = 1 << 20;

/// A certificate or key in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pem {
    /// The text itself.
    Inline(String),
    /// A file that holds it.
    File(PathBuf),
}

/// How a server secures its connections.
#[derive(Clone, Debug)]
pub struct TlsSettings {
    /// Its certificate, with the chain behind it.
    pub cert: Pem,
    /// The certificate's key.
    pub key: Pem,
    /// Authorities that sign clients' certificates.
    pub client_ca: Option<Pem>,
    /// What is asked of clients.
    pub client_auth: ClientAuth,
    /// Names of which a client's certificate has to have one; `None` where any will do.
    pub client_allowed_sans: Option<Vec<String>>,
    /// The oldest version that is spoken.
    pub min_version: Version,
    /// The newest one.
    pub max_version: Version,
    /// Cipher suites of TLS 1.2, best first; empty for all that are safe. Those of TLS 1.3 are not negotiable.
    pub cipher_suites: Vec<rustls::SupportedCipherSuite>,
    /// Curves of the key exchange, best first; empty for all that there are.
    pub curves: Vec<&'static dyn rustls::crypto::SupportedKxGroup>,
    /// Whether the server's order of cipher suites counts rather than the client's.
    pub prefer_server_cipher_suites: bool,
    /// Whether HTTP/2 is offered.
    pub http2: bool,
}

impl TlsSettings {
    /// Reads certificates and keys, and makes of them what a server needs. Blocks on the disk.
    ///
    /// # Errors
    /// See [`TlsError`]; each names the part of the settings that it is about.
    pub fn build(&self) -> Result<Arc<ServerConfig>, TlsError> {
        let provider = Arc::new(self.provider());
        let key = PrivateKeyDer::from_pem_slice(&read(Part::Key, &self.key)?)
            .map_err(|source| TlsError::Pem { part: Part::Key, source })?;
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&versions(self.min_version, self.max_version))
            .map_err(TlsError::Choice)?;
        let builder = match self.client_verifier(&provider)? {
            Some(verifier) => builder.with_client_cert_verifier(verifier),
            None => builder.with_no_client_auth(),
        };
        let chain = certificates(Part::Cert, &self.cert)?;
        let mut config = builder.with_single_cert(chain, key).map_err(TlsError::Pair)?;
        // Tickets keep sessions at the clients; the server's own store would take memory for each of them.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.ticketer = ring::Ticketer::new().map_err(TlsError::Choice)?;
        config.ignore_client_order = self.prefer_server_cipher_suites;
        let protocols: &[&[u8]] = if self.http2 { &[b"h2", b"http/1.1"] } else { &[b"http/1.1"] };
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        Ok(Arc::new(config))
    }

    fn provider(&self) -> CryptoProvider {
        let mut provider = ring::default_provider();
        if !self.cipher_suites.is_empty() {
            provider.cipher_suites.retain(|suite| suite.tls13().is_some());
            provider.cipher_suites.extend(self.cipher_suites.iter().filter(|suite| suite.tls13().is_none()));
        }
        if !self.curves.is_empty() {
            provider.kx_groups.clone_from(&self.curves);
        }
        provider
    }

    fn client_verifier(
        &self,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Option<Arc<dyn ClientCertVerifier>>, TlsError> {
        if self.client_auth == ClientAuth::None {
            return if self.client_ca.is_some() { Err(TlsError::CaWithoutAuth) } else { Ok(None) };
        }
        let chain = match &self.client_ca {
            Some(pem) if self.client_auth.verifies() => Some(self.chain_verifier(pem, provider)?),
            None if self.client_auth.verifies() => return Err(TlsError::AuthWithoutCa),
            _ => None,
        };
        let sans = self.client_allowed_sans.clone();
        Ok(Some(Arc::new(ClientVerifier::new(self.client_auth, chain, sans, Arc::clone(provider)))))
    }

    fn chain_verifier(
        &self,
        authorities: &Pem,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(certificates(Part::ClientCa, authorities)?);
        let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
        builder.build().map_err(TlsError::ClientCa)
    }
}

/// The versions from the oldest to the newest that is to be spoken.
fn versions(min: Version, max: Version) -> Vec<&'static SupportedProtocolVersion> {
    let known = [(Version::Tls13, &TLS13), (Version::Tls12, &TLS12)];
    let asked = known.into_iter().filter(|(version, _)| (min..=max).contains(version));
    asked.map(|(_, version)| version).collect()
}

/// All certificates of a text; at least one.
fn certificates(part: Part, pem: &Pem) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let text = read(part, pem)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let found = found.map_err(|source| TlsError::Pem { part, source })?;
    if found.is_empty() { Err(TlsError::NoCertificate { part }) } else { Ok(found) }
}

fn read(part: Part, pem: &Pem) -> Result<Vec<u8>, TlsError> {
    let path = match pem {
        Pem::Inline(text) => return Ok(text.clone().into_bytes()),
        Pem::File(path) => path,
    };
    let mut text = Vec::new();
    let read = File::open(path).and_then(|file| file.take(PEM_BYTES_MAX).read_to_end(&mut text));
    read.map(|_| text).map_err(|source| TlsError::Read { part, path: path.clone(), source })
}
