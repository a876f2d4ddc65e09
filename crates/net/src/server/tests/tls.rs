//! The server over TLS, as clients with and without certificates see it.

use std::{collections::BTreeMap, net::IpAddr};

use axum::Extension;
use http_body_util::Empty;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, SanType};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName},
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::*;
use crate::{
    basic_auth::Users,
    tls::{ClientAuth, Pem, TlsError, TlsSettings, Version},
};

/// An authority, and what it signs.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn sign(&self, names: &[SanType]) -> (String, KeyPair) {
        let mut params = CertificateParams::default();
        params.subject_alt_names = names.to_vec();
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.0).unwrap().pem(), key)
    }

    fn settings(&self) -> TlsSettings {
        let (cert, key) = self.sign(&[dns("localhost")]);
        TlsSettings {
            cert: Pem::Inline(cert),
            key: Pem::Inline(key.serialize_pem()),
            client_ca: None,
            client_auth: ClientAuth::None,
            client_allowed_sans: None,
            min_version: Version::Tls12,
            max_version: Version::Tls13,
            cipher_suites: Vec::new(),
            curves: Vec::new(),
            prefer_server_cipher_suites: true,
            http2: true,
        }
    }

    /// Connects as somebody who trusts this authority, with a certificate that it signed for `name` if given.
    async fn connect(
        &self,
        server: &Running,
        alpn: &[&str],
        name: Option<SanType>,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        use rustls::pki_types::pem::PemObject;
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.unwrap().with_root_certificates(roots);
        let mut config = match name {
            None => builder.with_no_client_auth(),
            Some(name) => {
                let (cert, key) = self.sign(&[name]);
                let cert = CertificateDer::from_pem_slice(cert.as_bytes()).unwrap();
                let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
                builder.with_client_auth_cert(vec![cert], key).unwrap()
            }
        };
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        let stream = TcpStream::connect(server.address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }
}

fn dns(name: &str) -> SanType {
    SanType::DnsName(name.try_into().unwrap())
}

fn web_config(tls: Option<Arc<ServerConfig>>, users: BTreeMap<String, String>) -> Arc<WebConfigFile> {
    WebConfigFile::open(move || {
        Ok(WebConfig {
            tls: tls.clone(),
            headers: [(header::X_FRAME_OPTIONS, "sameorigin".parse().unwrap())].into_iter().collect(),
            users: Users::new(users.clone()),
            rate_limit: Some(RateLimit::new(Duration::from_secs(3600), 3)),
            files: Vec::new(),
        })
    })
    .unwrap()
}

fn serve(settings: &TlsSettings) -> Running {
    let router = Router::new().route(
        "/",
        get(|secured: Option<Extension<Secured>>, headers: axum::http::HeaderMap| async move {
            assert!(headers.contains_key(header::HOST));
            if secured.is_some() { "ok" } else { "plain" }
        }),
    );
    let config = web_config(Some(settings.build().unwrap()), BTreeMap::new());
    start_server(Server::bind("localhost:0", "--listen").unwrap().with_web_config(config), router)
}

/// The body of the answer to a request over HTTP/1.1.
async fn ask(mut stream: TlsStream<TcpStream>) -> std::io::Result<String> {
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}

#[tokio::test]
async fn http_1_and_2_are_spoken_over_tls_and_plain_http_is_told_so() {
    let authority = Authority::new();
    let server = serve(&authority.settings());
    assert_eq!(ask(authority.connect(&server, &["http/1.1"], None).await.unwrap()).await.unwrap(), "ok");

    let stream = authority.connect(&server, &["h2", "http/1.1"], None).await.unwrap();
    let (mut sender, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let driver = tokio::spawn(connection);
    let request = hyper::Request::get("https://localhost/").body(Empty::<bytes::Bytes>::new()).unwrap();
    let response = sender.send_request(request).await.unwrap();
    assert_eq!((response.version(), response.status().as_u16()), (hyper::Version::HTTP_2, 200));
    assert_eq!(response.headers()[header::X_FRAME_OPTIONS], "sameorigin");
    drop((sender, response));
    driver.await.unwrap().unwrap();

    let (head, body) = server.ask("GET / HTTP/1.1\r\n").await;
    assert!(head.starts_with("http/1.0 400"), "{head}");
    assert_eq!(body, b"Client sent an HTTP request to an HTTPS server.\n");
}

#[tokio::test]
async fn clients_have_to_bring_the_certificates_that_the_policy_asks_for() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let settings = |client_auth, sans: Option<&str>| TlsSettings {
        client_auth,
        client_ca: Some(Pem::Inline(authority.0.pem())),
        client_allowed_sans: sans.map(|name| vec![name.to_owned()]),
        ..authority.settings()
    };
    let ip = || SanType::IpAddress(IpAddr::from([10, 0, 0, 1]));
    for (policy, sans, name, served) in [
        (ClientAuth::Request, None, None, true),
        (ClientAuth::RequireAny, None, None, false),
        (ClientAuth::RequireAny, None, Some(dns("ann")), true),
        (ClientAuth::VerifyIfGiven, None, None, true),
        (ClientAuth::RequireAndVerify, None, None, false),
        (ClientAuth::RequireAndVerify, None, Some(dns("ann")), true),
        (ClientAuth::RequireAndVerify, Some("ann"), Some(dns("ann")), true),
        (ClientAuth::RequireAndVerify, Some("bob"), Some(dns("ann")), false),
        (ClientAuth::RequireAndVerify, Some("10.0.0.1"), Some(ip()), true),
    ] {
        let server = serve(&settings(policy, sans));
        let answered = match authority.connect(&server, &[], name).await {
            Ok(stream) => ask(stream).await.is_ok_and(|body| body == "ok"),
            Err(_) => false,
        };
        assert_eq!(answered, served, "{policy:?} {sans:?}");
    }
    let foreign = TlsSettings {
        client_ca: Some(Pem::Inline(stranger.0.pem())),
        ..settings(ClientAuth::VerifyIfGiven, None)
    };
    let stream = authority.connect(&serve(&foreign), &[], Some(dns("ann"))).await;
    assert!(stream.is_err() || ask(stream.unwrap()).await.is_err());
}

#[test]
fn what_is_wrong_is_told_with_the_part_that_it_is_about() {
    let authority = Authority::new();
    let good = authority.settings();
    let other_key = Pem::Inline(KeyPair::generate().unwrap().serialize_pem());
    let ca = Some(Pem::Inline(authority.0.pem()));
    for (settings, words) in [
        (
            TlsSettings { cert: Pem::File("/none.pem".into()), ..good.clone() },
            "failed to read cert_file (/none.pem)",
        ),
        (TlsSettings { cert: Pem::Inline("x".into()), ..good.clone() }, "no certificate in cert"),
        (
            TlsSettings { key: Pem::Inline("x".into()), ..good.clone() },
            "failed to find any PEM data of a key",
        ),
        (TlsSettings { key: other_key, ..good.clone() }, "failed to load X509KeyPair"),
        (TlsSettings { client_ca: ca, ..good.clone() }, "client CA's have been configured without"),
        (TlsSettings { client_auth: ClientAuth::RequireAndVerify, ..good.clone() }, "no authority is given"),
    ] {
        let error: TlsError = settings.build().unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn passwords_are_asked_for_and_bursts_are_bounded() {
    let users = BTreeMap::from([("ann".to_owned(), bcrypt::hash("secret", 4).unwrap())]);
    let router = Router::new().route("/", get(|| async { "ok" }));
    let server = Server::bind("localhost:0", "--listen").unwrap().with_web_config(web_config(None, users));
    let server = start_server(server, router);
    let (head, body) = server.ask("GET / HTTP/1.1\r\n").await;
    assert!(head.starts_with("http/1.1 401") && head.contains("www-authenticate: basic\r\n"), "{head}");
    assert!(head.contains("x-frame-options: sameorigin") && body == b"Unauthorized\n", "{head}");
    assert!(server.traffic.snapshot().is_empty());
    let right = "GET / HTTP/1.1\r\nAuthorization: Basic YW5uOnNlY3JldA==\r\n";
    assert_eq!(server.ask(right).await.1, b"ok");
    assert_eq!(server.ask(right).await.1, b"ok");
    assert!(server.ask(right).await.0.starts_with("http/1.1 429"));
}
