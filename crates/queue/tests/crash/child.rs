//! The process that is killed: it takes jobs in, cancels some, and (if it is told to) works. Ends when its input does, so
//! that none outlives the test.

use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use handbill_db::{Db, OpenOptions, Target};
use handbill_queue::{Backoff, Error, Fault, Hooks, Job, JobId, Lane, Limits, NewJob, Options, Queue, Start, Worker};

use crate::dice::Dice;
use crate::ledger::{Deed, Ledger};

pub(crate) const COMMAND: &str = "crash-child";
pub(crate) const KIND: &str = "job";
/// While it is there, jobs are taken in.
pub(crate) const OPEN: &str = "open";
/// So short that a freeze outlasts it.
pub(crate) const LEASE: Duration = Duration::from_secs(2);
pub(crate) const LONGEST_FREEZE: Duration = Duration::from_secs(5);
/// How many of the jobs kill their process.
const POISON: u64 = 250;

/// How a child is told what to do.
pub(crate) struct Task {
    pub(crate) database: String,
    pub(crate) folder: PathBuf,
    pub(crate) process: u64,
    pub(crate) works: bool,
    pub(crate) seed: u64,
    pub(crate) lease: Duration,
}

impl Task {
    pub(crate) fn arguments(&self) -> Vec<String> {
        let folder = self.folder.to_str().expect("a folder's name is text").to_owned();
        let lease = u64::try_from(self.lease.as_millis()).expect("a short lease");
        let numbers = [self.process, u64::from(self.works), self.seed, lease].map(|number| number.to_string());
        [vec![COMMAND.to_owned(), self.database.clone(), folder], numbers.to_vec()].concat()
    }

    fn read() -> Option<Task> {
        let mut arguments = std::env::args().skip(2);
        Some(Task {
            database: arguments.next()?,
            folder: arguments.next()?.into(),
            process: arguments.next()?.parse().ok()?,
            works: arguments.next()? == "1",
            seed: arguments.next()?.parse().ok()?,
            lease: Duration::from_millis(arguments.next()?.parse().ok()?),
        })
    }
}

/// A SQLite file's URL, or the name of a database in the test cluster.
pub(crate) fn target(database: &str) -> Target {
    if database.starts_with("sqlite:") {
        return Target::parse(database).expect("a SQLite URL");
    }
    let cluster = handbill_db::testing::cluster().expect("the test cluster is named in the environment");
    Target::Postgres(Box::new(cluster.database(database)))
}

pub(crate) fn products_lease() -> Duration {
    Options::default().lease
}

fn options(lease: Duration) -> Options {
    let backoff = Backoff { first: Duration::from_millis(20), longest: Duration::from_millis(200) };
    // So that the queue does not grow without end where the machine is slow.
    let limits = [(KIND.to_owned(), Limits { whole: Some(400), per_account: Some(150) })].into();
    Options { lease, poll: Duration::from_millis(100), backoff, limits, ..Options::default() }
}

pub(crate) fn main() -> ExitCode {
    let task = Task::read().expect("a child is given its task");
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime starts").block_on(live(task));
    ExitCode::SUCCESS
}

/// Ends by itself when another process has taken over its SQLite file.
async fn live(task: Task) {
    let ledger = Arc::new(Ledger::open(&task.folder, task.process));
    let options = OpenOptions { max_connections: 6, ..OpenOptions::default() };
    let db = until_it_works("the database opens", async || Db::open(&target(&task.database), &options).await).await;
    let queue = Queue::new(db, self::options(task.lease), hooks(ledger.clone()));
    let taking_in = tokio::spawn(take_in(queue.clone(), ledger.clone(), task.folder.join(OPEN), Dice::new(task.seed)));
    if task.works {
        ledger.write(&[Deed::Started]);
        let lane = Lane::new(KIND, 2, move |job| work(job, ledger.clone()));
        let mut working =
            until_it_works("the worker starts", async || Worker::new(queue.clone()).lane(lane.clone()).start().await)
                .await;
        let ended = working.ended().await;
        eprintln!("process {} ends: {ended:?}", task.process);
    } else {
        let _ = taking_in.await;
        std::future::pending::<()>().await;
    }
}

async fn until_it_works<T, E: std::fmt::Display>(what: &str, mut attempt: impl AsyncFnMut() -> Result<T, E>) -> T {
    loop {
        match attempt().await {
            Ok(done) => return done,
            Err(error) => eprintln!("until {what}: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A row for each end, written with it: in a real program, the webhook.
fn hooks(ledger: Arc<Ledger>) -> Hooks {
    let on_end = move |tx: &mut handbill_db::Tx, ended: &[handbill_queue::Ended]| {
        let deeds: Vec<Deed> =
            ended.iter().map(|job| Deed::Published { job: job.job.0, attempt: job.attempt }).collect();
        let ledger = ledger.clone();
        tx.after_commit(move || ledger.write(&deeds));
    };
    Hooks::default()
        .on_end(KIND, move |tx, ended| {
            on_end(tx, ended);
            Box::pin(async move {
                for job in ended {
                    tx.exec("INSERT INTO published (job_id) VALUES ($1)", (job.job.0,)).await?;
                }
                Ok(())
            })
        })
        .on_group_end(|tx, group| {
            Box::pin(async move {
                tx.exec("INSERT INTO ended_groups (group_id) VALUES ($1)", (group.id.0,)).await?;
                Ok(())
            })
        })
}

/// The result is the number of the attempt that gave it.
async fn work(job: Job, ledger: Arc<Ledger>) -> Result<String, Fault> {
    ledger.write(&[Deed::Begun { job: job.id.0, attempt: job.attempt }]);
    match job.payload.as_str() {
        "poison" => std::process::abort(),
        "flaky" if job.failures == 0 => {
            ledger.write(&[Deed::Failed { job: job.id.0, attempt: job.attempt }]);
            Err(Fault::passing("the first time it fails"))
        }
        "busy" => {
            std::thread::sleep(Duration::from_millis(3));
            Ok(job.attempt.to_string())
        }
        "slow" => {
            tokio::time::sleep(Duration::from_millis(40)).await;
            Ok(job.attempt.to_string())
        }
        _ => {
            tokio::time::sleep(Duration::from_millis(2)).await;
            Ok(job.attempt.to_string())
        }
    }
}

async fn take_in(queue: Queue, ledger: Arc<Ledger>, open: PathBuf, mut dice: Dice) {
    let mut last = Vec::new();
    while open.exists() {
        match take_some_in(&queue, &mut dice).await {
            Ok(taken) => {
                ledger.write(&taken.iter().map(|(job, _)| Deed::Acknowledged { job: job.0 }).collect::<Vec<_>>());
                last = taken;
            }
            Err(Error::Full(_)) => {}
            Err(error) => eprintln!("jobs were not taken in: {error}"),
        }
        if let Some((job, false)) = last.pop().filter(|_| dice.one_in(8)) {
            ledger.write(&[Deed::Canceling { job: job.0 }]);
            if let Err(error) = cancel(&queue, job).await {
                eprintln!("a job was not canceled: {error}");
            }
        }
        tokio::time::sleep(Duration::from_millis(dice.between(10, 40))).await;
    }
}

/// Up to a dozen jobs of all sorts in one transaction, some of them in a group.
async fn take_some_in(queue: &Queue, dice: &mut Dice) -> handbill_queue::Result<Vec<(JobId, bool)>> {
    let mut tx = queue.db().begin().await?;
    let group = if dice.one_in(3) { Some(queue.create_group(&mut tx).await?) } else { None };
    let jobs: Vec<NewJob> = (0..dice.between(1, 12))
        .map(|_| {
            let payload = match dice.between(0, 20) {
                _ if dice.one_in(POISON) => "poison",
                0 => "flaky",
                1..4 => "busy",
                4 => "slow",
                _ => "plain",
            };
            let delay = dice.between(1, 300);
            let start = if dice.one_in(6) { Start::After(Duration::from_millis(delay)) } else { Start::Now };
            let account = i64::try_from(dice.between(1, 6)).expect("a small number");
            let priority = i64::from(dice.one_in(10));
            NewJob { start, priority, group, ..NewJob::new(KIND, account, payload) }
        })
        .collect();
    let ids = queue.enqueue_all(&mut tx, &jobs).await?;
    if let Some(group) = group {
        queue.close_group(&mut tx, group).await?;
    }
    tx.commit().await?;
    Ok(ids.into_iter().zip(&jobs).map(|(id, job)| (id, job.payload == "poison")).collect())
}

async fn cancel(queue: &Queue, job: JobId) -> handbill_queue::Result<()> {
    let mut tx = queue.db().begin().await?;
    queue.cancel(&mut tx, &[job]).await?;
    Ok(tx.commit().await?)
}
