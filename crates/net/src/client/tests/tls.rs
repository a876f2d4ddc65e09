//! The client against servers with good certificates and bad ones.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, SanType};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::tls::{ClientAuth, Pem, TlsSettings, Version};

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate for a name, and its key.
fn signed(authority: &CertifiedIssuer<'static, KeyPair>, name: &str) -> (Pem, Pem) {
    let mut params = CertificateParams::default();
    params.subject_alt_names = vec![SanType::DnsName(name.try_into().unwrap())];
    let key = KeyPair::generate().unwrap();
    (Pem::Inline(params.signed_by(&key, authority).unwrap().pem()), Pem::Inline(key.serialize_pem()))
}

/// A server with a certificate that it signed for itself, which says that it is an authority.
async fn serve_self_signed(name: &str) -> (u16, Pem) {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let cert = Pem::Inline(params.self_signed(&key).unwrap().pem());
    (serve_with(cert.clone(), Pem::Inline(key.serialize_pem()), None).await, cert)
}

/// A server with a certificate for `name`, which asks for one where there is an authority for clients.
async fn serve_secured(authority: &CertifiedIssuer<'static, KeyPair>, name: &str, asks: bool) -> u16 {
    let (cert, key) = signed(authority, name);
    serve_with(cert, key, asks.then(|| Pem::Inline(authority.pem()))).await
}

async fn serve_with(cert: Pem, key: Pem, client_ca: Option<Pem>) -> u16 {
    let client_auth = if client_ca.is_some() { ClientAuth::RequireAndVerify } else { ClientAuth::None };
    let settings = TlsSettings {
        cert,
        key,
        client_ca,
        client_auth,
        client_allowed_sans: None,
        min_version: Version::Tls12,
        max_version: Version::Tls13,
        cipher_suites: Vec::new(),
        curves: Vec::new(),
        prefer_server_cipher_suites: true,
        http2: true,
    };
    let acceptor = TlsAcceptor::from(settings.build().unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                if stream.read(&mut [0; 4096]).await.is_ok_and(|n| n > 0) {
                    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nup";
                    _ = stream.write_all(answer).await;
                    _ = stream.flush().await;
                }
            });
        }
    });
    port
}

async fn ask(port: u16, tls: ClientTlsSettings) -> Result<Vec<u8>, String> {
    let url: Uri = format!("https://localhost:{port}/").parse().unwrap();
    let headers = HeaderMap::new();
    let request =
        Request { url: &url, headers: &headers, timeout: Duration::from_secs(60), body_bytes_max: 10 };
    let mut body = Vec::new();
    let mut take = |data: &[u8]| {
        body.extend_from_slice(data);
        true
    };
    let done = Client::new(tls).get(&request, &mut take).await;
    let prefix = format!("Get \"{url}\": ");
    done.map(|_| body).map_err(|error| error.to_string().replace(&prefix, ""))
}

#[tokio::test]
async fn certificates_are_looked_at() {
    let (authority, other) = (authority(), self::authority());
    let trusting = |ca: &CertifiedIssuer<'static, KeyPair>| ClientTlsSettings {
        ca: Some(Pem::Inline(ca.pem())),
        ..ClientTlsSettings::default()
    };
    let port = serve_secured(&authority, "localhost", false).await;
    assert_eq!(ask(port, trusting(&authority)).await.unwrap(), b"up");
    assert_eq!(
        ask(port, trusting(&other)).await.unwrap_err(),
        "tls: failed to verify certificate: x509: certificate signed by unknown authority"
    );
    let unverified = ClientTlsSettings { insecure_skip_verify: true, ..trusting(&other) };
    assert_eq!(ask(port, unverified).await.unwrap(), b"up");

    let port = serve_secured(&authority, "sensor", false).await;
    assert_eq!(
        ask(port, trusting(&authority)).await.unwrap_err(),
        "tls: failed to verify certificate: x509: certificate is not valid for localhost"
    );
    let named = ClientTlsSettings { server_name: "sensor".into(), ..trusting(&authority) };
    assert_eq!(ask(port, named).await.unwrap(), b"up");
}

/// What `openssl req -x509` makes: rustls alone refuses it, and Go takes it where it is trusted itself.
#[tokio::test]
async fn a_certificate_may_be_its_own_authority() {
    let unknown = "tls: failed to verify certificate: x509: certificate signed by unknown authority";
    let misnamed = "tls: failed to verify certificate: x509: certificate is not valid for localhost";
    let (port, cert) = serve_self_signed("localhost").await;
    let trusting = |ca: Pem| ClientTlsSettings { ca: Some(ca), ..ClientTlsSettings::default() };
    assert_eq!(ask(port, trusting(cert)).await.unwrap(), b"up");
    let (other_port, other) = serve_self_signed("sensor").await;
    assert_eq!(ask(port, trusting(other.clone())).await.unwrap_err(), unknown);
    assert_eq!(ask(other_port, trusting(other)).await.unwrap_err(), misnamed);
}

#[tokio::test]
async fn a_certificate_is_shown_to_who_asks_for_one() {
    let authority = authority();
    let port = serve_secured(&authority, "localhost", true).await;
    let (cert, key) = signed(&authority, "me");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.pem");
    let ca = Some(Pem::Inline(authority.pem()));
    let key_file = Some(Pem::File(path.clone()));
    let tls = ClientTlsSettings { ca, cert: Some(cert), key: key_file, ..ClientTlsSettings::default() };
    let missing = ask(port, tls.clone()).await.unwrap_err();
    assert!(missing.starts_with(&format!("failed to read key_file ({})", path.display())), "{missing}");
    let Pem::Inline(key) = key else { unreachable!() };
    std::fs::write(&path, key).unwrap();
    assert_eq!(ask(port, tls).await.unwrap(), b"up");
}

#[tokio::test]
async fn a_server_without_tls_is_told_apart() {
    let url = serve(answer("200 OK", b"up")).await;
    let error =
        ask(url.port_u16().unwrap(), ClientTlsSettings { insecure_skip_verify: true, ..Default::default() });
    assert_eq!(error.await.unwrap_err(), "http: server gave HTTP response to HTTPS client");
}
