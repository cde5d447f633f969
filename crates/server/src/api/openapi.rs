//! The OpenAPI documents, one for each family, made from the routes' annotations: what is routed is what is described.

use std::sync::LazyLock;

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, Info, OpenApi, OpenApiBuilder};

use super::{render, unrouted, v1};
use crate::router;

static V1: LazyLock<OpenApi> = LazyLock::new(|| router::describe(v1::document(), unrouted::is_v1));
static RENDER: LazyLock<OpenApi> =
    LazyLock::new(|| router::describe(render::describe::document(), |path| !unrouted::is_v1(path)));

/// `GET /openapi/{family}.json`
pub(crate) async fn get_document(Path(file): Path<String>) -> Response {
    match file.as_str() {
        "v1.json" => Json(&*V1).into_response(),
        "render.json" => Json(&*RENDER).into_response(),
        _ => unrouted::not_found(&format!("There is no document {file}; there are v1.json and render.json")),
    }
}

/// A document without operations yet: what it is called, and that every operation takes a token.
pub(super) fn document(title: &str, description: &str) -> OpenApi {
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    let mut info = Info::new(title, env!("CARGO_PKG_VERSION"));
    info.description = Some(description.to_owned());
    OpenApiBuilder::new()
        .info(info)
        .components(Some(ComponentsBuilder::new().security_scheme("bearer", bearer).build()))
        .security(Some([SecurityRequirement::new("bearer", [] as [&str; 0])]))
        .build()
}
