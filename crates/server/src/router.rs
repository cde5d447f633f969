//! The one list of routes.

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;

use crate::api::render::errors::ErrorBody;
use crate::api::{around, files, public, render};
use crate::app::App;

pub fn router(app: App) -> Router {
    Router::new()
        .route("/", get(public::welcome))
        .route("/healthz", get(public::healthz))
        .route("/licenses", get(public::licenses))
        .route("/schema/template.v1.json", get(public::template_schema))
        // The Render API (Contentdrips)
        .route("/generate", post(render::generate::generate))
        .route("/server/{profile_id}/uploads/{*file}", get(files::get_file))
        .fallback(no_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(CatchPanicLayer::custom(around::panicked))
        .layer(axum::middleware::from_fn(around::around))
        .with_state(app)
}

async fn no_route(method: Method, uri: Uri) -> Response {
    let path: String = uri.path().chars().take(200).collect();
    let mut body = ErrorBody::new(StatusCode::NOT_FOUND, "Not found", format!("There is no {method} {path}"));
    body.class = Some("NotFoundError");
    body.into_response()
}

async fn wrong_method(method: Method, request: Request) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    let message = format!("{route} does not take {method}");
    ErrorBody::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed", message).into_response()
}
