//! Finished files: `GET /server/{profile_id}/uploads/…`. Their names cannot be guessed; whoever has one may read it.
//! A file never changes under its name, so it may be kept for ever, and asked for in parts.

mod range;

use std::io::SeekFrom;

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
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use crate::app::App;
use crate::blobs::{BlobKey, OpenBlob};
use range::Part;

/// A file is shown, but runs nothing, loads nothing and belongs to no site.
const SANDBOX: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";
/// Browsers refuse to show a PDF in a sandbox.
const PDF: &str = "default-src 'none'; frame-ancestors 'none'";
const BUFFER_BYTES: usize = 64 * 1024;

pub(crate) async fn get_file(State(app): State<App>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    // The path as it was sent: a key has no character that would have to be encoded.
    let Ok(key) = BlobKey::parse(uri.path().trim_start_matches('/')) else { return not_found() };
    let file = match app.blobs.open(&key).await {
        Ok(Some(file)) => file,
        Ok(None) => return not_found(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a file could not be opened");
            let body = json!({ "error": "Internal Server Error", "message": "The file could not be read" });
            return (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response();
        }
    };
    let tag = tag_of(&key);
    let mut response = if says(&headers, &IF_NONE_MATCH, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        content(file, &method, wanted_part(&headers, &tag)).await
    };
    describe(response.headers_mut(), &key, &tag);
    response
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

async fn content(file: OpenBlob, method: &Method, wanted: Option<&str>) -> Response {
    let OpenBlob { mut file, len, .. } = file;
    let part = match wanted {
        Some(header) if method == Method::GET => range::parse(header, len),
        _ => Part::Whole,
    };
    let (status, start, count) = match part {
        Part::Whole => (StatusCode::OK, 0, len),
        Part::Within { first, last } => (StatusCode::PARTIAL_CONTENT, first, last - first + 1),
        Part::Outside => {
            let range = [(CONTENT_RANGE, format!("bytes */{len}"))];
            return (StatusCode::RANGE_NOT_SATISFIABLE, range).into_response();
        }
    };
    if start > 0 && file.seek(SeekFrom::Start(start)).await.is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let body = match *method {
        Method::HEAD => Body::empty(),
        _ => Body::from_stream(ReaderStream::with_capacity(file.take(count), BUFFER_BYTES)),
    };
    let mut response = (status, [(CONTENT_LENGTH, count.to_string())], body).into_response();
    if let Part::Within { first, last } = part
        && let Ok(range) = HeaderValue::from_str(&format!("bytes {first}-{last}/{len}"))
    {
        response.headers_mut().insert(CONTENT_RANGE, range);
    }
    response
}

fn describe(headers: &mut HeaderMap, key: &BlobKey, tag: &str) {
    let content_type = key.content_type();
    let name = key.as_str().rsplit('/').next().unwrap_or_default();
    let shown = content_type.starts_with("image/") || content_type == "application/pdf";
    let disposition = format!("{}; filename=\"{name}\"", if shown { "inline" } else { "attachment" });
    let policy = if content_type == "application/pdf" { PDF } else { SANDBOX };
    for (header, value) in [
        (CONTENT_TYPE, content_type),
        (CONTENT_DISPOSITION, &disposition),
        (CONTENT_SECURITY_POLICY, policy),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (ACCEPT_RANGES, "bytes"),
        (ETAG, tag),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(header, value);
        }
    }
}
