//! Renders that were asked for: what is wanted, and what became of it. How an open one stands right now (waiting, at work)
//! is in the queue.

mod ending;
mod list;

use std::fmt;
use std::str::FromStr;

use handbill_db::{Conn, Error, FromRow, Result, Row, Sql, Tx};
use handbill_queue::JobId;
use uuid::Uuid;

use super::Whose;

pub(crate) use ending::{EndedRender, RenderEnd, end};
pub(crate) use list::{Filter, Listed, list};

/// A render without what was sent, which can be large: [`find_request`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Render {
    /// What APIs call a job.
    pub id: Uuid,
    pub account_id: i64,
    pub job: JobId,
    pub origin: Origin,
    /// As it was sent.
    pub template: String,
    /// The name of the very version that it was taken for.
    pub template_version: String,
    /// JSON, echoed.
    pub metadata: Option<String>,
    pub webhook_url: Option<String>,
    pub output: String,
    pub slides: i64,
    /// What the names of its files are made from.
    pub seed: [u8; 16],
    pub state: RenderState,
    /// By the present attempt, or a while ago.
    pub slides_done: i64,
    /// JSON.
    pub result: Option<String>,
    /// JSON.
    pub error: Option<String>,
    pub created_at_ms: i64,
    pub updated_at_ms: i64,
    /// Of the last attempt; nothing while it is open.
    pub started_at_ms: Option<i64>,
    pub finished_at_ms: Option<i64>,
}

/// A render that was not asked for yet.
#[derive(Clone, Debug)]
pub struct NewRender {
    pub id: Uuid,
    pub account_id: i64,
    pub origin: Origin,
    pub template: String,
    pub template_version: String,
    /// JSON.
    pub request: String,
    pub metadata: Option<String>,
    pub webhook_url: Option<String>,
    pub output: String,
    pub slides: i64,
    pub seed: [u8; 16],
    pub created_at_ms: i64,
}

/// Where it was asked for, which says how its request reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `POST /render`
    Render,
    /// `POST /generate`: somebody waits for it.
    Generate,
    /// `POST /v1/renders`
    V1,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenderState {
    /// The queue has it.
    Open,
    Completed,
    Failed,
    Canceled,
}

impl Origin {
    pub(crate) const ALL: [Origin; 3] = [Origin::Render, Origin::Generate, Origin::V1];

    pub fn name(self) -> &'static str {
        match self {
            Origin::Render => "render",
            Origin::Generate => "generate",
            Origin::V1 => "v1",
        }
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Origin, String> {
        Origin::ALL.into_iter().find(|origin| origin.name() == text).ok_or_else(|| format!("{text} is no origin"))
    }
}

impl RenderState {
    const ALL: [RenderState; 4] =
        [RenderState::Open, RenderState::Completed, RenderState::Failed, RenderState::Canceled];

    pub(crate) fn name(self) -> &'static str {
        match self {
            RenderState::Open => "open",
            RenderState::Completed => "completed",
            RenderState::Failed => "failed",
            RenderState::Canceled => "canceled",
        }
    }
}

impl fmt::Display for RenderState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for RenderState {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<RenderState, String> {
        RenderState::ALL.into_iter().find(|state| state.name() == text).ok_or_else(|| format!("{text} is no state"))
    }
}

impl FromRow for Render {
    fn from_row(row: Row<'_>) -> Result<Render> {
        let (origin, state): (String, String) = (row.get("origin")?, row.get("state")?);
        let seed: Vec<u8> = row.get("seed")?;
        Ok(Render {
            id: row.get("id")?,
            account_id: row.get("account_id")?,
            job: JobId(row.get("queue_job_id")?),
            origin: origin.parse().map_err(|why: String| Error::decode("origin", why))?,
            template: row.get("template")?,
            template_version: row.get("template_version")?,
            metadata: row.get("metadata")?,
            webhook_url: row.get("webhook_url")?,
            output: row.get("output")?,
            slides: row.get("slides")?,
            seed: seed.try_into().map_err(|_| Error::decode("seed", "it has not 16 bytes"))?,
            state: state.parse().map_err(|why: String| Error::decode("state", why))?,
            slides_done: row.get("slides_done")?,
            result: row.get("result")?,
            error: row.get("error")?,
            created_at_ms: row.get("created_at_ms")?,
            updated_at_ms: row.get("updated_at_ms")?,
            started_at_ms: row.get("started_at_ms")?,
            finished_at_ms: row.get("finished_at_ms")?,
        })
    }
}

/// All but the request.
macro_rules! columns {
    () => {
        "id, account_id, queue_job_id, origin, template, template_version, metadata, webhook_url, output, slides, seed, \
         state, slides_done, result, error, created_at_ms, updated_at_ms, started_at_ms, finished_at_ms"
    };
}
use columns;

/// In the transaction that takes its job into the queue.
pub(crate) async fn insert(tx: &mut Tx, new: NewRender, job: JobId) -> Result<Render> {
    const INSERT: &str = concat!(
        "INSERT INTO renders (id, account_id, queue_job_id, origin, template, template_version, request, metadata,
            webhook_url, output, slides, seed, created_at_ms, updated_at_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13) RETURNING ",
        columns!()
    );
    let values = (
        new.id,
        new.account_id,
        job.0,
        new.origin.name(),
        new.template,
        new.template_version,
        new.request,
        new.metadata,
        new.webhook_url,
        new.output,
        new.slides,
        new.seed.to_vec(),
        new.created_at_ms,
    );
    tx.one(INSERT, values).await
}

pub(crate) async fn find(conn: &mut Conn, whose: Whose, id: Uuid) -> Result<Option<Render>> {
    const FIND: &str =
        concat!("SELECT ", columns!(), " FROM renders WHERE id = $1 AND ($2 IS NULL OR account_id = $2)");
    conn.opt(FIND, (id, whose.account_id())).await
}

/// What was sent, as JSON.
pub(crate) async fn find_request(conn: &mut Conn, id: Uuid) -> Result<Option<String>> {
    let found: Option<(String,)> = conn.opt("SELECT request FROM renders WHERE id = $1", (id,)).await?;
    Ok(found.map(|(request,)| request))
}

/// How far the present attempt is.
pub(crate) async fn note_progress(tx: &mut Tx, id: Uuid, slides_done: i64, now_ms: i64) -> Result<()> {
    const NOTE: &str = "UPDATE renders SET slides_done = $2, updated_at_ms = $3 WHERE id = $1 AND state = 'open'";
    tx.exec(NOTE, (id, slides_done, now_ms)).await?;
    Ok(())
}

/// How long renders took of late: all their work, and the drawing alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RecentTimes {
    pub(crate) work_ms: f64,
    pub(crate) draw_ms: f64,
}

/// Of the last ones that were completed.
pub(crate) async fn recent_times(conn: &mut Conn) -> Result<Option<RecentTimes>> {
    const TIMES: Sql = Sql {
        sqlite: "SELECT avg(work_ms), avg(draw_ms) FROM (SELECT work_ms, draw_ms FROM renders
            WHERE finished_at_ms IS NOT NULL ORDER BY finished_at_ms DESC LIMIT 50)",
        postgres: "SELECT avg(work_ms)::DOUBLE PRECISION, avg(draw_ms)::DOUBLE PRECISION FROM (SELECT work_ms, draw_ms
            FROM renders WHERE finished_at_ms IS NOT NULL ORDER BY finished_at_ms DESC LIMIT 50) AS recent",
    };
    let (work_ms, draw_ms): (Option<f64>, Option<f64>) = conn.one(TIMES, ()).await?;
    Ok(work_ms.zip(draw_ms).map(|(work_ms, draw_ms)| RecentTimes { work_ms, draw_ms }))
}

/// Forgets the oldest that ended before this time; answers with their number.
pub(crate) async fn delete_ended_before(tx: &mut Tx, than_ms: i64, most: i64) -> Result<u64> {
    const DELETE: &str = "DELETE FROM renders WHERE id IN
        (SELECT id FROM renders WHERE finished_at_ms < $1 ORDER BY finished_at_ms LIMIT $2)";
    tx.exec(DELETE, (than_ms, most)).await
}
