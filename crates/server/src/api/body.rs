//! A request's body, within its bounds: not too large, not too slow; as JSON, of the right type and not too deep. Each
//! family words the faults in its own body.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde_json::Value;

use crate::json_fault;

/// Why there is no body to work with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BodyFault {
    /// The header says that it is something else.
    NotJson,
    TooLarge {
        limit_bytes: usize,
    },
    TooSlow {
        limit_ms: u64,
    },
    BrokeOff,
    Empty,
    /// It is no JSON; the words say why and where.
    Syntax(String),
}

/// How much of a body is taken, and how long that may last.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyLimits {
    pub(super) bytes: usize,
    pub(super) ms: u64,
}

impl From<&crate::config::Server> for BodyLimits {
    fn from(server: &crate::config::Server) -> BodyLimits {
        BodyLimits { bytes: server.body_limit_bytes, ms: server.body_timeout_ms }
    }
}

/// A body that is JSON.
pub(super) async fn json(request: Request, limits: BodyLimits) -> Result<Value, BodyFault> {
    if !is_json(request.headers()) {
        return Err(BodyFault::NotJson);
    }
    let bytes = read(request, limits).await?;
    if bytes.is_empty() {
        return Err(BodyFault::Empty);
    }
    // serde_json goes 128 levels deep by default, and no further.
    serde_json::from_slice(&bytes).map_err(|error| BodyFault::Syntax(json_fault::words(&error)))
}

/// Any body.
pub(super) async fn read(request: Request, limits: BodyLimits) -> Result<Bytes, BodyFault> {
    let too_large = BodyFault::TooLarge { limit_bytes: limits.bytes };
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limits.bytes as u64) {
        return Err(too_large);
    }
    let body = axum::body::to_bytes(request.into_body(), limits.bytes);
    match tokio::time::timeout(Duration::from_millis(limits.ms), body).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_length_limit(&error) => Err(too_large),
        Ok(Err(_)) => Err(BodyFault::BrokeOff),
        Err(_) => Err(BodyFault::TooSlow { limit_ms: limits.ms }),
    }
}

/// Whether the body is said to be JSON.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| names_json(value.as_bytes()))
}

/// `application/json`, or a type that ends in `+json`, whatever its parameters.
fn names_json(content_type: &[u8]) -> bool {
    let text = std::str::from_utf8(content_type).unwrap_or_default();
    let media_type = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media_type == "application/json" || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

fn is_length_limit(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if inner.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        cause = inner.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::names_json;

    #[test]
    fn json_goes_by_several_names() {
        for (name, is) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/vnd.api+json", true),
            ("text/plain", false),
            ("application/jsonp", false),
            ("multipart/form-data", false),
            ("", false),
        ] {
            assert_eq!(names_json(name.as_bytes()), is, "{name}");
        }
    }
}
