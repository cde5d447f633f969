//! Files, from whichever store they are in. `GET /server/{profile_id}/uploads/…`: their names cannot be guessed, and
//! whoever has one may read it. `GET /private/…`: the address is signed, for a time.
//! A file never changes under its name, so it may be kept for ever, and asked for in parts.

mod range;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::blobs::{BlobError, BlobKey, OpenBlob};
use crate::clock;
use range::Part;

/// A file is shown, but runs nothing, loads nothing and belongs to no site.
const SANDBOX: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";
/// Browsers refuse to show a PDF in a sandbox.
const PDF: &str = "default-src 'none'; frame-ancestors 'none'";

pub(crate) async fn get_file(State(app): State<App>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    match key_of(&uri) {
        Some(key) if !key.is_private() => send_file(&app, &key, &method, &headers).await,
        _ => not_found(),
    }
}

pub(crate) async fn get_private_file(State(app): State<App>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let Some(key) = key_of(&uri).filter(BlobKey::is_private) else { return not_found() };
    // Before the store is asked: who has no link learns nothing about what is there.
    match app.links.opened_until(&key, uri.query().unwrap_or_default(), clock::now_ms()) {
        Ok(_) => send_file(&app, &key, &method, &headers).await,
        Err(fault) => {
            let body = json!({ "error": "Forbidden", "message": fault.to_string(), "type": "ForbiddenError" });
            (StatusCode::FORBIDDEN, Json(body)).into_response()
        }
    }
}

/// The path as it was sent: a key has no character that would have to be encoded.
fn key_of(uri: &Uri) -> Option<BlobKey> {
    BlobKey::parse(uri.path().strip_prefix('/')?).ok()
}

async fn send_file(app: &App, key: &BlobKey, method: &Method, headers: &HeaderMap) -> Response {
    let tag = tag_of(key);
    let answer = match app.blobs.open(key).await {
        Ok(None) => return not_found(),
        Ok(Some(_)) if says(headers, &IF_NONE_MATCH, &tag) => Ok(StatusCode::NOT_MODIFIED.into_response()),
        Ok(Some(file)) => content(file, method, wanted_part(headers, &tag)).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(mut response) => {
            describe(response.headers_mut(), key, &tag);
            response
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a file could not be read");
            let body = json!({ "error": "Internal Server Error", "message": "The file could not be read" });
            (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response()
        }
    }
}

fn not_found() -> Response {
    let body = json!({ "error": "Not found", "message": "There is no such file", "type": "NotFoundError" });
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}

/// The file's name is new for every file, so its hash names the content too.
fn tag_of(key: &BlobKey) -> String {
    let hash = Sha256::digest(key.as_str());
    let hex: String = hash[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

/// Whether a header lists the tag, or any tag at all.
fn says(headers: &HeaderMap, name: &axum::http::HeaderName, tag: &str) -> bool {
    let mut listed = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(','));
    listed.any(|one| matches!(one.trim(), "*") || one.trim().trim_start_matches("W/") == tag)
}

/// The `Range` header, unless it was meant for another version of the file.
fn wanted_part<'a>(headers: &'a HeaderMap, tag: &str) -> Option<&'a str> {
    let same = headers.get(IF_RANGE).is_none_or(|sent| sent.as_bytes() == tag.as_bytes());
    headers.get(RANGE).filter(|_| same).and_then(|range| range.to_str().ok())
}

async fn content(file: OpenBlob, method: &Method, wanted: Option<&str>) -> Result<Response, BlobError> {
    let len = file.len;
    let part = match wanted {
        Some(header) if method == Method::GET => range::parse(header, len),
        _ => Part::Whole,
    };
    let (status, bytes) = match part {
        Part::Whole => (StatusCode::OK, 0..len),
        Part::Within { first, last } => (StatusCode::PARTIAL_CONTENT, first..last + 1),
        Part::Outside => {
            let range = [(CONTENT_RANGE, format!("bytes */{len}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, range).into_response());
        }
    };
    let count = bytes.end - bytes.start;
    let body = if method == Method::HEAD { Body::empty() } else { file.read(bytes).await? };
    let mut response = (status, [(CONTENT_LENGTH, count.to_string())], body).into_response();
    if let Part::Within { first, last } = part
        && let Ok(range) = HeaderValue::from_str(&format!("bytes {first}-{last}/{len}"))
    {
        response.headers_mut().insert(CONTENT_RANGE, range);
    }
    Ok(response)
}

fn describe(headers: &mut HeaderMap, key: &BlobKey, tag: &str) {
    let content_type = key.content_type();
    let disposition = key.disposition();
    let policy = if content_type == "application/pdf" { PDF } else { SANDBOX };
    for (header, value) in [
        (CONTENT_TYPE, content_type),
        (CONTENT_DISPOSITION, &disposition),
        (CONTENT_SECURITY_POLICY, policy),
        (CACHE_CONTROL, key.caching()),
        (ACCEPT_RANGES, "bytes"),
        (ETAG, tag),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(header, value);
        }
    }
}
