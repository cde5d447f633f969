//! Writing down how attempts ended, in batches, behind the fence: only for claims that still hold.

use std::collections::BTreeMap;
use std::time::Duration;

use handbill_db::{Dialect, List, Tx};

use crate::backoff::chance;
use crate::clock::whole_ms;
use crate::complete::Completion;
use crate::ending::{self, WithHooks};
use crate::error::Result;
use crate::hot::{Hot, Place, put};
use crate::job::{AttemptEnd, End, Ended, Fault, JobId, Outcome, Retry, WorkerId};
use crate::queue::{Options, Queue};
use crate::rows::json_rows;
use crate::running::{Running, take_claims};
use crate::tally::Tally;

/// What is to follow a failed attempt.
enum Next {
    Again { pause: Duration },
    Dead,
}

impl Queue {
    /// Completes jobs, or lets them rest and try again, or declares them dead. Answers with those whose claim still held;
    /// the others were given up, canceled or are somebody else's by now, and nothing of theirs is written.
    ///
    /// The end hooks write in the same transaction, so what a job leads to exists if, and only if, it is done.
    pub async fn settle(&self, tx: &mut Tx, worker: WorkerId, outcomes: &[Outcome]) -> Result<Vec<JobId>> {
        self.settle_with(tx, worker, outcomes, WithHooks::Yes).await
    }

    pub(crate) async fn settle_with(
        &self,
        tx: &mut Tx,
        worker: WorkerId,
        outcomes: &[Outcome],
        hooks: WithHooks,
    ) -> Result<Vec<JobId>> {
        let mut completions = Vec::new();
        let mut failures = BTreeMap::new();
        for Outcome { job, attempt, busy, end } in outcomes {
            let busy_ms = whole_ms(*busy);
            match end {
                AttemptEnd::Completed(result) => {
                    completions.push(Completion { job: *job, attempt: *attempt, busy_ms, result });
                }
                AttemptEnd::Failed(fault) => drop(failures.insert(*job, (*attempt, busy_ms, fault))),
            }
        }
        let mut ended = self.complete(tx, worker, &completions).await?;
        let mut settled: Vec<JobId> = ended.iter().map(|ended| ended.job).collect();
        if !failures.is_empty() {
            let claims: Vec<(JobId, i64)> = failures.iter().map(|(job, (attempt, ..))| (*job, *attempt)).collect();
            let (mut dead, mut again) = (Vec::new(), Again::default());
            for running in take_claims(tx, self.0.clock.day(), worker, &claims).await? {
                settled.push(running.hot.job);
                if let Some((_, busy_ms, fault)) = failures.remove(&running.hot.job) {
                    self.decide(running, fault, busy_ms, &mut dead, &mut again);
                }
            }
            again.write(tx).await?;
            ending::write(tx, &dead).await?;
            ended.extend(dead);
        }
        self.follow_up(tx, &ended, hooks).await?;
        Ok(settled)
    }

    fn decide(&self, mut running: Running, fault: &Fault, busy_ms: i64, dead: &mut Vec<Ended>, again: &mut Again) {
        match fault.retry {
            Retry::Crashed => running.hot.crashes += 1,
            _ => running.hot.failures += 1,
        }
        match self.next(fault, &running.hot) {
            Next::Dead => dead.push(running.ended(End::Dead { error: fault.error.clone() }, busy_ms)),
            Next::Again { pause } => again.push(running, fault, pause),
        }
    }

    fn next(&self, fault: &Fault, hot: &Hot) -> Next {
        let Options { backoff, max_crashes, .. } = &self.0.options;
        if hot.failures >= hot.max_attempts || hot.crashes >= *max_crashes {
            return Next::Dead;
        }
        match fault.retry {
            Retry::Never => Next::Dead,
            Retry::After(pause) => Next::Again { pause },
            Retry::Backoff => Next::Again { pause: backoff.pause(hot.failures, chance()) },
            Retry::Crashed => Next::Again { pause: backoff.pause(hot.crashes, chance()) },
        }
    }
}

/// Jobs that will be tried again, with what went wrong.
#[derive(Default)]
struct Again {
    rows: Vec<(Hot, Place)>,
    errors: Vec<String>,
}

impl Again {
    fn push(&mut self, running: Running, fault: &Fault, pause: Duration) {
        let at_ms = running.now_ms.saturating_add(whole_ms(pause));
        self.rows.push((Hot { vt: 0, ..running.hot }, Place::Later(at_ms)));
        self.errors.push(fault.error.clone());
    }

    async fn write(self, tx: &mut Tx) -> Result<()> {
        const SQLITE: &str = "UPDATE queue_jobs SET error = e.value ->> 1
            FROM json_each($1) AS e WHERE queue_jobs.id = e.value ->> 0";
        const POSTGRES: &str = "UPDATE queue_jobs j SET error = e.error
            FROM unnest($1::BIGINT[], $2::TEXT[]) AS e (id, error) WHERE j.id = e.id";
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut tally = Tally::default();
        put(tx, &self.rows, &mut tally).await?;
        tally.write(tx).await?;
        let ids = self.rows.iter().map(|(hot, _)| hot.job.0);
        match tx.dialect() {
            Dialect::Sqlite => tx.exec(SQLITE, (json_rows(ids.zip(&self.errors)),)).await?,
            Dialect::Postgres => tx.exec(POSTGRES, (ids.collect::<List<i64>>(), List(self.errors))).await?,
        };
        Ok(())
    }
}
