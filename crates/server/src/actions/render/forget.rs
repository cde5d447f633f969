//! Forgetting: renders whose files' time has come, and requests that nobody will repeat any more.

use super::ask::REMEMBER_MS;
use crate::actions::Result;
use crate::app::App;
use crate::store::chore::Lease;
use crate::store::{idempotency, render as renders};

/// In one transaction, so that nobody waits for long.
const BATCH: i64 = 500;
const DAY_MS: i64 = 86_400_000;

/// Forgets renders that ended as long ago as the rule for results allows, and answers with their number. Their files go by
/// the same rule (`actions::storage`). Goes on only as long as the lease is held.
pub async fn forget_old(app: &App, now_ms: i64, lease: Option<&Lease>) -> Result<u64> {
    let mut tx = app.db.begin_lazy().await?;
    idempotency::prune(&mut tx, now_ms - REMEMBER_MS).await?;
    tx.commit().await?;
    let days = i64::from(app.config.retention.results_days);
    let mut forgotten = 0;
    if days == 0 {
        return Ok(forgotten);
    }
    loop {
        if let Some(lease) = lease
            && !lease.go_on().await?
        {
            return Ok(forgotten);
        }
        let mut tx = app.db.begin_lazy().await?;
        let batch = renders::delete_ended_before(&mut tx, now_ms - days * DAY_MS, BATCH).await?;
        tx.commit().await?;
        forgotten += batch;
        if batch == 0 {
            return Ok(forgotten);
        }
    }
}
