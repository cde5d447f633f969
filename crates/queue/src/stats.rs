//! Counts and pace of a kind, and what they say about waiting.

use std::collections::BTreeMap;
use std::time::Duration;

use handbill_db::{Conn, Sql};

use crate::error::Result;
use crate::find::Ahead;
use crate::pace::{self, Pace};
use crate::queue::Queue;
use crate::tally::{WHOLE, depths};

/// One kind of jobs at this moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stats {
    /// In the line or in a worker's buffer.
    pub waiting: i64,
    pub delayed: i64,
    /// Begun.
    pub active: i64,
    /// Ever.
    pub completed: i64,
    /// Dead, ever; one that was replayed and died again counts twice.
    pub failed: i64,
    /// That live and take jobs of this kind.
    pub workers: i64,
    /// Jobs that all of them work on at once.
    pub slots: i64,
    /// Completed or dead within the last minute.
    pub per_minute: i64,
    /// How long an attempt worked on average, of late if there were any.
    pub average: Option<Duration>,
    pub paused: bool,
}

impl Stats {
    /// How long until a job with so many before it is done; `None` while nothing is known to judge by.
    pub fn estimate(&self, ahead: Ahead) -> Option<Duration> {
        let average = self.average?;
        let slots = u32::try_from(self.slots.max(1)).unwrap_or(u32::MAX);
        // Those in buffers go first, and those that are at work are half done, as a rule.
        let before = ahead.jobs + (self.active + 1) / 2;
        let rounds = f64::from(u32::try_from(before).unwrap_or(u32::MAX)) / f64::from(slots);
        Some(average.mul_f64(1.0 + rounds))
    }
}

impl Queue {
    pub async fn stats(&self, conn: &mut Conn, kind: &str) -> Result<Stats> {
        const RUNNING: &str = "SELECT count(*), count(started_at_ms) FROM queue_running WHERE kind = $1";
        const SLOTS: Sql = Sql {
            sqlite: "SELECT slots FROM queue_workers WHERE lease_until_ms > $1",
            postgres: "SELECT slots FROM queue_workers WHERE lease_until_ms > queue_now_ms() + $1",
        };
        let depth = depths(conn, kind, vec![WHOLE]).await?.remove(&WHOLE).unwrap_or_default();
        let (claimed, active): (i64, i64) = conn.one(RUNNING, (kind,)).await?;
        let slots: Vec<(String,)> = conn.all(SLOTS, (self.0.clock.lease(),)).await?;
        let slots: Vec<i64> = slots.iter().filter_map(|(slots,)| slots_for(kind, slots)).collect();
        let Pace { per_minute, completed, failed, average } = pace::read(conn, self.0.clock.day(), kind).await?;
        Ok(Stats {
            waiting: depth.waiting + claimed - active,
            delayed: depth.delayed,
            active,
            completed,
            failed,
            workers: i64::try_from(slots.len()).unwrap_or(i64::MAX),
            slots: slots.iter().sum(),
            per_minute,
            average,
            paused: self.is_paused(conn, kind).await?,
        })
    }
}

fn slots_for(kind: &str, slots: &str) -> Option<i64> {
    let slots: BTreeMap<String, i64> = serde_json::from_str(slots).ok()?;
    slots.get(kind).copied()
}
