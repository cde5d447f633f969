//! Works on jobs: claims them ahead of need, runs so many at once, writes down how they ended, keeps its lease, and gives
//! back what it has when it goes.
//!
//! A worker that loses its lease (it was frozen, or cut off from the database) drops what it does, which is somebody
//! else's by now, and registers anew: each registration is a [`Shift`].

mod exchange;
mod heart;
mod keeping;
mod listening;
mod shift;
mod slots;
mod upkeep;

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

#[cfg(any(test, feature = "testing"))]
pub(crate) use exchange::jobs_to_claim;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::error::{Error, Result};
use crate::job::{Fault, Job, WorkerId};
use crate::prune::{Prune, Retention};
use crate::queue::Queue;
use shift::{Shift, ShiftEnd};

/// What a worker does with jobs of one kind.
#[derive(Clone)]
pub struct Lane {
    pub(crate) kind: String,
    pub(crate) slots: usize,
    pub(crate) timeout: Option<Duration>,
    pub(crate) handler: Handler,
}

pub(crate) type Handler = Arc<dyn Fn(Job) -> HandlerFuture + Send + Sync>;
pub(crate) type HandlerFuture = Pin<Box<dyn Future<Output = Result<String, Fault>> + Send>>;

impl Lane {
    /// Runs `handler` on jobs of this kind, `slots` at once. It answers with a result that is kept, or with a fault.
    ///
    /// Its future is dropped when the job is canceled or no longer the worker's. A panic is a passing fault.
    pub fn new<F, R>(kind: impl Into<String>, slots: usize, handler: F) -> Lane
    where
        F: Fn(Job) -> R + Send + Sync + 'static,
        R: Future<Output = Result<String, Fault>> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |job| Box::pin(handler(job)));
        Lane { kind: kind.into(), slots: slots.max(1), timeout: None, handler }
    }

    /// An attempt that takes longer is a passing fault.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Lane {
        self.timeout = Some(timeout);
        self
    }
}

/// A worker that has not begun yet.
pub struct Worker {
    queue: Queue,
    lanes: Vec<Lane>,
    retention: Retention,
}

/// A worker at work. Dropping it stops it at once; what it had goes back.
pub struct Working {
    orders: watch::Sender<Order>,
    ended: JoinHandle<Result<()>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Work,
    /// Finish what is begun, within this time.
    Stop(Duration),
}

impl Worker {
    pub fn new(queue: Queue) -> Worker {
        Worker { queue, lanes: Vec::new(), retention: Retention::default() }
    }

    #[must_use]
    pub fn lane(mut self, lane: Lane) -> Worker {
        self.lanes.push(lane);
        self
    }

    /// Forgets jobs (of any kind) that ended so long ago, a little at a time. Of all workers that are told to, one does it.
    /// Without it they are kept for ever.
    #[must_use]
    pub fn keep(mut self, what: Prune, age: Duration) -> Worker {
        self.retention.set(what, age);
        self
    }

    /// Registers it and begins to work, on the present runtime.
    pub async fn start(self) -> Result<Working> {
        let first = self.register().await?;
        let (orders, ordered) = watch::channel(Order::Work);
        let ended = tokio::spawn(self.supervise(first, ordered));
        Ok(Working { orders, ended })
    }

    async fn register(&self) -> Result<WorkerId> {
        let slots: BTreeMap<String, i64> =
            self.lanes.iter().map(|lane| (lane.kind.clone(), i64::try_from(lane.slots).unwrap_or(i64::MAX))).collect();
        let mut tx = self.queue.db().begin().await?;
        let worker = self.queue.register(&mut tx, &slots).await?;
        tx.commit().await?;
        Ok(worker)
    }

    async fn supervise(self, first: WorkerId, mut ordered: watch::Receiver<Order>) -> Result<()> {
        let mut worker = first;
        loop {
            tracing::debug!(worker = worker.0, "a worker begins");
            match Shift::run(&self, worker, &mut ordered).await {
                ShiftEnd::Dismissed => return Ok(()),
                ShiftEnd::LeaseLost => tracing::warn!(worker = worker.0, "a worker has lost its lease and begins anew"),
            }
            worker = loop {
                match self.register().await {
                    Ok(worker) => break worker,
                    Err(Error::TakenOver) => return Err(Error::TakenOver),
                    Err(error) => tracing::warn!(%error, "a worker cannot register"),
                }
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_millis(500)) => {}
                    _ = ordered.wait_for(|order| *order != Order::Work) => return Ok(()),
                }
            };
        }
    }
}

impl Working {
    /// Takes no more jobs, gives back those it has not begun, waits for the others as long as `grace` says, and gives
    /// back the rest. Nothing is held against them.
    pub async fn shut_down(self, grace: Duration) -> Result<()> {
        self.orders.send_replace(Order::Stop(grace));
        self.ended.await.unwrap_or(Ok(()))
    }

    /// Waits until it has ended without being told to: [`Error::TakenOver`].
    pub async fn ended(&mut self) -> Result<()> {
        (&mut self.ended).await.unwrap_or(Ok(()))
    }
}
