//! `POST /generate`: renders while the caller waits. It goes through the queue like every render, before the others.

use std::time::Duration;

use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use handbill_render::Format;
use handbill_template::Warning;

use super::accept::wants_bytes;
use super::auth::Caller;
use super::describe::{MadeView, RequestView, ToolParams};
use super::errors::ErrorBody;
use super::json::JsonObject;
use super::result;
use super::submit::{idempotency_key, request, status_url};
use crate::actions::render::ask::{AskRender, ask_render};
use crate::actions::render::look::Status;
use crate::actions::render::wait::{Waiter, wait_for_end};
use crate::actions::render::{Failure, Output};
use crate::actions::{ActionError, Kind};
use crate::api::idempotency;
use crate::app::App;
use crate::blobs::BlobKey;
use crate::store::render::{Origin, Render};

/// The codes of the warnings, when the answer is the picture itself.
const WARNINGS: HeaderName = HeaderName::from_static("handbill-warnings");

/// Render while the caller waits
#[utoipa::path(
    post, path = "/generate", tag = "Render",
    params(ToolParams, ("idempotency-key" = Option<String>, Header, description = "The same key and body within a day is the same render")),
    request_body = RequestView,
    responses((status = OK, body = MadeView), ErrorBody)
)]
pub(crate) async fn generate(
    State(app): State<App>,
    Caller(caller): Caller,
    uri: Uri,
    headers: HeaderMap,
    JsonObject(body): JsonObject,
) -> Result<Response, ErrorBody> {
    let limit_ms = app.config.generate.timeout_ms;
    let ask = AskRender {
        account_id: caller.account.id,
        origin: Origin::Generate,
        request: request(body, &uri)?,
        idempotency_key: idempotency_key(&headers)?,
        waits: true,
    };
    let asked = ask_render(&app, ask).await?;
    let limit = Duration::from_millis(limit_ms);
    let standing = wait_for_end(&app, caller.account.id, asked.render.id, limit, Waiter::Stays).await?;
    let Some(standing) = standing else { return Err(internal("a render vanished while it was waited for")) };
    let accepted: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let mut response = match &standing.status {
        Status::Completed(made) => match made.outputs.first() {
            Some(output) if output.files.len() == 1 && wants_bytes(&accepted, output.format.content_type()) => {
                bytes(&app, output).await?
            }
            _ => result::view(&app, &standing),
        },
        Status::Failed(failure) | Status::Canceled(failure) => return Err(failed(failure)),
        Status::Queued(_) | Status::Processing { .. } => return Err(timed_out(&standing.render, limit_ms)),
    };
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept"));
    if asked.again {
        response.headers_mut().insert(idempotency::REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// The caller's own fault is a 400; everything else is ours.
fn failed(failure: &Failure) -> ErrorBody {
    let kind = failure.as_kind();
    ActionError::new(kind, failure.message.clone()).into()
}

fn timed_out(render: &Render, limit_ms: u64) -> ErrorBody {
    let message = format!(
        "The render was not done within {limit_ms} ms; it goes on, and check_status_url tells how. POST /render answers \
         at once"
    );
    let body = ErrorBody::new(StatusCode::REQUEST_TIMEOUT, "Request Timeout", message).class("TimeoutError");
    body.with("job_id", render.id.to_string()).with("check_status_url", status_url(&render.id))
}

fn internal(why: &'static str) -> ErrorBody {
    ActionError::new(Kind::Internal, "Something went wrong on the server").because(why).into()
}

/// The one file itself.
async fn bytes(app: &App, output: &Output) -> Result<Response, ErrorBody> {
    let kept = output.files.first().and_then(|file| BlobKey::parse(&file.key).ok());
    let Some(key) = kept else { return Err(internal("a result has no file")) };
    let Some(file) = app.blobs.find(&key).await.map_err(ActionError::from)? else {
        return Err(internal("a file that was just kept is not there"));
    };
    let mut codes: Vec<String> = output.report.warnings.iter().map(code).collect();
    codes.dedup();
    let format = output.format;
    let name = match format {
        Format::Pdf if output.carousel => "carousel-output",
        _ => "template",
    };
    let headers = [
        (CONTENT_TYPE, format.content_type().to_owned()),
        (CONTENT_DISPOSITION, format!("inline; filename=\"{name}.{}\"", format.extension())),
        (WARNINGS, codes.join(", ")),
    ];
    Ok((headers, file).into_response())
}

fn code(warning: &Warning) -> String {
    let code = serde_json::to_value(warning.code).unwrap_or_default();
    code.as_str().unwrap_or_default().to_owned()
}
