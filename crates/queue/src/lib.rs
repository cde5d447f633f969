//! Durable jobs on SQLite or PostgreSQL. Knows nothing of the product: a job is a kind, an account and a text.
//!
//! Jobs are taken in inside the caller's transaction and end in one that writes what follows from them too. What is
//! promised, and the states a job goes through, stand in `docs/queue.md`.
//!
//! The verbs of [`Queue`] take the transaction or the connection they work in.

mod backoff;
mod cancel;
mod claim;
mod clock;
mod complete;
mod dead;
mod ending;
mod enqueue;
mod error;
mod find;
mod group;
mod hot;
mod job;
mod lease;
mod pace;
mod pause;
mod promote;
mod prune;
mod queue;
mod rescue;
mod rows;
mod running;
mod settle;
mod stats;
mod tally;
mod turns;
mod wake;
mod worker;

#[cfg(test)]
mod tests;

/// The rules that workers keep, for simulations.
#[cfg(feature = "testing")]
pub mod testing {
    use std::time::Duration;

    /// How many jobs a worker claims that has so many slots, and `out` of them claimed and not done, when jobs take
    /// `average`.
    pub fn jobs_to_claim(slots: usize, out: usize, average: Option<Duration>) -> usize {
        crate::worker::jobs_to_claim(slots, out, average)
    }
}

pub use backoff::Backoff;
pub use cancel::Canceling;
pub use dead::DeadJob;
pub use error::{Error, Full, HookError, Result, Scope};
pub use find::{Ahead, JobView, State};
pub use group::Group;
pub use job::{AttemptEnd, End, Ended, Fault, GroupId, Job, JobId, NewJob, Outcome, Retry, Start, WorkerId};
pub use prune::Prune;
pub use queue::{Hooks, Limits, MIGRATIONS, OWNER, Options, Queue, Written};
pub use stats::Stats;
pub use worker::{Lane, Worker, Working};
