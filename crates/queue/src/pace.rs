//! What has ended, by the second: totals, and the pace that estimates rest on. Rows are only added, as in `tally.rs`.

use std::collections::BTreeMap;
use std::time::Duration;

use handbill_db::{Conn, Dialect, List, Sql, Tx};

use crate::job::{End, Ended};
use crate::rows::{NOW, json_rows};

/// How long single seconds are kept; older ones are one sum, at time 0.
const KEEP_MS: i64 = 600_000;
/// What "at present" means.
const WINDOW_MS: i64 = 60_000;

pub(crate) struct Pace {
    /// Completed or dead within the last minute.
    pub(crate) per_minute: i64,
    /// Ever.
    pub(crate) completed: i64,
    pub(crate) failed: i64,
    /// How long an attempt worked, of those that ended within the last minute, or of all.
    pub(crate) average: Option<Duration>,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    completed: i64,
    failed: i64,
    busy_ms: i64,
}

/// By kind and time.
#[derive(Default)]
struct Sums(BTreeMap<(String, i64), Sum>);

/// Counts jobs that have just ended. Canceled ones are nobody's pace.
pub(crate) async fn count(tx: &mut Tx, ended: &[Ended]) -> handbill_db::Result<()> {
    let mut sums = Sums::default();
    for job in ended {
        let (completed, failed) = match job.end {
            End::Completed { .. } => (1, 0),
            End::Dead { .. } => (0, 1),
            End::Canceled => continue,
        };
        sums.add(&job.kind, job.finished_at_ms, Sum { completed, failed, busy_ms: job.busy_ms });
    }
    sums.insert(tx, true).await
}

impl Sums {
    fn add(&mut self, kind: &str, at_ms: i64, more: Sum) {
        let sum = self.0.entry((kind.to_owned(), at_ms)).or_default();
        sum.completed += more.completed;
        sum.failed += more.failed;
        sum.busy_ms += more.busy_ms;
    }

    async fn insert(self, tx: &mut Tx, fresh: bool) -> handbill_db::Result<()> {
        const SQLITE: &str = "INSERT INTO queue_pace (kind, at_ms, completed, failed, busy_ms, fresh)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, $2 FROM json_each($1)";
        const POSTGRES: &str = "INSERT INTO queue_pace (kind, at_ms, completed, failed, busy_ms, fresh)
            SELECT k, a, c, f, b, $6
            FROM unnest($1::TEXT[], $2::BIGINT[], $3::BIGINT[], $4::BIGINT[], $5::BIGINT[]) AS t (k, a, c, f, b)";
        if self.0.is_empty() {
            return Ok(());
        }
        match tx.dialect() {
            Dialect::Sqlite => {
                let rows = self.0.iter().map(|((kind, at), sum)| (kind, at, sum.completed, sum.failed, sum.busy_ms));
                tx.exec(SQLITE, (json_rows(rows), fresh)).await?
            }
            Dialect::Postgres => {
                let number = |of: fn(&Sum) -> i64| self.0.values().map(of).collect::<List<i64>>();
                let columns = (
                    self.0.keys().map(|(kind, _)| kind.clone()).collect::<List<_>>(),
                    self.0.keys().map(|(_, at)| *at).collect::<List<_>>(),
                    number(|sum| sum.completed),
                    number(|sum| sum.failed),
                    number(|sum| sum.busy_ms),
                    fresh,
                );
                tx.exec(POSTGRES, columns).await?
            }
        };
        Ok(())
    }
}

/// Folds the fresh rows into seconds, and old seconds into one sum. Two that do so at once leave more rows than needed.
pub(crate) async fn fold(tx: &mut Tx, now_ms: i64) -> handbill_db::Result<()> {
    const TAKE: &str = "DELETE FROM queue_pace WHERE fresh OR (at_ms > 0 AND at_ms < $1)
        RETURNING kind, at_ms, completed, failed, busy_ms";
    const TAKE_SUM: &str = "DELETE FROM queue_pace WHERE at_ms = 0
        RETURNING kind, at_ms, completed, failed, busy_ms";
    let oldest = now_ms - KEEP_MS;
    let mut rows: Vec<(String, i64, i64, i64, i64)> = tx.all(TAKE, (oldest,)).await?;
    if rows.iter().any(|(_, at_ms, ..)| *at_ms < oldest) {
        rows.extend(tx.all::<(String, i64, i64, i64, i64)>(TAKE_SUM, ()).await?);
    }
    let mut sums = Sums::default();
    for (kind, at_ms, completed, failed, busy_ms) in rows {
        let at_ms = if at_ms < oldest { 0 } else { at_ms - at_ms % 1000 };
        sums.add(&kind, at_ms, Sum { completed, failed, busy_ms });
    }
    sums.insert(tx, false).await
}

pub(crate) async fn read(conn: &mut Conn, day: i64, kind: &str) -> handbill_db::Result<Pace> {
    const PACE: Sql = Sql {
        sqlite: "SELECT coalesce(sum(completed), 0), coalesce(sum(failed), 0), coalesce(sum(busy_ms), 0)
            FROM queue_pace WHERE kind = $1 AND at_ms > $2",
        postgres: "SELECT coalesce(sum(completed), 0)::BIGINT, coalesce(sum(failed), 0)::BIGINT,
            coalesce(sum(busy_ms), 0)::BIGINT FROM queue_pace WHERE kind = $1 AND at_ms > $2",
    };
    let (now_ms,): (i64,) = conn.one(NOW, (day,)).await?;
    let recent: (i64, i64, i64) = conn.one(PACE, (kind, now_ms - WINDOW_MS)).await?;
    let ever: (i64, i64, i64) = conn.one(PACE, (kind, -1_i64)).await?;
    let average = average(recent).or_else(|| average(ever));
    Ok(Pace { per_minute: recent.0 + recent.1, completed: ever.0, failed: ever.1, average })
}

fn average((completed, failed, busy_ms): (i64, i64, i64)) -> Option<Duration> {
    let jobs = u32::try_from(completed + failed).ok().filter(|jobs| *jobs > 0)?;
    Some(Duration::from_millis(u64::try_from(busy_ms).ok()?) / jobs)
}
