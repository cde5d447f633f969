//! `/job/{job_id}/…`: the job that a path names. Whatever is no number of a job of the caller's account is not found.

use axum::Json;
use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use uuid::Uuid;

use crate::app::App;

/// As it was sent, and as a number if it is one.
pub(crate) struct JobId {
    pub(crate) sent: String,
    pub(crate) id: Option<Uuid>,
}

impl FromRequestParts<App> for JobId {
    type Rejection = JobNotFound;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<JobId, JobNotFound> {
        match Path::<String>::from_request_parts(parts, app).await {
            Ok(Path(sent)) => {
                // Only as it is written in our own answers: 36 characters, with hyphens.
                let id = Some(&sent).filter(|sent| sent.len() == 36).and_then(|sent| sent.parse().ok());
                Ok(JobId { sent, id })
            }
            // No UTF-8.
            Err(_) => Err(JobNotFound { sent: parts.uri.path().split('/').nth(2).unwrap_or_default().to_owned() }),
        }
    }
}

impl JobId {
    pub(crate) fn not_found(self) -> JobNotFound {
        JobNotFound { sent: self.sent }
    }
}

/// This family's 404 for jobs, as the contract has it.
pub(crate) struct JobNotFound {
    sent: String,
}

impl IntoResponse for JobNotFound {
    fn into_response(self) -> Response {
        let body = json!({ "error": "Job not found", "job_id": self.sent });
        (StatusCode::NOT_FOUND, Json(body)).into_response()
    }
}
