//! The end of renders, written with the end of their jobs: many in one statement.

use handbill_db::{Dialect, FromRow, List, Result, Row, Tx};
use handbill_queue::JobId;
use uuid::Uuid;

use super::RenderState;

/// How a render ended.
#[derive(Clone, Debug)]
pub(crate) struct RenderEnd {
    pub(crate) job: JobId,
    pub(crate) state: RenderState,
    /// JSON.
    pub(crate) result: Option<String>,
    /// JSON.
    pub(crate) error: Option<String>,
    pub(crate) work_ms: Option<i64>,
    pub(crate) draw_ms: Option<i64>,
    pub(crate) started_at_ms: Option<i64>,
    pub(crate) finished_at_ms: i64,
}

/// A render that has ended, with what the names of its files are made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EndedRender {
    pub(crate) id: Uuid,
    pub(crate) job: JobId,
    pub(crate) account_id: i64,
    pub(crate) seed: Vec<u8>,
    pub(crate) output: String,
    pub(crate) slides: i64,
}

impl FromRow for EndedRender {
    fn from_row(row: Row<'_>) -> Result<EndedRender> {
        Ok(EndedRender {
            id: row.get("id")?,
            job: JobId(row.get("queue_job_id")?),
            account_id: row.get("account_id")?,
            seed: row.get("seed")?,
            output: row.get("output")?,
            slides: row.get("slides")?,
        })
    }
}

const END_SQLITE: &str = "UPDATE renders SET state = e.value ->> 1, result = e.value ->> 2, error = e.value ->> 3,
        work_ms = e.value ->> 4, draw_ms = e.value ->> 5, started_at_ms = e.value ->> 6,
        finished_at_ms = e.value ->> 7, updated_at_ms = e.value ->> 7
    FROM json_each($1) AS e WHERE renders.queue_job_id = e.value ->> 0
    RETURNING id, queue_job_id, account_id, seed, output, slides";
const END_POSTGRES: &str = "UPDATE renders r SET state = e.state, result = e.result, error = e.error,
        work_ms = e.work_ms, draw_ms = e.draw_ms, started_at_ms = e.started_at_ms,
        finished_at_ms = e.finished_at_ms, updated_at_ms = e.finished_at_ms
    FROM unnest($1::BIGINT[], $2::TEXT[], $3::TEXT[], $4::TEXT[], $5::BIGINT[], $6::BIGINT[], $7::BIGINT[],
        $8::BIGINT[]) AS e (job, state, result, error, work_ms, draw_ms, started_at_ms, finished_at_ms)
    WHERE r.queue_job_id = e.job
    RETURNING r.id, r.queue_job_id, r.account_id, r.seed, r.output, r.slides";

/// Answers with the renders of these jobs.
pub(crate) async fn end(tx: &mut Tx, ends: &[RenderEnd]) -> Result<Vec<EndedRender>> {
    match tx.dialect() {
        Dialect::Sqlite => {
            let row = |e: &RenderEnd| {
                let texts = (e.state.name(), e.result.clone(), e.error.clone());
                let numbers = (e.work_ms, e.draw_ms, e.started_at_ms, e.finished_at_ms);
                (e.job.0, texts.0, texts.1, texts.2, numbers.0, numbers.1, numbers.2, numbers.3)
            };
            let rows: Vec<_> = ends.iter().map(row).collect();
            let rows = serde_json::to_string(&rows).expect("numbers and texts have a JSON form");
            tx.all(END_SQLITE, (rows,)).await
        }
        Dialect::Postgres => {
            let text = |of: fn(&RenderEnd) -> Option<String>| ends.iter().map(of).collect::<List<Option<String>>>();
            let number = |of: fn(&RenderEnd) -> Option<i64>| ends.iter().map(of).collect::<List<Option<i64>>>();
            let columns = (
                ends.iter().map(|e| e.job.0).collect::<List<i64>>(),
                ends.iter().map(|e| e.state.name().to_owned()).collect::<List<String>>(),
                text(|e| e.result.clone()),
                text(|e| e.error.clone()),
                number(|e| e.work_ms),
                number(|e| e.draw_ms),
                number(|e| e.started_at_ms),
                ends.iter().map(|e| e.finished_at_ms).collect::<List<i64>>(),
            );
            tx.all(END_POSTGRES, columns).await
        }
    }
}
