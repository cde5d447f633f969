//! The one list of routes. Every row says who may use it; `tests/api/routes.rs` walks the list and holds each row to that.

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::handler::Handler;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use tower_http::catch_panic::CatchPanicLayer;

use crate::api::render::errors::ErrorBody;
use crate::api::{around, files, public, render};
use crate::app::App;

/// One method on one path.
pub struct Route {
    pub method: Method,
    /// With its parameters: `/job/{job_id}/status`.
    pub path: &'static str,
    pub access: Access,
    handler: MethodRouter<App>,
}

/// Who gets an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, also from a process that only works on jobs.
    Health,
    /// Anybody.
    Public,
    /// Whoever has a token, and only about what is their account's.
    Token,
}

/// Every route there is.
pub fn routes() -> Vec<Route> {
    use Access::{Health, Public, Token};
    vec![
        get("/healthz", Health, public::healthz),
        get("/", Public, public::welcome),
        get("/licenses", Public, public::licenses),
        get("/schema/template.v1.json", Public, public::template_schema),
        // Finished files
        get("/server/{profile_id}/uploads/{*file}", Public, files::get_file),
        // The Render API (Contentdrips)
        post("/generate", Token, render::generate::generate),
    ]
}

pub fn router(app: App) -> Router {
    of_routes(routes(), app)
}

/// For a process that only works on jobs.
pub fn health_router(app: App) -> Router {
    of_routes(routes().into_iter().filter(|route| route.access == Access::Health), app)
}

fn of_routes(routes: impl IntoIterator<Item = Route>, app: App) -> Router {
    let add = |router: Router<App>, route: Route| router.route(route.path, route.handler);
    let router = routes.into_iter().fold(Router::new(), add);
    router
        .fallback(no_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(CatchPanicLayer::custom(around::panicked))
        .layer(axum::middleware::from_fn(around::around))
        .with_state(app)
}

fn get<H: Handler<T, App>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    Route { method: Method::GET, path, access, handler: on(MethodFilter::GET, handler) }
}

fn post<H: Handler<T, App>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    Route { method: Method::POST, path, access, handler: on(MethodFilter::POST, handler) }
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
