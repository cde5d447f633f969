//! `/v1/templates`: the templates of an account and the starters. A template goes by its slug, an alias or its number, and
//! each of them takes a version behind an `@`: `quote-card@3`, `10000@1f0c9a`.

pub(crate) mod inspect;
mod upload;
pub(crate) mod versions;
mod view;

use axum::Json;
use axum::extract::{Path, Query, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::caller::{Caller, Manage, Read};
use super::json::Body;
use super::paging::{ListView, Paging, PagingParams};
use super::problem::Problem;
use crate::actions::template::{self, Author, NewName, Origin, Summary, Wanted};
use crate::actions::{ActionError, Kind};
use crate::app::App;
use crate::templates::archive;
use upload::{expected_tag, quoted, read_content};
use view::{SummaryView, TemplateView};

/// What a list of templates takes beside `limit` and `cursor`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListTemplatesParams {
    /// Words in the name, the slug, the description or a tag.
    search: Option<String>,
    /// A tag, as it is written.
    tag: Option<String>,
    /// `own` or `starter`; both if nothing is said.
    origin: Option<String>,
}

/// What goes with a change.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChangeParams {
    /// A line about the change, kept with the version.
    note: Option<String>,
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DuplicateBody {
    /// The copy's slug; the first free one of `SLUG-copy`, `SLUG-copy-2`, … if nothing is said.
    slug: Option<String>,
    name: Option<String>,
}

impl<S> Caller<S> {
    /// As the author of a version.
    fn author(&self, note: Option<String>) -> Author {
        let token = &self.who.token;
        Author { name: token.name.clone(), token_id: Some(token.id), note }
    }
}

/// List templates: the starters, then the account's own
#[utoipa::path(
    get, path = "/v1/templates", tag = "Templates", params(ListTemplatesParams, PagingParams),
    responses((status = OK, body = ListView<SummaryView>), Problem)
)]
pub(crate) async fn list_templates(
    State(app): State<App>,
    caller: Caller<Read>,
    paging: Paging,
    Query(params): Query<ListTemplatesParams>,
) -> Result<Json<ListView<SummaryView>>, Problem> {
    let origin = match params.origin.as_deref() {
        None => None,
        Some("own") => Some(Origin::Own),
        Some("starter") => Some(Origin::Starter),
        Some(_) => return Err(Problem::parameter("origin", "must be own or starter")),
    };
    let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let wanted = Wanted { search: given(params.search), tag: given(params.tag), origin };
    let page = template::list_templates(&app, caller.account_id(), &wanted, paging.after, paging.limit).await?;
    Ok(Json(ListView::of(page, SummaryView::from)))
}

/// Keep a new template
///
/// The body is a `template.json`, or a zip of the template's folder: `template.json` with `assets/` and `fonts/` beside it.
#[utoipa::path(
    post, path = "/v1/templates", tag = "Templates", params(ChangeParams),
    request_body(content(("application/json"), (Vec<u8> = "application/zip"))),
    responses((status = CREATED, body = TemplateView, headers(("etag"), ("location")))  , Problem)
)]
pub(crate) async fn create_template(
    State(app): State<App>,
    caller: Caller<Manage>,
    Query(params): Query<ChangeParams>,
    request: Request,
) -> Result<Response, Problem> {
    let content = read_content(&app, request, None).await?;
    let by = caller.author(params.note);
    let summary = template::create_template(&app, caller.account_id(), &content, &by).await?;
    answer(&app, caller.account_id(), StatusCode::CREATED, &summary).await
}

/// A template with what it says
#[utoipa::path(
    get, path = "/v1/templates/{template}", tag = "Templates", params(("template" = String, Path)),
    responses((status = OK, body = TemplateView, headers(("etag"))), (status = NOT_MODIFIED), Problem)
)]
pub(crate) async fn get_template(
    State(app): State<App>,
    caller: Caller<Read>,
    Path(reference): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = TemplateView::of(&app, caller.account_id(), &reference).await?;
    let tag = quoted(view.tag());
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    if known.flat_map(|value| value.split(',')).any(|known| known.trim().trim_start_matches("W/") == tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    Ok(([(ETAG, tag)], Json(view)).into_response())
}

/// The template's folder as a zip
#[utoipa::path(
    get, path = "/v1/templates/{template}/zip", tag = "Templates", params(("template" = String, Path)),
    responses((status = OK, body = Vec<u8>, content_type = "application/zip"), Problem)
)]
pub(crate) async fn get_template_zip(
    State(app): State<App>,
    caller: Caller<Read>,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    let stored = template::get(&app, caller.account_id(), &reference).await?;
    let broken = |why: String| ActionError::new(Kind::Internal, "The template cannot be packed").because(why);
    let files = stored.files.all().map_err(broken)?;
    let json = handbill_template::write(stored.template());
    let zip = archive::pack(json.as_bytes(), &files).map_err(|error| broken(error.to_string()))?;
    let name = format!("attachment; filename=\"{}.zip\"", stored.slug());
    Ok(([(CONTENT_TYPE, "application/zip".to_owned()), (CONTENT_DISPOSITION, name)], zip).into_response())
}

/// Change a template: what is sent becomes its newest version
///
/// JSON keeps the files beside the template, a zip replaces them all. With `If-Match` nothing is changed if somebody else
/// changed it meanwhile. A starter is copied into the account by its first change.
#[utoipa::path(
    put, path = "/v1/templates/{template}", tag = "Templates",
    params(("template" = String, Path), ChangeParams, ("if-match" = Option<String>, Header)),
    request_body(content(("application/json"), (Vec<u8> = "application/zip"))),
    responses((status = OK, body = TemplateView, headers(("etag"))), Problem)
)]
pub(crate) async fn update_template(
    State(app): State<App>,
    caller: Caller<Manage>,
    Path(reference): Path<String>,
    Query(params): Query<ChangeParams>,
    request: Request,
) -> Result<Response, Problem> {
    let current = template::get(&app, caller.account_id(), &reference).await?;
    let expected = expected_tag(request.headers())?;
    let content = read_content(&app, request, Some(&current)).await?;
    let (account_id, by) = (caller.account_id(), caller.author(params.note));
    let saved = template::update_template(&app, account_id, &reference, &content, &by, expected.as_deref()).await?;
    answer(&app, account_id, StatusCode::OK, &saved.summary).await
}

/// Delete a template with all its versions
///
/// The copy of a starter gives place to the starter again.
#[utoipa::path(
    delete, path = "/v1/templates/{template}", tag = "Templates",
    params(("template" = String, Path), ("if-match" = Option<String>, Header)),
    responses((status = NO_CONTENT), Problem)
)]
pub(crate) async fn delete_template(
    State(app): State<App>,
    caller: Caller<Manage>,
    Path(reference): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let expected = expected_tag(&headers)?;
    template::delete_template(&app, caller.account_id(), &reference, expected.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Copy a template under another name, without its aliases and older versions
#[utoipa::path(
    post, path = "/v1/templates/{template}/duplicate", tag = "Templates", params(("template" = String, Path)),
    request_body = DuplicateBody,
    responses((status = CREATED, body = TemplateView, headers(("etag"), ("location"))), Problem)
)]
pub(crate) async fn duplicate_template(
    State(app): State<App>,
    caller: Caller<Manage>,
    Path(reference): Path<String>,
    Body(body): Body<DuplicateBody>,
) -> Result<Response, Problem> {
    let (account_id, by) = (caller.account_id(), caller.author(None));
    let new = NewName { slug: body.slug, name: body.name };
    let summary = template::duplicate_template(&app, account_id, &reference, new, &by).await?;
    answer(&app, account_id, StatusCode::CREATED, &summary).await
}

/// The template as it is now.
async fn answer(app: &App, account_id: i64, status: StatusCode, summary: &Summary) -> Result<Response, Problem> {
    let view = TemplateView::of(app, account_id, &format!("{}@{}", summary.id, summary.version)).await?;
    let mut response = (status, [(ETAG, quoted(view.tag()))], Json(view)).into_response();
    if status == StatusCode::CREATED
        && let Ok(place) = format!("/v1/templates/{}", summary.slug).parse()
    {
        response.headers_mut().insert(LOCATION, place);
    }
    Ok(response)
}
