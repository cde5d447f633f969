//! Dead jobs: listed, and replayed.

use std::collections::{BTreeMap, BTreeSet};

use handbill_db::{Conn, FromRow, List, Row, Sql, Tx};

use crate::error::Result;
use crate::hot::{Hot, Place, put};
use crate::job::{GroupId, JobId};
use crate::queue::Queue;
use crate::tally::Tally;
use crate::turns::{Standing, Turns};

/// A job that will not be tried again by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadJob {
    pub id: JobId,
    pub account: i64,
    pub payload: String,
    pub group: Option<GroupId>,
    pub failures: i64,
    pub crashes: i64,
    pub error: String,
    pub finished_at_ms: i64,
}

impl FromRow for DeadJob {
    fn from_row(row: Row<'_>) -> handbill_db::Result<DeadJob> {
        Ok(DeadJob {
            id: JobId(row.get("id")?),
            account: row.get("account")?,
            payload: row.get("payload")?,
            group: row.get::<Option<i64>>("group_id")?.map(GroupId),
            failures: row.get("failures")?,
            crashes: row.get("crashes")?,
            error: row.get("error")?,
            finished_at_ms: row.get("finished_at_ms")?,
        })
    }
}

const REVIVE: Sql = Sql {
    sqlite: "UPDATE queue_jobs SET state = 'open', finished_at_ms = NULL, failures = 0, crashes = 0
        WHERE state = 'dead' AND id IN (SELECT value FROM json_each($1))
        RETURNING id AS job_id, kind, account, -priority AS rank, max(cost, 1) AS cost, 0 AS vt, group_id,
            max_attempts, attempts AS attempt, 0 AS failures, 0 AS crashes, 0 AS suspect",
    postgres: "UPDATE queue_jobs SET state = 'open', finished_at_ms = NULL, failures = 0, crashes = 0
        WHERE state = 'dead' AND id = ANY($1)
        RETURNING id AS job_id, kind, account, -priority AS rank, greatest(cost, 1) AS cost, 0::BIGINT AS vt, group_id,
            max_attempts, attempts AS attempt, 0::BIGINT AS failures, 0::BIGINT AS crashes,
            FALSE AS suspect",
};

impl Queue {
    /// The dead jobs of a kind after this one (0: from the first), oldest number first.
    pub async fn dead(&self, conn: &mut Conn, kind: &str, after: JobId, most: i64) -> Result<Vec<DeadJob>> {
        const DEAD: &str = "SELECT id, account, payload, group_id, failures, crashes, error, finished_at_ms
            FROM queue_jobs WHERE error IS NOT NULL AND state = 'dead' AND kind = $1 AND id > $2 ORDER BY id LIMIT $3";
        Ok(conn.all(DEAD, (kind, after.0, most)).await?)
    }

    /// Lets dead jobs live again, with all their attempts before them, at the end of their accounts' line. Answers with
    /// those that were dead. The limits on depth do not hold here.
    pub async fn replay(&self, tx: &mut Tx, jobs: &[JobId]) -> Result<Vec<JobId>> {
        let ids: List<i64> = jobs.iter().map(|job| job.0).collect();
        let mut revived: Vec<Hot> = tx.all(REVIVE, (ids,)).await?;
        if revived.is_empty() {
            return Ok(Vec::new());
        }
        revived.sort_by_key(|hot| hot.job);
        let standing = |hot: &Hot| Standing { kind: hot.kind.clone(), account: hot.account, rank: hot.rank };
        let mut turns = Turns::find(tx, revived.iter().map(standing)).await?;
        let mut groups = BTreeMap::new();
        for hot in &mut revived {
            hot.vt = turns.take(&standing(hot), hot.cost);
            if let Some(group) = hot.group {
                *groups.entry(group).or_insert(0) += 1;
            }
        }
        let ids = revived.iter().map(|hot| hot.job).collect();
        let rows: Vec<_> = revived.into_iter().map(|hot| (hot, Place::Line)).collect();
        let mut tally = Tally::default();
        put(tx, &rows, &mut tally).await?;
        tally.write(tx).await?;
        let kinds: BTreeSet<&str> = rows.iter().map(|(hot, _)| hot.kind.as_str()).collect();
        self.wake_after(tx, kinds);
        self.revive_in_groups(tx, &groups).await?;
        Ok(ids)
    }
}
