//! What the queue promises, on both databases. One file for each verb.

mod canceling;
mod claiming;
mod crashing;
mod enqueuing;
mod fairness;
mod grouping;
mod leasing;
mod pausing;
mod pruning;
mod settling;
mod standing;
mod working;

use std::time::Duration;

use handbill_db::{Db, Sql};

use crate::{AttemptEnd, Backoff, Fault, Hooks, Job, JobId, JobView, NewJob, Options, Outcome, Queue, WorkerId};

const KIND: &str = "render";

/// A queue on an empty database.
async fn queue(db: &Db) -> Queue {
    queue_with(db, Options::default(), Hooks::default()).await
}

async fn queue_with(db: &Db, options: Options, hooks: Hooks) -> Queue {
    Queue::migrate(db).await.unwrap();
    Queue::new(db.clone(), options, hooks)
}

/// Retries without a growing pause.
fn options() -> Options {
    let backoff = Backoff { first: Duration::from_secs(8), longest: Duration::from_secs(8) };
    Options { backoff, ..Options::default() }
}

fn job(account: i64, payload: &str) -> NewJob {
    NewJob::new(KIND, account, payload)
}

async fn enqueue(queue: &Queue, jobs: &[NewJob]) -> Vec<JobId> {
    let mut tx = queue.db().begin().await.unwrap();
    let ids = queue.enqueue_all(&mut tx, jobs).await.unwrap();
    tx.commit().await.unwrap();
    ids
}

async fn enqueue_one(queue: &Queue) -> JobId {
    enqueue(queue, &[job(1, "one")]).await[0]
}

async fn worker(queue: &Queue) -> WorkerId {
    let mut tx = queue.db().begin().await.unwrap();
    let worker = queue.register(&mut tx, &[(KIND.to_owned(), 4)].into()).await.unwrap();
    tx.commit().await.unwrap();
    worker
}

async fn claim(queue: &Queue, worker: WorkerId, most: i64) -> Vec<Job> {
    let mut tx = queue.db().begin().await.unwrap();
    let jobs = queue.claim(&mut tx, worker, KIND, most).await.unwrap();
    tx.commit().await.unwrap();
    jobs
}

/// Claims and begins one job, which must be there.
async fn run(queue: &Queue, worker: WorkerId) -> Job {
    let job = claim(queue, worker, 1).await.pop().expect("a job waits");
    assert_eq!(begin(queue, worker, std::slice::from_ref(&job)).await, [job.id]);
    job
}

async fn begin(queue: &Queue, worker: WorkerId, jobs: &[Job]) -> Vec<JobId> {
    let mut tx = queue.db().begin_lazy().await.unwrap();
    let claims: Vec<_> = jobs.iter().map(|job| (job.id, job.attempt)).collect();
    let mut begun = queue.begin(&mut tx, worker, &claims).await.unwrap();
    tx.commit().await.unwrap();
    begun.sort();
    begun
}

fn outcome(job: &Job, end: AttemptEnd) -> Outcome {
    Outcome { job: job.id, attempt: job.attempt, busy: Duration::from_millis(20), end }
}

fn completed(job: &Job) -> Outcome {
    outcome(job, AttemptEnd::Completed(format!("result of {}", job.payload)))
}

fn failed(job: &Job, fault: Fault) -> Outcome {
    outcome(job, AttemptEnd::Failed(fault))
}

async fn settle(queue: &Queue, worker: WorkerId, outcomes: &[Outcome]) -> Vec<JobId> {
    let mut tx = queue.db().begin().await.unwrap();
    let mut settled = queue.settle(&mut tx, worker, outcomes).await.unwrap();
    tx.commit().await.unwrap();
    settled.sort();
    settled
}

async fn promote(queue: &Queue) -> usize {
    let mut tx = queue.db().begin().await.unwrap();
    let promoted = queue.promote(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    promoted
}

async fn find(queue: &Queue, job: JobId) -> JobView {
    queue.find(&mut queue.db().read().await.unwrap(), job).await.unwrap().expect("the job is there")
}

fn payloads(jobs: &[Job]) -> Vec<&str> {
    jobs.iter().map(|job| job.payload.as_str()).collect()
}

/// The clock goes past every lease.
fn let_leases_end(queue: &Queue) {
    queue.jump(Options::default().lease + Duration::from_secs(1));
}

/// What must hold at any time between transactions, whatever happened.
async fn check_tables(db: &Db) {
    const HOT_ROWS: &str = "SELECT j.id, j.state, (SELECT count(*) FROM queue_ready WHERE job_id = j.id),
        (SELECT count(*) FROM queue_running WHERE job_id = j.id) FROM queue_jobs j";
    const TALLY: Sql = Sql {
        sqlite: "SELECT kind, account, sum(waiting), sum(delayed) FROM queue_tally GROUP BY 1, 2
            HAVING sum(waiting) <> 0 OR sum(delayed) <> 0 ORDER BY 1, 2",
        postgres: "SELECT kind, account, sum(waiting)::BIGINT, sum(delayed)::BIGINT FROM queue_tally GROUP BY 1, 2
            HAVING sum(waiting) <> 0 OR sum(delayed) <> 0 ORDER BY 1, 2",
    };
    const COUNTED: Sql = Sql {
        sqlite: "SELECT kind, account, sum(place <> 'later'), sum(place = 'later') FROM queue_ready GROUP BY 1, 2
            UNION ALL SELECT kind, $1, sum(place <> 'later'), sum(place = 'later') FROM queue_ready GROUP BY 1
            ORDER BY 1, 2",
        postgres:
            "SELECT kind, account, count(*) FILTER (WHERE place <> 'later'), count(*) FILTER (WHERE place = 'later')
            FROM queue_ready GROUP BY 1, 2 UNION ALL
            SELECT kind, $1::BIGINT, count(*) FILTER (WHERE place <> 'later'), count(*) FILTER (WHERE place = 'later')
            FROM queue_ready GROUP BY 1 ORDER BY 1, 2",
    };
    const GROUPS: &str = "SELECT g.id, g.total, g.done, g.failed, g.canceled,
        (SELECT count(*) FROM queue_jobs j WHERE j.group_id = g.id),
        (SELECT count(*) FROM queue_jobs j WHERE j.group_id = g.id AND state = 'completed'),
        (SELECT count(*) FROM queue_jobs j WHERE j.group_id = g.id AND state = 'dead') FROM queue_groups g";
    let mut conn = db.read().await.unwrap();
    for (id, state, ready, running) in conn.all::<(i64, String, i64, i64)>(HOT_ROWS, ()).await.unwrap() {
        assert_eq!(
            ready + running,
            i64::from(state == "open"),
            "job {id} is {state}, {ready} ready, {running} running"
        );
    }
    let tally: Vec<(String, i64, i64, i64)> = conn.all(TALLY, ()).await.unwrap();
    let counted: Vec<(String, i64, i64, i64)> = conn.all(COUNTED, (i64::MIN,)).await.unwrap();
    assert_eq!(tally, counted, "what was counted, and what is there");
    for (id, total, done, failed, canceled, jobs, completed, dead) in
        conn.all::<(i64, i64, i64, i64, i64, i64, i64, i64)>(GROUPS, ()).await.unwrap()
    {
        assert_eq!((total, done, failed), (jobs, completed, dead), "group {id}, {canceled} canceled");
    }
}

async fn beat(queue: &Queue, worker: WorkerId) -> bool {
    let mut tx = queue.db().begin_lazy().await.unwrap();
    let alive = queue.beat(&mut tx, worker).await.unwrap();
    tx.commit().await.unwrap();
    alive
}
