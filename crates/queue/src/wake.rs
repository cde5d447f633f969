//! Waking workers sooner than by polling, which is the truth: a message may be lost, a job is found all the same.
//!
//! Inside the process, and (on PostgreSQL) in others by NOTIFY. That one is sent after the commit and at most once in
//! 20 ms for each process: inside the transaction it would make commits wait for each other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use handbill_db::{Db, Dialect, Tx};
use tokio::sync::watch;

use crate::queue::Queue;

/// The messages are names of kinds.
pub(crate) const CHANNEL: &str = "handbill_queue";
const DEBOUNCE: Duration = Duration::from_millis(20);

#[derive(Clone, Default)]
pub(crate) struct Wake(Arc<Mutex<Bells>>);

#[derive(Default)]
struct Bells {
    kinds: BTreeMap<String, watch::Sender<()>>,
    /// To be told to other processes; a task is about to.
    to_tell: BTreeSet<String>,
}

impl Wake {
    pub(crate) fn new() -> Wake {
        Wake::default()
    }

    /// Changes whenever jobs of this kind may be there.
    pub(crate) fn listen(&self, kind: &str) -> watch::Receiver<()> {
        self.bells().kinds.entry(kind.to_owned()).or_insert_with(|| watch::Sender::new(())).subscribe()
    }

    pub(crate) fn ring(&self, kind: &str) {
        if let Some(bell) = self.bells().kinds.get(kind) {
            bell.send_replace(());
        }
    }

    pub(crate) fn ring_all(&self) {
        self.bells().kinds.values().for_each(|bell| bell.send_replace(()));
    }

    /// True for the first one since the last telling: whoever gets it sees to the next.
    fn will_tell(&self, kinds: &BTreeSet<String>) -> bool {
        let mut bells = self.bells();
        let first = bells.to_tell.is_empty();
        bells.to_tell.extend(kinds.iter().cloned());
        first
    }

    fn to_tell(&self) -> BTreeSet<String> {
        std::mem::take(&mut self.bells().to_tell)
    }

    fn bells(&self) -> std::sync::MutexGuard<'_, Bells> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Once the transaction is committed, wakes whoever works on jobs of these kinds.
    pub(crate) fn wake_after(&self, tx: &mut Tx, kinds: BTreeSet<&str>) {
        let kinds: BTreeSet<String> = kinds.into_iter().map(str::to_owned).collect();
        let (wake, db) = (self.0.wake.clone(), self.0.db.clone());
        tx.after_commit(move || {
            kinds.iter().for_each(|kind| wake.ring(kind));
            if db.dialect() == Dialect::Postgres && wake.will_tell(&kinds) {
                tokio::spawn(async move {
                    tokio::time::sleep(DEBOUNCE).await;
                    if let Err(error) = tell(&db, wake.to_tell()).await {
                        tracing::debug!(%error, "other processes were not woken; they look by themselves");
                    }
                });
            }
        });
    }
}

async fn tell(db: &Db, kinds: BTreeSet<String>) -> handbill_db::Result<()> {
    let mut tx = db.begin_lazy().await?;
    for kind in kinds {
        tx.exec("SELECT pg_notify($1, $2)", (CHANNEL, kind)).await?;
    }
    tx.commit().await
}
