//! The end of jobs, however they end: the cold row, the hooks, the pace, the groups; all in the transaction at hand.

use std::collections::BTreeMap;

use handbill_db::{Dialect, List, Tx};

use crate::error::{Error, Result};
use crate::job::{End, Ended};
use crate::pace;
use crate::queue::Queue;
use crate::rows::json_rows;

const END_SQLITE: &str = "UPDATE queue_jobs SET state = e.value ->> 1, result = e.value ->> 2,
        error = coalesce(e.value ->> 3, error), attempts = e.value ->> 4, failures = e.value ->> 5,
        crashes = e.value ->> 6, started_at_ms = e.value ->> 7, finished_at_ms = e.value ->> 8
    FROM json_each($1) AS e WHERE queue_jobs.id = e.value ->> 0";
const END_POSTGRES: &str = "UPDATE queue_jobs j SET state = e.state, result = e.result,
        error = coalesce(e.error, j.error), attempts = e.attempts, failures = e.failures, crashes = e.crashes,
        started_at_ms = e.started_at_ms, finished_at_ms = e.finished_at_ms
    FROM unnest($1::BIGINT[], $2::TEXT[], $3::TEXT[], $4::TEXT[], $5::BIGINT[], $6::BIGINT[], $7::BIGINT[],
        $8::BIGINT[], $9::BIGINT[])
        AS e (id, state, result, error, attempts, failures, crashes, started_at_ms, finished_at_ms)
    WHERE j.id = e.id";

/// Whether the hooks are called. Without them only as the last way out, when they have failed again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WithHooks {
    Yes,
    No,
}

impl Queue {
    /// Ends jobs whose hot rows were taken away.
    pub(crate) async fn end(&self, tx: &mut Tx, ended: &[Ended], hooks: WithHooks) -> Result<()> {
        write(tx, ended).await?;
        self.follow_up(tx, ended, hooks).await
    }

    /// What follows from the end of jobs: what the hooks write, and the end of groups. Last in a transaction, since groups
    /// are where others wait.
    pub(crate) async fn follow_up(&self, tx: &mut Tx, ended: &[Ended], hooks: WithHooks) -> Result<()> {
        let Some(now_ms) = ended.first().map(|job| job.finished_at_ms) else { return Ok(()) };
        if hooks == WithHooks::Yes {
            self.call_hooks(tx, ended).await?;
        }
        self.count_in_groups(tx, ended, now_ms).await
    }

    async fn call_hooks(&self, tx: &mut Tx, ended: &[Ended]) -> Result<()> {
        let mut by_kind: BTreeMap<&str, Vec<Ended>> = BTreeMap::new();
        for job in ended {
            by_kind.entry(&job.kind).or_default().push(job.clone());
        }
        for (kind, jobs) in by_kind {
            if let Some(write) = self.0.hooks.ends.get(kind) {
                write(tx, &jobs).await.map_err(|source| Error::Hook { kind: kind.to_owned(), source })?;
            }
        }
        Ok(())
    }
}

impl End {
    fn state(&self) -> &'static str {
        match self {
            End::Completed { .. } => "completed",
            End::Dead { .. } => "dead",
            End::Canceled => "canceled",
        }
    }

    fn result(&self) -> Option<&str> {
        if let End::Completed { result } = self { Some(result) } else { None }
    }

    fn error(&self) -> Option<&str> {
        if let End::Dead { error } = self { Some(error) } else { None }
    }
}

/// The cold rows, and the pace.
pub(crate) async fn write(tx: &mut Tx, ended: &[Ended]) -> handbill_db::Result<()> {
    if ended.is_empty() {
        return Ok(());
    }
    match tx.dialect() {
        Dialect::Sqlite => {
            let rows = json_rows(ended.iter().map(|e| {
                let texts = (e.end.state(), e.end.result(), e.end.error());
                let times = (e.started_at_ms, e.finished_at_ms);
                (e.job.0, texts.0, texts.1, texts.2, e.attempt, e.failures, e.crashes, times.0, times.1)
            }));
            tx.exec(END_SQLITE, (rows,)).await?
        }
        Dialect::Postgres => {
            let number = |of: fn(&Ended) -> i64| ended.iter().map(of).collect::<List<i64>>();
            let columns = (
                number(|e| e.job.0),
                ended.iter().map(|e| e.end.state().to_owned()).collect::<List<String>>(),
                ended.iter().map(|e| e.end.result().map(str::to_owned)).collect::<List<Option<String>>>(),
                ended.iter().map(|e| e.end.error().map(str::to_owned)).collect::<List<Option<String>>>(),
                number(|e| e.attempt),
                number(|e| e.failures),
                number(|e| e.crashes),
                ended.iter().map(|e| e.started_at_ms).collect::<List<Option<i64>>>(),
                number(|e| e.finished_at_ms),
            );
            tx.exec(END_POSTGRES, columns).await?
        }
    };
    pace::count(tx, ended).await
}
