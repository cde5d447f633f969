//! Leases on work that one process at a time does now and then. The database's clock decides, so that processes need not
//! agree on the time.

use handbill_db::{Db, Result, Sql, Tx};

/// A lease that was taken, for work that goes on only as long as it is held.
#[derive(Clone)]
pub struct Lease {
    pub(crate) db: Db,
    pub(crate) name: &'static str,
    pub(crate) holder: String,
    pub(crate) lease_ms: i64,
}

impl Lease {
    /// Takes it for longer, in a transaction of its own. Whether it still was ours.
    pub(crate) async fn go_on(&self) -> Result<bool> {
        let mut tx = self.db.begin().await?;
        let still_ours = renew(&mut tx, self.name, &self.holder, self.lease_ms).await?;
        tx.commit().await?;
        Ok(still_ours)
    }
}

/// Takes the lease if nobody has it and the work was not done within `every_ms`. Whether it was taken.
pub(crate) async fn take(tx: &mut Tx, name: &str, holder: &str, lease_ms: i64, every_ms: i64) -> Result<bool> {
    const TAKE: Sql = Sql {
        sqlite: "INSERT INTO chores (name, holder, held_until_ms, done_at_ms)
                 VALUES ($1, $2, CAST(unixepoch('subsec') * 1000 AS INTEGER) + $3, 0)
                 ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until_ms = excluded.held_until_ms
                 WHERE chores.held_until_ms <= CAST(unixepoch('subsec') * 1000 AS INTEGER)
                 AND chores.done_at_ms <= CAST(unixepoch('subsec') * 1000 AS INTEGER) - $4",
        postgres: "INSERT INTO chores (name, holder, held_until_ms, done_at_ms)
                   VALUES ($1, $2, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) + $3, 0)
                   ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until_ms = excluded.held_until_ms
                   WHERE chores.held_until_ms <= CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)
                   AND chores.done_at_ms <= CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) - $4",
    };
    Ok(tx.exec(TAKE, (name, holder, lease_ms, every_ms)).await? == 1)
}

/// Keeps the lease for longer. Whether it still was the holder's.
pub(crate) async fn renew(tx: &mut Tx, name: &str, holder: &str, lease_ms: i64) -> Result<bool> {
    const RENEW: Sql = Sql {
        sqlite: "UPDATE chores SET held_until_ms = CAST(unixepoch('subsec') * 1000 AS INTEGER) + $3
                 WHERE name = $1 AND holder = $2",
        postgres: "UPDATE chores SET held_until_ms = CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) + $3
                   WHERE name = $1 AND holder = $2",
    };
    Ok(tx.exec(RENEW, (name, holder, lease_ms)).await? == 1)
}

/// Gives the lease back. Work that failed is not marked as done, so that it is soon begun again.
pub(crate) async fn give_back(tx: &mut Tx, name: &str, holder: &str, done: bool) -> Result<()> {
    const GIVE_BACK: Sql = Sql {
        sqlite: "UPDATE chores SET held_until_ms = 0,
                 done_at_ms = CASE WHEN $3 THEN CAST(unixepoch('subsec') * 1000 AS INTEGER) ELSE done_at_ms END
                 WHERE name = $1 AND holder = $2",
        postgres: "UPDATE chores SET held_until_ms = 0, done_at_ms =
                   CASE WHEN $3 THEN CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) ELSE done_at_ms END
                   WHERE name = $1 AND holder = $2",
    };
    tx.exec(GIVE_BACK, (name, holder, done)).await?;
    Ok(())
}
