//! The queue as a whole: counts and pace, nothing about any one account.

use std::time::Duration;

use handbill_queue::Stats;

use crate::actions::Result;
use crate::app::App;
use crate::workers::render::KIND;

#[derive(Clone, Debug)]
pub struct QueueStats {
    pub counts: Stats,
    /// Of the last renders, without their waits; nothing before the first one.
    pub average_render_ms: Option<u64>,
    /// From now until a render that is asked for now is done.
    pub estimated_wait: Duration,
}

pub async fn queue_stats(app: &App) -> Result<QueueStats> {
    let mut conn = app.db.read().await?;
    let counts = app.queue.stats(&mut conn, KIND).await?;
    let pace = app.pace.read(app, &mut conn).await?;
    let estimated_wait = pace.left(counts.waiting);
    let average_render_ms = pace.average().map(|average| u64::try_from(average.as_millis()).unwrap_or(u64::MAX));
    Ok(QueueStats { counts, average_render_ms, estimated_wait })
}
