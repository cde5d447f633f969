//! Workers and their leases: a worker lives as long as it is heard of in time.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use handbill_db::{Conn, Dialect, Sql, Tx};

use crate::clock::whole_ms;
use crate::error::{Error, Result};
use crate::job::WorkerId;
use crate::queue::Queue;

impl Queue {
    /// Registers a worker with its first lease. `slots` says how many jobs of a kind it works on at once.
    ///
    /// SQLite: the first one of a process makes the process the owner of the file, and puts back at once whatever a
    /// process before it left running. [`Error::TakenOver`] if there is a newer owner.
    pub async fn register(&self, tx: &mut Tx, slots: &BTreeMap<String, i64>) -> Result<WorkerId> {
        const REGISTER: Sql = Sql {
            sqlite: "INSERT INTO queue_workers (owner, slots, lease_until_ms, steady_since_ms, beaten_at_ms)
                VALUES ($1, $2, $3 + $4, $3, $3) RETURNING id",
            postgres: "INSERT INTO queue_workers (owner, slots, lease_until_ms, steady_since_ms, beaten_at_ms)
                SELECT $1, $2, now_ms + $4, now_ms, now_ms FROM (SELECT queue_now_ms() + $3 AS now_ms) AS clock
                RETURNING id",
        };
        if tx.dialect() == Dialect::Sqlite {
            self.own(tx).await?;
        }
        let slots = serde_json::to_string(slots).expect("texts and numbers have a JSON form");
        let lease = whole_ms(self.0.options.lease);
        let row = (self.0.owner.as_str(), slots, self.0.clock.lease(), lease);
        let (id,): (i64,) = tx.one(REGISTER, row).await?;
        Ok(WorkerId(id))
    }

    async fn own(&self, tx: &mut Tx) -> Result<()> {
        const OWN: &str = "INSERT INTO queue_owner (id, owner) VALUES (1, $1)
            ON CONFLICT (id) DO UPDATE SET owner = excluded.owner";
        const OTHERS: &str = "SELECT id FROM queue_workers WHERE owner <> $1";
        let owner = self.0.owner.as_str();
        if self.0.owns.load(Ordering::SeqCst) {
            let (now,): (String,) = tx.one("SELECT owner FROM queue_owner", ()).await?;
            return if now == owner { Ok(()) } else { Err(Error::TakenOver) };
        }
        tx.exec(OWN, (owner,)).await?;
        let dead: Vec<(i64,)> = tx.all(OTHERS, (owner,)).await?;
        self.bury(tx, dead.into_iter().map(|(id,)| id).collect()).await?;
        let queue = self.clone();
        tx.after_commit(move || queue.0.owns.store(true, Ordering::SeqCst));
        Ok(())
    }

    /// A new lease for the worker; false if it was given up for dead, and its jobs with it. A lease that has ended may be
    /// renewed until somebody notices.
    pub async fn beat(&self, tx: &mut Tx, worker: WorkerId) -> Result<bool> {
        const BEAT: Sql = Sql {
            sqlite: "UPDATE queue_workers SET lease_until_ms = $2 + $3, beaten_at_ms = $2,
                    steady_since_ms = CASE WHEN beaten_at_ms < $2 - $3 / 2 THEN $2 ELSE steady_since_ms END
                WHERE id = $1 AND lease_until_ms > 0",
            postgres: "UPDATE queue_workers SET lease_until_ms = now_ms + $3, beaten_at_ms = now_ms,
                    steady_since_ms = CASE WHEN beaten_at_ms < now_ms - $3 / 2 THEN now_ms ELSE steady_since_ms END
                FROM (SELECT queue_now_ms() + $2 AS now_ms) AS clock WHERE id = $1 AND lease_until_ms > 0",
        };
        let until = (worker.0, self.0.clock.lease(), whole_ms(self.0.options.lease));
        Ok(tx.exec(BEAT, until).await? == 1)
    }

    /// The worker goes, in good order: what it still has is given back, and not held against the jobs.
    pub async fn leave(&self, tx: &mut Tx, worker: WorkerId) -> Result<()> {
        self.release(tx, worker).await?;
        tx.exec("DELETE FROM queue_workers WHERE id = $1", (worker.0,)).await?;
        Ok(())
    }

    /// Whether workers that are not heard of may be given up: somebody could be heard of all through the last lease. After
    /// a pause of the whole database everybody looks dead to whoever wakes up first.
    pub(crate) async fn may_judge(&self, conn: &mut Conn) -> Result<bool> {
        const HEARD: Sql = Sql {
            sqlite: "SELECT steady_since_ms, beaten_at_ms, $1 FROM queue_workers",
            postgres: "SELECT steady_since_ms, beaten_at_ms, queue_now_ms() + $1 FROM queue_workers",
        };
        let heard: Vec<(i64, i64, i64)> = conn.all(HEARD, (self.0.clock.lease(),)).await?;
        let Some((.., now_ms)) = heard.first().copied() else { return Ok(false) };
        let heard = heard.into_iter().map(|(since_ms, last_ms, _)| (since_ms, last_ms)).collect();
        Ok(covers_a_lease(heard, now_ms, whole_ms(self.0.options.lease)))
    }

    pub(crate) async fn has_lease(&self, conn: &mut Conn, worker: WorkerId) -> Result<bool> {
        const LEASE: Sql = Sql {
            sqlite: "SELECT 1 FROM queue_workers WHERE id = $1 AND lease_until_ms > $2",
            postgres: "SELECT 1::BIGINT FROM queue_workers WHERE id = $1 AND lease_until_ms > queue_now_ms() + $2",
        };
        Ok(conn.opt::<(i64,)>(LEASE, (worker.0, self.0.clock.lease())).await?.is_some())
    }
}

/// Whether these times (from, to) leave no gap of more than half a lease from before the last lease until now.
fn covers_a_lease(mut heard: Vec<(i64, i64)>, now_ms: i64, lease_ms: i64) -> bool {
    let gap_ms = lease_ms / 2;
    let mut reached_ms = now_ms - lease_ms - gap_ms;
    heard.sort_unstable();
    for (since_ms, last_ms) in heard {
        if since_ms > reached_ms + gap_ms {
            return false;
        }
        reached_ms = reached_ms.max(last_ms);
    }
    reached_ms + gap_ms >= now_ms
}

#[cfg(test)]
mod tests {
    use super::covers_a_lease;

    #[test]
    fn one_after_the_other_will_do() {
        let covers = |heard: &[(i64, i64)]| covers_a_lease(heard.to_vec(), 1000, 100);
        assert!(covers(&[(0, 990)]));
        assert!(covers(&[(900, 951)]));
        assert!(!covers(&[(901, 1000)]), "not for a whole lease");
        assert!(!covers(&[(0, 949)]), "not of late");
        assert!(covers(&[(940, 1000), (0, 890), (880, 920)]), "short lives that follow each other");
        assert!(!covers(&[(0, 890), (941, 1000)]), "a gap");
        assert!(!covers(&[]));
    }
}
