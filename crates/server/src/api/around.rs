//! What is around every request: its number, its line in the log, the bound on its headers, the security headers of its
//! answer, and an answer when a handler panics.

use std::any::Any;
use std::time::Instant;

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::app::App;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Nothing may be loaded by, run in or framed around an answer.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Asked again and again by machines: logged for whoever wants to see everything.
const QUIET: [&str; 3] = ["/healthz", "/readyz", "/metrics"];
const MAX_HEADERS: usize = 100;
const MAX_HEADER_BYTES: usize = 32 * 1024;

pub(crate) async fn around(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = request_id(request.headers());
    let span = tracing::info_span!("request", %id);
    let method = request.method().clone();
    let path = shown_path(&request);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let started = Instant::now();
    let mut response = if headers_fit(request.headers()) {
        next.run(request).instrument(span.clone()).await
    } else {
        too_many_headers()
    };
    protect(response.headers_mut());
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    let (status, took) = (response.status().as_u16(), started.elapsed());
    app.metrics.answered(method.as_str(), route.as_ref().map_or("none", MatchedPath::as_str), status, took);
    let ms = took.as_millis();
    if QUIET.contains(&path.as_str()) {
        tracing::debug!(parent: &span, %method, path, status, ms, "answered");
    } else {
        tracing::info!(parent: &span, %method, path, status, ms, "answered");
    }
    response
}

/// The client's own number where it is a plain word, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let sent = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let is_plain = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    sent.filter(is_plain).map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

/// The route, not the path: a path may hold what opens something, as the names of results do. Queries are never logged.
fn shown_path(request: &Request) -> String {
    match request.extensions().get::<MatchedPath>() {
        Some(route) => route.as_str().to_owned(),
        None => request.uri().path().chars().take(80).collect(),
    }
}

fn headers_fit(headers: &HeaderMap) -> bool {
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    headers.len() <= MAX_HEADERS && bytes <= MAX_HEADER_BYTES
}

fn too_many_headers() -> Response {
    let message = format!("A request may have {MAX_HEADERS} headers and {} kB of them", MAX_HEADER_BYTES / 1024);
    let body = json!({ "error": "Request header fields too large", "message": message });
    (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, Json(body)).into_response()
}

/// Adds what an answer has not set itself.
fn protect(headers: &mut HeaderMap) {
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// The answer to a request whose handler panicked.
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    note_panic(panic);
    let body = json!({ "error": "Internal Server Error", "message": "Something went wrong on the server" });
    (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response()
}

/// Logs what a handler panicked with.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over so")]
pub(super) fn note_panic(panic: Box<dyn Any + Send>) {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    tracing::error!(panic = text, "a handler panicked");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_request_id_is_kept() {
        let kept = |sent: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_bytes(sent.as_bytes()).unwrap());
            request_id(&headers) == sent
        };
        assert!(kept("a-B_9.z"));
        for sent in ["", "a b", "a\"b", "ä", &"x".repeat(65)] {
            assert!(!kept(sent), "{sent}");
        }
    }
}
