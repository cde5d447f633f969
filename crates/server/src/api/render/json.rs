//! A request's body as JSON, within its bounds: the right type, not too large, not too slow, not too deep.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde_json::{Map, Value};

use super::errors::ErrorBody;
use crate::app::App;
use crate::json_fault;

/// A JSON object.
pub(crate) struct JsonObject(pub(crate) Map<String, Value>);

impl FromRequest<App> for JsonObject {
    type Rejection = ErrorBody;

    async fn from_request(request: Request, app: &App) -> Result<JsonObject, ErrorBody> {
        let is_json = request.headers().get(CONTENT_TYPE).is_some_and(|value| names_json(value.as_bytes()));
        if !is_json {
            let message = "The body must be JSON; send the header Content-Type: application/json";
            return Err(ErrorBody::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type", message));
        }
        let bytes = read(request, &app.config.server).await?;
        // serde_json goes 128 levels deep by default, and no further.
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(object)) => Ok(JsonObject(object)),
            Ok(_) => Err(ErrorBody::invalid("The body must be a JSON object, as in {\"template_id\": \"…\"}")),
            Err(error) if bytes.is_empty() => {
                tracing::debug!(%error, "an empty body");
                Err(ErrorBody::invalid("The body is empty; send a JSON object, as in {\"template_id\": \"…\"}"))
            }
            Err(error) => Err(ErrorBody::invalid(format!("The body is not valid JSON: {}", json_fault::words(&error)))),
        }
    }
}

/// `application/json`, or a type that ends in `+json`, whatever its parameters.
fn names_json(content_type: &[u8]) -> bool {
    let text = std::str::from_utf8(content_type).unwrap_or_default();
    let media_type = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media_type == "application/json" || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

async fn read(request: Request, limits: &crate::config::Server) -> Result<Bytes, ErrorBody> {
    let limit = limits.body_limit_bytes;
    let too_large = || {
        let message = format!("The body is larger than {limit} bytes; send pictures as URLs instead of in the body");
        ErrorBody::new(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large", message)
    };
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    let limit_ms = limits.body_timeout_ms;
    let body = axum::body::to_bytes(request.into_body(), limit);
    match tokio::time::timeout(Duration::from_millis(limit_ms), body).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_length_limit(&error) => Err(too_large()),
        Ok(Err(_)) => Err(ErrorBody::invalid("The body broke off")),
        Err(_) => {
            let message = format!("The body did not arrive within {limit_ms} ms");
            Err(ErrorBody::new(StatusCode::REQUEST_TIMEOUT, "Request Timeout", message))
        }
    }
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
