//! Asks a server on this machine whether it is well. Blocking, for programs that do nothing else.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpStream, ToSocketAddrs},
    sync::Arc,
    time::Duration,
};

use http::Uri;
use rustls::{
    AlertDescription, ClientConfig, ClientConnection, DigitallySignedStruct, Error as TlsError,
    SignatureScheme, StreamOwned,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

/// Bytes of the answer that are looked at.
const HEAD_BYTES_MAX: u64 = 4 << 10;

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProbeError {
    /// The URL is not one of `http` or `https` with a host.
    #[error("{url}: not an http or https URL")]
    Url {
        /// The URL.
        url: String,
    },
    /// Nobody answers there, or not in time.
    #[error("{url}: no answer")]
    Unreachable {
        /// The URL.
        url: String,
        /// What went wrong.
        source: io::Error,
    },
    /// Somebody answers something else than HTTP.
    #[error("{url}: the answer is not HTTP: {line:?}")]
    NotHttp {
        /// The URL.
        url: String,
        /// How the answer begins.
        line: String,
    },
}

/// What a server answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probed {
    /// A status.
    Status(u16),
    /// It wants a certificate before it answers anything.
    WantsCertificate,
}

/// Sends a GET and reads the status of the answer; `timeout` holds for each step.
///
/// Certificates are not looked at: what is asked is whether the server answers, and nothing secret is sent.
///
/// # Errors
/// See [`ProbeError`].
pub fn probe(url: &Uri, timeout: Duration) -> Result<Probed, ProbeError> {
    let (Some(host), Some(scheme @ ("http" | "https"))) = (url.host(), url.scheme_str()) else {
        return Err(ProbeError::Url { url: url.to_string() });
    };
    let port = url.port_u16().unwrap_or(if scheme == "https" { 443 } else { 80 });
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let line = connect((bare, port), timeout).and_then(|stream| match scheme {
        "https" => ask(StreamOwned::new(tls(bare)?, stream), url),
        _ => ask(stream, url),
    });
    match line {
        Ok(line) => match status(&line) {
            Some(status) => Ok(Probed::Status(status)),
            None => Err(ProbeError::NotHttp { url: url.to_string(), line }),
        },
        Err(error) if wants_certificate(&error) => Ok(Probed::WantsCertificate),
        Err(source) => Err(ProbeError::Unreachable { url: url.to_string(), source }),
    }
}

fn connect(address: impl ToSocketAddrs, timeout: Duration) -> io::Result<TcpStream> {
    let mut failed = io::Error::from(io::ErrorKind::NotFound);
    for address in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, timeout) {
            Ok(stream) => {
                stream.set_read_timeout(Some(timeout))?;
                stream.set_write_timeout(Some(timeout))?;
                return Ok(stream);
            }
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// The first line of the answer.
fn ask(mut stream: impl Read + Write, url: &Uri) -> io::Result<String> {
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let host = url.authority().map_or("", |host| host.as_str());
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nUser-Agent: gnomon\r\n\r\n")?;
    stream.flush()?;
    let mut line = Vec::new();
    BufReader::new(stream.take(HEAD_BYTES_MAX)).read_until(b'\n', &mut line)?;
    Ok(String::from_utf8_lossy(&line).trim().to_owned())
}

fn status(line: &str) -> Option<u16> {
    let rest = line.strip_prefix("HTTP/")?;
    rest.split(' ').nth(1)?.parse().ok()
}

fn wants_certificate(error: &io::Error) -> bool {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<TlsError>());
    matches!(cause, Some(TlsError::AlertReceived(AlertDescription::CertificateRequired)))
}

fn tls(host: &str) -> io::Result<ClientConnection> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    let verifier = Arc::new(NoVerifier(provider));
    let config = builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)
}

/// Takes every certificate; see [`probe`].
#[derive(Debug)]
struct NoVerifier(Arc<CryptoProvider>);

impl ServerCertVerifier for NoVerifier {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
