//! Opens connections, and keeps name resolution and connecting apart when one of them fails.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

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
}

/// The connector of the pool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dialer;

impl tower_service::Service<Uri> for Dialer {
    type Response = TokioIo<TcpStream>;
    type Error = DialError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, DialError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), DialError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, url: Uri) -> Self::Future {
        Box::pin(async move { dial(&url).await.map(TokioIo::new) })
    }
}

/// Connects to the first address of the host that answers.
async fn dial(url: &Uri) -> Result<TcpStream, DialError> {
    let host = url.host().filter(|host| !host.is_empty()).ok_or(DialError::NoHost)?;
    let port = url.port_u16().unwrap_or(80);
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let lookup = |source| DialError::Lookup { host: bare.to_owned(), source };
    let mut failed = None;
    for address in tokio::net::lookup_host((bare, port)).await.map_err(lookup)? {
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
