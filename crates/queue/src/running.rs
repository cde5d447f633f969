//! Taking rows out of `queue_running`. Whoever deletes a row decides what becomes of the job: that is the fence between a
//! worker that completes it late and those who gave it up, canceled it or began it again.

use handbill_db::{Dialect, FromRow, List, Result, Row, Tx};

use crate::hot::Hot;
use crate::job::{End, Ended, JobId, WorkerId};
use crate::rows::json_rows;

pub(crate) struct Running {
    pub(crate) hot: Hot,
    pub(crate) worker: WorkerId,
    /// `None`: it only sat in the buffer.
    pub(crate) started_at_ms: Option<i64>,
    /// The time of the statement.
    pub(crate) now_ms: i64,
}

impl FromRow for Running {
    fn from_row(row: Row<'_>) -> Result<Running> {
        Ok(Running {
            hot: Hot::from_row(row)?,
            worker: WorkerId(row.get("worker_id")?),
            started_at_ms: row.get("started_at_ms")?,
            now_ms: row.get("now_ms")?,
        })
    }
}

/// Those of these claims that still hold.
pub(crate) async fn take_claims(
    tx: &mut Tx,
    day: i64,
    worker: WorkerId,
    claims: &[(JobId, i64)],
) -> Result<Vec<Running>> {
    const SQLITE: &str = "DELETE FROM queue_running
        WHERE worker_id = $2 AND (job_id, attempt) IN (SELECT value ->> 0, value ->> 1 FROM json_each($3))
        RETURNING *, $1 AS now_ms";
    const POSTGRES: &str = "DELETE FROM queue_running
        WHERE worker_id = $2 AND (job_id, attempt) IN (SELECT * FROM unnest($3::BIGINT[], $4::BIGINT[]))
        RETURNING *, queue_now_ms() + $1 AS now_ms";
    match tx.dialect() {
        Dialect::Sqlite => {
            let rows = json_rows(claims.iter().map(|(job, attempt)| (job.0, attempt)));
            tx.all(SQLITE, (day, worker.0, rows)).await
        }
        Dialect::Postgres => {
            let (ids, attempts) = claims.iter().map(|(job, attempt)| (job.0, *attempt)).unzip();
            tx.all(POSTGRES, (day, worker.0, List::<i64>(ids), List::<i64>(attempts))).await
        }
    }
}

impl Running {
    /// Its worker's death is its own doing: it was begun, and as a suspect it was alone.
    pub(crate) fn is_blamed(&self) -> bool {
        self.hot.suspect && self.started_at_ms.is_some()
    }

    /// Its worker has died.
    pub(crate) fn blame(&mut self) {
        self.hot.crashes += i64::from(self.is_blamed());
        self.hot.suspect |= self.started_at_ms.is_some();
    }

    /// The job has ended like this.
    pub(crate) fn ended(self, end: End, busy_ms: i64) -> Ended {
        self.hot.ended(end, self.started_at_ms, self.now_ms, busy_ms)
    }
}
