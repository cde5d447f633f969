//! `POST /render`: takes a render in and answers at once; it is done later.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use handbill_template::bind::BindError;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::auth::Caller;
use super::describe::{QueuedView, RequestView, ToolParams};
use super::errors::ErrorBody;
use super::json::JsonObject;
use super::{views, words};
use crate::actions::draw::sentence;
use crate::actions::render::ask::{AskRender, ask_render};
use crate::actions::render::look::{Status, find_render};
use crate::actions::render::request::RenderRequest;
use crate::api::idempotency;
use crate::app::App;
use crate::store::render::Origin;

/// Take a render in; it is done later
#[utoipa::path(
    post, path = "/render", tag = "Render",
    params(ToolParams, ("idempotency-key" = Option<String>, Header, description = "The same key and body within a day is the same render")),
    request_body = RequestView,
    responses((status = ACCEPTED, body = QueuedView), ErrorBody)
)]
pub(crate) async fn submit_render(
    State(app): State<App>,
    Caller(caller): Caller,
    uri: Uri,
    headers: HeaderMap,
    JsonObject(body): JsonObject,
) -> Result<Response, ErrorBody> {
    let ask = AskRender {
        account_id: caller.account.id,
        origin: Origin::Render,
        request: request(body, &uri)?,
        idempotency_key: idempotency_key(&headers)?,
        waits: false,
    };
    let asked = ask_render(&app, ask).await.map_err(|error| not_queued(error.into()))?;
    let render = asked.render;
    let status_url = status_url(&render.id);
    let mut body = json!({
        "job_id": render.id,
        "status": "queued",
        "message": "Job has been queued for processing",
        "check_status_url": status_url,
    });
    // It is in the queue: whatever fails from here on must not look as if it were not.
    let standing = find_render(&app, caller.account.id, render.id).await;
    if let Ok(Some(standing)) = standing {
        let left = match standing.status {
            Status::Queued(estimate) => estimate.left,
            _ => std::time::Duration::ZERO,
        };
        body["estimated_time"] = words::estimated(left).into();
        body["estimated_seconds"] = words::whole_seconds(left).into();
    } else {
        body["estimated_time"] = "unknown".into();
        body["estimated_seconds"] = Value::Null;
    }
    if let Some(metadata) = views::metadata(&render) {
        body["metadata"] = metadata;
    }
    let mut response = (StatusCode::ACCEPTED, Json(body)).into_response();
    if asked.again {
        response.headers_mut().insert(idempotency::REPLAYED, axum::http::HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// The request of a body, with what the URL says; `?tool=…` is all of it that means something.
pub(super) fn request(body: Map<String, Value>, uri: &Uri) -> Result<RenderRequest, ErrorBody> {
    let query = uri.query().unwrap_or_default();
    let tool = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "tool").map(|(_, tool)| tool);
    RenderRequest::of_render_api(body, tool.as_deref()).map_err(|error| ErrorBody::invalid(unchanged(&error)))
}

pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ErrorBody> {
    idempotency::key(headers).map_err(|why| ErrorBody::invalid(format!("Idempotency-Key {why}")))
}

pub(super) fn status_url(id: &uuid::Uuid) -> String {
    format!("/job/{id}/status")
}

/// Messages of the contract begin with the name of a key.
fn unchanged(error: &BindError) -> String {
    let message = error.to_string();
    if message.starts_with("the ") { sentence(&message) } else { message }
}

/// A fault of ours, as this endpoint tells it.
fn not_queued(error: ErrorBody) -> ErrorBody {
    if error.status.is_server_error() { error.named("Failed to queue job") } else { error }
}
