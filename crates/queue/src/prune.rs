//! Forgetting what ended long ago. A walk over all jobs, a window of numbers at a time, so that no index is needed that
//! every job would have to be entered into when it ends. One process walks; if it dies, another goes on where it was.

use std::time::Duration;

use handbill_db::{Sql, Tx};

use crate::clock::whole_ms;
use crate::error::Result;
use crate::queue::Queue;
use crate::rows::NOW;

/// Numbers looked at in one transaction.
const WINDOW: i64 = 1000;
/// Groups forgotten in one transaction.
const GROUPS: i64 = 500;
/// A walk is its walker's for so long after each step.
const LEASE: Duration = Duration::from_secs(60);
/// From the end of a walk to the next one.
const REST: Duration = Duration::from_secs(600);

/// Which ended jobs are forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prune {
    /// Completed and canceled ones, and groups that have ended and have no job left.
    Done,
    /// Dead ones; those cannot be replayed any more.
    Dead,
}

/// How long ended jobs are kept; `None`: for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Retention {
    pub(crate) done: Option<Duration>,
    pub(crate) dead: Option<Duration>,
}

/// What a step of a walk came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) forgotten: u64,
    pub(crate) goes_on: bool,
}

impl Retention {
    pub(crate) fn set(&mut self, what: Prune, age: Duration) {
        match what {
            Prune::Done => self.done = Some(age),
            Prune::Dead => self.dead = Some(age),
        }
    }

    pub(crate) fn is_endless(self) -> bool {
        self == Retention::default()
    }

    /// The youngest age at which anything is forgotten.
    fn shortest(self) -> Option<Duration> {
        self.done.into_iter().chain(self.dead).min()
    }
}

impl Queue {
    /// Takes up the walk, or goes on with it; `None` if it is another process's, or not yet time for the next one.
    pub(crate) async fn begin_walk(&self, tx: &mut Tx) -> Result<Option<i64>> {
        const TAKE: Sql = Sql {
            sqlite: "INSERT INTO queue_chores (name, until_ms, reached) VALUES ('prune', $1 + $2, 0)
                ON CONFLICT (name) DO UPDATE SET until_ms = excluded.until_ms WHERE until_ms <= $1 RETURNING reached",
            postgres: "INSERT INTO queue_chores (name, until_ms, reached) VALUES ('prune', queue_now_ms() + $1 + $2, 0)
                ON CONFLICT (name) DO UPDATE SET until_ms = excluded.until_ms
                WHERE queue_chores.until_ms <= queue_now_ms() + $1 RETURNING reached",
        };
        let taken: Option<(i64,)> = tx.opt(TAKE, (self.0.clock.day(), whole_ms(LEASE))).await?;
        Ok(taken.map(|(reached,)| reached))
    }

    /// Forgets what may be forgotten in the window behind `reached`, which the walk has come to; nothing if another one
    /// has taken it over.
    pub(crate) async fn walk(&self, tx: &mut Tx, retention: Retention, reached: &mut i64) -> Result<Step> {
        const GO_ON: &str = "UPDATE queue_chores SET reached = $2, until_ms = $3 WHERE name = 'prune' AND reached = $1";
        let (now_ms,): (i64,) = tx.one(NOW, (self.0.clock.day(),)).await?;
        let before = |age: Option<Duration>| age.map(|age| now_ms.saturating_sub(whole_ms(age)));
        let (last, looked_at, oldest_ms): (i64, i64, i64) = tx.one(LOOK, (*reached, WINDOW)).await?;
        // Jobs end after they are created: behind a window of young ones nothing has ended long enough ago.
        let goes_on = looked_at == WINDOW && before(retention.shortest()).is_some_and(|before| oldest_ms < before);
        let (next, until_ms) = if goes_on { (last, now_ms + whole_ms(LEASE)) } else { (0, now_ms + whole_ms(REST)) };
        if tx.exec(GO_ON, (*reached, next, until_ms)).await? == 0 {
            return Ok(Step { forgotten: 0, goes_on: false });
        }
        let ages = (before(retention.done), before(retention.dead));
        let forgotten = tx.exec(FORGET_JOBS, (*reached, last, ages.0, ages.1)).await?;
        *reached = next;
        Ok(Step { forgotten, goes_on })
    }

    /// Forgets groups that ended long ago and have no job left. There may be more if the answer is not 0.
    pub(crate) async fn forget_groups(&self, tx: &mut Tx, retention: Retention) -> Result<u64> {
        let Some(age) = retention.done else { return Ok(0) };
        let (now_ms,): (i64,) = tx.one(NOW, (self.0.clock.day(),)).await?;
        Ok(tx.exec(FORGET_GROUPS, (now_ms.saturating_sub(whole_ms(age)), GROUPS)).await?)
    }
}

const LOOK: &str = "SELECT coalesce(max(id), 0), count(*), coalesce(min(created_at_ms), 0)
    FROM (SELECT id, created_at_ms FROM queue_jobs WHERE id > $1 ORDER BY id LIMIT $2) AS ahead";
const FORGET_JOBS: &str = "DELETE FROM queue_jobs WHERE id > $1 AND id <= $2 AND (
    (state IN ('completed', 'canceled') AND finished_at_ms < $3) OR (state = 'dead' AND finished_at_ms < $4))";
const FORGET_GROUPS: &str = "DELETE FROM queue_groups WHERE id IN (SELECT id FROM queue_groups
    WHERE finished_at_ms < $1 AND NOT EXISTS (SELECT 1 FROM queue_jobs WHERE group_id = queue_groups.id)
    ORDER BY id LIMIT $2)";
