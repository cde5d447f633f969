//! Writing down how attempts ended, in batches, behind the fence: only for claims that still hold.

use std::collections::BTreeMap;
use std::time::Duration;

use handbill_db::{Dialect, List, Tx};

use crate::backoff::chance;
use crate::clock::whole_ms;
use crate::ending::WithHooks;
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
        if outcomes.is_empty() {
            return Ok(Vec::new());
        }
        let claims: Vec<(JobId, i64)> = outcomes.iter().map(|outcome| (outcome.job, outcome.attempt)).collect();
        let held = take_claims(tx, self.0.clock.day(), worker, &claims).await?;
        let settled: Vec<JobId> = held.iter().map(|running| running.hot.job).collect();
        let mut by_job: BTreeMap<JobId, &Outcome> = outcomes.iter().map(|outcome| (outcome.job, outcome)).collect();
        let (mut ended, mut again) = (Vec::new(), Again::default());
        for running in held {
            if let Some(outcome) = by_job.remove(&running.hot.job) {
                self.decide(running, outcome, &mut ended, &mut again);
            }
        }
        again.write(tx).await?;
        self.end(tx, &ended, hooks).await?;
        Ok(settled)
    }

    fn decide(&self, mut running: Running, outcome: &Outcome, ended: &mut Vec<Ended>, again: &mut Again) {
        let busy_ms = whole_ms(outcome.busy);
        match &outcome.end {
            AttemptEnd::Completed(result) => {
                ended.push(running.ended(End::Completed { result: result.clone() }, busy_ms));
            }
            AttemptEnd::Failed(fault) => {
                match fault.retry {
                    Retry::Crashed => running.hot.crashes += 1,
                    _ => running.hot.failures += 1,
                }
                match self.next(fault, &running.hot) {
                    Next::Dead => ended.push(running.ended(End::Dead { error: fault.error.clone() }, busy_ms)),
                    Next::Again { pause } => again.push(running, fault, pause),
                }
            }
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
