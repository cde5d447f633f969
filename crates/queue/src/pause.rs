//! Pausing: jobs are taken in, and none is begun.

use handbill_db::{Conn, Tx};

use crate::error::Result;
use crate::queue::Queue;

/// The pause of all kinds.
const EVERY_KIND: &str = "*";

impl Queue {
    /// No job of this kind (`None`: of any) is handed out from now on. Those that workers have go on.
    pub async fn pause(&self, tx: &mut Tx, kind: Option<&str>) -> Result<()> {
        const PAUSE: &str = "INSERT INTO queue_pauses (kind) VALUES ($1) ON CONFLICT DO NOTHING";
        tx.exec(PAUSE, (kind.unwrap_or(EVERY_KIND),)).await?;
        Ok(())
    }

    /// Ends a pause of this kind, or the pause of all.
    pub async fn resume(&self, tx: &mut Tx, kind: Option<&str>) -> Result<()> {
        tx.exec("DELETE FROM queue_pauses WHERE kind = $1", (kind.unwrap_or(EVERY_KIND),)).await?;
        match kind {
            Some(kind) => self.wake_after(tx, [kind].into()),
            None => {
                let wake = self.0.wake.clone();
                tx.after_commit(move || wake.ring_all());
            }
        }
        Ok(())
    }

    /// Whether jobs of this kind are held back, by either pause.
    pub async fn is_paused(&self, conn: &mut Conn, kind: &str) -> Result<bool> {
        let paused: Option<(String,)> =
            conn.opt("SELECT kind FROM queue_pauses WHERE kind IN ($1, $2)", (kind, EVERY_KIND)).await?;
        Ok(paused.is_some())
    }
}
