//! One registration of a worker, from its first claim to its leave or the loss of its lease.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;

use super::heart::Heart;
use super::{Order, Worker, exchange, keeping, listening, upkeep};
use crate::error::Result;
use crate::job::{Job, JobId, WorkerId};
use crate::queue::Queue;

/// What all tasks of a shift share.
pub(crate) struct Shift {
    pub(crate) queue: Queue,
    pub(crate) worker: WorkerId,
    phase: watch::Sender<Phase>,
    books: Mutex<Books>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Working,
    /// What is begun is finished, nothing else is begun.
    Draining,
    /// Everything is dropped.
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShiftEnd {
    Dismissed,
    LeaseLost,
}

/// What this process knows of its claims; the database may know better.
#[derive(Default)]
struct Books {
    /// Claimed, and not settled yet: in the buffer, at work, or done.
    held: BTreeSet<(JobId, i64)>,
    /// At work; dropping the sender recalls the job.
    at_work: BTreeMap<JobId, oneshot::Sender<()>>,
}

impl Shift {
    pub(crate) async fn run(at: &Worker, worker: WorkerId, ordered: &mut watch::Receiver<Order>) -> ShiftEnd {
        let Worker { queue, lanes, retention } = at;
        let (heart, mut lost) = Heart::start(queue, worker);
        let shift = Arc::new(Shift {
            queue: queue.clone(),
            worker,
            phase: watch::Sender::new(Phase::Working),
            books: Mutex::default(),
        });
        let mut others = JoinSet::new();
        others.spawn(upkeep::run(shift.clone()));
        others.spawn(listening::run(shift.clone()));
        others.spawn(keeping::run(shift.clone(), *retention));
        let mut at_lanes = JoinSet::new();
        for lane in lanes {
            at_lanes.spawn(exchange::run(shift.clone(), lane.clone()));
        }
        let grace = tokio::select! {
            _ = lost.wait_for(|lost| *lost) => None,
            order = ordered.wait_for(|order| *order != Order::Work) => Some(match order.as_deref() {
                Ok(Order::Stop(grace)) => *grace,
                // Whoever gave the orders is gone.
                _ => Duration::ZERO,
            }),
        };
        if let Some(grace) = grace {
            shift.drain(grace, &mut at_lanes).await;
        }
        shift.phase.send_replace(Phase::Over);
        while at_lanes.join_next().await.is_some() {}
        while others.join_next().await.is_some() {}
        if grace.is_none() {
            return ShiftEnd::LeaseLost;
        }
        shift.leave().await;
        heart.stop();
        ShiftEnd::Dismissed
    }

    async fn drain(&self, grace: Duration, at_lanes: &mut JoinSet<()>) {
        self.phase.send_replace(Phase::Draining);
        let finished = async {
            if let Err(error) = self.give_back_buffer().await {
                tracing::warn!(%error, "a worker's buffer could not be given back; it goes back with the rest");
            }
            while at_lanes.join_next().await.is_some() {}
        };
        if tokio::time::timeout(grace, finished).await.is_err() {
            tracing::info!(worker = self.worker.0, "a worker goes with jobs unfinished; they are given back");
        }
    }

    async fn give_back_buffer(&self) -> Result<()> {
        let mut tx = self.queue.db().begin().await?;
        self.queue.release_buffer(&mut tx, self.worker).await?;
        tx.commit().await?;
        Ok(())
    }

    /// If the database is away, the end of the lease does it.
    async fn leave(&self) {
        let leave = async {
            let mut tx = self.queue.db().begin().await?;
            self.queue.leave(&mut tx, self.worker).await?;
            Ok::<_, crate::Error>(tx.commit().await?)
        };
        match tokio::time::timeout(Duration::from_secs(5), leave).await {
            Ok(Ok(())) => tracing::debug!(worker = self.worker.0, "a worker has left"),
            Ok(Err(error)) => tracing::warn!(%error, "a worker could not say that it leaves"),
            Err(_) => tracing::warn!("a worker could not say that it leaves: the database does not answer"),
        }
    }

    pub(crate) fn is_working(&self) -> bool {
        *self.phase.borrow() == Phase::Working
    }

    /// Waits until nothing may be begun any more.
    pub(crate) async fn draining(&self) {
        self.reached(Phase::Draining).await;
    }

    /// Waits until everything is to be dropped.
    pub(crate) async fn over(&self) {
        self.reached(Phase::Over).await;
    }

    async fn reached(&self, phase: Phase) {
        // The sender is ours: it outlives the wait.
        let _ = self.phase.subscribe().wait_for(|now| *now >= phase).await;
    }

    pub(crate) fn hold(&self, jobs: &[Job]) {
        self.books().held.extend(jobs.iter().map(|job| (job.id, job.attempt)));
    }

    /// They are settled, or were never to be: nobody here has them.
    pub(crate) fn let_go(&self, claims: impl IntoIterator<Item = (JobId, i64)>) {
        let mut books = self.books();
        for claim in claims {
            books.held.remove(&claim);
        }
    }

    pub(crate) fn held(&self) -> BTreeSet<(JobId, i64)> {
        self.books().held.clone()
    }

    /// The job is at work; the answer ends when it is recalled.
    pub(crate) fn set_to_work(&self, job: JobId) -> oneshot::Receiver<()> {
        let (recall, recalled) = oneshot::channel();
        self.books().at_work.insert(job, recall);
        recalled
    }

    pub(crate) fn put_down(&self, job: JobId) {
        self.books().at_work.remove(&job);
    }

    pub(crate) fn at_work(&self) -> Vec<JobId> {
        self.books().at_work.keys().copied().collect()
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
