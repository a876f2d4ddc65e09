//! Accepts connections, serves them and lets them end.

use std::{convert::Infallible, error::Error, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{StatusCode, Version},
    response::{IntoResponse, Response},
};
use http_body_util::Limited;
use hyper::{
    Request,
    body::{Body as _, Incoming},
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::graceful::GracefulConnection,
};
use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tower_service::Service as _;

use super::{
    Limits,
    client::{Client, Clients},
    deadline::{Serving, TimedStream},
    held_body::HeldBody,
    outgoing::{Outgoing, OutgoingBody},
    request_line::RequestLine,
    secure::{self, Secured},
    web_config::WebConfigFile,
};

/// Bytes of a request's head at most, the longest GET query among them; more is answered with 431.
const HEAD_BYTES_MAX: usize = 64 << 10;

/// Requests of an HTTP/2 connection at a time; browsers have fewer.
const STREAMS_MAX: u32 = 32;

/// Bytes of bodies that a client of HTTP/2 may send ahead on a connection, and of each answer that wait for it to
/// read. They are the smallest that keep a local network busy, as nobody has said yet who they are.
const WINDOW_BYTES: u32 = 64 << 10;
const SEND_BYTES: usize = 16 << 10;

/// After a failed accept, for example with all file descriptors in use: time for others to end.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// What connections are served with.
#[derive(Clone)]
pub(super) struct Service {
    pub(super) router: Router,
    pub(super) limits: Limits,
    pub(super) web_config: Option<Arc<WebConfigFile>>,
    pub(super) outgoing: Outgoing,
    /// The connections, those of other listeners among them.
    pub(super) clients: Arc<Clients>,
}

/// Serves until `shutdown`, then waits for what runs.
pub(super) async fn accept(listener: TcpListener, service: Service, shutdown: impl Future<Output = ()>) {
    let (stop, stopped) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    let mut accepted = None;
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            Some(ended) = connections.join_next() => log_panic(ended),
            next = next_stream(&listener), if accepted.is_none() => accepted = Some(next),
            client = service.clients.admit(), if accepted.is_some() => {
                if let Some((stream, peer)) = accepted.take() {
                    let ending = Ending { client, stopped: stopped.clone() };
                    connections.spawn(serve(stream, peer, service.clone(), ending));
                }
            }
        }
    }
    drop((listener, stop));
    drain(connections, service.limits.drain_timeout).await;
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

async fn drain(mut connections: JoinSet<()>, drain_timeout: Duration) {
    let all_ended = async {
        while let Some(ended) = connections.join_next().await {
            log_panic(ended);
        }
    };
    if timeout(drain_timeout, all_ended).await.is_err() {
        tracing::warn!(connections = connections.len(), "cut connections whose requests did not end in time");
        connections.shutdown().await;
    }
}

fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(e) = ended {
        tracing::error!(error = %e, "a request was lost");
    }
}

/// What ends a connection from this side.
struct Ending {
    client: Client,
    stopped: watch::Receiver<()>,
}

impl Ending {
    /// Runs a connection until it ends; one that is to end may finish what runs, and begin nothing.
    async fn run<C: GracefulConnection>(mut self, connection: C) -> Result<(), C::Error> {
        let mut connection = pin!(connection);
        tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.client.is_unwanted() => {
                connection.as_mut().graceful_shutdown();
                // Half a request is not waited for.
                timeout(Duration::ZERO, connection).await.unwrap_or(Ok(()))
            }
            _ = self.stopped.changed() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        }
    }
}

async fn serve(stream: TcpStream, peer: SocketAddr, service: Service, ending: Ending) {
    // Answers are written whole: waiting for more only delays them.
    if let Err(e) = stream.set_nodelay(true) {
        tracing::debug!(%peer, error = %e, "cannot set TCP_NODELAY");
    }
    let tls = match &service.web_config {
        Some(file) => file.current().await.tls.clone(),
        None => None,
    };
    let answering = Answering {
        router: service.router,
        peer,
        serving: ending.client.serving.clone(),
        limits: service.limits,
        outgoing: service.outgoing,
        secured: tls.is_some(),
    };
    let ended = match tls {
        None => http1(answering.timed(stream), answering, ending).await,
        // Boxed: plain connections shall not carry the room that TLS takes.
        Some(tls) => Box::pin(secured(stream, tls, answering, ending)).await,
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "connection ended early");
    }
}

type Ended = Result<(), Box<dyn Error + Send + Sync>>;

async fn http1<S>(stream: S, answering: Answering, ending: Ending) -> Ended
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut http = http1::Builder::new();
    http.header_read_timeout(None).max_buf_size(HEAD_BYTES_MAX);
    let service = service_fn(move |request| answering.answer(request));
    Ok(ending.run(http.serve_connection(TokioIo::new(RequestLine::new(stream)), service)).await?)
}

async fn http2<S>(stream: S, answering: Answering, ending: Ending) -> Ended
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut http = http2::Builder::new(TokioExecutor::new());
    http.max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(HEAD_BYTES_MAX as u32)
        .initial_stream_window_size(WINDOW_BYTES)
        .initial_connection_window_size(WINDOW_BYTES)
        .max_send_buf_size(SEND_BYTES);
    let service = service_fn(move |request| answering.answer(request));
    Ok(ending.run(http.serve_connection(TokioIo::new(stream), service)).await?)
}

async fn secured(
    stream: TcpStream,
    tls: Arc<ServerConfig>,
    answering: Answering,
    mut ending: Ending,
) -> Ended {
    let shake_hands = async {
        let plain = timeout(answering.limits.idle_timeout, secure::is_plain(&stream)).await??;
        if plain {
            secure::refuse_plain(stream).await?;
            return Ok(None);
        }
        TlsAcceptor::from(tls).accept(answering.timed(stream)).await.map(Some)
    };
    let shaken: io::Result<_> = tokio::select! {
        shaken = shake_hands => shaken,
        () = ending.client.is_unwanted() => return Ok(()),
        _ = ending.stopped.changed() => return Ok(()),
    };
    let Some(mut stream) = shaken? else { return Ok(()) };
    let (timed, session) = stream.get_mut();
    if session.alpn_protocol() == Some(b"h2") {
        timed.spare_heads();
        http2(stream, answering, ending).await
    } else {
        http1(stream, answering, ending).await
    }
}

/// A request that runs, until dropped.
struct Running(Serving);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Answers the requests of a connection.
struct Answering {
    router: Router,
    peer: SocketAddr,
    serving: Serving,
    limits: Limits,
    outgoing: Outgoing,
    secured: bool,
}

impl Answering {
    /// The connection's stream with its timeouts.
    fn timed(&self, stream: TcpStream) -> TimedStream {
        TimedStream::new(stream, self.serving.clone(), self.limits.clone())
    }

    fn answer(
        &self,
        mut request: Request<Incoming>,
    ) -> impl Future<Output = Result<Response<HeldBody<OutgoingBody, Running>>, Infallible>> + Send + use<>
    {
        self.serving.start();
        let running = Running(self.serving.clone());
        request.extensions_mut().insert(ConnectInfo(self.peer));
        if self.secured {
            request.extensions_mut().insert(Secured);
        }
        secure::name_host(&mut request);
        let (mut router, body_bytes_max) = (self.router.clone(), self.limits.body_bytes_max);
        let (outgoing, serving) = (self.outgoing.clone(), self.serving.clone());
        // Streams of one connection do not wait for each other, and have a bound of their own.
        let is_paced = request.version() < Version::HTTP_2;
        async move {
            let response = if request.body().size_hint().lower() > body_bytes_max as u64 {
                let message = format!("request body larger than {body_bytes_max} bytes\n");
                (StatusCode::PAYLOAD_TOO_LARGE, message).into_response()
            } else {
                let request = request.map(|body| Body::new(Limited::new(body, body_bytes_max)));
                router.call(request).await?
            };
            let paced = |body: OutgoingBody| if is_paced { body.paced_by(serving) } else { body };
            Ok(outgoing.admit(response).map(|body| HeldBody::new(paced(body), running)))
        }
    }
}
