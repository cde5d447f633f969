//! `GET /queue/stats`: the queue as a whole, for anybody.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::describe::StatsView;
use super::errors::ErrorBody;
use super::words;
use crate::actions::render::queue_stats::queue_stats;
use crate::app::App;

/// The queue as a whole
#[utoipa::path(
    get, path = "/queue/stats", tag = "Jobs", security(()),
    responses((status = OK, body = StatsView), ErrorBody)
)]
pub(crate) async fn get_queue_stats(State(app): State<App>) -> Result<Json<Value>, ErrorBody> {
    let stats = queue_stats(&app).await?;
    let counts = &stats.counts;
    Ok(Json(json!({
        "waiting": counts.waiting,
        "active": counts.active,
        "completed": counts.completed,
        "failed": counts.failed,
        "delayed": counts.delayed,
        "workers": counts.workers,
        "throughput_per_minute": counts.per_minute,
        "average_render_ms": stats.average_render_ms,
        "estimated_wait_seconds": words::whole_seconds(stats.estimated_wait),
    })))
}
