//! Handing jobs to a worker, in batches, and noting which of them it begins.

use handbill_db::{Dialect, FromRow, List, Row, Sql, Tx};

use crate::error::{Error, Result};
use crate::job::{GroupId, Job, JobId, WorkerId};
use crate::queue::Queue;
use crate::rows::json_rows;
use crate::tally::Tally;
use crate::turns;

/// A function of the database, which says how its statement is to be planned (see the migration). There, too, the lease is
/// checked, and held against a rescue until the commit, in the statement that claims: else a worker that was just given up
/// for dead could claim under a number that nobody looks after any more.
const CLAIM_POSTGRES: &str = "SELECT * FROM queue_claim($1, queue_now_ms() + $2, $3, $4)";

/// SQLite writes in one transaction at a time, so the statements may follow each other. The answer: is there a suspect?
const MAY_CLAIM_SQLITE: &str = "SELECT EXISTS (SELECT 1 FROM queue_ready WHERE kind = $3 AND place = 'alone')
    FROM queue_workers WHERE id = $1 AND lease_until_ms > $2
    AND NOT EXISTS (SELECT 1 FROM queue_pauses WHERE kind IN ($3, '*'))";
macro_rules! take_sqlite {
    ($which:literal) => {
        concat!(
            "INSERT INTO queue_running (job_id, worker_id, kind, account, rank, cost, vt, group_id, max_attempts, attempt,
                failures, crashes, suspect)
            SELECT job_id, $1, kind, account, rank, cost, vt, group_id, max_attempts, attempt + 1, failures, crashes,
                suspect
            FROM queue_ready WHERE kind = $2 AND ",
            $which,
            " LIMIT $3 RETURNING *, (SELECT payload FROM queue_jobs WHERE id = job_id) AS payload"
        )
    };
}
const TAKE_SUSPECT_SQLITE: &str = take_sqlite!("place = 'alone' ORDER BY job_id");
const TAKE_LINE_SQLITE: &str = take_sqlite!("place = 'line' ORDER BY rank, vt, job_id");
const LEAVE_SQLITE: &str = "DELETE FROM queue_ready WHERE job_id IN (SELECT value FROM json_each($1))";

/// A claimed job with its place in the line.
struct Claimed {
    rank: i64,
    vt: i64,
    job: Job,
}

impl FromRow for Claimed {
    fn from_row(row: Row<'_>) -> handbill_db::Result<Claimed> {
        let job = Job {
            id: JobId(row.get("job_id")?),
            kind: row.get("kind")?,
            account: row.get("account")?,
            payload: row.get("payload")?,
            group: row.get::<Option<i64>>("group_id")?.map(GroupId),
            attempt: row.get("attempt")?,
            failures: row.get("failures")?,
            crashes: row.get("crashes")?,
            suspect: row.get("suspect")?,
        };
        Ok(Claimed { rank: row.get("rank")?, vt: row.get("vt")?, job })
    }
}

impl Queue {
    /// Up to `most` jobs of this kind, those that come first in the line. A job that is suspected of having killed a
    /// worker comes before all others, and by itself.
    ///
    /// [`Error::LeaseLost`] if the worker's lease has ended; the transaction is as good as before.
    pub async fn claim(&self, tx: &mut Tx, worker: WorkerId, kind: &str, most: i64) -> Result<Vec<Job>> {
        let lease = self.0.clock.lease();
        let mut claimed = match tx.dialect() {
            Dialect::Postgres => tx.all(CLAIM_POSTGRES, (worker.0, lease, kind, most)).await?,
            Dialect::Sqlite => claim_on_sqlite(tx, worker, lease, kind, most).await?,
        };
        if claimed.is_empty() && !self.has_lease(tx, worker).await? {
            return Err(Error::LeaseLost(worker));
        }
        claimed.sort_by_key(|claimed: &Claimed| (claimed.rank, claimed.vt, claimed.job.id));
        Ok(claimed.into_iter().map(|claimed| claimed.job).collect())
    }

    /// The worker begins these claimed jobs (number and attempt) now. Answers with those that it still has: the others
    /// were canceled, or given to somebody else.
    ///
    /// From here on a death of the worker counts against them, so this is committed before the work; lazily is enough.
    pub async fn begin(&self, tx: &mut Tx, worker: WorkerId, jobs: &[(JobId, i64)]) -> Result<Vec<JobId>> {
        const BEGIN: Sql = Sql {
            sqlite: "UPDATE queue_running SET started_at_ms = $3
                WHERE worker_id = $1 AND (job_id, attempt) IN (SELECT value ->> 0, value ->> 1 FROM json_each($2))
                RETURNING job_id",
            postgres: "UPDATE queue_running SET started_at_ms = queue_now_ms() + $4
                WHERE worker_id = $1 AND (job_id, attempt) IN (SELECT * FROM unnest($2::BIGINT[], $3::BIGINT[]))
                RETURNING job_id",
        };
        let day = self.0.clock.day();
        let begun: Vec<(i64,)> = match tx.dialect() {
            Dialect::Sqlite => {
                let rows = json_rows(jobs.iter().map(|(job, attempt)| (job.0, attempt)));
                tx.all(BEGIN, (worker.0, rows, day)).await?
            }
            Dialect::Postgres => {
                let (ids, attempts) = jobs.iter().map(|(job, attempt)| (job.0, *attempt)).unzip();
                tx.all(BEGIN, (worker.0, List::<i64>(ids), List::<i64>(attempts), day)).await?
            }
        };
        Ok(begun.into_iter().map(|(id,)| JobId(id)).collect())
    }
}

async fn claim_on_sqlite(tx: &mut Tx, worker: WorkerId, lease: i64, kind: &str, most: i64) -> Result<Vec<Claimed>> {
    let Some((suspects,)) = tx.opt::<(bool,)>(MAY_CLAIM_SQLITE, (worker.0, lease, kind)).await? else {
        return Ok(Vec::new());
    };
    let (take, most) = if suspects { (TAKE_SUSPECT_SQLITE, 1) } else { (TAKE_LINE_SQLITE, most) };
    let taken: Vec<Claimed> = tx.all(take, (worker.0, kind, most)).await?;
    if taken.is_empty() {
        return Ok(taken);
    }
    tx.exec(LEAVE_SQLITE, (taken.iter().map(|claimed| claimed.job.id.0).collect::<List<i64>>(),)).await?;
    let mut tally = Tally::default();
    taken.iter().for_each(|claimed| tally.add(kind, claimed.job.account, -1, 0));
    tally.write(tx).await?;
    turns::serve(tx, kind, taken.iter().map(|claimed| (claimed.rank, claimed.vt))).await?;
    Ok(taken)
}
