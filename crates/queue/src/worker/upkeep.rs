//! What any worker does for the whole queue once a second or so: rescue, promote, fold. And for itself: compare its
//! books with the database.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::shift::Shift;
use crate::backoff::chance;
use crate::error::Result;
use crate::job::JobId;
use crate::rows::NOW;
use crate::{pace, tally};

type Claims = BTreeSet<(JobId, i64)>;

pub(crate) async fn run(shift: Arc<Shift>) {
    tokio::select! {
        () = keep_up(&shift) => {}
        () = shift.over() => {}
    }
}

async fn keep_up(shift: &Shift) {
    let mut strangers = Claims::new();
    loop {
        tokio::time::sleep(shift.queue.0.options.poll.mul_f64(1.0 - chance() / 2.0)).await;
        if let Err(error) = round(shift, &mut strangers).await {
            tracing::warn!(%error, "the queue's upkeep failed; it is tried again");
        }
    }
}

async fn round(shift: &Shift, strangers: &mut Claims) -> Result<()> {
    *strangers = compare(shift, strangers).await?;
    let queue = &shift.queue;
    while promote_and_fold(shift).await? > 0 {}
    let may_judge = queue.may_judge(&mut queue.db().read().await?).await?;
    let put_back = if may_judge { queue.bury_expired().await? } else { 0 };
    let dead = queue.declare_dead().await?;
    if put_back + dead > 0 {
        tracing::warn!(put_back, dead, "jobs of workers that are gone");
    }
    Ok(())
}

async fn promote_and_fold(shift: &Shift) -> Result<usize> {
    let queue = &shift.queue;
    let mut tx = queue.db().begin_lazy().await?;
    let promoted = queue.promote(&mut tx).await?;
    tally::fold(&mut tx).await?;
    let (now_ms,): (i64,) = tx.one(NOW, (queue.0.clock.day(),)).await?;
    pace::fold(&mut tx, now_ms).await?;
    tx.commit().await?;
    Ok(promoted)
}

/// Recalls jobs that are at work here and no longer ours: canceled, most likely. Gives back those that are ours and
/// unknown here: the answer to a claim was lost. Such a stranger must be seen twice, for it may be on its way.
async fn compare(shift: &Shift, strangers: &Claims) -> Result<Claims> {
    const OURS: &str = "SELECT job_id, attempt FROM queue_running WHERE worker_id = $1";
    let at_work = shift.at_work();
    let mut conn = shift.queue.db().read().await?;
    let ours: Vec<(i64, i64)> = conn.all(OURS, (shift.worker.0,)).await?;
    drop(conn);
    let ours: Claims = ours.into_iter().map(|(job, attempt)| (JobId(job), attempt)).collect();
    for job in at_work {
        if !ours.iter().any(|(ours, _)| *ours == job) {
            shift.put_down(job);
        }
    }
    let unknown: Claims = ours.difference(&shift.held()).copied().collect();
    let (lost, new): (Claims, Claims) = unknown.into_iter().partition(|claim| strangers.contains(claim));
    if !lost.is_empty() {
        let lost: Vec<_> = lost.into_iter().collect();
        tracing::warn!(jobs = lost.len(), "claims whose answer was lost are given back");
        let mut tx = shift.queue.db().begin().await?;
        shift.queue.release_claims(&mut tx, shift.worker, &lost).await?;
        tx.commit().await?;
    }
    Ok(new)
}
