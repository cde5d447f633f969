//! Workers at work: slots, wake-ups, faults, recalls, going home, losing the lease.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use handbill_db::{Db, db_test};

use super::{KIND, check_tables, enqueue, find, job, options, queue_with};
use crate::{
    Backoff, End, Error, Fault, Hooks, Job, JobId, Lane, NewJob, Options, Queue, State, Worker, WorkerId, Working,
};

/// Nothing is found by polling within a test.
fn deaf() -> Options {
    Options { poll: Duration::from_secs(3600), ..options() }
}

/// Everything happens soon.
fn brisk() -> Options {
    let backoff = Backoff { first: Duration::from_millis(10), longest: Duration::from_millis(10) };
    Options { poll: Duration::from_millis(50), lease: Duration::from_secs(2), backoff, ..Options::default() }
}

async fn start(queue: &Queue, lane: Lane) -> Working {
    Worker::new(queue.clone()).lane(lane).start().await.unwrap()
}

fn echo(slots: usize) -> Lane {
    Lane::new(KIND, slots, |job: Job| async move { Ok(format!("result of {}", job.payload)) })
}

async fn go_home(working: Working) {
    working.shut_down(Duration::from_secs(20)).await.unwrap();
}

/// Waits until an expression, which may await, is true; a test that waits for ever has failed. (No function: the future of
/// an async closure is not known to be `Send`.)
macro_rules! until {
    ($what:literal, $holds:expr) => {
        let begun = Instant::now();
        while !$holds {
            assert!(begun.elapsed() < Duration::from_secs(60), "waited in vain until {}", $what);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
}

async fn until_ended(queue: &Queue, jobs: &[JobId]) {
    for job in jobs {
        until!("a job has ended", find(queue, *job).await.finished_at_ms.is_some());
    }
}

async fn only_worker(db: &Db) -> Option<WorkerId> {
    let rows: Vec<(i64,)> = db.read().await.unwrap().all("SELECT id FROM queue_workers", ()).await.unwrap();
    if let [(id,)] = rows[..] { Some(WorkerId(id)) } else { None }
}

fn many(count: i64) -> Vec<NewJob> {
    (0..count).map(|n| job(n % 3, &n.to_string())).collect()
}

db_test!(
    async fn jobs_are_done_so_many_at_once(db: Db) {
        let queue = queue_with(&db, deaf(), Hooks::default()).await;
        let ids = enqueue(&queue, &many(60)).await;
        let (now, most) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicI64::new(0)));
        let counters = (now.clone(), most.clone());
        let working = start(
            &queue,
            Lane::new(KIND, 3, move |job: Job| {
                let (now, most) = counters.clone();
                async move {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(4)).await;
                    now.fetch_sub(1, Ordering::SeqCst);
                    Ok(format!("result of {}", job.payload))
                }
            }),
        )
        .await;
        until_ended(&queue, &ids).await;
        go_home(working).await;
        assert_eq!(most.load(Ordering::SeqCst), 3);
        assert_eq!(find(&queue, ids[7]).await.state, State::Completed { result: "result of 7".to_owned() });
        assert_eq!(only_worker(&db).await, None);
        check_tables(&db).await;
    }
);

db_test!(
    async fn an_idle_worker_is_woken(db: Db) {
        let queue = queue_with(&db, deaf(), Hooks::default()).await;
        let working = start(&queue, echo(1)).await;
        for _ in 0..3 {
            let ids = enqueue(&queue, &[job(1, "a")]).await;
            until_ended(&queue, &ids).await;
        }
        go_home(working).await;
    }
);

#[test]
fn on_postgres_a_worker_is_woken_from_elsewhere() {
    handbill_db::testing::on_postgres(async |db: Db| {
        let (queue, elsewhere) =
            (queue_with(&db, deaf(), Hooks::default()).await, queue_with(&db, deaf(), Hooks::default()).await);
        let working = start(&queue, echo(1)).await;
        // What is said before somebody listens is not heard: say it again until it is, then once.
        let call = enqueue(&elsewhere, &[job(1, "call")]).await[0];
        until!("it listens", {
            enqueue(&elsewhere, &[job(1, "call again")]).await;
            find(&queue, call).await.finished_at_ms.is_some()
        });
        let ids = enqueue(&elsewhere, &[job(1, "a")]).await;
        until_ended(&queue, &ids).await;
        go_home(working).await;
    });
}

db_test!(
    async fn polling_finds_what_nobody_told_of(db: Db) {
        let queue = queue_with(&db, brisk(), Hooks::default()).await;
        let working = start(&queue, echo(1)).await;
        // On SQLite another process tells nobody.
        let elsewhere = queue_with(&db, brisk(), Hooks::default()).await;
        let ids = enqueue(&elsewhere, &[job(1, "a")]).await;
        until_ended(&queue, &ids).await;
        go_home(working).await;
    }
);

db_test!(
    async fn faults_panics_and_long_waits_are_tried_again_until_dead(db: Db) {
        let queue = queue_with(&db, brisk(), Hooks::default()).await;
        let lane = Lane::new(KIND, 2, |job: Job| async move {
            match job.payload.as_str() {
                "flaky" if job.failures < 2 => Err(Fault::passing("not yet")),
                "broken" => Err(Fault::permanent("never")),
                "panics" => panic!("at the disco"),
                "slow" => {
                    tokio::time::sleep(Duration::from_secs(3600)).await;
                    Ok(String::new())
                }
                _ => Ok("fine".to_owned()),
            }
        });
        let working = start(&queue, lane.timeout(Duration::from_millis(50))).await;
        let jobs: Vec<NewJob> = ["flaky", "broken", "panics", "slow", "fine"]
            .iter()
            .map(|payload| NewJob { max_attempts: 3, ..job(1, payload) })
            .collect();
        let ids = enqueue(&queue, &jobs).await;
        until_ended(&queue, &ids).await;
        go_home(working).await;
        let fine = State::Completed { result: "fine".to_owned() };
        let expected = [
            (fine.clone(), 2, Some("not yet")),
            (State::Dead, 1, Some("never")),
            (State::Dead, 3, Some("a panic: at the disco")),
            (State::Dead, 3, Some("it took longer than 0.05 s")),
            (fine, 0, None),
        ];
        for (id, (state, failures, error)) in ids.iter().zip(expected) {
            let view = find(&queue, *id).await;
            assert_eq!((view.state, view.failures, view.error.as_deref(), view.crashes), (state, failures, error, 0));
        }
        check_tables(&db).await;
    }
);

/// A handler that does not end by itself, and counts how many are at work.
fn endless(slots: usize, at_work: &Arc<AtomicUsize>) -> Lane {
    struct Leaving(Arc<AtomicUsize>);
    impl Drop for Leaving {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }
    let at_work = at_work.clone();
    Lane::new(KIND, slots, move |_| {
        at_work.fetch_add(1, Ordering::SeqCst);
        let leaving = Leaving(at_work.clone());
        async move {
            let _leaving = leaving;
            std::future::pending().await
        }
    })
}

db_test!(
    async fn a_canceled_job_is_recalled(db: Db) {
        let queue = queue_with(&db, brisk(), Hooks::default()).await;
        let at_work = Arc::new(AtomicUsize::new(0));
        let working = start(&queue, endless(2, &at_work)).await;
        let ids = enqueue(&queue, &[job(1, "a"), job(1, "b")]).await;
        until!("both are at work", at_work.load(Ordering::SeqCst) == 2);
        let mut tx = db.begin().await.unwrap();
        queue.cancel(&mut tx, &ids[..1]).await.unwrap();
        tx.commit().await.unwrap();
        until!("one has stopped", at_work.load(Ordering::SeqCst) == 1);
        assert_eq!(find(&queue, ids[1]).await.state, State::Running);
        // Its slot is free again.
        enqueue(&queue, &[job(1, "c")]).await;
        until!("another has begun", at_work.load(Ordering::SeqCst) == 2);
        working.shut_down(Duration::ZERO).await.unwrap();
        until!("all have stopped", at_work.load(Ordering::SeqCst) == 0);
        check_tables(&db).await;
    }
);

db_test!(
    async fn who_goes_home_finishes_what_it_can_and_gives_back_the_rest(db: Db) {
        let queue = queue_with(&db, deaf(), Hooks::default()).await;
        let begun = Arc::new(AtomicUsize::new(0));
        let counter = begun.clone();
        let lane = Lane::new(KIND, 2, move |job: Job| {
            counter.fetch_add(1, Ordering::SeqCst);
            async move {
                let time = if job.payload == "0" { 300 } else { 3_600_000 };
                tokio::time::sleep(Duration::from_millis(time)).await;
                Ok("done".to_owned())
            }
        });
        let ids = enqueue(&queue, &(0..5).map(|n| job(1, &n.to_string())).collect::<Vec<_>>()).await;
        let working = start(&queue, lane).await;
        until!("two are at work", begun.load(Ordering::SeqCst) == 2);
        working.shut_down(Duration::from_secs(2)).await.unwrap();
        assert_eq!(find(&queue, ids[0]).await.state, State::Completed { result: "done".to_owned() });
        for id in &ids[1..] {
            let view = find(&queue, *id).await;
            assert_eq!((view.state, view.failures, view.crashes), (State::Waiting, 0, 0));
        }
        assert_eq!(only_worker(&db).await, None);
        check_tables(&db).await;
    }
);

db_test!(
    async fn a_suspect_runs_when_nothing_else_does(db: Db) {
        let queue = queue_with(&db, brisk(), Hooks::default()).await;
        let ids = enqueue(&queue, &many(40)).await;
        let mut tx = db.begin().await.unwrap();
        const SUSPECT: &str = "UPDATE queue_ready SET suspect = TRUE, place = 'alone' WHERE job_id % 5 = 0";
        tx.exec(SUSPECT, ()).await.unwrap();
        tx.commit().await.unwrap();
        let (now, broken) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicI64::new(0)));
        let counters = (now.clone(), broken.clone());
        let handler = move |job: Job| {
            let (now, broken) = counters.clone();
            async move {
                let weight = if job.suspect { 1000 } else { 1 };
                let before = now.fetch_add(weight, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(3)).await;
                let after = now.fetch_sub(weight, Ordering::SeqCst) - weight;
                if (weight == 1000 && (before, after) != (0, 0)) || before >= 1000 || after >= 1000 {
                    broken.fetch_add(1, Ordering::SeqCst);
                }
                Ok(String::new())
            }
        };
        // Two lanes in one process: it is the process that would die.
        let worker =
            Worker::new(queue.clone()).lane(Lane::new(KIND, 3, handler.clone())).lane(Lane::new("other", 3, handler));
        let working = worker.start().await.unwrap();
        let others: Vec<NewJob> = (0..40).map(|n| NewJob::new("other", 1, n.to_string())).collect();
        let mut all = enqueue(&queue, &others).await;
        all.extend(ids);
        until_ended(&queue, &all).await;
        go_home(working).await;
        assert_eq!(broken.load(Ordering::SeqCst), 0);
    }
);

db_test!(
    async fn who_loses_its_lease_drops_its_work_and_begins_anew(db: Db) {
        let queue = queue_with(&db, brisk(), Hooks::default()).await;
        let at_work = Arc::new(AtomicUsize::new(0));
        let ids = enqueue(&queue, &[job(1, "a")]).await;
        let working = start(&queue, endless(1, &at_work)).await;
        until!("it is at work", at_work.load(Ordering::SeqCst) == 1);
        let first = only_worker(&db).await.unwrap();
        // Others take it for dead, as if it had been frozen.
        let mut tx = db.begin().await.unwrap();
        tx.exec("UPDATE queue_workers SET lease_until_ms = 1", ()).await.unwrap();
        tx.commit().await.unwrap();
        queue.rescue().await.unwrap();
        until!("it has a new number", only_worker(&db).await.is_some_and(|now| now != first));
        until!("it is at work again", {
            at_work.load(Ordering::SeqCst) == 1 && find(&queue, ids[0]).await.state == State::Running
        });
        let view = find(&queue, ids[0]).await;
        assert_eq!((view.attempt, view.crashes), (2, 0));
        working.shut_down(Duration::ZERO).await.unwrap();
        check_tables(&db).await;
    }
);

db_test!(
    async fn a_claim_whose_answer_was_lost_is_given_back(db: Db) {
        let queue = queue_with(&db, brisk(), Hooks::default()).await;
        let mut tx = db.begin().await.unwrap();
        queue.pause(&mut tx, Some(KIND)).await.unwrap();
        tx.commit().await.unwrap();
        let working = start(&queue, echo(1)).await;
        let ids = enqueue(&queue, &[job(1, "a")]).await;
        let worker = only_worker(&db).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        queue.resume(&mut tx, Some(KIND)).await.unwrap();
        assert_eq!(queue.claim(&mut tx, worker, KIND, 1).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
        until_ended(&queue, &ids).await;
        assert_eq!(find(&queue, ids[0]).await.attempt, 2);
        go_home(working).await;
        check_tables(&db).await;
    }
);

db_test!(
    async fn a_hook_that_fails_for_one_job_harms_no_other(db: Db) {
        let hooks = Hooks::default().on_end(KIND, |_, ended| {
            let refused =
                ended.iter().any(|job| matches!(&job.end, End::Completed { result } if result.ends_with(" 3")));
            Box::pin(async move { if refused { Err("not that one".into()) } else { Ok(()) } })
        });
        let queue = queue_with(&db, brisk(), hooks).await;
        let jobs: Vec<NewJob> = many(8).into_iter().map(|job| NewJob { max_attempts: 1, ..job }).collect();
        let ids = enqueue(&queue, &jobs).await;
        let working = start(&queue, echo(4)).await;
        until_ended(&queue, &ids).await;
        go_home(working).await;
        for (n, id) in ids.iter().enumerate() {
            let view = find(&queue, *id).await;
            assert_eq!(view.state == State::Dead, n == 3, "{view:?}");
        }
        assert!(find(&queue, ids[3]).await.error.unwrap().contains("not that one"));
        check_tables(&db).await;
    }
);

db_test!(
    async fn the_lease_is_kept_while_every_thread_is_busy(db: Db) {
        let queue = queue_with(&db, Options { lease: Duration::from_millis(800), ..brisk() }, Hooks::default()).await;
        let lane = Lane::new(KIND, 2, |_| async {
            // Longer than three leases, without ever giving the thread back; the test's runtime has two.
            std::thread::sleep(Duration::from_millis(2500));
            Ok("done".to_owned())
        });
        let working = start(&queue, lane).await;
        let ids = enqueue(&queue, &[job(1, "a"), job(1, "b")]).await;
        until_ended(&queue, &ids).await;
        go_home(working).await;
        for id in ids {
            let view = find(&queue, id).await;
            assert_eq!((view.state, view.attempt), (State::Completed { result: "done".to_owned() }, 1));
        }
    }
);

#[test]
fn a_worker_whose_file_was_taken_over_ends() {
    handbill_db::testing::on_sqlite(async |db: Db| {
        let old = queue_with(&db, brisk(), Hooks::default()).await;
        let mut working = start(&old, echo(1)).await;
        let new = queue_with(&db, brisk(), Hooks::default()).await;
        let other = start(&new, echo(1)).await;
        let ended = tokio::time::timeout(Duration::from_secs(30), working.ended()).await.unwrap();
        assert!(matches!(ended, Err(Error::TakenOver)), "{ended:?}");
        go_home(other).await;
    });
}

/// The server ends connections again and again, in the middle of whatever they do.
#[test]
fn on_postgres_nothing_is_lost_or_done_twice_while_connections_break() {
    handbill_db::testing::on_postgres(async |db: Db| {
        let mut tx = db.begin().await.unwrap();
        tx.exec("CREATE TABLE done (job_id BIGINT)", ()).await.unwrap();
        tx.commit().await.unwrap();
        let hooks = Hooks::default().on_end(KIND, |tx, ended| {
            Box::pin(async move {
                for job in ended {
                    tx.exec("INSERT INTO done VALUES ($1)", (job.job.0,)).await?;
                }
                Ok(())
            })
        });
        let queue = queue_with(&db, brisk(), hooks).await;
        let ids = enqueue(&queue, &many(400)).await;
        let lane = Lane::new(KIND, 4, |_| async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Ok(String::new())
        });
        let working = start(&queue, lane).await;
        const BREAK: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let mut breaks = 0;
        until!("all are done", {
            tokio::time::sleep(Duration::from_millis(60)).await;
            let counted = match db.read().await {
                Ok(mut conn) => {
                    let counted = conn.one::<(i64,)>("SELECT count(*) FROM done", ()).await;
                    breaks += u32::from(conn.all::<(bool,)>(BREAK, ()).await.is_ok());
                    counted
                }
                Err(error) => Err(error),
            };
            matches!(counted, Ok((400..,)))
        });
        assert!(breaks > 3, "{breaks}");
        go_home(working).await;
        let mut done: Vec<(i64,)> =
            db.read().await.unwrap().all("SELECT job_id FROM done ORDER BY 1", ()).await.unwrap();
        assert_eq!(done.drain(..).map(|(id,)| JobId(id)).collect::<Vec<_>>(), ids);
        check_tables(&db).await;
    });
}
