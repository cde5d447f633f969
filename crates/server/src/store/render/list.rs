//! Lists of renders, the newest first.

use handbill_db::{Conn, FromRow, Result, Row, Sql};

use super::{Render, columns};

/// Which renders of an account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Older than this one.
    pub(crate) before: Option<uuid::Uuid>,
    pub(crate) state: Option<&'static str>,
    /// Of those that are open: whether a worker has it.
    pub(crate) is_running: Option<bool>,
    /// As it was sent; then also those of this version, or whose version is LIKE this.
    pub(crate) template: Option<String>,
    pub(crate) pinned: Option<String>,
    pub(crate) versions: Option<String>,
    pub(crate) origin: Option<&'static str>,
    pub(crate) created_after_ms: Option<i64>,
    pub(crate) created_before_ms: Option<i64>,
}

/// A render, and since when a worker has it.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) render: Render,
    pub(crate) running_since_ms: Option<i64>,
}

impl FromRow for Listed {
    fn from_row(row: Row<'_>) -> Result<Listed> {
        Ok(Listed { render: Render::from_row(row)?, running_since_ms: row.get("running_since_ms")? })
    }
}

macro_rules! list {
    ($text:literal, $bool:literal, $big:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", (SELECT coalesce(running.started_at_ms, renders.created_at_ms) FROM queue_running AS running
                WHERE running.job_id = renders.queue_job_id) AS running_since_ms
            FROM renders WHERE account_id = $1 AND ($2 IS NULL OR id < $2)
                AND ($3",
            $text,
            " IS NULL OR state = $3)
                AND ($4",
            $bool,
            " IS NULL OR $4 = EXISTS (SELECT 1 FROM queue_running WHERE job_id = queue_job_id))
                AND ($5",
            $text,
            " IS NULL OR template = $5 OR template_version = $6 OR template_version LIKE $7)
                AND ($8",
            $text,
            " IS NULL OR origin = $8)
                AND ($9",
            $big,
            " IS NULL OR created_at_ms >= $9)
                AND ($10",
            $big,
            " IS NULL OR created_at_ms < $10)
            ORDER BY id DESC LIMIT $11"
        )
    };
}

/// What waits and what is at work is in the queue's own tables.
pub(crate) async fn list(conn: &mut Conn, account_id: i64, filter: &Filter, limit: i64) -> Result<Vec<Listed>> {
    const LIST: Sql = Sql { sqlite: list!("", "", ""), postgres: list!("::text", "::bool", "::bigint") };
    let values = (
        account_id,
        filter.before,
        filter.state,
        filter.is_running,
        filter.template.clone(),
        filter.pinned.clone(),
        filter.versions.clone(),
        filter.origin,
        filter.created_after_ms,
        filter.created_before_ms,
        limit,
    );
    conn.all(LIST, values).await
}
