//! Hands in what is done and takes out what is to do, both in one transaction, for one lane. What ends while a transaction
//! runs goes into the next one, so batches grow with the load.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::Lane;
use super::shift::Shift;
use super::slots::{Average, Done, Slots};
use crate::backoff::chance;
use crate::ending::WithHooks;
use crate::error::{Error, Result};
use crate::job::{AttemptEnd, Fault, Job, JobId, Outcome};

/// In one transaction.
const MOST: usize = 100;
/// The buffer is for as much work as this, so that slots need not wait for a claim, and others can have the rest.
const AHEAD: Duration = Duration::from_millis(250);
/// When more is about to end, it pays to wait for it.
const LINGER: Duration = Duration::from_millis(3);
/// So often a fault that is no outage is taken for bad luck; then something else has to give.
const PATIENCE: u32 = 3;

struct Exchange {
    shift: Arc<Shift>,
    lane: Lane,
    to_do: mpsc::UnboundedSender<Job>,
    done: mpsc::UnboundedReceiver<Done>,
    average: Arc<Average>,
    /// Claimed, and not done.
    out: usize,
    /// Of them, those that run alone.
    suspects: usize,
    /// When to look for jobs though nothing has rung.
    next_look: Instant,
    /// Outcomes to be written.
    pending: Vec<Outcome>,
    /// How often one of them could not be written though the database was there.
    refusals: BTreeMap<JobId, u32>,
}

/// Ends when the shift drains and everything at work is handed in, or when it is over.
pub(crate) async fn run(shift: Arc<Shift>, lane: Lane) {
    let (to_do, jobs) = mpsc::unbounded_channel();
    let (done_sender, done) = mpsc::unbounded_channel();
    let average = Arc::new(Average::default());
    let slots = Slots { shift: shift.clone(), lane: lane.clone(), jobs, done: done_sender, average: average.clone() };
    let exchange = Exchange {
        shift: shift.clone(),
        lane,
        to_do,
        done,
        average,
        out: 0,
        suspects: 0,
        next_look: Instant::now(),
        pending: Vec::new(),
        refusals: BTreeMap::new(),
    };
    let work = async { tokio::join!(slots.run(), exchange.run()) };
    tokio::select! {
        _ = work => {}
        () = shift.over() => {}
    }
}

/// How many jobs a worker claims that has so many slots, and `out` of them claimed and not done, when jobs take `average`.
pub(crate) fn jobs_to_claim(slots: usize, out: usize, average: Option<Duration>) -> usize {
    let ahead = match average {
        Some(average) => (AHEAD.as_micros() / average.as_micros().max(1)).min(MOST as u128) as usize * slots,
        None => slots,
    };
    let target = slots + ahead.clamp(1, MOST);
    if out >= slots && out * 2 > target { 0 } else { (target - out.min(target)).min(MOST) }
}

impl Exchange {
    async fn run(mut self) {
        let mut bell = self.shift.queue.0.wake.listen(&self.lane.kind);
        while self.wait(&mut bell).await {
            let wanted = self.wanted();
            if self.pending.is_empty() && wanted == 0 {
                continue;
            }
            match self.turn(&self.pending, wanted, WithHooks::Yes).await {
                Ok(claimed) => {
                    self.forget_pending();
                    self.hand_out(claimed, wanted);
                }
                Err(error) => self.recover(error).await,
            }
        }
    }

    /// Waits until there is something to write or a reason to look for jobs; false when all is done.
    async fn wait(&mut self, bell: &mut watch::Receiver<()>) -> bool {
        if !self.pending.is_empty() {
            return true;
        }
        let wanted = self.wanted();
        let (is_working, next_look) = (self.shift.is_working(), self.next_look);
        let mut received = Vec::new();
        tokio::select! {
            count = self.done.recv_many(&mut received, MOST) => if count == 0 { return false },
            _ = bell.changed(), if wanted > 0 => {}
            () = tokio::time::sleep_until(next_look), if wanted > 0 => {}
            () = self.shift.draining(), if is_working => {}
        }
        if !received.is_empty() && received.len() < MOST && received.len() < self.out {
            tokio::time::sleep(LINGER).await;
            while let Ok(done) = self.done.try_recv() {
                received.push(done);
            }
        }
        self.out -= received.len();
        self.suspects -= received.iter().filter(|done| done.suspect).count();
        for done in received {
            match done.outcome {
                Some(outcome) => self.pending.push(outcome),
                None => self.shift.let_go([done.claim]),
            }
        }
        true
    }

    /// How many jobs to claim: to fill the slots and a buffer, and not one by one.
    fn wanted(&self) -> usize {
        if !self.shift.is_working() || self.suspects > 0 {
            return 0;
        }
        jobs_to_claim(self.lane.slots, self.out, self.average.get())
    }

    async fn turn(&self, outcomes: &[Outcome], wanted: usize, hooks: WithHooks) -> Result<Vec<Job>> {
        let Shift { queue, worker, .. } = &*self.shift;
        let mut tx = queue.db().begin().await?;
        let settled = queue.settle_with(&mut tx, *worker, outcomes, hooks).await?;
        let most = i64::try_from(wanted).unwrap_or(i64::MAX);
        let claimed = match most {
            0 => Vec::new(),
            _ => match queue.claim(&mut tx, *worker, &self.lane.kind, most).await {
                // The heart finds out whether it is lost for good.
                Err(Error::LeaseLost(_)) => Vec::new(),
                claimed => claimed?,
            },
        };
        tx.commit().await?;
        if settled.len() < outcomes.len() {
            let refused = outcomes.len() - settled.len();
            tracing::info!(refused, kind = self.lane.kind, "outcomes of jobs that are not this worker's any more");
        }
        Ok(claimed)
    }

    fn forget_pending(&mut self) {
        for outcome in self.pending.drain(..) {
            self.refusals.remove(&outcome.job);
            self.shift.let_go([(outcome.job, outcome.attempt)]);
        }
    }

    fn hand_out(&mut self, claimed: Vec<Job>, wanted: usize) {
        if wanted > 0 {
            let poll = self.shift.queue.0.options.poll;
            let more = claimed.len() == wanted || claimed.iter().any(|job| job.suspect);
            self.next_look = Instant::now() + if more { Duration::ZERO } else { poll.mul_f64(1.0 - chance() / 2.0) };
        }
        self.shift.hold(&claimed);
        self.out += claimed.len();
        for job in claimed {
            self.suspects += usize::from(job.suspect);
            // It fails only when the shift drains; then the job is given back with the buffer.
            let _ = self.to_do.send(job);
        }
    }

    /// Nothing was written. An outage is waited for; outcomes are dropped only when the database says whose they are.
    async fn recover(&mut self, error: Error) {
        let pause = if error.is_transient() {
            tracing::warn!(%error, kind = self.lane.kind, "the queue cannot be reached; it is tried again");
            Duration::from_millis(200)
        } else if self.pending.is_empty() {
            tracing::error!(%error, kind = self.lane.kind, "jobs cannot be claimed");
            self.shift.queue.0.options.poll
        } else {
            self.settle_singly().await;
            Duration::from_millis(if self.pending.is_empty() { 0 } else { 200 })
        };
        self.next_look = Instant::now() + pause;
        tokio::time::sleep(pause.mul_f64(0.5 + chance())).await;
    }

    /// One of the outcomes cannot be written, by the fault of a hook, most likely: the others can. That one is tried again,
    /// then becomes a failure, and at the very last is written without what the hook would write.
    async fn settle_singly(&mut self) {
        for mut outcome in std::mem::take(&mut self.pending) {
            let refused = self.refusals.get(&outcome.job).copied().unwrap_or(0);
            let hooks = if refused > 2 * PATIENCE { WithHooks::No } else { WithHooks::Yes };
            match self.turn(std::slice::from_ref(&outcome), 0, hooks).await {
                Ok(_) => {
                    self.refusals.remove(&outcome.job);
                    self.shift.let_go([(outcome.job, outcome.attempt)]);
                }
                Err(error) => {
                    tracing::error!(job = outcome.job.0, %error, "the end of a job could not be written");
                    if !error.is_transient() {
                        self.refusals.insert(outcome.job, refused + 1);
                    }
                    if refused == PATIENCE {
                        outcome.end =
                            AttemptEnd::Failed(Fault::passing(format!("its end could not be written: {error}")));
                    }
                    self.pending.push(outcome);
                }
            }
        }
    }
}
