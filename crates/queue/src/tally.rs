//! How many jobs wait, for each kind and account: sums over rows that are only ever added, so that transactions which
//! count the same account do not wait for each other. Now and then the fresh rows are folded into one.

use std::collections::BTreeMap;

use handbill_db::{Conn, Dialect, List, Result, Sql, Tx};

use crate::rows::json_rows;

/// The account whose rows count every account's jobs.
pub(crate) const WHOLE: i64 = i64::MIN;

/// Changes to be counted, gathered over a transaction and written at its end.
#[derive(Default)]
pub(crate) struct Tally(BTreeMap<(String, i64), Depth>);

/// Jobs that wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Depth {
    pub(crate) waiting: i64,
    pub(crate) delayed: i64,
}

impl Tally {
    pub(crate) fn add(&mut self, kind: &str, account: i64, waiting: i64, delayed: i64) {
        for account in [account, WHOLE] {
            self.add_to(kind, account, waiting, delayed);
        }
    }

    fn add_to(&mut self, kind: &str, account: i64, waiting: i64, delayed: i64) {
        let depth = self.0.entry((kind.to_owned(), account)).or_default();
        depth.waiting += waiting;
        depth.delayed += delayed;
    }

    pub(crate) async fn write(self, tx: &mut Tx) -> Result<()> {
        self.insert(tx, true).await
    }

    async fn insert(mut self, tx: &mut Tx, fresh: bool) -> Result<()> {
        const SQLITE: &str = "INSERT INTO queue_tally (kind, account, waiting, delayed, fresh)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, $2 FROM json_each($1)";
        const POSTGRES: &str = "INSERT INTO queue_tally (kind, account, waiting, delayed, fresh)
            SELECT k, a, w, d, $5 FROM unnest($1::TEXT[], $2::BIGINT[], $3::BIGINT[], $4::BIGINT[]) AS t (k, a, w, d)";
        self.0.retain(|_, depth| *depth != Depth::default());
        if self.0.is_empty() {
            return Ok(());
        }
        match tx.dialect() {
            Dialect::Sqlite => {
                let rows = self.0.iter().map(|((kind, account), depth)| (kind, account, depth.waiting, depth.delayed));
                tx.exec(SQLITE, (json_rows(rows), fresh)).await?
            }
            Dialect::Postgres => {
                let columns = (
                    self.0.keys().map(|(kind, _)| kind.clone()).collect::<List<_>>(),
                    self.0.keys().map(|(_, account)| *account).collect::<List<_>>(),
                    self.0.values().map(|depth| depth.waiting).collect::<List<_>>(),
                    self.0.values().map(|depth| depth.delayed).collect::<List<_>>(),
                    fresh,
                );
                tx.exec(POSTGRES, columns).await?
            }
        };
        Ok(())
    }
}

/// Folds the fresh rows. Two that do so at once leave two folded rows instead of one, and the same sum.
pub(crate) async fn fold(tx: &mut Tx) -> Result<()> {
    const TAKE: &str = "DELETE FROM queue_tally
        WHERE (kind, account) IN (SELECT kind, account FROM queue_tally WHERE fresh)
        RETURNING kind, account, waiting, delayed";
    let mut sums = Tally::default();
    for (kind, account, waiting, delayed) in tx.all::<(String, i64, i64, i64)>(TAKE, ()).await? {
        sums.add_to(&kind, account, waiting, delayed);
    }
    sums.insert(tx, false).await
}

/// The depths of these accounts; one that is missing has none. [`WHOLE`] is one of them, if asked for.
pub(crate) async fn depths(conn: &mut Conn, kind: &str, accounts: Vec<i64>) -> Result<BTreeMap<i64, Depth>> {
    const DEPTHS: Sql = Sql {
        sqlite: "SELECT account, sum(waiting), sum(delayed) FROM queue_tally
            WHERE kind = $1 AND account IN (SELECT value FROM json_each($2)) GROUP BY account",
        postgres: "SELECT account, sum(waiting)::BIGINT, sum(delayed)::BIGINT FROM queue_tally
            WHERE kind = $1 AND account = ANY($2) GROUP BY account",
    };
    let rows = conn.all::<(i64, i64, i64)>(DEPTHS, (kind, List(accounts))).await?;
    Ok(rows.into_iter().map(|(account, waiting, delayed)| (account, Depth { waiting, delayed })).collect())
}
