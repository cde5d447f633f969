//! A web server on loopback that pictures are fetched from, and that counts who came.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};

pub(crate) struct Origin {
    pub(crate) address: SocketAddr,
    visits: Arc<AtomicUsize>,
}

/// Serves these paths: bytes, or a redirect for what begins with `http`.
pub(crate) async fn origin(address: &str, files: Vec<(&'static str, Vec<u8>)>) -> Origin {
    let listener = tokio::net::TcpListener::bind((address, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let visits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&visits);
    let files: Arc<Vec<(&str, Bytes)>> = Arc::new(files.into_iter().map(|(path, file)| (path, file.into())).collect());
    let router = Router::new().fallback(move |request: Request| {
        counted.fetch_add(1, Ordering::SeqCst);
        let found = files.iter().find(|(path, _)| *path == request.uri().path()).map(|(_, file)| file.clone());
        async move { found.map_or_else(|| StatusCode::NOT_FOUND.into_response(), answer) }
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    Origin { address, visits }
}

fn answer(file: Bytes) -> Response {
    match std::str::from_utf8(&file) {
        Ok(url) if url.starts_with("http") => (StatusCode::FOUND, [(LOCATION, url.to_owned())]).into_response(),
        _ => file.into_response(),
    }
}

impl Origin {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

/// A small picture, whole.
pub(crate) fn picture() -> Vec<u8> {
    include_bytes!("../../../../templates/og-blog/assets/avatar.jpg").to_vec()
}
