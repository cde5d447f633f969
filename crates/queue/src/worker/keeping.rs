//! Forgets what ended long ago, if the worker was told to: a little at a time, and one worker of all.

use std::sync::Arc;
use std::time::Duration;

use super::shift::Shift;
use crate::backoff::chance;
use crate::error::Result;
use crate::prune::Retention;

/// Between two steps others come to write.
const PAUSE: Duration = Duration::from_millis(20);
/// How often to ask whether it is time, in polls.
const POLLS: u32 = 10;

pub(crate) async fn run(shift: Arc<Shift>, retention: Retention) {
    if retention.is_endless() {
        return;
    }
    tokio::select! {
        () = keep(&shift, retention) => {}
        () = shift.draining() => {}
    }
}

async fn keep(shift: &Shift, retention: Retention) {
    loop {
        tokio::time::sleep((shift.queue.0.options.poll * POLLS).mul_f64(1.0 - chance() / 2.0)).await;
        match walk(shift, retention).await {
            Ok(0) => {}
            Ok(forgotten) => tracing::info!(forgotten, "jobs that ended long ago are forgotten"),
            Err(error) => tracing::warn!(%error, "old jobs could not be forgotten; it is tried again"),
        }
    }
}

async fn walk(shift: &Shift, retention: Retention) -> Result<u64> {
    let queue = &shift.queue;
    let mut tx = queue.db().begin_lazy().await?;
    let Some(mut reached) = queue.begin_walk(&mut tx).await? else { return Ok(0) };
    tx.commit().await?;
    let mut forgotten = 0;
    loop {
        let mut tx = queue.db().begin_lazy().await?;
        let step = queue.walk(&mut tx, retention, &mut reached).await?;
        tx.commit().await?;
        forgotten += step.forgotten;
        if !step.goes_on {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    loop {
        let mut tx = queue.db().begin_lazy().await?;
        let groups = queue.forget_groups(&mut tx, retention).await?;
        tx.commit().await?;
        if groups == 0 {
            return Ok(forgotten);
        }
        tokio::time::sleep(PAUSE).await;
    }
}
