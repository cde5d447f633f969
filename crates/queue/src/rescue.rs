//! Jobs whose worker is gone go back: to the line if they only sat in its buffer, under suspicion if they were begun, and
//! to the dead if they ran alone and that happened too often.

use std::collections::BTreeSet;

use handbill_db::{List, Sql, Tx};

use crate::ending::WithHooks;
use crate::error::Result;
use crate::hot::{Hot, Place, put};
use crate::job::{End, JobId, WorkerId};
use crate::queue::Queue;
use crate::rows::by_job;
use crate::running::{Running, take_claims};
use crate::tally::Tally;

macro_rules! left_by_buried {
    ($now:literal) => {
        concat!(
            "SELECT *, ",
            $now,
            " AS now_ms FROM queue_running WHERE NOT EXISTS
                (SELECT 1 FROM queue_workers WHERE id = worker_id AND lease_until_ms > 0)"
        )
    };
}

/// Locked, so that none of them comes back to life meanwhile; one that is claiming right now has time until the next round.
const EXPIRED: Sql = Sql {
    sqlite: "SELECT id FROM queue_workers WHERE lease_until_ms <= $1",
    postgres: "SELECT id FROM queue_workers WHERE lease_until_ms <= queue_now_ms() + $1 FOR UPDATE SKIP LOCKED",
};
/// There should be none.
const WITHOUT_WORKER: &str = "SELECT DISTINCT worker_id FROM queue_running
    WHERE NOT EXISTS (SELECT 1 FROM queue_workers WHERE id = worker_id)";
const LEFT_BEHIND: Sql = Sql {
    sqlite: "SELECT *, $2 AS now_ms FROM queue_running WHERE worker_id IN (SELECT value FROM json_each($1))",
    postgres: "SELECT *, queue_now_ms() + $2 AS now_ms FROM queue_running WHERE worker_id = ANY($1)
        ORDER BY job_id FOR UPDATE",
};
const LEFT_BY_BURIED: Sql = Sql { sqlite: left_by_buried!("$1"), postgres: left_by_buried!("queue_now_ms() + $1") };
/// A lease that ended at 0 is never renewed.
const BURY: Sql = Sql {
    sqlite: "UPDATE queue_workers SET lease_until_ms = 0 WHERE id IN (SELECT value FROM json_each($1))",
    postgres: "UPDATE queue_workers SET lease_until_ms = 0 WHERE id = ANY($1)",
};
const FORGET: &str = "DELETE FROM queue_workers
    WHERE lease_until_ms = 0 AND NOT EXISTS (SELECT 1 FROM queue_running WHERE worker_id = queue_workers.id)";

impl Queue {
    /// Looks for workers whose lease has ended, and for jobs without a worker, and puts back what they left. Answers with
    /// the number of jobs that were put back or found dead.
    pub async fn rescue(&self) -> Result<usize> {
        Ok(self.bury_expired().await? + self.declare_dead().await?)
    }

    pub(crate) async fn bury_expired(&self) -> Result<usize> {
        let mut tx = self.0.db.begin().await?;
        let mut gone: Vec<(i64,)> = tx.all(EXPIRED, (self.0.clock.lease(),)).await?;
        gone.extend(tx.all::<(i64,)>(WITHOUT_WORKER, ()).await?);
        if gone.is_empty() {
            return Ok(0);
        }
        let put_back = self.bury(&mut tx, gone.into_iter().map(|(id,)| id).collect()).await?;
        tx.commit().await?;
        Ok(put_back)
    }

    /// Gives these workers up: everything of theirs goes back but the jobs that are dead now, which stay until
    /// [`Queue::declare_dead`], since the hooks for them may fail. Answers with the number of jobs put back.
    pub(crate) async fn bury(&self, tx: &mut Tx, workers: List<i64>) -> Result<usize> {
        let left: Vec<Running> = tx.all(LEFT_BEHIND, (workers.clone(), self.0.clock.day())).await?;
        let mut back: Vec<Hot> = Vec::new();
        for mut running in left.into_iter().filter(|running| !self.is_fatal(running)) {
            running.blame();
            back.push(running.hot);
        }
        const LEAVE: Sql = by_job!("DELETE FROM queue_running WHERE", "");
        tx.exec(LEAVE, (back.iter().map(|hot| hot.job.0).collect::<List<i64>>(),)).await?;
        let put_back = back.len();
        self.put_back(tx, back).await?;
        tx.exec(BURY, (workers,)).await?;
        tx.exec(FORGET, ()).await?;
        Ok(put_back)
    }

    fn is_fatal(&self, left: &Running) -> bool {
        left.is_blamed() && left.hot.crashes + 1 >= self.0.options.max_crashes
    }

    /// Ends the dead jobs that buried workers still have, each in a transaction of its own: a hook that fails harms no
    /// other.
    pub(crate) async fn declare_dead(&self) -> Result<usize> {
        let mut conn = self.0.db.read().await?;
        let left: Vec<Running> = conn.all(LEFT_BY_BURIED, (self.0.clock.day(),)).await?;
        drop(conn);
        let dead: Vec<Running> = left.into_iter().filter(|running| self.is_fatal(running)).collect();
        for running in &dead {
            let claim = (running.worker, running.hot.job, running.hot.attempt);
            match self.declare_one_dead(claim, WithHooks::Yes).await {
                Err(error) if !error.is_transient() => {
                    tracing::error!(job = running.hot.job.0, %error, "a job is dead, and what belongs to that was not written");
                    self.declare_one_dead(claim, WithHooks::No).await?;
                }
                outcome => outcome?,
            }
        }
        Ok(dead.len())
    }

    async fn declare_one_dead(&self, (worker, job, attempt): (WorkerId, JobId, i64), hooks: WithHooks) -> Result<()> {
        let mut tx = self.0.db.begin().await?;
        for mut running in take_claims(&mut tx, self.0.clock.day(), worker, &[(job, attempt)]).await? {
            running.blame();
            let error = format!("its worker died {} times while it ran alone", running.hot.crashes);
            self.end(&mut tx, &[running.ended(End::Dead { error }, 0)], hooks).await?;
        }
        tx.exec(FORGET, ()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives back everything the worker has; nothing is held against the jobs.
    pub async fn release(&self, tx: &mut Tx, worker: WorkerId) -> Result<()> {
        const TAKE: &str = "DELETE FROM queue_running WHERE worker_id = $1 RETURNING *";
        let taken = tx.all(TAKE, (worker.0,)).await?;
        self.put_back(tx, taken).await
    }

    /// Gives back these claims (number and attempt), as far as they hold.
    pub(crate) async fn release_claims(&self, tx: &mut Tx, worker: WorkerId, claims: &[(JobId, i64)]) -> Result<()> {
        let taken = take_claims(tx, self.0.clock.day(), worker, claims).await?;
        self.put_back(tx, taken.into_iter().map(|running| running.hot).collect()).await
    }

    /// Gives back what sits in the worker's buffer.
    pub async fn release_buffer(&self, tx: &mut Tx, worker: WorkerId) -> Result<()> {
        const TAKE: &str = "DELETE FROM queue_running WHERE worker_id = $1 AND started_at_ms IS NULL RETURNING *";
        let taken = tx.all(TAKE, (worker.0,)).await?;
        self.put_back(tx, taken).await
    }

    /// To the place in the line that they had.
    async fn put_back(&self, tx: &mut Tx, jobs: Vec<Hot>) -> Result<()> {
        let rows: Vec<(Hot, Place)> = jobs.into_iter().map(Hot::at_its_place).collect();
        let mut tally = Tally::default();
        put(tx, &rows, &mut tally).await?;
        tally.write(tx).await?;
        let kinds: BTreeSet<&str> = rows.iter().map(|(hot, _)| hot.kind.as_str()).collect();
        self.wake_after(tx, kinds);
        Ok(())
    }
}
