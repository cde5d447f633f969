//! A job as its makers, its workers and its watchers see it.

use std::time::Duration;

/// Never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub i64);

/// One registration of a worker; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkerId(pub i64);

/// A job to be enqueued. `NewJob { priority: 5, ..NewJob::new("render", account, payload) }`.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// What is to be done; a worker asks for jobs of one kind. Limits, pauses and fairness are per kind.
    pub kind: String,
    /// Who shares fairly with whom. Any number but `i64::MIN`.
    pub account: i64,
    /// Handed to the worker as it is.
    pub payload: String,
    /// Higher ones go first, whoever's they are. 0 is usual.
    pub priority: i64,
    /// What it uses up of the account's fair share, compared with other jobs; at least 1.
    pub cost: i64,
    pub start: Start,
    /// After so many failed attempts it is dead; at least 1.
    pub max_attempts: i64,
    /// Counts it, see [`Queue::create_group`](crate::Queue::create_group).
    pub group: Option<GroupId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    Now,
    After(Duration),
    /// Milliseconds since 1970, UTC.
    At(i64),
}

impl NewJob {
    pub fn new(kind: impl Into<String>, account: i64, payload: impl Into<String>) -> NewJob {
        NewJob {
            kind: kind.into(),
            account,
            payload: payload.into(),
            priority: 0,
            cost: 1,
            start: Start::Now,
            max_attempts: 5,
            group: None,
        }
    }
}

/// A job that a worker has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    pub id: JobId,
    pub kind: String,
    pub account: i64,
    pub payload: String,
    pub group: Option<GroupId>,
    /// Goes up with every claim. Names of what the attempt makes contain it, so that no two attempts share one.
    pub attempt: i64,
    /// Attempts that failed before this one.
    pub failures: i64,
    /// Times that what ran it died of it: the worker, while it ran alone, or by [`Fault::crash`].
    pub crashes: i64,
    /// A worker died while it had this one begun, perhaps beside others: it runs alone from now on.
    pub suspect: bool,
}

/// How one attempt ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub job: JobId,
    pub attempt: i64,
    /// How long it took; for the pace.
    pub busy: Duration,
    pub end: AttemptEnd,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptEnd {
    /// Done, with a result that is kept.
    Completed(String),
    Failed(Fault),
}

/// Why an attempt failed, and what may follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub error: String,
    pub retry: Retry,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// After a pause that grows with every failure, until `max_attempts`.
    Backoff,
    /// After this pause, until `max_attempts`.
    After(Duration),
    /// What ran it died of it: a crash and no failure, tried again after a pause, until there were too many of them.
    Crashed,
    /// It would fail again: dead at once.
    Never,
}

impl Fault {
    /// May go away by itself.
    pub fn passing(error: impl Into<String>) -> Fault {
        Fault { error: error.into(), retry: Retry::Backoff }
    }

    /// Will not go away.
    pub fn permanent(error: impl Into<String>) -> Fault {
        Fault { error: error.into(), retry: Retry::Never }
    }

    /// A process that ran this job, and no other, has died: the job is dead after
    /// [`max_crashes`](crate::Options::max_crashes) of them.
    pub fn crash(error: impl Into<String>) -> Fault {
        Fault { error: error.into(), retry: Retry::Crashed }
    }

    pub fn after(error: impl Into<String>, pause: Duration) -> Fault {
        Fault { error: error.into(), retry: Retry::After(pause) }
    }
}

/// A job that has ended, for the hooks that write what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    pub job: JobId,
    pub kind: String,
    pub account: i64,
    pub group: Option<GroupId>,
    /// The last one that was begun; 0 if there was none.
    pub attempt: i64,
    pub failures: i64,
    pub crashes: i64,
    pub started_at_ms: Option<i64>,
    pub finished_at_ms: i64,
    /// How long the last attempt worked, as far as that is known.
    pub busy_ms: i64,
    pub end: End,
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    Completed {
        result: String,
    },
    /// Too many failures or crashes, or a permanent fault. Can be replayed.
    Dead {
        error: String,
    },
    Canceled,
}
