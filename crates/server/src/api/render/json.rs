//! A request's body as a JSON object; what is wrong with it, in this family's words.

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde_json::{Map, Value};

use super::errors::ErrorBody;
use crate::api::body::{self, BodyFault, BodyLimits};
use crate::app::App;

/// A JSON object.
pub(crate) struct JsonObject(pub(crate) Map<String, Value>);

impl FromRequest<App> for JsonObject {
    type Rejection = ErrorBody;

    async fn from_request(request: Request, app: &App) -> Result<JsonObject, ErrorBody> {
        match body::json(request, BodyLimits::from(&app.config.server)).await? {
            Value::Object(object) => Ok(JsonObject(object)),
            _ => Err(ErrorBody::invalid("The body must be a JSON object, as in {\"template_id\": \"…\"}")),
        }
    }
}

impl From<BodyFault> for ErrorBody {
    fn from(fault: BodyFault) -> ErrorBody {
        match fault {
            BodyFault::NotJson => {
                let message = "The body must be JSON; send the header Content-Type: application/json";
                ErrorBody::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type", message)
            }
            BodyFault::TooLarge { limit_bytes } => {
                let message = format!(
                    "The body is larger than {limit_bytes} bytes; send pictures as URLs instead of in the body"
                );
                ErrorBody::new(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large", message)
            }
            BodyFault::TooSlow { limit_ms } => {
                let message = format!("The body did not arrive within {limit_ms} ms");
                ErrorBody::new(StatusCode::REQUEST_TIMEOUT, "Request Timeout", message)
            }
            BodyFault::BrokeOff => ErrorBody::invalid("The body broke off"),
            BodyFault::Empty => {
                ErrorBody::invalid("The body is empty; send a JSON object, as in {\"template_id\": \"…\"}")
            }
            BodyFault::Syntax(words) => ErrorBody::invalid(format!("The body is not valid JSON: {words}")),
        }
    }
}
