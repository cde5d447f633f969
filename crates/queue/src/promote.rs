//! Delayed jobs whose time has come join the line, at the account's end of it: a delay is no way past the others.

use std::collections::BTreeSet;

use handbill_db::{Dialect, List, Sql, Tx};

use crate::error::Result;
use crate::hot::{Hot, Place};
use crate::queue::Queue;
use crate::rows::json_rows;
use crate::tally::Tally;
use crate::turns::{Standing, Turns};

/// In one transaction.
const MOST: i64 = 500;

const DUE: Sql = Sql {
    sqlite: "SELECT * FROM queue_ready WHERE place = 'later' AND run_at_ms <= $1 ORDER BY run_at_ms LIMIT $2",
    postgres: "SELECT * FROM queue_ready WHERE place = 'later' AND run_at_ms <= queue_now_ms() + $1
        ORDER BY run_at_ms LIMIT $2 FOR UPDATE SKIP LOCKED",
};

impl Queue {
    /// Moves delayed jobs that are due into the line. Answers with their number; there may be more if it is not 0.
    pub async fn promote(&self, tx: &mut Tx) -> Result<usize> {
        let mut due: Vec<Hot> = tx.all(DUE, (self.0.clock.day(), MOST)).await?;
        if due.is_empty() {
            return Ok(0);
        }
        let mut turns = Turns::find(tx, due.iter().map(standing)).await?;
        let mut tally = Tally::default();
        for hot in &mut due {
            if hot.place() == Place::Line {
                hot.vt = turns.take(&standing(hot), hot.cost);
            }
            tally.add(&hot.kind, hot.account, 1, -1);
        }
        join_line(tx, &due).await?;
        tally.write(tx).await?;
        let kinds: BTreeSet<&str> = due.iter().map(|hot| hot.kind.as_str()).collect();
        self.wake_after(tx, kinds);
        Ok(due.len())
    }
}

fn standing(hot: &Hot) -> Standing {
    Standing { kind: hot.kind.clone(), account: hot.account, rank: hot.rank }
}

async fn join_line(tx: &mut Tx, due: &[Hot]) -> Result<()> {
    const SQLITE: &str = "UPDATE queue_ready SET vt = d.value ->> 1, run_at_ms = 0,
            place = CASE WHEN suspect THEN 'alone' ELSE 'line' END
        FROM json_each($1) AS d WHERE queue_ready.job_id = d.value ->> 0";
    const POSTGRES: &str = "UPDATE queue_ready r SET vt = d.vt, run_at_ms = 0,
            place = CASE WHEN suspect THEN 'alone' ELSE 'line' END
        FROM unnest($1::BIGINT[], $2::BIGINT[]) AS d (id, vt) WHERE r.job_id = d.id";
    let rows = due.iter().map(|hot| (hot.job.0, hot.vt));
    match tx.dialect() {
        Dialect::Sqlite => tx.exec(SQLITE, (json_rows(rows),)).await?,
        Dialect::Postgres => {
            let (ids, vts) = rows.unzip();
            tx.exec(POSTGRES, (List::<i64>(ids), List::<i64>(vts))).await?
        }
    };
    Ok(())
}
