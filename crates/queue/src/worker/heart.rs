//! The heartbeat: renews the lease from a thread of its own, with a runtime and (on PostgreSQL) a connection of its own, so
//! that jobs which keep every other thread busy do not stop it.

use std::time::Duration;

use handbill_db::Db;
use tokio::sync::{oneshot, watch};

use crate::error::Result;
use crate::job::WorkerId;
use crate::queue::Queue;

pub(crate) struct Heart {
    stop: oneshot::Sender<()>,
}

impl Heart {
    /// The second of the pair becomes true when the lease is lost for good.
    pub(crate) fn start(queue: &Queue, worker: WorkerId) -> (Heart, watch::Receiver<bool>) {
        let (stop, stopped) = oneshot::channel();
        let (lose, lost) = watch::channel(false);
        let body = beat_until(queue.clone(), worker, stopped, lose);
        let thread = std::thread::Builder::new().name("queue-heartbeat".to_owned()).spawn(move || {
            match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime.block_on(body),
                Err(error) => tracing::error!(%error, "a worker's heartbeat cannot start"),
            }
        });
        if let Err(error) = thread {
            tracing::error!(%error, "a worker's heartbeat cannot start");
        }
        (Heart { stop }, lost)
    }

    pub(crate) fn stop(self) {
        let _ = self.stop.send(());
    }
}

/// Ends when it is stopped, when the lease is lost, or when the shift is gone.
async fn beat_until(queue: Queue, worker: WorkerId, mut stopped: oneshot::Receiver<()>, lose: watch::Sender<bool>) {
    let lease = queue.0.options.lease;
    let db = queue.db().detached(lease / 3);
    let mut pause = lease / 5;
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            () = tokio::time::sleep(pause) => {}
        }
        let beaten = match tokio::time::timeout(lease / 3, beat(&queue, &db, worker)).await {
            Ok(beaten) => beaten.map_err(|error| error.to_string()),
            Err(_) => Err("the database does not answer".to_owned()),
        };
        match beaten {
            Ok(true) => pause = lease / 5,
            Ok(false) => {
                lose.send_replace(true);
                break;
            }
            Err(error) => {
                tracing::warn!(worker = worker.0, %error, "a heartbeat failed");
                pause = (lease / 20).min(Duration::from_millis(500));
            }
        }
    }
    if db.dialect() == handbill_db::Dialect::Postgres {
        db.close().await;
    }
}

async fn beat(queue: &Queue, db: &Db, worker: WorkerId) -> Result<bool> {
    let mut tx = db.begin_lazy().await?;
    let alive = queue.beat(&mut tx, worker).await?;
    tx.commit().await?;
    Ok(alive)
}
