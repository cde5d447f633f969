//! One job, looked up: where it stands, what became of it, how many are before it.

use handbill_db::{Conn, FromRow, Row};

use crate::error::Result;
use crate::job::{GroupId, JobId};
use crate::queue::Queue;

/// A job as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobView {
    pub id: JobId,
    pub kind: String,
    pub account: i64,
    pub group: Option<GroupId>,
    pub state: State,
    /// Claims so far.
    pub attempt: i64,
    pub failures: i64,
    pub crashes: i64,
    /// Of the last failed attempt, or why it is dead.
    pub error: Option<String>,
    pub created_at_ms: i64,
    /// Of the attempt that runs, or of the last one of a job that has ended.
    pub started_at_ms: Option<i64>,
    pub finished_at_ms: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// In the line, or in the buffer of a worker.
    Waiting,
    /// Until this time of day, from the start or after a failure.
    Delayed {
        until_ms: i64,
    },
    Running,
    Completed {
        result: String,
    },
    Dead,
    Canceled,
}

impl FromRow for JobView {
    fn from_row(row: Row<'_>) -> handbill_db::Result<JobView> {
        let (state, until_ms): (String, Option<i64>) = (row.get("state")?, row.get("until_ms")?);
        let started_at_ms: Option<i64> = row.get("started_at_ms")?;
        let state = match (state.as_str(), until_ms) {
            ("open", Some(until_ms)) => State::Delayed { until_ms },
            ("open", None) if started_at_ms.is_some() => State::Running,
            ("open", None) => State::Waiting,
            ("completed", _) => State::Completed { result: row.get::<Option<String>>("result")?.unwrap_or_default() },
            ("dead", _) => State::Dead,
            ("canceled", _) => State::Canceled,
            (other, _) => return Err(handbill_db::Error::decode("state", format!("{other} is no state"))),
        };
        Ok(JobView {
            id: JobId(row.get("id")?),
            kind: row.get("kind")?,
            account: row.get("account")?,
            group: row.get::<Option<i64>>("group_id")?.map(GroupId),
            state,
            attempt: row.get("attempt")?,
            failures: row.get("failures")?,
            crashes: row.get("crashes")?,
            error: row.get("error")?,
            created_at_ms: row.get("created_at_ms")?,
            started_at_ms,
            finished_at_ms: row.get("finished_at_ms")?,
        })
    }
}

/// How many jobs go before one in its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ahead {
    pub jobs: i64,
    /// There are more: counting ended here.
    pub or_more: bool,
}

/// Counting further would cost more than the answer is worth.
const COUNT_TO: i64 = 10_000;

impl Queue {
    pub async fn find(&self, conn: &mut Conn, job: JobId) -> Result<Option<JobView>> {
        const FIND: &str = "SELECT j.id, j.kind, j.account, j.group_id, j.state, j.result, j.error, j.created_at_ms,
                j.finished_at_ms, coalesce(r.started_at_ms, j.started_at_ms) AS started_at_ms,
                CASE WHEN w.place = 'later' THEN w.run_at_ms END AS until_ms,
                coalesce(w.attempt, r.attempt, j.attempts) AS attempt,
                coalesce(w.failures, r.failures, j.failures) AS failures,
                coalesce(w.crashes, r.crashes, j.crashes) AS crashes
            FROM queue_jobs j
            LEFT JOIN queue_ready w ON w.job_id = j.id
            LEFT JOIN queue_running r ON r.job_id = j.id
            WHERE j.id = $1";
        Ok(conn.opt(FIND, (job.0,)).await?)
    }

    /// How many jobs will be claimed before this one, as things stand; `None` if it does not wait in a line.
    pub async fn ahead_of(&self, conn: &mut Conn, job: JobId) -> Result<Option<Ahead>> {
        const PLACE: &str = "SELECT kind, rank, vt FROM queue_ready WHERE job_id = $1 AND place = 'line'";
        const COUNT: &str = "SELECT count(*) FROM (SELECT 1 AS one FROM queue_ready
            WHERE kind = $1 AND place = 'line' AND (rank, vt, job_id) < ($2, $3, $4) LIMIT $5) AS ahead";
        let Some((kind, rank, vt)): Option<(String, i64, i64)> = conn.opt(PLACE, (job.0,)).await? else {
            return Ok(None);
        };
        let (jobs,): (i64,) = conn.one(COUNT, (kind, rank, vt, job.0, COUNT_TO)).await?;
        Ok(Some(Ahead { jobs, or_more: jobs == COUNT_TO }))
    }
}
