//! Start-time fair queueing: each job gets a place in virtual time, `max(how far the line has been served, the account's
//! last place) + cost`, and lower places go first. So an account that comes anew stands beside the first of those who
//! wait, however many jobs they have. One line for each kind and rank.

use std::collections::BTreeMap;

use handbill_db::{Dialect, FromRow, List, Result, Row, Tx};

use crate::rows::json_rows;

/// Whose next place is asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Standing {
    pub(crate) kind: String,
    pub(crate) account: i64,
    pub(crate) rank: i64,
}

/// The next free places.
pub(crate) struct Turns(BTreeMap<Standing, i64>);

struct Found {
    served: Option<i64>,
    last: Option<i64>,
}

impl FromRow for Found {
    fn from_row(row: Row<'_>) -> Result<Found> {
        Ok(Found { served: row.get("served")?, last: row.get("last")? })
    }
}

const FIND_SQLITE: &str = "SELECT
        (SELECT vt FROM queue_turns WHERE kind = k.value ->> 0 AND rank = k.value ->> 2) AS served,
        (SELECT max(vt) FROM queue_ready WHERE kind = k.value ->> 0 AND account = k.value ->> 1
            AND rank = k.value ->> 2 AND place = 'line') AS last
    FROM json_each($1) AS k ORDER BY k.key";
const FIND_POSTGRES: &str = "SELECT
        (SELECT vt FROM queue_turns t WHERE t.kind = k.kind AND t.rank = k.rank) AS served,
        (SELECT max(vt) FROM queue_ready r WHERE r.kind = k.kind AND r.account = k.account
            AND r.rank = k.rank AND r.place = 'line') AS last
    FROM unnest($1::TEXT[], $2::BIGINT[], $3::BIGINT[]) WITH ORDINALITY AS k (kind, account, rank, at) ORDER BY k.at";

impl Turns {
    /// Reads where the lines stand. The first job ever of a kind and rank begins its line.
    pub(crate) async fn find(tx: &mut Tx, standings: impl IntoIterator<Item = Standing>) -> Result<Turns> {
        let mut wanted: Vec<Standing> = standings.into_iter().collect();
        wanted.sort();
        wanted.dedup();
        let found: Vec<Found> = match tx.dialect() {
            Dialect::Sqlite => {
                let rows = json_rows(wanted.iter().map(|s| (&s.kind, s.account, s.rank)));
                tx.all(FIND_SQLITE, (rows,)).await?
            }
            Dialect::Postgres => {
                let kinds = wanted.iter().map(|s| s.kind.clone()).collect::<List<_>>();
                let accounts = wanted.iter().map(|s| s.account).collect::<List<_>>();
                let ranks = wanted.iter().map(|s| s.rank).collect::<List<_>>();
                tx.all(FIND_POSTGRES, (kinds, accounts, ranks)).await?
            }
        };
        let mut turns = BTreeMap::new();
        for (standing, found) in wanted.into_iter().zip(found) {
            if found.served.is_none() {
                const BEGIN: &str =
                    "INSERT INTO queue_turns (kind, rank, vt) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING";
                tx.exec(BEGIN, (standing.kind.as_str(), standing.rank)).await?;
            }
            turns.insert(standing, found.served.unwrap_or(0).max(found.last.unwrap_or(0)));
        }
        Ok(Turns(turns))
    }

    /// The place of the account's next job.
    pub(crate) fn take(&mut self, standing: &Standing, cost: i64) -> i64 {
        let last = self.0.get_mut(standing).expect("the lines of all jobs were read");
        *last += cost.max(1);
        *last
    }
}

/// The lines were served as far as the jobs that were just claimed.
pub(crate) async fn serve(tx: &mut Tx, kind: &str, claimed: impl Iterator<Item = (i64, i64)>) -> Result<()> {
    let mut furthest = BTreeMap::new();
    for (rank, vt) in claimed {
        let so_far = furthest.entry(rank).or_insert(vt);
        *so_far = vt.max(*so_far);
    }
    for (rank, vt) in furthest {
        const SERVE: &str = "UPDATE queue_turns SET vt = $3 WHERE kind = $1 AND rank = $2 AND vt < $3";
        tx.exec(SERVE, (kind, rank, vt)).await?;
    }
    Ok(())
}
