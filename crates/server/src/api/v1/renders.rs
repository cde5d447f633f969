//! `/v1/renders`: rendering, now or later; what was asked for and what became of it, also over the Render API.

mod create;
mod prefer;
mod view;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use uuid::Uuid;

use super::caller::{Caller, Read, Render};
use super::json::Body;
use super::paging::{ListView, Paging, PagingParams};
use super::problem::Problem;
use crate::actions::render;
use crate::actions::render::ask::{AskRender, ask_render};
use crate::actions::render::list::{self, Wanted};
use crate::actions::render::look::find_render;
use crate::actions::render::request::RenderRequest;
use crate::actions::render::wait::{Waiter, wait_for_end};
use crate::api::idempotency;
use crate::app::App;
use crate::clock;
use crate::store::render::Origin;
use create::CreateRenderBody;
use prefer::{APPLIED, wait};
use view::{RenderSummaryView, RenderView};

/// What a list of renders takes beside `limit` and `cursor`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListRendersParams {
    /// `queued`, `processing`, `completed`, `failed` or `canceled`.
    status: Option<String>,
    /// A template's slug, alias or number; with `@VERSION` only of that version.
    template: Option<String>,
    /// Where it was asked for: `v1`, or `render` and `generate` of the Render API.
    origin: Option<String>,
    /// RFC 3339: from this time on.
    #[param(example = "2026-08-05T14:00:00Z")]
    created_after: Option<String>,
    /// RFC 3339: before this time.
    created_before: Option<String>,
}

impl ListRendersParams {
    fn read(self) -> Result<Wanted, Problem> {
        let status = self.status.map(|name| name.parse().map_err(|()| name)).transpose();
        let origin = self.origin.map(|name| name.parse().map_err(|_| ())).transpose();
        let time = |name: &str, text: Option<String>| match text.map(|text| clock::parse_rfc3339(&text)) {
            None => Ok(None),
            Some(Some(at_ms)) => Ok(Some(at_ms)),
            Some(None) => Err(Problem::parameter(name, "is no time; write one like 2026-08-05T14:00:00Z")),
        };
        if self.template.as_deref().is_some_and(|name| name.chars().any(char::is_control)) {
            return Err(Problem::parameter("template", "holds a control character"));
        }
        Ok(Wanted {
            status: status.map_err(|_| {
                Problem::parameter("status", "must be queued, processing, completed, failed or canceled")
            })?,
            template: self.template.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()),
            origin: origin.map_err(|()| {
                let known = Origin::ALL.map(Origin::name).join(", ");
                Problem::parameter("origin", format!("must be one of {known}"))
            })?,
            created_after_ms: time("created_after", self.created_after)?,
            created_before_ms: time("created_before", self.created_before)?,
        })
    }
}

/// Render a template
///
/// Every size in every format is an output of the one render. The answer comes at once (202), and
/// `GET /v1/renders/{render_id}` tells the rest; with `Prefer: wait=SECONDS` (at most 60) it comes when the render has ended,
/// completed or not (201), or when that time is over (202).
#[utoipa::path(
    post, path = "/v1/renders", tag = "Renders",
    params(
        ("prefer" = Option<String>, Header, description = "`wait=SECONDS`: answer when it has ended"),
        ("idempotency-key" = Option<String>, Header, description = "The same key and body within a day is the same render"),
    ),
    request_body = CreateRenderBody,
    responses(
        (status = CREATED, body = RenderView, headers(("location"))),
        (status = ACCEPTED, body = RenderView, headers(("location"))),
        (status = OK, body = RenderView, description = "It was made before, with the same key"),
        Problem
    )
)]
pub(crate) async fn create_render(
    State(app): State<App>,
    caller: Caller<Render>,
    headers: HeaderMap,
    Body(body): Body<Value>,
) -> Result<Response, Problem> {
    let wait = wait(&headers)?;
    let key = idempotency::key(&headers).map_err(|why| Problem::parameter("Idempotency-Key", why))?;
    let Value::Object(body) = body else { return Err(Problem::not_an_object()) };
    let account_id = caller.account_id();
    let ask = AskRender {
        account_id,
        origin: Origin::V1,
        request: RenderRequest::native(body),
        idempotency_key: key,
        waits: wait.is_some(),
    };
    let asked = ask_render(&app, ask).await?;
    let id = asked.render.id;
    let standing = match wait {
        Some(limit) => wait_for_end(&app, account_id, id, limit, Waiter::ComesAgain).await?,
        None => find_render(&app, account_id, id).await?,
    };
    let standing = standing.ok_or_else(|| render::cancel::unknown(id))?;
    let status = match standing.status.has_ended() {
        false => StatusCode::ACCEPTED,
        true if asked.again => StatusCode::OK,
        // Nobody asked to be told of the end: it is as it always is, however quick the worker was.
        true if wait.is_none() => StatusCode::ACCEPTED,
        true => StatusCode::CREATED,
    };
    let mut response = (status, Json(RenderView::of(&app, &standing))).into_response();
    let own = response.headers_mut();
    if let Ok(place) = format!("/v1/renders/{id}").parse() {
        own.insert(LOCATION, place);
    }
    if let Some(limit) = wait
        && let Ok(applied) = format!("wait={}", limit.as_secs()).parse()
    {
        own.insert(APPLIED, applied);
    }
    if asked.again {
        own.insert(idempotency::REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// List renders, the newest first
#[utoipa::path(
    get, path = "/v1/renders", tag = "Renders", params(ListRendersParams, PagingParams),
    responses((status = OK, body = ListView<RenderSummaryView>), Problem)
)]
pub(crate) async fn list_renders(
    State(app): State<App>,
    caller: Caller<Read>,
    paging: Paging<Uuid>,
    Query(params): Query<ListRendersParams>,
) -> Result<Json<ListView<RenderSummaryView>>, Problem> {
    let wanted = params.read()?;
    let page = list::list_renders(&app, caller.account_id(), &wanted, paging.after, paging.limit).await?;
    Ok(Json(ListView::of(page, |listed| RenderSummaryView::of(&app, &listed))))
}

/// A render: how it stands, its files and its report
#[utoipa::path(
    get, path = "/v1/renders/{render_id}", tag = "Renders", params(("render_id" = Uuid, Path)),
    responses((status = OK, body = RenderView), Problem)
)]
pub(crate) async fn get_render(
    State(app): State<App>,
    caller: Caller<Read>,
    Path(id): Path<String>,
) -> Result<Json<RenderView>, Problem> {
    let standing = find_render(&app, caller.account_id(), number(&id)?).await?;
    let standing = standing.ok_or_else(|| render::cancel::unknown(&id))?;
    Ok(Json(RenderView::of(&app, &standing)))
}

/// Cancel a render that has not ended
#[utoipa::path(
    post, path = "/v1/renders/{render_id}/cancel", tag = "Renders", params(("render_id" = Uuid, Path)),
    responses((status = OK, body = RenderView), Problem)
)]
pub(crate) async fn cancel_render(
    State(app): State<App>,
    caller: Caller<Render>,
    Path(id): Path<String>,
) -> Result<Json<RenderView>, Problem> {
    let standing = render::cancel::cancel_render(&app, caller.account_id(), number(&id)?).await?;
    Ok(Json(RenderView::of(&app, &standing)))
}

fn number(id: &str) -> Result<Uuid, Problem> {
    let shown: String = id.chars().take(100).collect();
    id.parse().map_err(|_| render::cancel::unknown(shown).into())
}
