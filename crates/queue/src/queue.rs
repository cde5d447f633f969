//! The queue as one process sees it: the database, what is configured, and the hooks. The verbs stand in a file each.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use handbill_db::{Db, Migration, Sql, Tx};
use tokio::sync::RwLock;

use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::error::HookError;
use crate::group::Group;
use crate::job::Ended;
use crate::wake::Wake;

/// Whose migrations [`MIGRATIONS`] are, in a database that others use too.
pub const OWNER: &str = "queue";

/// For [`Db::migrate`]; [`Queue::migrate`] does it.
pub const MIGRATIONS: [Migration; 1] = [Migration {
    name: "0001_queue",
    sql: Sql {
        sqlite: include_str!("../migrations/sqlite/0001_queue.sql"),
        postgres: include_str!("../migrations/postgres/0001_queue.sql"),
    },
}];

/// A durable queue of jobs; cheap to clone. One for each process and database.
#[derive(Clone)]
pub struct Queue(pub(crate) Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) db: Db,
    pub(crate) options: Options,
    pub(crate) hooks: Hooks,
    pub(crate) clock: Clock,
    pub(crate) wake: Wake,
    /// Names this process to others on the same SQLite file.
    pub(crate) owner: String,
    /// This process has become the owner of its SQLite file.
    pub(crate) owns: AtomicBool,
    /// Held for reading by every job that runs here; for writing by one that must run alone.
    pub(crate) alone: Arc<RwLock<()>>,
}

#[derive(Clone, Debug)]
pub struct Options {
    /// How many jobs of a kind may wait; a kind that is not named has no limit.
    pub limits: BTreeMap<String, Limits>,
    pub backoff: Backoff,
    /// A worker that was not heard of for so long has died, and its jobs go to others.
    pub lease: Duration,
    /// How often to look for jobs where nothing wakes a worker; it comes up to twice as soon, by chance.
    pub poll: Duration,
    /// A job is dead after so many crashes: deaths of workers in which it ran alone, and [`Fault::crash`]es. A worker that
    /// dies while others run beside it makes a job run alone from then on, and does not count.
    pub max_crashes: i64,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Of all accounts together.
    pub whole: Option<i64>,
    pub per_account: Option<i64>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            limits: BTreeMap::new(),
            backoff: Backoff::default(),
            lease: Duration::from_secs(15),
            poll: Duration::from_secs(1),
            max_crashes: 3,
        }
    }
}

/// What a hook answers with.
pub type Written<'a> = Pin<Box<dyn Future<Output = Result<(), HookError>> + Send + 'a>>;

type EndHook = Box<dyn for<'a> Fn(&'a mut Tx, &'a [Ended]) -> Written<'a> + Send + Sync>;
type GroupHook = Box<dyn for<'a> Fn(&'a mut Tx, &'a Group) -> Written<'a> + Send + Sync>;

/// What is written beside the queue, in the same transaction, when a job or a group ends.
#[derive(Default)]
pub struct Hooks {
    pub(crate) ends: BTreeMap<String, EndHook>,
    pub(crate) group: Option<GroupHook>,
}

impl Hooks {
    /// `write` is called when jobs of this kind end, however they do: completed, dead (by whichever process finds out) or
    /// canceled. All of them are of one transaction, which is given up if it fails. It may run again for the same
    /// jobs after that, so it writes to the transaction and does nothing else.
    #[must_use]
    pub fn on_end<F>(mut self, kind: &str, write: F) -> Hooks
    where
        F: for<'a> Fn(&'a mut Tx, &'a [Ended]) -> Written<'a> + Send + Sync + 'static,
    {
        self.ends.insert(kind.to_owned(), Box::new(write));
        self
    }

    /// `write` is called likewise when a group ends: it is closed, and the last of its jobs has ended.
    #[must_use]
    pub fn on_group_end<F>(mut self, write: F) -> Hooks
    where
        F: for<'a> Fn(&'a mut Tx, &'a Group) -> Written<'a> + Send + Sync + 'static,
    {
        self.group = Some(Box::new(write));
        self
    }
}

impl Queue {
    /// Brings the queue's own tables up to date. Answers with the names of the migrations that were applied.
    pub async fn migrate(db: &Db) -> handbill_db::Result<Vec<&'static str>> {
        db.migrate(OWNER, &MIGRATIONS).await
    }

    /// On a database whose tables are up to date.
    pub fn new(db: Db, options: Options, hooks: Hooks) -> Queue {
        let random = getrandom::u64().unwrap_or(0);
        let parts = Parts {
            clock: Clock::new(db.dialect()),
            wake: Wake::new(),
            owner: format!("{}-{random:016x}", std::process::id()),
            owns: AtomicBool::new(false),
            alone: Arc::default(),
            db,
            options,
            hooks,
        };
        Queue(Arc::new(parts))
    }

    /// The database it is in.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// Lets the queue's clock go ahead, for leases and delays.
    #[cfg(any(test, feature = "testing"))]
    pub fn jump(&self, by: Duration) {
        self.0.clock.jump(by);
    }
}
