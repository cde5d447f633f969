//! The one list of routes. Every row says who may use it; `tests/api/routes.rs` walks the list and holds each row to that.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::{OpenApi, Paths, RefOr, Schema};
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_axum::routes;

use crate::api::{around, files, health, openapi, public, render, unrouted, v1};
use crate::app::App;

/// One method on one path.
pub struct Route {
    pub method: Method,
    /// With its parameters: `/job/{job_id}/status`.
    pub path: String,
    pub access: Access,
    handler: MethodRouter<App>,
    description: Option<Description>,
}

/// What the OpenAPI documents say of a route.
struct Description {
    schemas: Vec<(String, RefOr<Schema>)>,
    paths: Paths,
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
    use Access::{Health, Public};
    vec![
        get("/healthz", Health, health::healthz),
        get("/readyz", Health, health::readyz),
        get("/metrics", Health, health::metrics),
        get("/", Public, public::welcome),
        get("/licenses", Public, public::licenses),
        get("/schema/template.v1.json", Public, public::template_schema),
        get("/openapi/{file}", Public, openapi::get_document),
        get("/problems/{kind}", Public, public::problem),
        // Finished files
        get("/server/{profile_id}/uploads/{*file}", Public, files::get_file),
        get("/private/{*file}", Public, files::get_private_file),
        // The Render API (Contentdrips)
        described(routes!(render::submit::submit_render)),
        described(routes!(render::status::get_status)),
        described(routes!(render::result::get_result)),
        described(routes!(render::generate::generate)),
        Route { access: Public, ..described(routes!(render::stats::get_queue_stats)) },
        // Our own API
        described(routes!(v1::account::get_account)),
        described(routes!(v1::tokens::list_tokens)),
        described(routes!(v1::tokens::create_token)),
        described(routes!(v1::tokens::revoke_token)),
        described(routes!(v1::templates::list_templates)),
        described(routes!(v1::templates::create_template)),
        described(routes!(v1::templates::get_template)),
        described(routes!(v1::templates::get_template_zip)),
        described(routes!(v1::templates::update_template)),
        described(routes!(v1::templates::delete_template)),
        described(routes!(v1::templates::duplicate_template)),
        described(routes!(v1::templates::versions::list_template_versions)),
        described(routes!(v1::templates::versions::compare_template_versions)),
        described(routes!(v1::templates::versions::restore_template_version)),
        described(routes!(v1::templates::inspect::check_template_data)),
        described(routes!(v1::templates::inspect::get_template_schema)),
        described(routes!(v1::templates::inspect::list_template_inputs)),
        described(routes!(v1::templates::inspect::get_template_thumbnail)),
        described(routes!(v1::renders::list_renders)),
        described(routes!(v1::renders::create_render)),
        described(routes!(v1::renders::get_render)),
        described(routes!(v1::renders::cancel_render)),
        described(routes!(v1::brand_kits::list_brand_kits)),
        described(routes!(v1::brand_kits::create_brand_kit)),
        described(routes!(v1::brand_kits::get_brand_kit)),
        described(routes!(v1::brand_kits::update_brand_kit)),
        described(routes!(v1::brand_kits::delete_brand_kit)),
        described(routes!(v1::fonts::list_fonts)),
        described(routes!(v1::fonts::upload_font)),
        described(routes!(v1::fonts::get_font)),
        described(routes!(v1::fonts::delete_font)),
    ]
}

pub fn router(app: App) -> Router {
    of_routes(routes(), app)
}

/// For a process that only works on jobs.
pub fn health_router(app: App) -> Router {
    of_routes(routes().into_iter().filter(|route| route.access == Access::Health), app)
}

/// The descriptions of a family's routes, put into its document.
pub(crate) fn describe(mut document: OpenApi, belongs: impl Fn(&str) -> bool) -> OpenApi {
    let components = document.components.get_or_insert_default();
    for route in routes().into_iter().filter(|route| belongs(&route.path)) {
        let Some(Description { schemas, paths }) = route.description else { continue };
        components.schemas.extend(schemas);
        document.paths.merge(paths);
    }
    document
}

fn of_routes(routes: impl IntoIterator<Item = Route>, app: App) -> Router {
    let add = |router: Router<App>, route: Route| {
        let handler = match unrouted::is_v1(&route.path) {
            true => route.handler.layer(CatchPanicLayer::custom(v1::panicked)),
            false => route.handler,
        };
        router.route(&route.path, handler)
    };
    let router = routes.into_iter().fold(Router::new(), add);
    router
        .fallback(unrouted::no_route)
        .method_not_allowed_fallback(unrouted::wrong_method)
        .layer(CatchPanicLayer::custom(around::panicked))
        .layer(axum::middleware::from_fn_with_state(app.clone(), around::around))
        .with_state(app)
}

fn get<H: Handler<T, App>, T: 'static>(path: &str, access: Access, handler: H) -> Route {
    let handler = on(MethodFilter::GET, handler);
    Route { method: Method::GET, path: path.to_owned(), access, handler, description: None }
}

/// A handler for whoever has a token; its method and path are those that its `#[utoipa::path(…)]` says.
fn described((schemas, paths, handler): UtoipaMethodRouter<App>) -> Route {
    let (path, item) = paths.paths.first_key_value().expect("routes!(…) of a handler has its path");
    let methods = [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    let (method, _) = methods.into_iter().find(|(_, operation)| operation.is_some()).expect("and its method");
    let path = path.clone();
    Route { method, path, access: Access::Token, handler, description: Some(Description { schemas, paths }) }
}
