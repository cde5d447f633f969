//! `GET /job/{job_id}/result`: what a job has made; with `?wait=SECONDS`, as soon as it has.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header::RETRY_AFTER;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use url::form_urlencoded;

use super::auth::Caller;
use super::describe::{MadeView, PendingView, WaitParams};
use super::errors::ErrorBody;
use super::job_id::JobId;
use super::views::{self, FailureView, ResultView};
use super::words;
use crate::actions::render::look::{Standing, Status};
use crate::actions::render::wait::{Waiter, wait_for_end};
use crate::app::App;

const LONGEST_WAIT: u64 = 60;
/// Of a job that is at work.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// What a job has made
#[utoipa::path(
    get, path = "/job/{job_id}/result", tag = "Jobs", params(("job_id" = uuid::Uuid, Path), WaitParams),
    responses((status = OK, body = MadeView), (status = ACCEPTED, body = PendingView), ErrorBody)
)]
pub(crate) async fn get_result(
    State(app): State<App>,
    Caller(caller): Caller,
    job: JobId,
    uri: Uri,
) -> Result<Response, ErrorBody> {
    let wait = wait(&uri)?;
    let Some(id) = job.id else { return Ok(job.not_found().into_response()) };
    match wait_for_end(&app, caller.account.id, id, wait, Waiter::ComesAgain).await? {
        Some(standing) => Ok(view(&app, &standing)),
        None => Ok(job.not_found().into_response()),
    }
}

/// `?wait=`, at most a minute; nothing means not at all.
fn wait(uri: &Uri) -> Result<Duration, ErrorBody> {
    let query = uri.query().unwrap_or_default();
    let sent = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "wait").map(|(_, wait)| wait);
    match sent.as_deref().map(str::parse::<u64>) {
        None => Ok(Duration::ZERO),
        Some(Ok(seconds)) => Ok(Duration::from_secs(seconds.min(LONGEST_WAIT))),
        Some(Err(_)) => {
            Err(ErrorBody::invalid(format!("wait must be a whole number of seconds, from 0 to {LONGEST_WAIT}")))
        }
    }
}

pub(super) fn view(app: &App, standing: &Standing) -> Response {
    let Standing { render, status } = standing;
    let (word, left) = match status {
        Status::Completed(result) => {
            let view = result.outputs.first().map(|output| ResultView::new(app, render, output));
            return Json(view).into_response();
        }
        Status::Failed(failure) | Status::Canceled(failure) => {
            let FailureView { message, details, .. } = FailureView::from(failure);
            let mut body =
                json!({ "job_id": render.id, "status": "failed", "message": message, "error_details": details });
            if let Some(metadata) = views::metadata(render) {
                body["metadata"] = metadata;
            }
            return Json(body).into_response();
        }
        Status::Queued(estimate) => ("queued", estimate.left),
        Status::Processing { .. } => ("processing", LOOK_AGAIN),
    };
    let seconds = words::look_again_after(left);
    let body = json!({
        "job_id": render.id,
        "status": word,
        "message": "Job not yet completed",
        "check_again_in": words::exact(seconds),
    });
    (StatusCode::ACCEPTED, [(RETRY_AFTER, seconds.to_string())], Json(body)).into_response()
}
