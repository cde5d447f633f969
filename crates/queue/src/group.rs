//! Groups: jobs that are counted together, exactly, in the transactions that move them.

use std::collections::BTreeMap;

use handbill_db::{Conn, FromRow, Row, Tx};

use crate::error::{Error, Result};
use crate::job::{End, Ended, GroupId};
use crate::queue::Queue;
use crate::rows::NOW;

/// A group and its counters. `total` = `done` + `failed` + `canceled` + those that are still to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub id: GroupId,
    pub total: i64,
    pub done: i64,
    pub failed: i64,
    pub canceled: i64,
    /// No jobs can be added any more.
    pub closed: bool,
    pub finished_at_ms: Option<i64>,
}

impl FromRow for Group {
    fn from_row(row: Row<'_>) -> handbill_db::Result<Group> {
        Ok(Group {
            id: GroupId(row.get("id")?),
            total: row.get("total")?,
            done: row.get("done")?,
            failed: row.get("failed")?,
            canceled: row.get("canceled")?,
            closed: row.get("closed")?,
            finished_at_ms: row.get("finished_at_ms")?,
        })
    }
}

impl Queue {
    /// A new group, open for jobs.
    pub async fn create_group(&self, tx: &mut Tx) -> Result<GroupId> {
        let (id,): (i64,) = tx.one("INSERT INTO queue_groups (total) VALUES (0) RETURNING id", ()).await?;
        Ok(GroupId(id))
    }

    /// No more jobs will be added: the group ends with the last of its jobs, or now, if none is left.
    pub async fn close_group(&self, tx: &mut Tx, group: GroupId) -> Result<Group> {
        const CLOSE: &str = "UPDATE queue_groups SET closed = TRUE WHERE id = $1 AND NOT closed RETURNING *";
        let closed: Group = tx.opt(CLOSE, (group.0,)).await?.ok_or(Error::NoOpenGroup(group))?;
        let (now_ms,): (i64,) = tx.one(NOW, (self.0.clock.day(),)).await?;
        self.finish_if_ended(tx, closed, now_ms).await
    }

    pub async fn find_group(&self, conn: &mut Conn, group: GroupId) -> Result<Option<Group>> {
        Ok(conn.opt("SELECT * FROM queue_groups WHERE id = $1", (group.0,)).await?)
    }

    /// Counts jobs that have ended. Last in a transaction, since it is where others of the group wait.
    pub(crate) async fn count_in_groups(&self, tx: &mut Tx, ended: &[Ended], now_ms: i64) -> Result<()> {
        let mut groups: BTreeMap<GroupId, [i64; 3]> = BTreeMap::new();
        for job in ended {
            if let Some(group) = job.group {
                let [done, failed, canceled] = groups.entry(group).or_default();
                *match job.end {
                    End::Completed { .. } => done,
                    End::Dead { .. } => failed,
                    End::Canceled => canceled,
                } += 1;
            }
        }
        for (group, [done, failed, canceled]) in groups {
            const COUNT: &str =
                "UPDATE queue_groups SET done = done + $2, failed = failed + $3, canceled = canceled + $4
                WHERE id = $1 RETURNING *";
            if let Some(group) = tx.opt(COUNT, (group.0, done, failed, canceled)).await? {
                self.finish_if_ended(tx, group, now_ms).await?;
            }
        }
        Ok(())
    }

    async fn finish_if_ended(&self, tx: &mut Tx, mut group: Group, now_ms: i64) -> Result<Group> {
        if !group.closed || group.done + group.failed + group.canceled < group.total {
            return Ok(group);
        }
        tx.exec("UPDATE queue_groups SET finished_at_ms = $2 WHERE id = $1", (group.id.0, now_ms)).await?;
        group.finished_at_ms = Some(now_ms);
        if let Some(write) = &self.0.hooks.group {
            let failed = |source| Error::Hook { kind: "group".to_owned(), source };
            write(tx, &group).await.map_err(failed)?;
        }
        Ok(group)
    }

    /// Dead jobs live again: they are to end once more, and so is their group.
    pub(crate) async fn revive_in_groups(&self, tx: &mut Tx, groups: &BTreeMap<GroupId, i64>) -> Result<()> {
        for (group, revived) in groups {
            const REVIVE: &str = "UPDATE queue_groups SET failed = failed - $2, finished_at_ms = NULL WHERE id = $1";
            tx.exec(REVIVE, (group.0, *revived)).await?;
        }
        Ok(())
    }
}
