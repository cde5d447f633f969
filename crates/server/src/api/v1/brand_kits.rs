//! `/v1/brand-kits`: brands that fill `{{brand.*}}`, colours and fonts of templates where a request does not.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Caller, Manage, Read};
use super::json::Body;
use super::paging::{ListView, Paging, PagingParams};
use super::problem::Problem;
use crate::actions::brand_kit::{self, SaveBrandKit};
use crate::app::App;
use crate::clock;
use crate::store::brand_kit::{BrandKit, BrandSays};

#[derive(Serialize, ToSchema)]
#[schema(as = BrandKit)]
pub(crate) struct BrandKitView {
    id: i64,
    name: String,
    /// Used where a request chooses none.
    is_default: bool,
    handle: Option<String>,
    bio: Option<String>,
    website_url: Option<String>,
    avatar_image_url: Option<String>,
    #[schema(value_type = std::collections::HashMap<String, String>)]
    colors: IndexMap<String, String>,
    #[schema(value_type = std::collections::HashMap<String, String>)]
    fonts: IndexMap<String, String>,
    #[schema(value_type = std::collections::HashMap<String, String>)]
    logos: IndexMap<String, String>,
    created_at: String,
    updated_at: String,
}

/// A kit as it is to be. What is left out is empty.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SaveBrandKitBody {
    /// The brand's name; requests choose the kit by it, or by its number.
    #[schema(example = "Ada's Bakery")]
    name: String,
    /// Used where a request chooses none. An account's first kit is.
    is_default: Option<bool>,
    #[schema(example = "@ada")]
    handle: Option<String>,
    bio: Option<String>,
    website_url: Option<String>,
    /// http, https or data.
    avatar_image_url: Option<String>,
    /// Colours of the theme by their tokens: `{"primary": "#3b5bfd"}`.
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, String>)]
    colors: IndexMap<String, String>,
    /// Families of the theme by their tokens: `{"heading": "Inter"}`.
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, String>)]
    fonts: IndexMap<String, String>,
    /// Pictures by names: `{{brand.logos.dark}}`.
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, String>)]
    logos: IndexMap<String, String>,
}

impl From<BrandKit> for BrandKitView {
    fn from(kit: BrandKit) -> BrandKitView {
        let BrandSays { handle, bio, website_url, avatar_image_url, colors, fonts, logos } = kit.says;
        BrandKitView {
            id: kit.id,
            name: kit.name,
            is_default: kit.is_default,
            handle,
            bio,
            website_url,
            avatar_image_url,
            colors,
            fonts,
            logos,
            created_at: clock::rfc3339(kit.created_at_ms),
            updated_at: clock::rfc3339(kit.updated_at_ms),
        }
    }
}

impl From<SaveBrandKitBody> for SaveBrandKit {
    fn from(body: SaveBrandKitBody) -> SaveBrandKit {
        let SaveBrandKitBody { name, is_default, handle, bio, website_url, avatar_image_url, colors, fonts, logos } =
            body;
        let says = BrandSays { handle, bio, website_url, avatar_image_url, colors, fonts, logos };
        SaveBrandKit { name, is_default, says }
    }
}

/// List brand kits
#[utoipa::path(
    get, path = "/v1/brand-kits", tag = "Brand kits", params(PagingParams),
    responses((status = OK, body = ListView<BrandKitView>), Problem)
)]
pub(crate) async fn list_brand_kits(
    State(app): State<App>,
    caller: Caller<Read>,
    paging: Paging,
) -> Result<Json<ListView<BrandKitView>>, Problem> {
    let page = brand_kit::list_brand_kits(&app, caller.account_id(), paging.after, paging.limit).await?;
    Ok(Json(ListView::of(page, BrandKitView::from)))
}

/// Keep a new brand kit
#[utoipa::path(
    post, path = "/v1/brand-kits", tag = "Brand kits", request_body = SaveBrandKitBody,
    responses((status = CREATED, body = BrandKitView, headers(("location"))), Problem)
)]
pub(crate) async fn create_brand_kit(
    State(app): State<App>,
    caller: Caller<Manage>,
    Body(body): Body<SaveBrandKitBody>,
) -> Result<impl IntoResponse, Problem> {
    let kit = brand_kit::create_brand_kit(&app, caller.account_id(), body.into()).await?;
    let place = [(LOCATION, format!("/v1/brand-kits/{}", kit.id))];
    Ok((StatusCode::CREATED, place, Json(BrandKitView::from(kit))))
}

/// A brand kit
#[utoipa::path(
    get, path = "/v1/brand-kits/{brand_kit_id}", tag = "Brand kits", params(("brand_kit_id" = i64, Path)),
    responses((status = OK, body = BrandKitView), Problem)
)]
pub(crate) async fn get_brand_kit(
    State(app): State<App>,
    caller: Caller<Read>,
    Path(id): Path<String>,
) -> Result<Json<BrandKitView>, Problem> {
    let kit = brand_kit::get_brand_kit(&app, caller.account_id(), number(&id)).await?;
    Ok(Json(kit.into()))
}

/// Replace what a brand kit says
#[utoipa::path(
    put, path = "/v1/brand-kits/{brand_kit_id}", tag = "Brand kits", params(("brand_kit_id" = i64, Path)),
    request_body = SaveBrandKitBody, responses((status = OK, body = BrandKitView), Problem)
)]
pub(crate) async fn update_brand_kit(
    State(app): State<App>,
    caller: Caller<Manage>,
    Path(id): Path<String>,
    body: Result<Body<SaveBrandKitBody>, Problem>,
) -> Result<Json<BrandKitView>, Problem> {
    let (account_id, id) = (caller.account_id(), number(&id));
    brand_kit::get_brand_kit(&app, account_id, id).await?;
    let Body(body) = body?;
    let kit = brand_kit::update_brand_kit(&app, account_id, id, body.into()).await?;
    Ok(Json(kit.into()))
}

/// Delete a brand kit; if it was the default one, the oldest of the others is now
#[utoipa::path(
    delete, path = "/v1/brand-kits/{brand_kit_id}", tag = "Brand kits", params(("brand_kit_id" = i64, Path)),
    responses((status = NO_CONTENT), Problem)
)]
pub(crate) async fn delete_brand_kit(
    State(app): State<App>,
    caller: Caller<Manage>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    brand_kit::delete_brand_kit(&app, caller.account_id(), number(&id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is no number is nobody's.
fn number(text: &str) -> i64 {
    text.parse().unwrap_or(0)
}
