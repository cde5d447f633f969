//! What can go wrong, with what a caller needs to answer it.

use std::time::Duration;

use crate::job::{GroupId, JobId, WorkerId};

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a hook could not write what belongs to the end of a job.
pub type HookError = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] handbill_db::Error),
    /// Nothing was written, and the transaction is as good as before.
    #[error(transparent)]
    Full(#[from] Full),
    /// There is none, or it was closed.
    #[error("there is no open group {}", .0.0)]
    NoOpenGroup(GroupId),
    /// Something else has written to the queue's tables.
    #[error("job {} is open, yet it neither waits nor runs: the queue's tables were damaged", .0.0)]
    Astray(JobId),
    /// The worker's lease ran out: whatever it had is given to others.
    #[error("the lease of worker {} has ended", .0.0)]
    LeaseLost(WorkerId),
    /// SQLite: another process works on this file now. One at a time may.
    #[error("another process has taken over the queue in this database; only one may work on a SQLite file")]
    TakenOver,
    #[error("what belongs to the end of a job of kind {kind} could not be written: {source}")]
    Hook { kind: String, source: HookError },
}

/// The queue has as many jobs waiting as it may.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{depth} jobs of kind {kind} are waiting {scope}, {limit} may: try again in {} s", .retry_after.as_secs())]
pub struct Full {
    pub kind: String,
    pub scope: Scope,
    /// Jobs that wait now.
    pub depth: i64,
    pub limit: i64,
    /// When there is likely to be room, judged by the present pace.
    pub retry_after: Duration,
}

/// Whose limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Whole,
    Account(i64),
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Scope::Whole => write!(f, "in all"),
            Scope::Account(account) => write!(f, "for account {account}"),
        }
    }
}

impl Error {
    /// The same may well succeed later: the database was away, or another transaction won.
    pub fn is_transient(&self) -> bool {
        let db = match self {
            Error::Db(error) => Some(error),
            Error::Hook { source, .. } => source.downcast_ref::<handbill_db::Error>(),
            _ => None,
        };
        db.is_some_and(|error| error.is_outage() || error.is_retryable())
    }
}
