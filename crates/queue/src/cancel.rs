//! Cancelling jobs, waiting or running. It is final at once: a running one loses its claim, so whatever its worker makes of
//! it is refused; the worker finds out within a second and stops.

use std::collections::BTreeMap;

use handbill_db::{List, Sql, Tx};

use crate::ending::WithHooks;
use crate::error::{Error, Result};
use crate::hot::Ready;
use crate::job::{End, Ended, GroupId, JobId};
use crate::queue::Queue;
use crate::rows::{NOW, by_job};
use crate::running::Running;
use crate::tally::Tally;

/// What became of an order to cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Canceling {
    Canceled,
    /// Too late: it is completed, dead or canceled.
    HadEnded,
    NoSuchJob,
}

/// A job may go to a worker, or come back, just between two statements; so often it does not.
const ROUNDS: usize = 20;

impl Queue {
    /// Cancels these jobs and answers for each of them.
    pub async fn cancel(&self, tx: &mut Tx, jobs: &[JobId]) -> Result<BTreeMap<JobId, Canceling>> {
        let mut left: Vec<i64> = jobs.iter().map(|job| job.0).collect();
        let mut ended = Vec::new();
        let mut answers = BTreeMap::new();
        for _ in 0..ROUNDS {
            let taken = self.take(tx, &left).await?;
            left.retain(|id| taken.iter().all(|job| job.job.0 != *id));
            ended.extend(taken);
            left = still_open(tx, left, &mut answers).await?;
            if left.is_empty() {
                break;
            }
        }
        if let Some(id) = left.first() {
            return Err(Error::Astray(JobId(*id)));
        }
        answers.extend(ended.iter().map(|job| (job.job, Canceling::Canceled)));
        self.end(tx, &ended, WithHooks::Yes).await?;
        Ok(answers)
    }

    /// Cancels what is left of a group; answers with the number of jobs.
    pub async fn cancel_group(&self, tx: &mut Tx, group: GroupId) -> Result<usize> {
        const OPEN: &str = "SELECT id FROM queue_jobs WHERE group_id = $1 AND state = 'open' ORDER BY id";
        let open: Vec<(i64,)> = tx.all(OPEN, (group.0,)).await?;
        let open: Vec<JobId> = open.into_iter().map(|(id,)| JobId(id)).collect();
        let answers = self.cancel(tx, &open).await?;
        Ok(answers.into_values().filter(|answer| *answer == Canceling::Canceled).count())
    }

    /// Takes away the hot rows of these jobs.
    async fn take(&self, tx: &mut Tx, jobs: &[i64]) -> Result<Vec<Ended>> {
        const WAITING: Sql = by_job!("DELETE FROM queue_ready WHERE", "RETURNING *");
        const RUNNING: Sql = Sql {
            sqlite: "DELETE FROM queue_running WHERE job_id IN (SELECT value FROM json_each($1))
                RETURNING *, $2 AS now_ms",
            postgres: "DELETE FROM queue_running WHERE job_id = ANY($1) RETURNING *, queue_now_ms() + $2 AS now_ms",
        };
        let day = self.0.clock.day();
        let (now_ms,): (i64,) = tx.one(NOW, (day,)).await?;
        let waiting: Vec<Ready> = tx.all(WAITING, (List(jobs.to_vec()),)).await?;
        let running: Vec<Running> = tx.all(RUNNING, (List(jobs.to_vec()), day)).await?;
        let mut tally = Tally::default();
        for Ready { hot, delayed } in &waiting {
            let (waiting, delayed) = if *delayed { (0, -1) } else { (-1, 0) };
            tally.add(&hot.kind, hot.account, waiting, delayed);
        }
        tally.write(tx).await?;
        let waiting = waiting.into_iter().map(|ready| ready.hot.ended(End::Canceled, None, now_ms, 0));
        Ok(waiting.chain(running.into_iter().map(|taken| taken.ended(End::Canceled, 0))).collect())
    }
}

/// Those that are neither ended nor unknown; answers for the rest.
async fn still_open(tx: &mut Tx, jobs: Vec<i64>, answers: &mut BTreeMap<JobId, Canceling>) -> Result<Vec<i64>> {
    const STATES: Sql = Sql {
        sqlite: "SELECT id, state FROM queue_jobs WHERE id IN (SELECT value FROM json_each($1))",
        postgres: "SELECT id, state FROM queue_jobs WHERE id = ANY($1)",
    };
    if jobs.is_empty() {
        return Ok(jobs);
    }
    let states: BTreeMap<i64, String> =
        tx.all::<(i64, String)>(STATES, (List(jobs.clone()),)).await?.into_iter().collect();
    let mut open = Vec::new();
    for id in jobs {
        match states.get(&id).map(String::as_str) {
            Some("open") => open.push(id),
            Some(_) => drop(answers.insert(JobId(id), Canceling::HadEnded)),
            None => drop(answers.insert(JobId(id), Canceling::NoSuchJob)),
        }
    }
    Ok(open)
}
