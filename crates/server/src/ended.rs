//! Who waits for the end of which render, and telling them. Within the process by a bell that is rung after the commit;
//! between processes (PostgreSQL) by NOTIFY, many ends in one message. A message may be lost: whoever waits looks by
//! themselves, too, now and then.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use handbill_db::{Db, Dialect};
use tokio::sync::watch;
use uuid::Uuid;

const CHANNEL: &str = "handbill_renders";
/// A message may have 8000 bytes, a number has 37 with its space.
const IDS_IN_A_MESSAGE: usize = 200;
const DEBOUNCE: Duration = Duration::from_millis(20);
const PAUSE: Duration = Duration::from_secs(5);

/// Cheap to clone; clones share what they know.
#[derive(Clone, Default)]
pub(crate) struct Ended(Arc<Mutex<Books>>);

#[derive(Default)]
struct Books {
    /// The process is about to end.
    stopping: bool,
    bells: HashMap<Uuid, watch::Sender<()>>,
    /// To be told to other processes; a task is about to.
    to_tell: Vec<Uuid>,
}

/// Somebody who waits for one render.
pub(crate) struct Waiting {
    id: Uuid,
    bell: watch::Receiver<()>,
    ended: Ended,
}

impl Ended {
    pub(crate) fn wait_for(&self, id: Uuid) -> Waiting {
        let bell = self.books().bells.entry(id).or_insert_with(|| watch::Sender::new(())).subscribe();
        Waiting { id, bell, ended: self.clone() }
    }

    /// From now on nobody waits who can as well come again.
    pub(crate) fn stop(&self) {
        self.books().stopping = true;
        self.ring_all();
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.books().stopping
    }

    /// These have ended, for all to see.
    pub(crate) fn tell(&self, db: &Db, ids: &[Uuid]) {
        self.ring(ids);
        if db.dialect() == Dialect::Postgres && self.will_tell(ids) {
            let (ended, db) = (self.clone(), db.clone());
            tokio::spawn(async move {
                tokio::time::sleep(DEBOUNCE).await;
                let ids = std::mem::take(&mut ended.books().to_tell);
                if let Err(error) = notify(&db, &ids).await {
                    tracing::debug!(%error, "other processes were not told of ended renders; they look by themselves");
                }
            });
        }
    }

    /// Hears what other processes tell, for ever. Ends at once on SQLite, where there is nobody to hear from.
    pub(crate) async fn listen(&self, db: &Db) {
        loop {
            match db.listen(CHANNEL).await {
                Ok(None) => return,
                Ok(Some(mut listener)) => loop {
                    match listener.next().await {
                        Ok(Some(ids)) => {
                            self.ring(&ids.split(' ').filter_map(|id| id.parse().ok()).collect::<Vec<_>>());
                        }
                        Ok(None) => self.ring_all(),
                        Err(error) => {
                            tracing::debug!(%error, "listening for ended renders was interrupted");
                            break;
                        }
                    }
                },
                Err(error) => tracing::debug!(%error, "cannot listen for ended renders"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn ring(&self, ids: &[Uuid]) {
        let books = self.books();
        ids.iter().filter_map(|id| books.bells.get(id)).for_each(|bell| bell.send_replace(()));
    }

    fn ring_all(&self) {
        self.books().bells.values().for_each(|bell| bell.send_replace(()));
    }

    /// True for the first since the last telling: whoever gets it sees to the next.
    fn will_tell(&self, ids: &[Uuid]) -> bool {
        let mut books = self.books();
        let first = books.to_tell.is_empty();
        books.to_tell.extend(ids);
        first
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Waits until there may be news. What was told since it was made, or since the last news, is news at once.
    pub(crate) async fn news(&mut self) {
        // The sender is in the books for as long as somebody waits.
        let _ = self.bell.changed().await;
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut books = self.ended.books();
        if books.bells.get(&self.id).is_some_and(|bell| bell.receiver_count() <= 1) {
            books.bells.remove(&self.id);
        }
    }
}

async fn notify(db: &Db, ids: &[Uuid]) -> handbill_db::Result<()> {
    let mut tx = db.begin_lazy().await?;
    for ids in ids.chunks(IDS_IN_A_MESSAGE) {
        let message = ids.iter().map(Uuid::to_string).collect::<Vec<_>>().join(" ");
        tx.exec("SELECT pg_notify($1, $2)", (CHANNEL, message)).await?;
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waits_hears_of_their_own_render_and_of_no_other() {
        let ended = Ended::default();
        let (one, other) = (Uuid::now_v7(), Uuid::now_v7());
        let mut waiting = [ended.wait_for(one), ended.wait_for(one), ended.wait_for(other)];
        ended.ring(&[one]);
        for waiting in &mut waiting[..2] {
            waiting.news().await;
        }
        assert!(!waiting[2].bell.has_changed().unwrap());
        drop(waiting);
        assert!(ended.books().bells.is_empty(), "nobody waits any more");
    }
}
