//! Completing jobs, which is how nearly all attempts end, and so as few statements as can be: on PostgreSQL one, which takes
//! the claims away, writes the ends and counts them.

use std::collections::BTreeMap;

use handbill_db::{Dialect, FromRow, List, Row, Tx};

use crate::error::Result;
use crate::job::{End, Ended, GroupId, JobId, WorkerId};
use crate::queue::Queue;
use crate::running::take_claims;

/// An attempt that gave a result.
pub(crate) struct Completion<'a> {
    pub(crate) job: JobId,
    pub(crate) attempt: i64,
    pub(crate) busy_ms: i64,
    pub(crate) result: &'a str,
}

const COMPLETE: &str = "WITH done AS MATERIALIZED (
        SELECT * FROM unnest($2::BIGINT[], $3::BIGINT[], $4::BIGINT[], $5::TEXT[]) AS d (job_id, attempt, busy_ms, result)
    ), taken AS (
        DELETE FROM queue_running r USING done d
        WHERE r.worker_id = $1 AND r.job_id = d.job_id AND r.attempt = d.attempt
        RETURNING r.*, d.busy_ms, d.result, queue_now_ms() + $6 AS now_ms
    ), ended AS (
        UPDATE queue_jobs j SET state = 'completed', result = t.result, attempts = t.attempt, failures = t.failures,
            crashes = t.crashes, started_at_ms = t.started_at_ms, finished_at_ms = t.now_ms
        FROM taken t WHERE j.id = t.job_id
    ), counted AS (
        INSERT INTO queue_pace (kind, at_ms, completed, failed, busy_ms, fresh)
        SELECT kind, max(now_ms), count(*), 0, sum(busy_ms)::BIGINT, TRUE FROM taken GROUP BY kind
    )
    SELECT job_id, kind, account, group_id, attempt, failures, crashes, started_at_ms, now_ms, busy_ms FROM taken";

/// All of it but the result, which is known here.
struct Taken(Ended);

impl FromRow for Taken {
    fn from_row(row: Row<'_>) -> handbill_db::Result<Taken> {
        Ok(Taken(Ended {
            job: JobId(row.get("job_id")?),
            kind: row.get("kind")?,
            account: row.get("account")?,
            group: row.get::<Option<i64>>("group_id")?.map(GroupId),
            attempt: row.get("attempt")?,
            failures: row.get("failures")?,
            crashes: row.get("crashes")?,
            started_at_ms: row.get("started_at_ms")?,
            finished_at_ms: row.get("now_ms")?,
            busy_ms: row.get("busy_ms")?,
            end: End::Completed { result: String::new() },
        }))
    }
}

impl Queue {
    /// Ends these jobs, as far as the worker's claims still hold; answers with those. What follows from their end
    /// ([`Queue::follow_up`]) is still to be written.
    pub(crate) async fn complete(&self, tx: &mut Tx, worker: WorkerId, done: &[Completion<'_>]) -> Result<Vec<Ended>> {
        if done.is_empty() {
            return Ok(Vec::new());
        }
        let day = self.0.clock.day();
        let mut results: BTreeMap<JobId, &Completion<'_>> = done.iter().map(|done| (done.job, done)).collect();
        let mut result_of =
            |job| results.remove(&job).map(|done| (done.result.to_owned(), done.busy_ms)).unwrap_or_default();
        match tx.dialect() {
            Dialect::Postgres => {
                let number = |of: fn(&Completion<'_>) -> i64| done.iter().map(of).collect::<List<i64>>();
                let columns = (
                    worker.0,
                    number(|done| done.job.0),
                    number(|done| done.attempt),
                    number(|done| done.busy_ms),
                    done.iter().map(|done| done.result.to_owned()).collect::<List<String>>(),
                    day,
                );
                let taken: Vec<Taken> = tx.all(COMPLETE, columns).await?;
                let ended = taken.into_iter().map(|Taken(ended)| {
                    let (result, _) = result_of(ended.job);
                    Ended { end: End::Completed { result }, ..ended }
                });
                Ok(ended.collect())
            }
            Dialect::Sqlite => {
                let claims: Vec<(JobId, i64)> = done.iter().map(|done| (done.job, done.attempt)).collect();
                let taken = take_claims(tx, day, worker, &claims).await?.into_iter();
                let ended = taken.map(|running| {
                    let (result, busy_ms) = result_of(running.hot.job);
                    running.ended(End::Completed { result }, busy_ms)
                });
                let ended: Vec<Ended> = ended.collect();
                crate::ending::write(tx, &ended).await?;
                Ok(ended)
            }
        }
    }
}
