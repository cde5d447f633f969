//! Answers where no handler was reached: no such route, or not with this method. In the words of the family that the path
//! belongs to.

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use super::render::errors::ErrorBody;
use super::v1::problem::{Problem, ProblemKind};

pub(crate) async fn no_route(method: Method, uri: Uri) -> Response {
    let path: String = uri.path().chars().take(200).collect();
    let message = format!("There is no {method} {path}");
    if is_v1(&path) {
        return Problem::new(ProblemKind::NotFound, message).into_response();
    }
    not_found(&message)
}

pub(crate) async fn wrong_method(method: Method, request: Request) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    let message = format!("{route} does not take {method}");
    if is_v1(request.uri().path()) {
        return Problem::new(ProblemKind::MethodNotAllowed, message).into_response();
    }
    ErrorBody::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed", message).into_response()
}

pub(super) fn not_found(message: &str) -> Response {
    let mut body = ErrorBody::new(StatusCode::NOT_FOUND, "Not found", message);
    body.class = Some("NotFoundError");
    body.into_response()
}

/// Whether a path is of our own API.
pub(crate) fn is_v1(path: &str) -> bool {
    path == "/v1" || path.starts_with("/v1/")
}
