//! TLS of the client: which authorities it trusts, and the certificate that it shows.

use std::{
    env, fs,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::SystemTime,
};

use rustls::{
    ClientConfig, RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use super::{
    Part, Pem, TlsError, Version, certificates, read,
    server_auth::{Trusting, Unverified},
    versions,
};

/// Where systems keep the certificates of public authorities, the likeliest first.
const SYSTEM_ROOTS: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];
/// Names another file, as for other programs.
const ROOTS_VARIABLE: &str = "SSL_CERT_FILE";

/// A certificate with the chain behind it, and its key.
type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// How a client secures its connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientTlsSettings {
    /// Authorities that sign servers' certificates; `None` for those of the system.
    pub ca: Option<Pem>,
    /// What the client shows when it is asked who it is, with the chain behind it.
    pub cert: Option<Pem>,
    /// The key of that certificate.
    pub key: Option<Pem>,
    /// The name that a server's certificate has to have; empty for the host of the URL.
    pub server_name: String,
    /// Whether any certificate will do, whoever signed it for whatever name.
    pub insecure_skip_verify: bool,
    /// The oldest version that is spoken.
    pub min_version: Version,
    /// The newest one.
    pub max_version: Version,
}

impl Default for ClientTlsSettings {
    fn default() -> Self {
        Self {
            ca: None,
            cert: None,
            key: None,
            server_name: String::new(),
            insecure_skip_verify: false,
            min_version: Version::Tls12,
            max_version: Version::Tls13,
        }
    }
}

/// The settings, and what rustls makes of them: made when it is first needed, and anew when a file has changed.
#[derive(Debug)]
pub struct ClientTls {
    settings: ClientTlsSettings,
    made: Mutex<Option<Made>>,
}

#[derive(Debug)]
struct Made {
    stamps: Vec<Option<(SystemTime, u64)>>,
    config: Arc<ClientConfig>,
}

impl ClientTls {
    /// Nothing is read yet.
    pub fn new(settings: ClientTlsSettings) -> Self {
        Self { settings, made: Mutex::default() }
    }

    /// The name that certificates have to have, unless it is the host's.
    pub(crate) fn server_name(&self) -> Option<&str> {
        Some(self.settings.server_name.as_str()).filter(|name| !name.is_empty())
    }

    /// What rustls needs. Blocks on the disk.
    ///
    /// # Errors
    /// When a certificate or key cannot be read or is of no use.
    pub(crate) fn config(&self) -> Result<Arc<ClientConfig>, TlsError> {
        let stamps = self.settings.stamps();
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = made.as_ref().filter(|made| made.stamps == stamps) {
            return Ok(Arc::clone(&made.config));
        }
        let config = self.settings.build()?;
        *made = Some(Made { stamps, config: Arc::clone(&config) });
        Ok(config)
    }
}

impl ClientTlsSettings {
    /// Tells when one of the files was replaced.
    fn stamps(&self) -> Vec<Option<(SystemTime, u64)>> {
        let files = [&self.ca, &self.cert, &self.key].into_iter().flatten();
        let stamp = |pem: &Pem| match pem {
            Pem::Inline(_) => None,
            Pem::File(path) => {
                let metadata = fs::metadata(path).ok()?;
                Some((metadata.modified().ok()?, metadata.len()))
            }
        };
        files.map(stamp).collect()
    }

    fn build(&self) -> Result<Arc<ClientConfig>, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&versions(self.min_version, self.max_version))
            .map_err(TlsError::Choice)?;
        let verifier: Arc<dyn ServerCertVerifier> = match self.insecure_skip_verify {
            true => Arc::new(Unverified::new(provider)),
            false => Arc::new(self.trusting(provider)?),
        };
        let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
        let mut config = match self.identity()? {
            Some((chain, key)) => builder.with_client_auth_cert(chain, key).map_err(TlsError::Pair)?,
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// Trusts the authorities, and their certificates themselves where they are given.
    fn trusting(&self, provider: Arc<CryptoProvider>) -> Result<Trusting, TlsError> {
        let (trusted, roots) = match &self.ca {
            None => (Vec::new(), system_roots()?),
            Some(ca) => {
                let trusted = certificates(Part::Ca, ca)?;
                let roots = parse_roots(trusted.clone())?;
                (trusted, Arc::new(roots))
            }
        };
        let chain = WebPkiServerVerifier::builder_with_provider(roots, provider).build();
        let chain = chain.map_err(|_| TlsError::NoCertificate { part: Part::Ca })?;
        Ok(Trusting::new(chain, trusted))
    }

    fn identity(&self) -> Result<Option<Identity>, TlsError> {
        let (Some(cert), Some(key)) = (&self.cert, &self.key) else { return Ok(None) };
        let key = PrivateKeyDer::from_pem_slice(&read(Part::Key, key)?)
            .map_err(|source| TlsError::Pem { part: Part::Key, source })?;
        Ok(Some((certificates(Part::Cert, cert)?, key)))
    }
}

fn parse_roots(trusted: Vec<CertificateDer<'static>>) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(trusted);
    if added == 0 { Err(TlsError::NoCertificate { part: Part::Ca }) } else { Ok(roots) }
}

/// The authorities of the system, some 150 kB: one copy for all clients, and none when none of them needs it.
fn system_roots() -> Result<Arc<RootCertStore>, TlsError> {
    static SHARED: Mutex<Weak<RootCertStore>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(roots) = shared.upgrade() {
        return Ok(roots);
    }
    let given = env::var_os(ROOTS_VARIABLE).map(PathBuf::from);
    let usual = SYSTEM_ROOTS.iter().map(PathBuf::from).find(|path| path.is_file());
    let path = given.or(usual).ok_or(TlsError::NoSystemRoots)?;
    let roots = Arc::new(parse_roots(certificates(Part::Ca, &Pem::File(path))?)?);
    *shared = Arc::downgrade(&roots);
    Ok(roots)
}
