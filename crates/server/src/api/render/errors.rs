//! The error body of the Render API: `{"error","message","type"?}`, and which status each kind of failure has here.

use axum::Json;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::actions::{ActionError, Kind};

/// A failure as this family tells it.
#[derive(Debug)]
pub(crate) struct ErrorBody {
    pub(crate) status: StatusCode,
    pub(crate) error: &'static str,
    pub(crate) message: String,
    /// The error's class, where the contract has one.
    pub(crate) class: Option<&'static str>,
    /// When to come again.
    retry_after_seconds: Option<u64>,
    /// Keys beside those of every error.
    more: Vec<(&'static str, Value)>,
}

/// What is busy is busy for about so long.
const BUSY_SECONDS: u64 = 5;

impl ErrorBody {
    pub(crate) fn new(status: StatusCode, error: &'static str, message: impl Into<String>) -> ErrorBody {
        ErrorBody { status, error, message: message.into(), class: None, retry_after_seconds: None, more: Vec::new() }
    }

    pub(crate) fn class(self, class: &'static str) -> ErrorBody {
        ErrorBody { class: Some(class), ..self }
    }

    pub(crate) fn with(mut self, key: &'static str, value: impl Into<Value>) -> ErrorBody {
        self.more.push((key, value.into()));
        self
    }

    /// The same under another name.
    pub(crate) fn named(self, error: &'static str) -> ErrorBody {
        ErrorBody { error, ..self }
    }

    /// What was sent is wrong.
    pub(crate) fn invalid(message: impl Into<String>) -> ErrorBody {
        ErrorBody::new(StatusCode::BAD_REQUEST, "Validation error", message).class("ValidationError")
    }

    pub(crate) fn unauthorized() -> ErrorBody {
        ErrorBody::new(StatusCode::UNAUTHORIZED, "Unauthorized", "Invalid or missing Bearer token")
    }
}

impl From<ActionError> for ErrorBody {
    fn from(error: ActionError) -> ErrorBody {
        let is_ours = matches!(error.kind, Kind::StorageFull | Kind::Internal | Kind::RenderFailed);
        if is_ours || std::error::Error::source(&error).is_some() {
            tracing::error!(kind = ?error.kind, error = &error as &dyn std::error::Error, "a request failed");
        }
        let message = error.message.clone();
        let new = |status, name| ErrorBody::new(status, name, message.clone());
        match error.kind {
            Kind::Invalid | Kind::Conflict | Kind::Changed => ErrorBody::invalid(message),
            Kind::Unauthorized => ErrorBody::unauthorized(),
            Kind::Forbidden => new(StatusCode::FORBIDDEN, "Forbidden").class("ForbiddenError"),
            Kind::NotFound => new(StatusCode::NOT_FOUND, "Template not found").class("NotFoundError"),
            Kind::TimedOut => new(StatusCode::REQUEST_TIMEOUT, "Request Timeout").class("TimeoutError"),
            Kind::Reused => new(StatusCode::CONFLICT, "Conflict").class("IdempotencyError"),
            Kind::Busy | Kind::Full => {
                let seconds = error.retry_after.map_or(BUSY_SECONDS, |pause| pause.as_secs().max(1));
                let body = new(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests").class("BusyError");
                ErrorBody { retry_after_seconds: Some(seconds), ..body }
            }
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
        for (key, value) in self.more {
            body[key] = value;
        }
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}
