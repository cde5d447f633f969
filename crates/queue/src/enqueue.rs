//! Taking jobs in, inside the caller's transaction: they exist if, and only if, what caused them does.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use handbill_db::{Dialect, List, Tx};

use crate::clock::whole_ms;
use crate::error::{Error, Full, Result, Scope};
use crate::hot::{Hot, Place, put};
use crate::job::{GroupId, JobId, NewJob, Start};
use crate::pace;
use crate::queue::Queue;
use crate::rows::{NOW, json_rows};
use crate::tally::{Tally, WHOLE, depths};
use crate::turns::{Standing, Turns};

/// Rows in one statement: enough to be quick, few enough to keep memory flat.
const CHUNK: usize = 2000;

const INSERT_SQLITE: &str = "INSERT INTO queue_jobs
        (kind, account, priority, cost, max_attempts, group_id, payload, created_at_ms)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, $2
    FROM json_each($1) ORDER BY key RETURNING id";
const INSERT_POSTGRES: &str = "INSERT INTO queue_jobs
        (kind, account, priority, cost, max_attempts, group_id, payload, created_at_ms)
    SELECT kind, account, priority, cost, max_attempts, group_id, payload, $8
    FROM unnest($1::TEXT[], $2::BIGINT[], $3::BIGINT[], $4::BIGINT[], $5::BIGINT[], $6::BIGINT[], $7::TEXT[])
        WITH ORDINALITY AS j (kind, account, priority, cost, max_attempts, group_id, payload, at)
    ORDER BY at RETURNING id";

impl Queue {
    /// Takes a job in. [`Error::Full`] if its kind or account has as many waiting as it may.
    pub async fn enqueue(&self, tx: &mut Tx, job: NewJob) -> Result<JobId> {
        let ids = self.enqueue_all(tx, std::slice::from_ref(&job)).await?;
        Ok(ids[0])
    }

    /// Takes jobs in, all or (with [`Error::Full`]) none, in this order. Their numbers are in the same order.
    ///
    /// Among transactions that commit at the same moment the limits are not exact.
    pub async fn enqueue_all(&self, tx: &mut Tx, jobs: &[NewJob]) -> Result<Vec<JobId>> {
        if jobs.is_empty() {
            return Ok(Vec::new());
        }
        self.check_limits(tx, jobs).await?;
        join_groups(tx, jobs).await?;
        let (now_ms,): (i64,) = tx.one(NOW, (self.0.clock.day(),)).await?;
        let mut turns = Turns::find(tx, jobs.iter().map(standing)).await?;
        let mut tally = Tally::default();
        let mut ids = Vec::with_capacity(jobs.len());
        for chunk in jobs.chunks(CHUNK) {
            let new = insert(tx, chunk, now_ms).await?;
            let rows: Vec<_> = chunk.iter().zip(&new).map(|(job, id)| waiting(job, *id, now_ms, &mut turns)).collect();
            put(tx, &rows, &mut tally).await?;
            ids.extend(new);
        }
        tally.write(tx).await?;
        self.wake_after(tx, jobs.iter().map(|job| job.kind.as_str()).collect());
        Ok(ids)
    }

    async fn check_limits(&self, tx: &mut Tx, jobs: &[NewJob]) -> Result<()> {
        let mut new: BTreeMap<&str, BTreeMap<i64, i64>> = BTreeMap::new();
        for job in jobs.iter().filter(|job| self.0.options.limits.contains_key(&job.kind)) {
            let accounts = new.entry(&job.kind).or_default();
            *accounts.entry(job.account).or_default() += 1;
            *accounts.entry(WHOLE).or_default() += 1;
        }
        for (kind, accounts) in new {
            let limits = self.0.options.limits[kind];
            let depths = depths(tx, kind, accounts.keys().copied().collect()).await?;
            for (account, more) in accounts {
                let (scope, limit) = match account {
                    WHOLE => (Scope::Whole, limits.whole),
                    account => (Scope::Account(account), limits.per_account),
                };
                let depth = depths.get(&account).map_or(0, |depth| depth.waiting + depth.delayed);
                if let Some(limit) = limit.filter(|limit| depth + more > *limit) {
                    let retry_after = self.time_for(tx, kind, depth + more - limit).await?;
                    return Err(Full { kind: kind.to_owned(), scope, depth, limit, retry_after }.into());
                }
            }
        }
        Ok(())
    }

    /// How long the present pace takes for so many jobs.
    async fn time_for(&self, tx: &mut Tx, kind: &str, jobs: i64) -> Result<Duration> {
        const UNKNOWN: f64 = 10.0;
        let per_minute = pace::read(tx, self.0.clock.day(), kind).await?.per_minute;
        #[allow(clippy::cast_precision_loss)]
        let seconds = if per_minute == 0 { UNKNOWN } else { jobs as f64 * 60.0 / per_minute as f64 };
        Ok(Duration::from_secs_f64(seconds.ceil().clamp(1.0, 120.0)))
    }
}

fn standing(job: &NewJob) -> Standing {
    Standing { kind: job.kind.clone(), account: job.account, rank: -job.priority }
}

fn waiting(job: &NewJob, id: JobId, now_ms: i64, turns: &mut Turns) -> (Hot, Place) {
    let place = match job.start {
        Start::Now => Place::Line,
        Start::After(pause) => Place::Later(now_ms.saturating_add(whole_ms(pause))),
        Start::At(at_ms) if at_ms <= now_ms => Place::Line,
        Start::At(at_ms) => Place::Later(at_ms),
    };
    let cost = job.cost.max(1);
    let vt = if place == Place::Line { turns.take(&standing(job), cost) } else { 0 };
    let hot = Hot {
        job: id,
        kind: job.kind.clone(),
        account: job.account,
        rank: -job.priority,
        cost,
        vt,
        group: job.group,
        max_attempts: job.max_attempts.max(1),
        attempt: 0,
        failures: 0,
        crashes: 0,
        suspect: false,
    };
    (hot, place)
}

/// Numbers are given in the order of the rows, though they may be answered in another.
async fn insert(tx: &mut Tx, jobs: &[NewJob], now_ms: i64) -> Result<Vec<JobId>> {
    let mut ids: Vec<(i64,)> = match tx.dialect() {
        Dialect::Sqlite => {
            let rows = json_rows(jobs.iter().map(|job| {
                let group = job.group.map(|group| group.0);
                (&job.kind, job.account, job.priority, job.cost, job.max_attempts, group, &job.payload)
            }));
            tx.all(INSERT_SQLITE, (rows, now_ms)).await?
        }
        Dialect::Postgres => {
            let number = |of: fn(&NewJob) -> i64| jobs.iter().map(of).collect::<List<i64>>();
            let columns = (
                jobs.iter().map(|job| job.kind.clone()).collect::<List<String>>(),
                number(|job| job.account),
                number(|job| job.priority),
                number(|job| job.cost),
                number(|job| job.max_attempts),
                jobs.iter().map(|job| job.group.map(|group| group.0)).collect::<List<Option<i64>>>(),
                jobs.iter().map(|job| job.payload.clone()).collect::<List<String>>(),
                now_ms,
            );
            tx.all(INSERT_POSTGRES, columns).await?
        }
    };
    ids.sort_unstable();
    Ok(ids.into_iter().map(|(id,)| JobId(id)).collect())
}

/// Counts the jobs in their groups, in the order of the groups' numbers, so that two that do so cannot deadlock.
async fn join_groups(tx: &mut Tx, jobs: &[NewJob]) -> Result<()> {
    let groups: BTreeSet<GroupId> = jobs.iter().filter_map(|job| job.group).collect();
    for group in groups {
        const JOIN: &str = "UPDATE queue_groups SET total = total + $2 WHERE id = $1 AND NOT closed";
        let more = jobs.iter().filter(|job| job.group == Some(group)).count();
        if tx.exec(JOIN, (group.0, i64::try_from(more).unwrap_or(i64::MAX))).await? == 0 {
            return Err(Error::NoOpenGroup(group));
        }
    }
    Ok(())
}
