//! What is particular to requests over TLS.

use std::io;

use axum::http::{HeaderValue, Request, header};
use tokio::{io::AsyncWriteExt, net::TcpStream};

/// Marks a request that came over TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Secured;

/// What a client reads that speaks plain HTTP, in Go's words.
const PLAIN_REQUEST: &[u8] =
    b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";

/// True when the client speaks plain HTTP: a handshake begins with another byte than a method. Waits for that byte.
pub(super) async fn is_plain(stream: &TcpStream) -> io::Result<bool> {
    let mut first = [0];
    stream.peek(&mut first).await?;
    Ok(first[0].is_ascii_uppercase())
}

/// Tells a client that it should speak TLS.
pub(super) async fn refuse_plain(mut stream: TcpStream) -> io::Result<()> {
    // What is left unread would have the kernel reset the connection before the answer is read.
    let _ = stream.try_read(&mut [0; 4 << 10]);
    stream.write_all(PLAIN_REQUEST).await?;
    stream.shutdown().await
}

/// HTTP/2 has the host in the URL; handlers look for it where HTTP/1.1 has it.
pub(super) fn name_host<B>(request: &mut Request<B>) {
    if request.headers().contains_key(header::HOST) {
        return;
    }
    let host = request.uri().authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok());
    if let Some(host) = host {
        request.headers_mut().insert(header::HOST, host);
    }
}
