use std::sync::Arc;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

mod tls;

/// Answers each connection's requests with the same bytes; an empty answer closes, `None` waits for ever.
async fn serve(answer: Option<Vec<u8>>) -> Uri {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/metrics", listener.local_addr().unwrap()).parse().unwrap();
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = Arc::clone(&answer);
            tokio::spawn(async move {
                let mut request = [0; 4096];
                while stream.read(&mut request).await.is_ok_and(|n| n > 0) {
                    match &*answer {
                        Some(bytes) if bytes.is_empty() => return,
                        Some(bytes) => stream.write_all(bytes).await.unwrap(),
                        None => std::future::pending().await,
                    }
                }
            });
        }
    });
    url
}

fn answer(head: &str, body: &[u8]) -> Option<Vec<u8>> {
    let head = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n", body.len());
    Some([head.as_bytes(), body].concat())
}

async fn fetch(url: &Uri, timeout_ms: u64, body_bytes_max: u64) -> Result<(Response, Vec<u8>), ClientError> {
    let headers = HeaderMap::new();
    let timeout = Duration::from_millis(timeout_ms);
    let request = Request { url, headers: &headers, timeout, body_bytes_max };
    let mut body = Vec::new();
    let mut take = |data: &[u8]| {
        body.extend_from_slice(data);
        true
    };
    let response = Client::default().get(&request, &mut take).await?;
    Ok((response, body))
}

async fn error(url: &Uri, timeout_ms: u64, body_bytes_max: u64) -> String {
    fetch(url, timeout_ms, body_bytes_max).await.unwrap_err().to_string()
}

fn gzip(data: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_body_comes_whole() {
    let url = serve(answer("200 OK\r\nContent-Type: text/plain", b"up 1\n")).await;
    let (response, body) = fetch(&url, 5_000, 5).await.unwrap();
    assert_eq!((response.content_type.as_str(), body.as_slice()), ("text/plain", b"up 1\n".as_slice()));
}

#[tokio::test]
async fn gzip_is_unpacked_within_the_limit() {
    let packed = gzip(&vec![b'x'; 1_000_000]);
    let url = serve(answer("200 OK\r\nContent-Encoding: gzip", &packed)).await;
    let (response, body) = fetch(&url, 5_000, 1_000_000).await.unwrap();
    assert_eq!((response.body_bytes, response.wire_bytes), (1_000_000, packed.len() as u64));
    assert_eq!(body.len(), 1_000_000);
    assert_eq!(error(&url, 5_000, 999_999).await, "body size limit exceeded");
    let url = serve(answer("200 OK\r\nContent-Encoding: gzip", b"no gzip at all")).await;
    assert_eq!(error(&url, 5_000, 1_000).await, "gzip: invalid header");
    let cut = packed.split_at(packed.len() / 2).0;
    let url = serve(answer("200 OK\r\nContent-Encoding: gzip", cut)).await;
    assert_eq!(error(&url, 5_000, 1_000_000).await, "unexpected EOF");
}

#[tokio::test]
async fn failures_are_worded_as_in_go() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = listener.local_addr().unwrap();
    drop(listener);
    let url: Uri = format!("http://{gone}/m").parse().unwrap();
    let refused = format!("Get \"http://{gone}/m\": dial tcp {gone}: connect: connection refused");
    assert_eq!(error(&url, 5_000, 10).await, refused);

    let url = serve(answer("500 Internal Server Error", b"")).await;
    assert_eq!(error(&url, 5_000, 10).await, "server returned HTTP status 500 Internal Server Error");

    let url = serve(None).await;
    assert_eq!(error(&url, 20, 10).await, format!("Get \"{url}\": context deadline exceeded"));

    let url = serve(Some(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_vec())).await;
    assert_eq!(error(&url, 50, 10).await, "context deadline exceeded");
    assert_eq!(error(&url, 5_000, 9).await, "body size limit exceeded");

    let url = serve(Some(b"SSH-2.0-OpenSSH_9.9\r\n\r\n".to_vec())).await;
    let malformed = "net/http: HTTP/1.x transport connection broken: malformed HTTP response";
    assert_eq!(error(&url, 5_000, 10).await, format!("Get \"{url}\": {malformed}"));

    let url = serve(Some(Vec::new())).await;
    assert_eq!(error(&url, 5_000, 10).await, format!("Get \"{url}\": EOF"));
}

#[tokio::test]
async fn redirects_are_followed_up_to_a_limit() {
    let end = serve(answer("200 OK", b"end")).await;
    let url = serve(answer(&format!("302 Found\r\nLocation: {end}"), b"")).await;
    assert_eq!(fetch(&url, 5_000, 10).await.unwrap().1, b"end");
    let circle = serve(answer("301 Moved Permanently\r\nLocation: /metrics", b"")).await;
    assert_eq!(error(&circle, 5_000, 10).await, format!("Get \"{circle}\": stopped after 10 redirects"));
}

#[tokio::test]
async fn a_form_is_sent_and_redirects_are_handed_on() {
    let url = serve(answer("302 Found\r\nLocation: http://elsewhere/", b"")).await;
    let headers = HeaderMap::new();
    let request =
        Request { url: &url, headers: &headers, timeout: Duration::from_secs(5), body_bytes_max: 0 };
    let answer =
        Client::default().exchange(&Method::POST, &request, Bytes::from_static(b"a=b")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::FOUND);
    let url = serve(Some(Vec::new())).await;
    let request = Request { url: &url, ..request };
    let error = Client::default().exchange(&Method::POST, &request, Bytes::new()).await.unwrap_err();
    assert_eq!(error.to_string(), format!("Post \"{url}\": EOF"));
}
