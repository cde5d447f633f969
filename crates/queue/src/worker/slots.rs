//! Runs claimed jobs, so many at once. Each is noted as begun before it runs, so that a death of this process counts
//! against it, and against none that waits. A suspect runs when nothing else does.

use std::any::Any;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::Lane;
use super::shift::Shift;
use crate::error::Result;
use crate::job::{AttemptEnd, Fault, Job, JobId, Outcome};

pub(crate) struct Slots {
    pub(crate) shift: Arc<Shift>,
    pub(crate) lane: Lane,
    pub(crate) jobs: mpsc::UnboundedReceiver<Job>,
    pub(crate) done: mpsc::UnboundedSender<Done>,
    pub(crate) average: Arc<Average>,
}

/// A job that the lane has done with.
pub(crate) struct Done {
    pub(crate) claim: (JobId, i64),
    pub(crate) suspect: bool,
    /// `None`: it is not ours any more.
    pub(crate) outcome: Option<Outcome>,
}

/// How long jobs of a lane take, of late.
#[derive(Default)]
pub(crate) struct Average(AtomicU64);

impl Average {
    pub(crate) fn get(&self) -> Option<Duration> {
        let micros = self.0.load(Ordering::Relaxed);
        (micros > 0).then(|| Duration::from_micros(micros))
    }

    fn add(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1);
        let old = self.0.load(Ordering::Relaxed);
        // Two at once may lose one: it is an average.
        self.0.store(if old == 0 { took } else { old - old / 8 + took / 8 }.max(1), Ordering::Relaxed);
    }
}

/// The room that a job runs in; dropped when it is done.
struct Room {
    _slot: OwnedSemaphorePermit,
    _company: Company,
}

enum Company {
    Others(#[allow(dead_code)] OwnedRwLockReadGuard<()>),
    Nobody(#[allow(dead_code)] OwnedRwLockWriteGuard<()>),
}

impl Slots {
    /// Ends when the shift drains; jobs that are at work then go on by themselves.
    pub(crate) async fn run(mut self) {
        let shift = self.shift.clone();
        tokio::select! {
            () = self.fill() => {}
            () = shift.draining() => {}
        }
    }

    async fn fill(&mut self) {
        let slots = Arc::new(Semaphore::new(self.lane.slots));
        let mut buffer = VecDeque::new();
        loop {
            if buffer.is_empty() {
                match self.jobs.recv().await {
                    Some(job) => buffer.push_back(job),
                    None => return,
                }
            }
            while let Ok(job) = self.jobs.try_recv() {
                buffer.push_back(job);
            }
            let Ok(slot) = slots.clone().acquire_owned().await else { return };
            let Some(first) = buffer.pop_front() else { continue };
            let batch = if first.suspect {
                vec![(first, self.alone(slot).await)]
            } else {
                self.with_others(first, slot, &mut buffer, &slots).await
            };
            self.begin(batch).await;
        }
    }

    async fn alone(&self, slot: OwnedSemaphorePermit) -> Room {
        let nobody = self.shift.queue.0.alone.clone().write_owned().await;
        Room { _slot: slot, _company: Company::Nobody(nobody) }
    }

    /// As many as there are free slots for.
    async fn with_others(
        &self,
        first: Job,
        slot: OwnedSemaphorePermit,
        buffer: &mut VecDeque<Job>,
        slots: &Arc<Semaphore>,
    ) -> Vec<(Job, Room)> {
        let alone = &self.shift.queue.0.alone;
        let others = Company::Others(alone.clone().read_owned().await);
        let mut batch = vec![(first, Room { _slot: slot, _company: others })];
        while buffer.front().is_some_and(|next| !next.suspect) {
            let (Ok(slot), Ok(others)) = (slots.clone().try_acquire_owned(), alone.clone().try_read_owned()) else {
                break;
            };
            let room = Room { _slot: slot, _company: Company::Others(others) };
            batch.extend(buffer.pop_front().map(|job| (job, room)));
        }
        batch
    }

    /// Notes the jobs as begun and runs those that are still ours.
    async fn begin(&self, batch: Vec<(Job, Room)>) {
        let claims: Vec<(JobId, i64)> = batch.iter().map(|(job, _)| (job.id, job.attempt)).collect();
        let ours = loop {
            match self.note(&claims).await {
                Ok(ours) => break ours,
                Err(error) => {
                    tracing::warn!(%error, "the begin of jobs could not be noted; it is tried again");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            }
        };
        for (job, room) in batch {
            if ours.contains(&job.id) {
                let recalled = self.shift.set_to_work(job.id);
                tokio::spawn(work(self.attempt(job), recalled, room));
            } else {
                let _ = self.done.send(Done { claim: (job.id, job.attempt), suspect: job.suspect, outcome: None });
            }
        }
    }

    async fn note(&self, claims: &[(JobId, i64)]) -> Result<Vec<JobId>> {
        let queue = &self.shift.queue;
        let mut tx = queue.db().begin_lazy().await?;
        let ours = queue.begin(&mut tx, self.shift.worker, claims).await?;
        tx.commit().await?;
        Ok(ours)
    }

    fn attempt(&self, job: Job) -> Attempt {
        Attempt {
            shift: self.shift.clone(),
            claim: (job.id, job.attempt),
            suspect: job.suspect,
            timeout: self.lane.timeout,
            done: self.done.clone(),
            average: self.average.clone(),
            begun: Instant::now(),
            running: tokio::spawn((self.lane.handler)(job)),
        }
    }
}

/// One job at work.
struct Attempt {
    shift: Arc<Shift>,
    claim: (JobId, i64),
    suspect: bool,
    timeout: Option<Duration>,
    done: mpsc::UnboundedSender<Done>,
    average: Arc<Average>,
    begun: Instant,
    running: JoinHandle<Result<String, Fault>>,
}

async fn work(mut attempt: Attempt, recalled: oneshot::Receiver<()>, room: Room) {
    let shift = attempt.shift.clone();
    let end = tokio::select! {
        end = &mut attempt.running => Some(match end {
            Ok(Ok(result)) => AttemptEnd::Completed(result),
            Ok(Err(fault)) => AttemptEnd::Failed(fault),
            Err(panicked) => AttemptEnd::Failed(Fault::passing(format!("a panic: {}", message(panicked)))),
        }),
        limit = passed(attempt.timeout) => {
            attempt.stop().await;
            Some(AttemptEnd::Failed(Fault::passing(format!("it took longer than {} s", limit.as_secs_f64()))))
        }
        _ = recalled => {
            attempt.stop().await;
            None
        }
        () = shift.over() => {
            attempt.stop().await;
            None
        }
    };
    let (job, number) = attempt.claim;
    shift.put_down(job);
    let busy = attempt.begun.elapsed();
    if end.is_some() {
        attempt.average.add(busy);
    }
    let outcome = end.map(|end| Outcome { job, attempt: number, busy, end });
    // It fails only when the shift is over.
    let _ = attempt.done.send(Done { claim: attempt.claim, suspect: attempt.suspect, outcome });
    drop(room);
}

impl Attempt {
    /// Its slot is free only when it has truly ended.
    async fn stop(&mut self) {
        self.running.abort();
        let _ = (&mut self.running).await;
    }
}

async fn passed(limit: Option<Duration>) -> Duration {
    match limit {
        Some(limit) => {
            tokio::time::sleep(limit).await;
            limit
        }
        None => std::future::pending().await,
    }
}

fn message(error: tokio::task::JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else { return "it was stopped".to_owned() };
    let panic: &(dyn Any + Send) = &*panic;
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "without a message".to_owned(),
    }
}
