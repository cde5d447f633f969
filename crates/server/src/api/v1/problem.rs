//! The one error body of `/v1`: a problem (RFC 9457). Which status each kind of failure has here, and what each kind means
//! (`GET /problems/{kind}` tells people).

use std::time::Duration;

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::openapi::{ContentBuilder, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

use crate::actions::{ActionError, Field, Kind};
use crate::api::body::BodyFault;

pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// A failure as `/v1` tells it.
#[derive(Debug)]
pub(crate) struct Problem {
    kind: ProblemKind,
    detail: String,
    errors: Vec<ProblemError>,
    /// When it is worth trying again, where that is known.
    retry_after: Option<Duration>,
}

/// Every problem has this body.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// Names the kind of problem, for programs; opening it explains the kind.
    #[schema(example = "/problems/invalid")]
    r#type: String,
    /// The kind in words, the same for every problem of the kind.
    #[schema(example = "Invalid")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// What happened this time.
    detail: String,
    /// Everything that is wrong with what was sent, at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ProblemError>,
}

/// One thing that is wrong with what was sent.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct ProblemError {
    /// Where it stands in the body, as a JSON Pointer (RFC 6901) after `#`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "#/data/title")]
    pub(crate) pointer: Option<String>,
    /// The part of the path, the query or the header that it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parameter: Option<String>,
    /// What is wrong, and what would be right.
    pub(crate) detail: String,
    /// What was probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) suggestion: Option<String>,
    /// In a text that was sent, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<usize>,
    /// In a text that was sent, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) column: Option<usize>,
}

/// The kinds of problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProblemKind {
    Malformed,
    Unauthorized,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    TimedOut,
    Conflict,
    Changed,
    TooLarge,
    UnsupportedMediaType,
    Invalid,
    Busy,
    RenderFailed,
    Internal,
    StorageFull,
}

impl ProblemKind {
    pub(crate) const ALL: [ProblemKind; 15] = [
        ProblemKind::Malformed,
        ProblemKind::Unauthorized,
        ProblemKind::Forbidden,
        ProblemKind::NotFound,
        ProblemKind::MethodNotAllowed,
        ProblemKind::TimedOut,
        ProblemKind::Conflict,
        ProblemKind::Changed,
        ProblemKind::TooLarge,
        ProblemKind::UnsupportedMediaType,
        ProblemKind::Invalid,
        ProblemKind::Busy,
        ProblemKind::RenderFailed,
        ProblemKind::Internal,
        ProblemKind::StorageFull,
    ];

    /// Its name in `type`, its status, its title, and what it means.
    fn facts(self) -> (&'static str, u16, &'static str, &'static str) {
        match self {
            Self::Malformed => (
                "malformed",
                400,
                "Malformed request",
                "The request cannot be read: the body is no JSON, or a parameter has the wrong form.",
            ),
            Self::Unauthorized => (
                "unauthorized",
                401,
                "Unauthorized",
                "Send a token that is valid: Authorization: Bearer hb_…. `handbill token create` makes one.",
            ),
            Self::Forbidden => {
                ("forbidden", 403, "Forbidden", "The token is valid, but its scopes do not open this operation.")
            }
            Self::NotFound => {
                ("not-found", 404, "Not found", "There is no such thing, or it belongs to another account.")
            }
            Self::MethodNotAllowed => {
                ("method-not-allowed", 405, "Method not allowed", "The header Allow lists what the address takes.")
            }
            Self::TimedOut => ("timed-out", 408, "Timed out", "It was not done in the time there is."),
            Self::Conflict => (
                "conflict",
                409,
                "Conflict",
                "It cannot be done to the thing as it is now: a name is taken, or something else needs it.",
            ),
            Self::Changed => (
                "changed",
                412,
                "Changed meanwhile",
                "Somebody changed the thing since you read it. Read it again, and send the ETag of what you then change \
                 as If-Match.",
            ),
            Self::TooLarge => ("too-large", 413, "Too large", "The body is larger than is taken here."),
            Self::UnsupportedMediaType => (
                "unsupported-media-type",
                415,
                "Unsupported media type",
                "The header Content-Type names something that is not taken here.",
            ),
            Self::Invalid => (
                "invalid",
                422,
                "Invalid",
                "The request was understood, but something in it is wrong. `errors` lists everything that is, with its \
                 place.",
            ),
            Self::Busy => {
                ("busy", 429, "Too much at once", "Send it again after the seconds that the header Retry-After gives.")
            }
            Self::RenderFailed => (
                "render-failed",
                500,
                "Render failed",
                "It could not be drawn, and what was sent is not the cause. Tell the operator the X-Request-Id.",
            ),
            Self::Internal => (
                "internal",
                500,
                "Internal error",
                "Something went wrong on the server. Tell the operator the X-Request-Id of the answer.",
            ),
            Self::StorageFull => {
                ("storage-full", 507, "Storage full", "The server has no room left. It goes on when room is made.")
            }
        }
    }

    pub(crate) fn find(name: &str) -> Option<ProblemKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        self.facts().0
    }

    fn status(self) -> StatusCode {
        StatusCode::from_u16(self.facts().1).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The kind, for people.
    pub(crate) fn explained(self) -> String {
        let (_, status, title, meaning) = self.facts();
        format!("{title} ({status})\n\n{meaning}\n")
    }

    /// A header that belongs to the status.
    fn header(self) -> Option<(HeaderName, &'static str)> {
        match self {
            Self::Unauthorized => Some((WWW_AUTHENTICATE, "Bearer")),
            // A renderer that is busy is busy for about so long.
            Self::Busy => Some((RETRY_AFTER, "5")),
            _ => None,
        }
    }
}

impl From<Kind> for ProblemKind {
    fn from(kind: Kind) -> ProblemKind {
        match kind {
            Kind::Invalid => Self::Invalid,
            Kind::Unauthorized => Self::Unauthorized,
            Kind::Forbidden => Self::Forbidden,
            Kind::NotFound => Self::NotFound,
            Kind::Conflict | Kind::Reused => Self::Conflict,
            Kind::Changed => Self::Changed,
            Kind::TimedOut => Self::TimedOut,
            Kind::RenderFailed => Self::RenderFailed,
            Kind::Busy | Kind::Full => Self::Busy,
            Kind::StorageFull => Self::StorageFull,
            Kind::Internal => Self::Internal,
        }
    }
}

impl Problem {
    pub(crate) fn new(kind: ProblemKind, detail: impl Into<String>) -> Problem {
        Problem { kind, detail: detail.into(), errors: Vec::new(), retry_after: None }
    }

    /// A body of another kind than it must be.
    pub(crate) fn not_an_object() -> Problem {
        ActionError::invalid(vec![Field::new("", "must be an object")]).into()
    }

    /// One fault of a parameter.
    pub(crate) fn parameter(name: &str, detail: impl Into<String>) -> Problem {
        let detail = detail.into();
        let error =
            ProblemError { parameter: Some(name.to_owned()), detail: detail.clone(), ..ProblemError::default() };
        Problem { errors: vec![error], ..Problem::new(ProblemKind::Malformed, format!("{name} {detail}")) }
    }
}

impl From<Field> for ProblemError {
    fn from(field: Field) -> ProblemError {
        let (line, column) = field.place.unzip();
        let pointer = if field.name.is_empty() { "#".to_owned() } else { format!("#/{}", field.name) };
        ProblemError {
            pointer: Some(pointer),
            detail: field.message,
            suggestion: field.suggestion,
            line,
            column,
            parameter: None,
        }
    }
}

impl From<ActionError> for Problem {
    fn from(error: ActionError) -> Problem {
        let is_ours = matches!(error.kind, Kind::StorageFull | Kind::Internal | Kind::RenderFailed);
        if is_ours || std::error::Error::source(&error).is_some() {
            tracing::error!(kind = ?error.kind, error = &error as &dyn std::error::Error, "a request failed");
        }
        let errors = error.fields.into_iter().map(ProblemError::from).collect();
        Problem { errors, retry_after: error.retry_after, ..Problem::new(error.kind.into(), error.message) }
    }
}

impl From<BodyFault> for Problem {
    fn from(fault: BodyFault) -> Problem {
        match fault {
            BodyFault::NotJson => Problem::new(
                ProblemKind::UnsupportedMediaType,
                "The body must be JSON; send the header Content-Type: application/json",
            ),
            BodyFault::TooLarge { limit_bytes } => {
                Problem::new(ProblemKind::TooLarge, format!("The body is larger than {limit_bytes} bytes"))
            }
            BodyFault::TooSlow { limit_ms } => {
                Problem::new(ProblemKind::TimedOut, format!("The body did not arrive within {limit_ms} ms"))
            }
            BodyFault::BrokeOff => Problem::new(ProblemKind::Malformed, "The body broke off"),
            BodyFault::Empty => Problem::new(ProblemKind::Malformed, "The body is empty; send a JSON object"),
            BodyFault::Syntax(words) => {
                Problem::new(ProblemKind::Malformed, format!("The body is not valid JSON: {words}"))
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (name, status, title, _) = self.kind.facts();
        let body = ProblemBody {
            r#type: format!("/problems/{name}"),
            title,
            status,
            detail: self.detail,
            errors: self.errors,
        };
        let mut response = (self.kind.status(), Json(body)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some((name, value)) = self.kind.header() {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        if let Some(after) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, after.as_secs().max(1).into());
        }
        response
    }
}

/// In the OpenAPI document: what any operation may answer instead of what was asked for.
impl IntoResponses for Problem {
    fn responses() -> std::collections::BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let answer = |words: &str| {
            let schema = RefOr::Ref(utoipa::openapi::Ref::from_schema_name("Problem"));
            let content = ContentBuilder::new().schema(Some(schema)).build();
            RefOr::T(ResponseBuilder::new().description(words).content(MEDIA_TYPE, content).build())
        };
        [
            ("4XX".to_owned(), answer("What was sent is wrong, or not allowed, or too much.")),
            ("5XX".to_owned(), answer("The server could not do it.")),
        ]
        .into()
    }
}

/// The body's schema by its name, for the document's components.
pub(super) fn schemas() -> Vec<(String, RefOr<utoipa::openapi::Schema>)> {
    let mut schemas = vec![("Problem".to_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    schemas
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own_and_an_error_status() {
        for kind in ProblemKind::ALL {
            assert_eq!(ProblemKind::find(kind.name()), Some(kind));
            assert!(kind.status().is_client_error() || kind.status().is_server_error());
            assert!(kind.explained().lines().count() == 3);
        }
    }
}
