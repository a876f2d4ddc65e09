//! Opens connections, and keeps name resolution and connecting apart when one of them fails.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::Uri;
use hyper_util::rt::TokioIo;
use model::with_causes;
use rustls::pki_types::ServerName;
use tokio::{net::TcpStream, task::spawn_blocking};
use tokio_rustls::{TlsConnector, client};

use super::stream::Stream;
use crate::tls::ClientTls;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DialError {
    /// The URL names no host.
    #[error("no Host in request URL")]
    NoHost,
    /// The name has no address.
    #[error("dial tcp: lookup {host}: {}", lookup_text(source))]
    Lookup {
        /// The name.
        host: String,
        /// What the resolver said.
        source: io::Error,
    },
    /// Nobody answered there, or only to refuse.
    #[error("dial tcp {address}: connect: {}", errno_text(source))]
    Connect {
        /// The first address that was tried.
        address: SocketAddr,
        /// What the kernel said.
        source: io::Error,
    },
    /// The connection cannot be secured.
    #[error("{0}")]
    Tls(#[source] TlsFailure),
}

/// Why a connection is not secure.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsFailure {
    /// What listens there speaks plain HTTP.
    #[error("http: server gave HTTP response to HTTPS client")]
    Plain,
    /// Nobody who is trusted signed the certificate.
    #[error("tls: failed to verify certificate: x509: certificate signed by unknown authority")]
    Authority,
    /// The certificate is for somebody else.
    #[error("tls: failed to verify certificate: x509: certificate is not valid for {name}")]
    Name {
        /// The name that it should have.
        name: String,
    },
    /// The certificate is too old or too new.
    #[error("tls: failed to verify certificate: x509: certificate has expired or is not yet valid")]
    Expired,
    /// The settings are of no use.
    #[error("{0}")]
    Settings(String),
    /// Anything else.
    #[error("tls: {0}")]
    Other(String),
}

impl TlsFailure {
    fn new(error: &io::Error, name: &str) -> Self {
        use rustls::{CertificateError, Error, InvalidMessage};
        let cause = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
        match cause {
            Some(Error::InvalidMessage(InvalidMessage::InvalidContentType)) => Self::Plain,
            Some(Error::InvalidCertificate(why)) => match why {
                // Somebody else by the same name.
                CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::Authority,
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                    Self::Name { name: name.to_owned() }
                }
                CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. } => Self::Expired,
                why => Self::Other(why.to_string()),
            },
            Some(other) => Self::Other(other.to_string()),
            None => Self::Other(errno_text(error)),
        }
    }
}

/// The connector of the pool.
#[derive(Clone, Debug)]
pub(super) struct Dialer {
    tls: Arc<ClientTls>,
}

impl Dialer {
    pub(super) fn new(tls: Arc<ClientTls>) -> Self {
        Self { tls }
    }
}

impl tower_service::Service<Uri> for Dialer {
    type Response = TokioIo<Stream>;
    type Error = DialError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, DialError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), DialError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, url: Uri) -> Self::Future {
        let tls = Arc::clone(&self.tls);
        Box::pin(async move {
            let secure = url.scheme_str() == Some("https");
            let stream = dial(&url, if secure { 443 } else { 80 }).await?;
            let stream = if secure {
                Stream::Secure(Box::new(secured(stream, &url, tls).await.map_err(DialError::Tls)?))
            } else {
                Stream::Plain(stream)
            };
            Ok(TokioIo::new(stream))
        })
    }
}

/// Connects to the first address of the host that answers.
async fn dial(url: &Uri, default_port: u16) -> Result<TcpStream, DialError> {
    let host = bare_host(url).ok_or(DialError::NoHost)?;
    let port = url.port_u16().unwrap_or(default_port);
    let lookup = |source| DialError::Lookup { host: host.to_owned(), source };
    let mut failed = None;
    for address in tokio::net::lookup_host((host, port)).await.map_err(lookup)? {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                // A request is one small write; waiting for more would only delay it.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(source) => failed = failed.or(Some(DialError::Connect { address, source })),
        }
    }
    Err(failed.unwrap_or_else(|| lookup(io::ErrorKind::NotFound.into())))
}

/// The host without the brackets of an IPv6 address.
fn bare_host(url: &Uri) -> Option<&str> {
    let host = url.host().filter(|host| !host.is_empty())?;
    Some(host.trim_start_matches('[').trim_end_matches(']'))
}

/// Shakes hands over a connection.
async fn secured(
    stream: TcpStream,
    url: &Uri,
    tls: Arc<ClientTls>,
) -> Result<client::TlsStream<TcpStream>, TlsFailure> {
    let name = tls.server_name().or_else(|| bare_host(url)).unwrap_or_default().to_owned();
    let server_name = ServerName::try_from(name.clone())
        .map_err(|_| TlsFailure::Settings(format!("{name:?} is no name of a server")))?;
    // Certificates are read from the disk.
    let config = spawn_blocking(move || tls.config().map_err(|error| with_causes(&error))).await;
    let config = config.unwrap_or_else(|error| Err(error.to_string())).map_err(TlsFailure::Settings)?;
    let connected = TlsConnector::from(config).connect(server_name, stream).await;
    connected.map_err(|error| TlsFailure::new(&error, &name))
}

/// The kernel's words as Go prints them: lower case and without the number.
pub(super) fn errno_text(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// What a resolver says of a name that does not exist differs by system; Go has one sentence for all.
fn lookup_text(error: &io::Error) -> String {
    let text = error.to_string();
    let unknown = ["not known", "No address associated", "nodename nor servname"];
    let missing = error.kind() == io::ErrorKind::NotFound || unknown.iter().any(|u| text.contains(u));
    if missing { "no such host".to_owned() } else { text }
}
