//! `/v1/templates/{template}/check`, `/schema`, `/inputs`, `/thumbnail`: what it takes, and how it looks.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use handbill_render::Format;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::{Problem, quoted};
use crate::actions::draw::off_thread;
use crate::actions::template;
use crate::api::v1::caller::{Caller, Read};
use crate::api::v1::json::Body;
use crate::api::v1::problem::ProblemError;
use crate::app::App;

/// Data to be checked, as a render takes it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the shape, for the document; the keys are read by the binding")]
pub(crate) struct CheckBody {
    /// Labels and values; a repeating group's name has a list of entries.
    #[schema(value_type = Option<Object>)]
    data: Option<Map<String, Value>>,
    /// The branding keys, `colors` and `fonts`.
    #[schema(value_type = Option<Object>)]
    brand: Option<Map<String, Value>>,
    /// Properties of nodes, by their ids.
    #[schema(value_type = Option<Object>)]
    nodes: Option<Map<String, Value>>,
    /// A size's name, or `WxH`.
    size: Option<String>,
    /// BCP 47.
    locale: Option<String>,
    /// Labels that do not exist and values that do not fit are errors.
    strict: Option<bool>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct CheckView {
    /// Whether it could be rendered.
    valid: bool,
    /// Why not.
    errors: Vec<ProblemError>,
    /// What would come out otherwise than asked for.
    #[schema(value_type = Vec<Object>)]
    warnings: Vec<Value>,
}

/// Check data for a template without rendering it
#[utoipa::path(
    post, path = "/v1/templates/{template}/check", tag = "Template data", params(("template" = String, Path)),
    request_body = CheckBody, responses((status = OK, body = CheckView), Problem)
)]
pub(crate) async fn check_template_data(
    State(app): State<App>,
    caller: Caller<Read>,
    Path(reference): Path<String>,
    body: Result<Body<Value>, Problem>,
) -> Result<Json<CheckView>, Problem> {
    let stored = template::get(&app, caller.account_id(), &reference).await?;
    let Body(body) = body?;
    crate::api::v1::json::parse::<CheckBody>(body.clone())?;
    let Value::Object(body) = body else { return Err(Problem::not_an_object()) };
    let limits = app.renderer.limits;
    let checked = off_thread(move || template::check_data(&stored, &body, &limits)).await??;
    Ok(Json(CheckView {
        valid: checked.faults.is_empty(),
        errors: checked.faults.into_iter().map(ProblemError::from).collect(),
        warnings: checked.warnings.iter().filter_map(|warning| serde_json::to_value(warning).ok()).collect(),
    }))
}

/// The JSON Schema of a template's data
#[utoipa::path(
    get, path = "/v1/templates/{template}/schema", tag = "Template data", params(("template" = String, Path)),
    responses((status = OK, body = Object, content_type = "application/schema+json"), Problem)
)]
pub(crate) async fn get_template_schema(
    State(app): State<App>,
    caller: Caller<Read>,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    let stored = template::get(&app, caller.account_id(), &reference).await?;
    let schema = template::data_schema(&stored);
    Ok(([(CONTENT_TYPE, "application/schema+json")], schema.to_string()).into_response())
}

#[derive(Serialize, ToSchema)]
pub(crate) struct InputsView {
    #[schema(value_type = Vec<Object>)]
    data: Value,
}

/// The numbers that the Batch API gives a template's fields: `input_1`, `input_2`, …
#[utoipa::path(
    get, path = "/v1/templates/{template}/inputs", tag = "Template data", params(("template" = String, Path)),
    responses((status = OK, body = InputsView), Problem)
)]
pub(crate) async fn list_template_inputs(
    State(app): State<App>,
    caller: Caller<Read>,
    Path(reference): Path<String>,
) -> Result<Json<InputsView>, Problem> {
    let stored = template::get(&app, caller.account_id(), &reference).await?;
    let inputs = stored.compiled.fields().describe().inputs;
    Ok(Json(InputsView { data: serde_json::to_value(inputs).unwrap_or_default() }))
}

/// How a thumbnail is wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ThumbnailParams {
    /// The longer side in pixels, 16 to 1600; 480 if nothing is said.
    #[param(value_type = Option<u32>, minimum = 16, maximum = 1600)]
    size: Option<String>,
    /// `png`, `webp` or `jpg`; png if nothing is said.
    format: Option<String>,
}

/// The first slide with the template's own samples, as a small picture
#[utoipa::path(
    get, path = "/v1/templates/{template}/thumbnail", tag = "Templates",
    params(("template" = String, Path), ThumbnailParams),
    responses((status = OK, body = Vec<u8>, content_type = "image/png"), (status = NOT_MODIFIED), Problem)
)]
pub(crate) async fn get_template_thumbnail(
    State(app): State<App>,
    caller: Caller<Read>,
    Path(reference): Path<String>,
    Query(params): Query<ThumbnailParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let size_px = match params.size.as_deref().map(str::parse::<u32>) {
        None => template::DEFAULT_SIZE_PX,
        Some(Ok(size)) if (16..=template::MAX_SIZE_PX).contains(&size) => size,
        Some(_) => return Err(Problem::parameter("size", "must be a number of pixels from 16 to 1600")),
    };
    let format = match params.format.as_deref() {
        None | Some("png") => Format::Png,
        Some("webp") => Format::WebP,
        Some("jpg" | "jpeg") => Format::Jpeg,
        Some(_) => return Err(Problem::parameter("format", "must be png, webp or jpg")),
    };
    let thumbnail = template::thumbnail(&app, caller.account_id(), &reference, format, size_px).await?;
    let tag = quoted(&thumbnail.tag);
    let own = [(ETAG, tag.clone()), (CACHE_CONTROL, "private, no-cache".to_owned())];
    if headers.get(IF_NONE_MATCH).is_some_and(|sent| sent.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, own).into_response());
    }
    let content_type = thumbnail.format.content_type();
    Ok((own, [(CONTENT_TYPE, content_type)], thumbnail.bytes).into_response())
}
