//! The header `Idempotency-Key`.

use axum::http::{HeaderMap, HeaderName};

pub(super) const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// On an answer about something that was made by an earlier request with the same key.
pub(super) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// # Errors
/// When it is sent twice, or is no text; the words go behind its name.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<String>, &'static str> {
    let mut sent = headers.get_all(KEY).iter();
    match (sent.next().map(|key| key.to_str()), sent.next()) {
        (None, _) => Ok(None),
        (Some(Ok(key)), None) => Ok(Some(key.to_owned())),
        _ => Err("must be sent once, as plain text"),
    }
}
