//! The heartbeat: renews the lease from a thread of its own, with a runtime and (on PostgreSQL) a connection of its own, so
//! that jobs which keep every other thread busy do not stop it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use handbill_db::Db;
use tokio::sync::{oneshot, watch};

use crate::error::Result;
use crate::job::WorkerId;
use crate::queue::Queue;

pub(crate) struct Heart {
    pub(crate) pulse: Arc<Pulse>,
    stop: oneshot::Sender<()>,
}

/// How well the worker has kept in touch with the database.
pub(crate) struct Pulse {
    lease: Duration,
    beats: Mutex<Beats>,
}

struct Beats {
    last: Instant,
    /// Since when none was missed.
    steady_since: Option<Instant>,
}

impl Pulse {
    fn new(lease: Duration) -> Pulse {
        let now = Instant::now();
        Pulse { lease, beats: Mutex::new(Beats { last: now, steady_since: Some(now) }) }
    }

    /// Whether this worker may give up others. Not if it was itself cut off within the last lease: after a pause of the
    /// whole database, all seem dead to whoever wakes up first.
    pub(crate) fn may_judge(&self) -> bool {
        let beats = self.beats();
        beats.last.elapsed() < self.lease / 2 && beats.steady_since.is_some_and(|since| since.elapsed() >= self.lease)
    }

    fn beat(&self) {
        let mut beats = self.beats();
        let now = Instant::now();
        if beats.steady_since.is_none() || now - beats.last > self.lease / 2 {
            beats.steady_since = Some(now);
        }
        beats.last = now;
    }

    fn miss(&self) {
        self.beats().steady_since = None;
    }

    fn beats(&self) -> MutexGuard<'_, Beats> {
        self.beats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Heart {
    /// The second of the pair becomes true when the lease is lost for good.
    pub(crate) fn start(queue: &Queue, worker: WorkerId) -> (Heart, watch::Receiver<bool>) {
        let (stop, stopped) = oneshot::channel();
        let (lose, lost) = watch::channel(false);
        let pulse = Arc::new(Pulse::new(queue.0.options.lease));
        let body = beat_until(queue.clone(), worker, pulse.clone(), stopped, lose);
        let thread = std::thread::Builder::new().name("queue-heartbeat".to_owned()).spawn(move || {
            match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime.block_on(body),
                Err(error) => tracing::error!(%error, "a worker's heartbeat cannot start"),
            }
        });
        if let Err(error) = thread {
            tracing::error!(%error, "a worker's heartbeat cannot start");
        }
        (Heart { pulse, stop }, lost)
    }

    pub(crate) fn stop(self) {
        let _ = self.stop.send(());
    }
}

/// Ends when it is stopped, when the lease is lost, or when the shift is gone.
async fn beat_until(
    queue: Queue,
    worker: WorkerId,
    pulse: Arc<Pulse>,
    mut stopped: oneshot::Receiver<()>,
    lose: watch::Sender<bool>,
) {
    let lease = pulse.lease;
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
            Ok(true) => {
                pulse.beat();
                pause = lease / 5;
            }
            Ok(false) => {
                lose.send_replace(true);
                break;
            }
            Err(error) => {
                pulse.miss();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_cut_off_does_not_judge_for_a_lease() {
        let lease = Duration::from_millis(200);
        let pulse = Pulse::new(lease);
        let beat_for = |time: Duration| {
            let until = Instant::now() + time;
            while Instant::now() < until {
                std::thread::sleep(Duration::from_millis(2));
                pulse.beat();
            }
        };
        assert!(!pulse.may_judge(), "it has just begun");
        beat_for(lease);
        // A busy machine may have held this thread up, which is what the rule is about: then it takes longer.
        while !pulse.may_judge() {
            beat_for(lease / 10);
        }
        pulse.miss();
        assert!(!pulse.may_judge(), "a beat was missed");
        pulse.beat();
        assert!(!pulse.may_judge());
        beat_for(lease);
        while !pulse.may_judge() {
            beat_for(lease / 10);
        }
        std::thread::sleep(lease);
        assert!(!pulse.may_judge(), "it was frozen");
        pulse.beat();
        assert!(!pulse.may_judge(), "it was frozen until now");
    }
}
