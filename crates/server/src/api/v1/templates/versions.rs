//! `/v1/templates/{template}/versions`, `/compare` and `/restore`: what a template was before.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{Problem, SummaryView, TemplateView, answer, expected_tag};
use crate::actions::template::{self, Change};
use crate::api::v1::caller::{Caller, Manage, Read};
use crate::api::v1::json::Body;
use crate::api::v1::paging::{ListView, Paging, PagingParams};
use crate::app::App;
use crate::clock;
use crate::store::template::Version;

#[derive(Serialize, ToSchema)]
#[schema(as = TemplateVersion)]
pub(crate) struct VersionView {
    version: i64,
    /// SHA-256 of what it says and of the files beside it.
    hash: String,
    note: Option<String>,
    /// The token that it came with, by name, or where else it came from.
    author: String,
    created_at: Option<String>,
}

impl From<Version> for VersionView {
    fn from(version: Version) -> VersionView {
        VersionView {
            version: version.version,
            hash: version.hash,
            note: version.note,
            author: version.author,
            // A starter's has no time.
            created_at: (version.created_at_ms > 0).then(|| clock::rfc3339(version.created_at_ms)),
        }
    }
}

/// List the versions of a template, the newest first
#[utoipa::path(
    get, path = "/v1/templates/{template}/versions", tag = "Template versions",
    params(("template" = String, Path), PagingParams),
    responses((status = OK, body = ListView<VersionView>), Problem)
)]
pub(crate) async fn list_template_versions(
    State(app): State<App>,
    caller: Caller<Read>,
    Path(reference): Path<String>,
    paging: Paging,
) -> Result<Json<ListView<VersionView>>, Problem> {
    let page = template::list_versions(&app, caller.account_id(), &reference, paging.after, paging.limit).await?;
    Ok(Json(ListView::of(page, VersionView::from)))
}

/// Which two versions are compared.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CompareParams {
    /// A version's number or hash.
    from: Option<String>,
    /// The same; the template's version if nothing is said.
    to: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TemplateComparison)]
pub(crate) struct ComparisonView {
    from: SummaryView,
    to: SummaryView,
    changes: Vec<ChangeView>,
    /// Further changes that are not listed.
    omitted: usize,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TemplateChange)]
pub(crate) struct ChangeView {
    /// Slides, nodes and fields by their names: `slides/intro/children/title/fontSize`.
    path: String,
    /// `added`, `removed`, `changed`, or `reordered` (then `from` and `to` are names in their order).
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    from: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    to: Option<Value>,
}

impl From<Change> for ChangeView {
    fn from(change: Change) -> ChangeView {
        let kind = match (&change.from, &change.to) {
            _ if change.reordered => "reordered",
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        };
        ChangeView { path: change.path, kind, from: change.from, to: change.to }
    }
}

/// What is different between two versions, property by property
#[utoipa::path(
    get, path = "/v1/templates/{template}/compare", tag = "Template versions",
    params(("template" = String, Path), CompareParams),
    responses((status = OK, body = ComparisonView), Problem)
)]
pub(crate) async fn compare_template_versions(
    State(app): State<App>,
    caller: Caller<Read>,
    Path(reference): Path<String>,
    Query(params): Query<CompareParams>,
) -> Result<Json<ComparisonView>, Problem> {
    let account_id = caller.account_id();
    // That the template is not there comes first.
    template::get_summary(&app, account_id, &reference).await?;
    let from = params.from.ok_or_else(|| Problem::parameter("from", "must be a version's number or hash"))?;
    let compared = template::compare_versions(&app, account_id, &reference, &from, params.to.as_deref()).await?;
    Ok(Json(ComparisonView {
        from: compared.from.into(),
        to: compared.to.into(),
        changes: compared.changes.into_iter().map(ChangeView::from).collect(),
        omitted: compared.omitted,
    }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RestoreBody {
    /// The version's number or hash.
    #[schema(value_type = String, example = "3")]
    version: VersionName,
    /// A line about why.
    note: Option<String>,
}

/// People write numbers as numbers.
#[derive(Deserialize)]
#[serde(untagged)]
enum VersionName {
    Number(i64),
    Text(String),
}

/// Make an older version the newest one; those between stay
#[utoipa::path(
    post, path = "/v1/templates/{template}/restore", tag = "Template versions",
    params(("template" = String, Path), ("if-match" = Option<String>, Header)), request_body = RestoreBody,
    responses((status = OK, body = TemplateView, headers(("etag"))), Problem)
)]
pub(crate) async fn restore_template_version(
    State(app): State<App>,
    caller: Caller<Manage>,
    Path(reference): Path<String>,
    headers: HeaderMap,
    body: Result<Body<RestoreBody>, Problem>,
) -> Result<Response, Problem> {
    let account_id = caller.account_id();
    template::get_summary(&app, account_id, &reference).await?;
    let Body(body) = body?;
    let version = match body.version {
        VersionName::Number(number) => number.to_string(),
        VersionName::Text(text) => text,
    };
    let (by, expected) = (caller.author(body.note), expected_tag(&headers)?);
    let saved = template::restore_version(&app, account_id, &reference, &version, &by, expected.as_deref()).await?;
    answer(&app, account_id, StatusCode::OK, &saved.summary).await
}
