//! `/v1/fonts`: font files of an account, for its templates alone.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{Caller, Manage, Read};
use super::paging::{ListView, Paging, PagingParams};
use super::problem::{Problem, ProblemKind};
use crate::actions::font;
use crate::api::body::{self, BodyLimits};
use crate::app::App;
use crate::clock;
use crate::fonts::{FontAxis, MAX_FILE_BYTES};
use crate::store::font::Font;

/// A font may be large, and the line slow.
const MAX_MS: u64 = 120_000;

#[derive(Serialize, ToSchema)]
#[schema(as = Font)]
pub(crate) struct FontView {
    id: i64,
    /// The name for `fontFamily`.
    #[schema(example = "Brand Sans")]
    family: String,
    /// Lightest and heaviest CSS weight; equal without a weight axis.
    #[schema(example = json!([400, 700]))]
    weight: [u16; 2],
    italic: bool,
    /// `truetype`, `opentype`, `collection`, `woff` or `woff2`.
    format: String,
    axes: Vec<AxisView>,
    glyphs: u32,
    /// Code points that it has a glyph for.
    characters: usize,
    /// What the font says of its licence.
    license: Option<String>,
    license_url: Option<String>,
    copyright: Option<String>,
    bytes: i64,
    sha256: String,
    created_at: String,
}

/// What of a font can be varied.
#[derive(Serialize, ToSchema)]
#[schema(as = FontAxis)]
pub(crate) struct AxisView {
    #[schema(example = "wght")]
    tag: String,
    min: f32,
    default: f32,
    max: f32,
}

impl From<FontAxis> for AxisView {
    fn from(axis: FontAxis) -> AxisView {
        AxisView { tag: axis.tag, min: axis.min, default: axis.default, max: axis.max }
    }
}

impl From<Font> for FontView {
    fn from(font: Font) -> FontView {
        let facts = font.facts;
        FontView {
            id: font.id,
            family: font.family,
            weight: [facts.weight.0, facts.weight.1],
            italic: facts.italic,
            format: facts.format,
            axes: facts.axes.into_iter().map(AxisView::from).collect(),
            glyphs: facts.glyphs,
            characters: facts.characters,
            license: facts.license,
            license_url: facts.license_url,
            copyright: facts.copyright,
            bytes: font.bytes,
            sha256: font.sha256,
            created_at: clock::rfc3339(font.created_at_ms),
        }
    }
}

/// How a font is to be known.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UploadFontParams {
    /// The name for `fontFamily`; what the font says of itself if nothing is said.
    family: Option<String>,
}

/// List the account's fonts
#[utoipa::path(
    get, path = "/v1/fonts", tag = "Fonts", params(PagingParams),
    responses((status = OK, body = ListView<FontView>), Problem)
)]
pub(crate) async fn list_fonts(
    State(app): State<App>,
    caller: Caller<Read>,
    paging: Paging,
) -> Result<Json<ListView<FontView>>, Problem> {
    let page = font::list_fonts(&app, caller.account_id(), paging.after, paging.limit).await?;
    Ok(Json(ListView::of(page, FontView::from)))
}

/// Upload a font
///
/// The body is the file: TrueType, OpenType, a collection (its first font), WOFF or WOFF2. Every glyph is drawn once before
/// it is kept.
#[utoipa::path(
    post, path = "/v1/fonts", tag = "Fonts", params(UploadFontParams),
    request_body(content = Vec<u8>, content_type = "font/ttf"),
    responses((status = CREATED, body = FontView, headers(("location"))), Problem)
)]
pub(crate) async fn upload_font(
    State(app): State<App>,
    caller: Caller<Manage>,
    Query(params): Query<UploadFontParams>,
    request: Request,
) -> Result<impl IntoResponse, Problem> {
    if body::is_json(request.headers()) {
        let detail = "The body must be the font file itself; send it with Content-Type: font/ttf, for instance";
        return Err(Problem::new(ProblemKind::UnsupportedMediaType, detail));
    }
    let max_bytes = usize::try_from(MAX_FILE_BYTES).unwrap_or(usize::MAX);
    let ms = app.config.server.body_timeout_ms.max(MAX_MS);
    let bytes: Arc<[u8]> = Arc::from(&body::read(request, BodyLimits { bytes: max_bytes, ms }).await?[..]);
    let font = font::upload_font(&app, caller.account_id(), bytes, params.family).await?;
    let place = [(LOCATION, format!("/v1/fonts/{}", font.id))];
    Ok((StatusCode::CREATED, place, Json(FontView::from(font))))
}

/// A font
#[utoipa::path(
    get, path = "/v1/fonts/{font_id}", tag = "Fonts", params(("font_id" = i64, Path)),
    responses((status = OK, body = FontView), Problem)
)]
pub(crate) async fn get_font(
    State(app): State<App>,
    caller: Caller<Read>,
    Path(id): Path<String>,
) -> Result<Json<FontView>, Problem> {
    // What is no number is nobody's.
    let font = font::get_font(&app, caller.account_id(), id.parse().unwrap_or(0)).await?;
    Ok(Json(font.into()))
}

/// Delete a font; templates that name it draw with a substitute and say so
#[utoipa::path(
    delete, path = "/v1/fonts/{font_id}", tag = "Fonts", params(("font_id" = i64, Path)),
    responses((status = NO_CONTENT), Problem)
)]
pub(crate) async fn delete_font(
    State(app): State<App>,
    caller: Caller<Manage>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    font::delete_font(&app, caller.account_id(), id.parse().unwrap_or(0)).await?;
    Ok(StatusCode::NO_CONTENT)
}
