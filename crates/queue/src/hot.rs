//! The hot half of a job, which moves between `queue_ready` (it waits) and `queue_running` (a worker has it).

use handbill_db::{Dialect, FromRow, List, Result, Row, Tx};

use crate::job::{End, Ended, GroupId, JobId};
use crate::rows::json_rows;
use crate::tally::Tally;

/// The columns both tables have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hot {
    pub(crate) job: JobId,
    pub(crate) kind: String,
    pub(crate) account: i64,
    pub(crate) rank: i64,
    pub(crate) cost: i64,
    pub(crate) vt: i64,
    pub(crate) group: Option<GroupId>,
    pub(crate) max_attempts: i64,
    pub(crate) attempt: i64,
    pub(crate) failures: i64,
    pub(crate) crashes: i64,
    pub(crate) suspect: bool,
}

impl FromRow for Hot {
    fn from_row(row: Row<'_>) -> Result<Hot> {
        Ok(Hot {
            job: JobId(row.get("job_id")?),
            kind: row.get("kind")?,
            account: row.get("account")?,
            rank: row.get("rank")?,
            cost: row.get("cost")?,
            vt: row.get("vt")?,
            group: row.get::<Option<i64>>("group_id")?.map(GroupId),
            max_attempts: row.get("max_attempts")?,
            attempt: row.get("attempt")?,
            failures: row.get("failures")?,
            crashes: row.get("crashes")?,
            suspect: row.get("suspect")?,
        })
    }
}

/// A row of `queue_ready`.
pub(crate) struct Ready {
    pub(crate) hot: Hot,
    pub(crate) delayed: bool,
}

impl FromRow for Ready {
    fn from_row(row: Row<'_>) -> Result<Ready> {
        Ok(Ready { hot: Hot::from_row(row)?, delayed: row.get::<String>("place")? == "later" })
    }
}

/// Where in `queue_ready` a job waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Line,
    /// Under suspicion: claimed by itself.
    Alone,
    /// Until this time of day.
    Later(i64),
}

impl Place {
    fn name(self) -> &'static str {
        match self {
            Place::Line => "line",
            Place::Alone => "alone",
            Place::Later(_) => "later",
        }
    }

    fn run_at_ms(self) -> i64 {
        match self {
            Place::Line | Place::Alone => 0,
            Place::Later(at_ms) => at_ms,
        }
    }
}

impl Hot {
    /// Where it waits when nothing delays it.
    pub(crate) fn place(&self) -> Place {
        if self.suspect { Place::Alone } else { Place::Line }
    }

    pub(crate) fn ended(self, end: End, started_at_ms: Option<i64>, finished_at_ms: i64, busy_ms: i64) -> Ended {
        let Hot { job, kind, account, group, attempt, failures, crashes, .. } = self;
        Ended { job, kind, account, group, attempt, failures, crashes, started_at_ms, finished_at_ms, busy_ms, end }
    }

    pub(crate) fn at_its_place(self) -> (Hot, Place) {
        let place = self.place();
        (self, place)
    }
}

const PUT_SQLITE: &str = "INSERT INTO queue_ready (job_id, kind, account, rank, cost, vt, group_id, max_attempts,
        attempt, failures, crashes, suspect, place, run_at_ms)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
        value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13
    FROM json_each($1)";
const PUT_POSTGRES: &str = "INSERT INTO queue_ready (job_id, kind, account, rank, cost, vt, group_id, max_attempts,
        attempt, failures, crashes, suspect, place, run_at_ms)
    SELECT * FROM unnest($1::BIGINT[], $2::TEXT[], $3::BIGINT[], $4::BIGINT[], $5::BIGINT[], $6::BIGINT[],
        $7::BIGINT[], $8::BIGINT[], $9::BIGINT[], $10::BIGINT[], $11::BIGINT[], $12::BOOLEAN[], $13::TEXT[],
        $14::BIGINT[])";

/// Lets jobs wait, and counts them as waiting or delayed.
pub(crate) async fn put(tx: &mut Tx, rows: &[(Hot, Place)], tally: &mut Tally) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    for (hot, place) in rows {
        match place {
            Place::Line | Place::Alone => tally.add(&hot.kind, hot.account, 1, 0),
            Place::Later(_) => tally.add(&hot.kind, hot.account, 0, 1),
        }
    }
    match tx.dialect() {
        Dialect::Sqlite => tx.exec(PUT_SQLITE, (json_rows(rows.iter().map(json_row)),)).await?,
        Dialect::Postgres => {
            let number = |of: fn(&Hot) -> i64| rows.iter().map(|(hot, _)| of(hot)).collect::<List<i64>>();
            let columns = (
                number(|hot| hot.job.0),
                rows.iter().map(|(hot, _)| hot.kind.clone()).collect::<List<String>>(),
                number(|hot| hot.account),
                number(|hot| hot.rank),
                number(|hot| hot.cost),
                number(|hot| hot.vt),
                rows.iter().map(|(hot, _)| hot.group.map(|group| group.0)).collect::<List<Option<i64>>>(),
                number(|hot| hot.max_attempts),
                number(|hot| hot.attempt),
                number(|hot| hot.failures),
                number(|hot| hot.crashes),
                rows.iter().map(|(hot, _)| hot.suspect).collect::<List<bool>>(),
                rows.iter().map(|(_, place)| place.name().to_owned()).collect::<List<String>>(),
                rows.iter().map(|(_, place)| place.run_at_ms()).collect::<List<i64>>(),
            );
            tx.exec(PUT_POSTGRES, columns).await?
        }
    };
    Ok(())
}

fn json_row((hot, place): &(Hot, Place)) -> impl serde::Serialize + use<'_> {
    let group = hot.group.map(|group| group.0);
    let (job, kind, place_name, run_at_ms) = (hot.job.0, &hot.kind, place.name(), place.run_at_ms());
    (
        job,
        kind,
        hot.account,
        hot.rank,
        hot.cost,
        hot.vt,
        group,
        hot.max_attempts,
        hot.attempt,
        hot.failures,
        hot.crashes,
        hot.suspect,
        place_name,
        run_at_ms,
    )
}
