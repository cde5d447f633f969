//! Our own API, `/v1`: what an account keeps, and rendering with it. Resources are files of the same name; each has its
//! views, its bodies and a handler for each verb, annotated for the OpenAPI document.

pub(crate) mod account;
pub(crate) mod brand_kits;
mod caller;
pub(crate) mod fonts;
mod json;
mod paging;
pub(crate) mod problem;
pub(crate) mod renders;
pub(crate) mod templates;
pub(crate) mod tokens;

use std::any::Any;

use axum::response::{IntoResponse as _, Response};
use utoipa::openapi::OpenApi;

use super::{around, openapi};
use problem::{Problem, ProblemKind};

/// The document before its operations.
pub(super) fn document() -> OpenApi {
    let words = "Templates, brand kits, fonts and renders of an account. Failures are problems (RFC 9457) with everything \
                 that is wrong at once; lists come in parts, by cursor.";
    let mut document = openapi::document("Handbill", words);
    document.components.get_or_insert_default().schemas.extend(problem::schemas());
    document
}

/// The answer to a request whose handler panicked.
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    around::note_panic(panic);
    Problem::new(ProblemKind::Internal, "Something went wrong on the server").into_response()
}
