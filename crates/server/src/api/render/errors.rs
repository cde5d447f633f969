//! The error body of the Render API: `{"error","message","type"?}`, and which status each kind of failure has here.

use axum::Json;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::actions::{ActionError, Kind};

/// A failure as this family tells it.
#[derive(Debug)]
pub(crate) struct ErrorBody {
    pub(crate) status: StatusCode,
    pub(crate) error: &'static str,
    pub(crate) message: String,
    /// The error's class, where the contract has one.
    pub(crate) class: Option<&'static str>,
    /// A header that belongs to the status.
    pub(crate) header: Option<(HeaderName, &'static str)>,
}

/// A renderer that is busy is busy for about so long.
const BUSY_SECONDS: &str = "5";

impl ErrorBody {
    pub(crate) fn new(status: StatusCode, error: &'static str, message: impl Into<String>) -> ErrorBody {
        ErrorBody { status, error, message: message.into(), class: None, header: None }
    }

    fn class(self, class: &'static str) -> ErrorBody {
        ErrorBody { class: Some(class), ..self }
    }

    fn header(self, name: HeaderName, value: &'static str) -> ErrorBody {
        ErrorBody { header: Some((name, value)), ..self }
    }

    /// What was sent is wrong.
    pub(crate) fn invalid(message: impl Into<String>) -> ErrorBody {
        ErrorBody::new(StatusCode::BAD_REQUEST, "Validation error", message).class("ValidationError")
    }

    pub(crate) fn unauthorized() -> ErrorBody {
        ErrorBody::new(StatusCode::UNAUTHORIZED, "Unauthorized", "Invalid or missing Bearer token")
            .header(WWW_AUTHENTICATE, "Bearer")
    }
}

impl From<ActionError> for ErrorBody {
    fn from(error: ActionError) -> ErrorBody {
        let is_ours = matches!(error.kind, Kind::StorageFull | Kind::Internal | Kind::RenderFailed);
        if is_ours || std::error::Error::source(&error).is_some() {
            tracing::error!(kind = ?error.kind, error = &error as &dyn std::error::Error, "a request failed");
        }
        let message = error.message;
        let new = |status, name| ErrorBody::new(status, name, message.clone());
        match error.kind {
            Kind::Invalid | Kind::Conflict | Kind::Changed => ErrorBody::invalid(message),
            Kind::Unauthorized => ErrorBody::unauthorized(),
            Kind::Forbidden => new(StatusCode::FORBIDDEN, "Forbidden").class("ForbiddenError"),
            Kind::NotFound => new(StatusCode::NOT_FOUND, "Template not found").class("NotFoundError"),
            Kind::TimedOut => new(StatusCode::REQUEST_TIMEOUT, "Request Timeout").class("TimeoutError"),
            Kind::Busy => new(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests")
                .class("BusyError")
                .header(RETRY_AFTER, BUSY_SECONDS),
            Kind::RenderFailed => new(StatusCode::INTERNAL_SERVER_ERROR, "Render failed").class("RenderError"),
            Kind::StorageFull | Kind::Internal => new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
        }
    }
}

impl IntoResponse for ErrorBody {
    fn into_response(self) -> Response {
        let mut body = json!({ "error": self.error, "message": self.message });
        if let Some(class) = self.class {
            body["type"] = class.into();
        }
        let mut response = (self.status, Json(body)).into_response();
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}
