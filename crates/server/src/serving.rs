//! Connections: accepting them up to a cap, the time each may take, and letting them end when the program stops.
//! What is answered on them is the router's business. HTTP/1.1; a proxy in front speaks whatever it likes.

mod stall;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

use crate::config;
use stall::Stalling;

/// Of a request: what is larger is answered with a bare 431. The router's own limit is below it.
const MAX_HEADERS: usize = 256;
const MAX_HEADER_BYTES: usize = 64 * 1024;
/// When the system has no more file handles, accepting fails at once, again and again.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(100);

/// Serves until `stop` is ready, then lets requests under way end, for as long as `drain_timeout_ms`.
/// Answers whether all of them did.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: &config::Server,
    stop: impl Future<Output = ()>,
) -> bool {
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(limits.max_connections));
    let builder = Arc::new(builder(limits));
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, peer, place) = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut stop => break,
        };
        let _ = stream.set_nodelay(true);
        let stream = TokioIo::new(Stalling::new(stream, Duration::from_millis(limits.body_timeout_ms)));
        let router = router.clone();
        let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            let answer = router.clone().oneshot(request);
            async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
        });
        let connection = builder.serve_connection(stream, service).into_owned();
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener); // from here on the system refuses new connections
    tokio::time::timeout(Duration::from_millis(limits.drain_timeout_ms), connections.shutdown()).await.is_ok()
}

fn builder(limits: &config::Server) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        // Also for how long a connection may be idle between two requests.
        .header_read_timeout(Duration::from_millis(limits.header_timeout_ms))
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEADER_BYTES);
    builder
}

/// The next connection, once there is a place for it.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    loop {
        let Ok(place) = Arc::clone(places).acquire_owned().await else { std::future::pending().await };
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, place),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
            }
        }
    }
}
