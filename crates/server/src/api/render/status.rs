//! `GET /job/{job_id}/status`: how a job stands.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::auth::Caller;
use super::describe::StatusView;
use super::errors::ErrorBody;
use super::job_id::JobId;
use super::views::{self, FailureView};
use super::words;
use crate::actions::render::look::{Standing, Status, find_render};
use crate::app::App;
use crate::clock;

/// How a job stands
#[utoipa::path(
    get, path = "/job/{job_id}/status", tag = "Jobs", params(("job_id" = uuid::Uuid, Path)),
    responses((status = OK, body = StatusView), ErrorBody)
)]
pub(crate) async fn get_status(
    State(app): State<App>,
    Caller(caller): Caller,
    job: JobId,
) -> Result<Response, ErrorBody> {
    let Some(id) = job.id else { return Ok(job.not_found().into_response()) };
    match find_render(&app, caller.account.id, id).await? {
        Some(standing) => Ok(Json(view(&standing)).into_response()),
        None => Ok(job.not_found().into_response()),
    }
}

fn view(standing: &Standing) -> Value {
    let Standing { render, status } = standing;
    let (word, started_at_ms, progress) = match status {
        Status::Queued(_) => ("queued", None, "Job is waiting in queue".to_owned()),
        Status::Processing { started_at_ms, slides_done } => {
            let slide = (slides_done + 1).min(render.slides);
            ("processing", Some(*started_at_ms), format!("Rendering slide {slide} of {}", render.slides))
        }
        Status::Completed(_) => ("completed", render.started_at_ms, "Job completed successfully".to_owned()),
        Status::Failed(failure) | Status::Canceled(failure) => {
            ("failed", render.started_at_ms, format!("Error: {}", FailureView::from(failure).progress))
        }
    };
    let updated_at = clock::rfc3339_ms(render.updated_at_ms.max(started_at_ms.unwrap_or(0)));
    let mut view = json!({
        "job_id": render.id,
        "status": word,
        "updated_at": updated_at,
        "updatedAt": updated_at,
        "startedAt": started_at_ms.map(clock::rfc3339_ms),
        "progress": progress,
    });
    if let Some(finished_at_ms) = render.finished_at_ms {
        view["completedAt"] = clock::rfc3339_ms(finished_at_ms).into();
    }
    match status {
        Status::Queued(estimate) => {
            view["position"] = estimate.position.into();
            view["estimated_seconds"] = words::whole_seconds(estimate.left).into();
        }
        Status::Failed(failure) | Status::Canceled(failure) => {
            let FailureView { error, message, details, .. } = FailureView::from(failure);
            view["error"] = error.into();
            view["message"] = message.into();
            view["error_details"] = details.into();
        }
        Status::Processing { .. } | Status::Completed(_) => {}
    }
    if let Some(metadata) = views::metadata(render) {
        view["metadata"] = metadata;
    }
    view
}
