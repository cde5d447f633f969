//! Measures the queue alone, durable, on both databases:
//!
//! ```text
//! cargo run --release -p handbill-queue --example bench [JOBS [WORKERS [sqlite|postgres [BATCH]]]]
//! ```
//!
//! SQLite runs in the folder of `TMPDIR`, which should be on a disk; PostgreSQL in a schema of its own in the database of
//! `HANDBILL_TEST_POSTGRES_URL`, and is left out without it. With a BATCH everything but the first figures is left out.

use std::error::Error;
use std::time::{Duration, Instant};

use handbill_db::{Db, OpenOptions, Target};
use handbill_queue::{AttemptEnd, Hooks, Job, Lane, NewJob, Options, Outcome, Queue, Worker, WorkerId};

type Outcomes<T> = Result<T, Box<dyn Error + Send + Sync>>;

const KIND: &str = "bench";
/// A kind of its own: the pace of those that do nothing would spoil the estimate.
const SLOW: &str = "slow";
const BATCH: i64 = 100;
/// Of what fairness is counted in.
const ROUND: i64 = 50;

#[tokio::main]
async fn main() -> Outcomes<()> {
    let mut arguments = std::env::args().skip(1);
    let jobs = arguments.next().map_or(Ok(100_000), |jobs| jobs.parse())?;
    let workers = arguments.next().map_or(Ok(16), |workers| workers.parse())?;
    let only = arguments.next();
    let batch = arguments.next().map(|batch| batch.parse()).transpose()?;
    let plan = Plan { jobs, workers, batch };
    let cores = std::thread::available_parallelism()?;
    println!("{cores} cores, {jobs} jobs, {workers} workers, batches of {}", batch.unwrap_or(BATCH));

    if only.as_deref() != Some("postgres") {
        on_sqlite(plan).await?;
    }
    if only.as_deref() != Some("sqlite") {
        on_postgres(plan).await?;
    }
    Ok(())
}

/// What is measured.
#[derive(Clone, Copy)]
struct Plan {
    jobs: usize,
    workers: usize,
    batch: Option<i64>,
}

async fn on_sqlite(plan: Plan) -> Outcomes<()> {
    let folder = std::env::temp_dir().join(format!("handbill-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let db = Db::open(&Target::Sqlite(folder.join("bench.db")), &OpenOptions::default()).await?;
    println!("\nSQLite, synchronous=FULL");
    let measured = measure(&db, plan).await;
    db.close().await;
    std::fs::remove_dir_all(&folder)?;
    measured
}

async fn on_postgres(plan: Plan) -> Outcomes<()> {
    let Ok(url) = std::env::var("HANDBILL_TEST_POSTGRES_URL") else {
        println!("\nPostgreSQL is left out: HANDBILL_TEST_POSTGRES_URL is not set");
        return Ok(());
    };
    let Target::Postgres(server) = Target::parse(&url)? else { return Err("that is no PostgreSQL URL".into()) };
    let schema = format!("bench_{}", std::process::id());
    let server = server.options([("search_path", schema.as_str())]);
    let options = OpenOptions { max_connections: 24, ..OpenOptions::default() };
    let db = Db::open(&Target::Postgres(Box::new(server)), &options).await?;
    let (fsync,): (String,) = db.read().await?.one("SHOW fsync", ()).await?;
    let (commit,): (String,) = db.read().await?.one("SHOW synchronous_commit", ()).await?;
    println!("\nPostgreSQL, fsync={fsync}, synchronous_commit={commit}");
    alter(&db, "CREATE SCHEMA ", &schema).await?;
    let measured = measure(&db, plan).await;
    alter(&db, "DROP SCHEMA ", &schema).await?;
    db.close().await;
    measured
}

/// Statements are fixed texts, so the name goes through a block.
async fn alter(db: &Db, what: &str, schema: &str) -> Outcomes<()> {
    let mut tx = db.begin().await?;
    tx.exec(
        "SELECT set_config('bench.run', $1, true)",
        (format!("{what}{schema}{}", if what.starts_with('D') { " CASCADE" } else { "" }),),
    )
    .await?;
    tx.exec("DO $$ BEGIN EXECUTE current_setting('bench.run'); END $$", ()).await?;
    Ok(tx.commit().await?)
}

async fn measure(db: &Db, plan: Plan) -> Outcomes<()> {
    let Plan { jobs, workers, batch } = plan;
    Queue::migrate(db).await?;
    let queue = Queue::new(db.clone(), Options::default(), Hooks::default());
    let begun = Instant::now();
    enqueue(&queue, 1, jobs).await?;
    report("enqueued in one transaction", jobs, begun);
    fairness(&queue).await?;
    drain(&queue, "claimed and completed in batches", workers, batch.unwrap_or(BATCH)).await?;
    if batch.is_some() {
        return Ok(());
    }

    let singles = jobs / 20;
    let begun = Instant::now();
    in_parallel(workers, |at| {
        let queue = queue.clone();
        async move {
            for _ in 0..singles / workers {
                enqueue(&queue, i64::try_from(at)?, 1).await?;
            }
            Ok(0)
        }
    })
    .await?;
    report("enqueued in a transaction each", singles / workers * workers, begun);
    drain(&queue, "claimed and completed one by one", workers, 1).await?;

    enqueue(&queue, 1, jobs / 4).await?;
    with_worker(&queue, jobs / 4).await?;
    for depth in [10, 100, 1000] {
        estimate(&queue, depth).await?;
    }
    Ok(())
}

fn report(what: &str, jobs: usize, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss)]
    let pace = jobs as f64 / seconds;
    println!("{jobs:>8} jobs {what:<40} {seconds:>7.2} s {pace:>9.0} jobs/s");
}

async fn enqueue(queue: &Queue, account: i64, count: usize) -> Outcomes<()> {
    enqueue_kind(queue, KIND, account, count).await
}

async fn enqueue_kind(queue: &Queue, kind: &str, account: i64, count: usize) -> Outcomes<()> {
    let payload = "{\"template\": \"linkedin-tips\", \"fields\": {\"title\": \"Ten things\"}}";
    let jobs: Vec<NewJob> = (0..count).map(|_| NewJob::new(kind, account, payload)).collect();
    let mut tx = queue.db().begin().await?;
    queue.enqueue_all(&mut tx, &jobs).await?;
    Ok(tx.commit().await?)
}

async fn in_parallel<F>(count: usize, task: impl Fn(usize) -> F) -> Outcomes<usize>
where
    F: Future<Output = Outcomes<usize>> + Send + 'static,
{
    let tasks: Vec<_> = (0..count).map(|at| tokio::spawn(task(at))).collect();
    let mut sum = 0;
    for task in tasks {
        sum += task.await??;
    }
    Ok(sum)
}

async fn register(queue: &Queue) -> Outcomes<WorkerId> {
    let mut tx = queue.db().begin().await?;
    let worker = queue.register(&mut tx, &[(KIND.to_owned(), 1)].into()).await?;
    tx.commit().await?;
    Ok(worker)
}

/// Completes what was claimed before and claims the next, in one transaction, as workers do.
async fn turn(queue: &Queue, worker: WorkerId, done: &[Job], most: i64) -> Outcomes<Vec<Job>> {
    let outcomes: Vec<Outcome> = done
        .iter()
        .map(|job| Outcome {
            job: job.id,
            attempt: job.attempt,
            busy: Duration::from_millis(10),
            end: AttemptEnd::Completed("{\"files\": [\"a.png\"]}".to_owned()),
        })
        .collect();
    loop {
        let turned = async {
            let mut tx = queue.db().begin().await?;
            queue.settle(&mut tx, worker, &outcomes).await?;
            let claimed = queue.claim(&mut tx, worker, KIND, most).await?;
            tx.commit().await?;
            Ok::<_, handbill_queue::Error>(claimed)
        };
        match turned.await {
            Err(error) if error.is_transient() => println!("again: {error}"),
            turned => return Ok(turned?),
        }
    }
}

async fn drain(queue: &Queue, what: &str, workers: usize, batch: i64) -> Outcomes<()> {
    let begun = Instant::now();
    let done = in_parallel(workers, |_| {
        let queue = queue.clone();
        async move {
            let worker = register(&queue).await?;
            let mut heard = Instant::now();
            let (mut done, mut claimed) = (0, Vec::new());
            loop {
                claimed = turn(&queue, worker, &claimed, batch).await?;
                if claimed.is_empty() {
                    return Ok(done);
                }
                done += claimed.len();
                if heard.elapsed() > Duration::from_secs(3) {
                    heard = Instant::now();
                    let mut tx = queue.db().begin_lazy().await?;
                    queue.beat(&mut tx, worker).await?;
                    tx.commit().await?;
                }
            }
        }
    })
    .await?;
    report(what, done, begun);
    Ok(())
}

/// Fifty jobs of another account behind all those that wait.
async fn fairness(queue: &Queue) -> Outcomes<()> {
    let worker = register(queue).await?;
    let mut claimed = turn(queue, worker, &[], ROUND).await?;
    enqueue(queue, 2, 50).await?;
    let (mut rounds, mut theirs) = (0, 0);
    while theirs < 50 {
        claimed = turn(queue, worker, &claimed, ROUND).await?;
        theirs += claimed.iter().filter(|job| job.account == 2).count();
        rounds += 1;
    }
    turn(queue, worker, &claimed, 0).await?;
    println!("      50 jobs of a newcomer were claimed within {rounds} rounds");
    Ok(())
}

/// Through a worker with its buffer, its notes of what is begun, its heartbeat.
async fn with_worker(queue: &Queue, jobs: usize) -> Outcomes<()> {
    let begun = Instant::now();
    let lane = Lane::new(KIND, 8, |_| async { Ok(String::new()) });
    let working = Worker::new(queue.clone()).lane(lane).start().await?;
    wait_until_empty(queue, KIND).await?;
    report("that do nothing, by a worker with 8 slots", jobs, begun);
    working.shut_down(Duration::from_secs(10)).await?;
    Ok(())
}

async fn wait_until_empty(queue: &Queue, kind: &str) -> Outcomes<()> {
    loop {
        let stats = queue.stats(&mut queue.db().read().await?, kind).await?;
        if stats.waiting + stats.active == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// What is said about the last of so many jobs, and what comes true.
async fn estimate(queue: &Queue, depth: usize) -> Outcomes<()> {
    let lane = Lane::new(SLOW, 4, |_| async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok(String::new())
    });
    let working = Worker::new(queue.clone()).lane(lane).start().await?;
    enqueue_kind(queue, SLOW, 1, 300).await?;
    wait_until_empty(queue, SLOW).await?;
    let begun = Instant::now();
    let jobs: Vec<NewJob> = (0..=depth).map(|_| NewJob::new(SLOW, 1, "")).collect();
    let mut tx = queue.db().begin().await?;
    let last = queue.enqueue_all(&mut tx, &jobs).await?.pop().ok_or("nothing was enqueued")?;
    tx.commit().await?;
    let mut conn = queue.db().read().await?;
    let ahead = queue.ahead_of(&mut conn, last).await?;
    let stats = queue.stats(&mut conn, SLOW).await?;
    drop(conn);
    wait_until_empty(queue, SLOW).await?;
    let took = begun.elapsed();
    let said = ahead.and_then(|ahead| stats.estimate(ahead));
    println!("{depth:>8} jobs ahead: said {said:.2?}, took {took:.2?}");
    working.shut_down(Duration::from_secs(10)).await?;
    Ok(())
}
