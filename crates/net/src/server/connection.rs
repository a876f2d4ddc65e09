//! Accepts connections, serves them and lets them end.

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use http_body_util::Limited;
use hyper::{
    Request,
    body::{Body as _, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};
use tower_service::Service;

use super::{
    Limits,
    client::{Client, Clients},
    deadline::{Serving, TimedStream},
    held_body::HeldBody,
};

/// Bytes of a request's head at most, the longest GET query among them; more is answered with 431.
const HEAD_BYTES_MAX: usize = 64 << 10;

/// After a failed accept, for example with all file descriptors in use: time for others to end.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// Serves until `shutdown`, then waits for what runs.
pub(super) async fn accept(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) {
    let clients = Clients::new(limits.connections_max);
    let (stop, stopped) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    let mut accepted = None;
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            Some(ended) = connections.join_next() => log_panic(ended),
            next = next_stream(&listener), if accepted.is_none() => accepted = Some(next),
            client = clients.admit(), if accepted.is_some() => {
                if let Some((stream, peer)) = accepted.take() {
                    connections.spawn(serve(stream, peer, client, router.clone(), limits.clone(), stopped.clone()));
                }
            }
        }
    }
    drop((listener, stop));
    drain(connections, limits.drain_timeout).await;
}

async fn next_stream(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // The client was gone before it was accepted.
            Err(e) if e.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(e) => {
                tracing::warn!(error = %e, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_RETRY).await;
            }
        }
    }
}

async fn drain(mut connections: JoinSet<()>, timeout: Duration) {
    let all_ended = async {
        while let Some(ended) = connections.join_next().await {
            log_panic(ended);
        }
    };
    if tokio::time::timeout(timeout, all_ended).await.is_err() {
        tracing::warn!(connections = connections.len(), "cut connections whose requests did not end in time");
        connections.shutdown().await;
    }
}

fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(e) = ended {
        tracing::error!(error = %e, "a request was lost");
    }
}

async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    client: Client,
    router: Router,
    limits: Limits,
    mut stopped: watch::Receiver<()>,
) {
    // Answers are written whole: waiting for more only delays them.
    if let Err(e) = stream.set_nodelay(true) {
        tracing::debug!(%peer, error = %e, "cannot set TCP_NODELAY");
    }
    let serving = client.serving.clone();
    let io = TimedStream::new(stream, serving.clone(), limits.head_timeout, limits.idle_timeout);
    let service = service_fn(move |request| {
        serving.start();
        answer(request, peer, router.clone(), limits.body_bytes_max, Running(serving.clone()))
    });
    let mut http = http1::Builder::new();
    http.header_read_timeout(None).max_buf_size(HEAD_BYTES_MAX);
    let mut connection = pin!(http.serve_connection(TokioIo::new(io), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = client.is_unwanted() => {
            connection.as_mut().graceful_shutdown();
            // Half a request is not waited for.
            tokio::time::timeout(Duration::ZERO, connection).await.unwrap_or(Ok(()))
        }
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(e) = ended {
        tracing::debug!(%peer, error = %e, "connection ended early");
    }
}

/// A request that runs, until dropped.
struct Running(Serving);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.stop();
    }
}

async fn answer(
    mut request: Request<Incoming>,
    peer: SocketAddr,
    mut router: Router,
    body_bytes_max: usize,
    running: Running,
) -> Result<Response<HeldBody<Running>>, Infallible> {
    let too_large = request.body().size_hint().lower() > body_bytes_max as u64;
    let response = if too_large {
        let message = format!("request body larger than {body_bytes_max} bytes\n");
        (StatusCode::PAYLOAD_TOO_LARGE, message).into_response()
    } else {
        request.extensions_mut().insert(ConnectInfo(peer));
        let request = request.map(|body| Body::new(Limited::new(body, body_bytes_max)));
        router.call(request).await?
    };
    Ok(response.map(|body| HeldBody::new(body, running)))
}
