//! For machines that look after this one: is it alive (`/healthz`), can it work (`/readyz`), how is it doing (`/metrics`).

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::app::App;
use crate::{metrics, store};

const WELL_WITHIN: Duration = Duration::from_secs(5);
/// OpenMetrics 1.0; Prometheus asks for it.
const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Alive: the database answers.
pub(crate) async fn healthz(State(app): State<App>) -> Response {
    match database(&app).await {
        Ok(()) => well(),
        Err(why) => unwell(why),
    }
}

/// Able to work: the database and the store for files answer.
pub(crate) async fn readyz(State(app): State<App>) -> Response {
    if let Err(why) = database(&app).await {
        return unwell(why);
    }
    match tokio::time::timeout(WELL_WITHIN, app.blobs.check()).await {
        Ok(Ok(())) => well(),
        Ok(Err(error)) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the storage does not answer");
            unwell("the storage for files does not answer")
        }
        Err(_) => unwell("the storage for files does not answer in time"),
    }
}

async fn database(app: &App) -> Result<(), &'static str> {
    match tokio::time::timeout(WELL_WITHIN, store::answers(&app.db)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => {
            tracing::error!(%error, "the database does not answer");
            Err("the database does not answer")
        }
        Err(_) => Err("the database does not answer in time"),
    }
}

fn well() -> Response {
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") })).into_response()
}

fn unwell(why: &str) -> Response {
    let body: Value = json!({ "status": "unavailable", "message": why });
    (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
}

/// Nothing about any one account is in them; `metrics.token` closes them all the same.
pub(crate) async fn metrics(State(app): State<App>, headers: HeaderMap) -> Response {
    let wanted = app.config.metrics.token.as_ref().map(|token| format!("Bearer {}", token.reveal()));
    let sent = headers.get(AUTHORIZATION).map(axum::http::HeaderValue::as_bytes);
    if wanted.is_some_and(|wanted| sent != Some(wanted.as_bytes())) {
        let body = json!({ "error": "Unauthorized", "message": "The metrics need the token of metrics.token" });
        return (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer")], Json(body)).into_response();
    }
    ([(CONTENT_TYPE, METRICS_TYPE)], metrics::measure(&app).await).into_response()
}
