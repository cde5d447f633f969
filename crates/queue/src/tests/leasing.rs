//! Leases, rescue, and a SQLite file that changes hands.

use handbill_db::db_test;
use handbill_db::testing::on_sqlite;

use super::{
    KIND, beat, check_tables, claim, completed, enqueue, enqueue_one, find, job, let_leases_end, queue, run, settle,
    worker,
};
use crate::{Error, Hooks, Options, Queue, State};

db_test!(
    async fn who_is_heard_of_keeps_its_jobs(db: Db) {
        let queue = queue(&db).await;
        let id = enqueue_one(&queue).await;
        let worker = worker(&queue).await;
        let job = run(&queue, worker).await;
        for _ in 0..3 {
            queue.jump(Options::default().lease / 2);
            assert!(beat(&queue, worker).await);
            assert_eq!(queue.rescue().await.unwrap(), 0);
        }
        assert_eq!(settle(&queue, worker, &[completed(&job)]).await, [id]);
    }
);

db_test!(
    async fn who_was_given_up_does_not_come_back(db: Db) {
        let queue = queue(&db).await;
        let ids = enqueue(&queue, &[job(1, "a"), job(1, "b")]).await;
        let lost = worker(&queue).await;
        run(&queue, lost).await;
        let_leases_end(&queue);
        queue.rescue().await.unwrap();
        assert!(!beat(&queue, lost).await);
        let mut tx = db.begin().await.unwrap();
        // The hole through which the first prototype lost jobs: a claim under a number that nobody looks after.
        assert!(matches!(queue.claim(&mut tx, lost, KIND, 5).await, Err(Error::LeaseLost(_))));
        drop(tx);
        assert_eq!(find(&queue, ids[1]).await.state, State::Waiting);
        check_tables(&db).await;
    }
);

db_test!(
    async fn a_job_whose_worker_does_not_exist_is_found(db: Db) {
        let queue = queue(&db).await;
        let id = enqueue_one(&queue).await;
        let worker = worker(&queue).await;
        claim(&queue, worker, 1).await;
        let mut tx = db.begin().await.unwrap();
        tx.exec("DELETE FROM queue_workers", ()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(queue.rescue().await.unwrap(), 1);
        let view = find(&queue, id).await;
        assert_eq!((view.state, view.crashes), (State::Waiting, 0));
        check_tables(&db).await;
    }
);

db_test!(
    async fn who_leaves_gives_back_what_it_has(db: Db) {
        let queue = queue(&db).await;
        let ids = enqueue(&queue, &[job(1, "a"), job(1, "b"), job(1, "c")]).await;
        let leaving = worker(&queue).await;
        let begun = run(&queue, leaving).await;
        claim(&queue, leaving, 1).await;
        let mut tx = db.begin().await.unwrap();
        queue.release_buffer(&mut tx, leaving).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(find(&queue, ids[0]).await.state, State::Running);
        assert_eq!(find(&queue, ids[1]).await.state, State::Waiting);
        let mut tx = db.begin().await.unwrap();
        queue.leave(&mut tx, leaving).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(settle(&queue, leaving, &[completed(&begun)]).await, []);
        let other = worker(&queue).await;
        let jobs = claim(&queue, other, 5).await;
        assert_eq!(jobs.iter().map(|job| job.id).collect::<Vec<_>>(), ids, "each at its old place in the line");
        assert!(jobs.iter().all(|job| job.crashes == 0 && job.failures == 0));
        check_tables(&db).await;
    }
);

async fn may_judge(queue: &Queue) -> bool {
    queue.may_judge(&mut queue.db().read().await.unwrap()).await.unwrap()
}

db_test!(
    async fn after_a_pause_of_the_database_nobody_is_given_up_for_a_lease(db: Db) {
        let queue = queue(&db).await;
        let lease = Options::default().lease;
        let (first, second) = (worker(&queue).await, worker(&queue).await);
        assert!(!may_judge(&queue).await, "they have just begun");
        for _ in 0..3 {
            queue.jump(lease / 3);
            assert!(beat(&queue, first).await && beat(&queue, second).await);
        }
        assert!(may_judge(&queue).await);
        queue.jump(2 * lease);
        assert!(beat(&queue, first).await, "nobody gave it up");
        assert!(!may_judge(&queue).await, "the other one had no chance yet");
        for _ in 0..2 {
            queue.jump(lease / 3);
            assert!(beat(&queue, first).await);
            assert!(!may_judge(&queue).await);
        }
        queue.jump(lease / 3);
        assert!(may_judge(&queue).await);
    }
);

// Poison may kill process after process before any of them has lived for a lease. What they leave is put back all the same.
db_test!(
    async fn while_workers_die_one_after_the_other_their_jobs_go_back(db: Db) {
        let queue = queue(&db).await;
        let lease = Options::default().lease;
        let ids = enqueue(&queue, &[job(1, "a")]).await;
        let dying = worker(&queue).await;
        run(&queue, dying).await;
        for _ in 0..4 {
            queue.jump(lease / 3);
            worker(&queue).await;
        }
        assert!(may_judge(&queue).await);
        assert_eq!(queue.rescue().await.unwrap(), 1);
        assert_eq!(find(&queue, ids[0]).await.state, State::Waiting);
        check_tables(&db).await;
    }
);

/// The process that had the file died, or is frozen and comes back: the next one takes over at its start.
#[test]
fn a_sqlite_file_belongs_to_the_newest_process() {
    on_sqlite(async |db: handbill_db::Db| {
        let old = queue(&db).await;
        let ids = enqueue(&old, &[job(1, "begun"), job(1, "buffered"), job(1, "waiting")]).await;
        let old_worker = worker(&old).await;
        let begun = run(&old, old_worker).await;
        claim(&old, old_worker, 1).await;

        let new = Queue::new(db.clone(), Options::default(), Hooks::default());
        // To take jobs in is no work: a command may do it beside the server.
        enqueue(&new, &[job(1, "from a command")]).await;
        assert_eq!(find(&old, ids[0]).await.state, State::Running);

        let new_worker = worker(&new).await;
        let jobs = claim(&new, new_worker, 5).await;
        assert_eq!((jobs[0].id, jobs[0].suspect), (ids[0], true), "it was begun, so it goes first and alone");
        assert_eq!(claim(&new, new_worker, 5).await.len(), 3);

        assert_eq!(settle(&old, old_worker, &[completed(&begun)]).await, []);
        assert!(!beat(&old, old_worker).await);
        let mut tx = db.begin().await.unwrap();
        let refused = old.register(&mut tx, &[(KIND.to_owned(), 4)].into()).await;
        assert!(matches!(refused, Err(Error::TakenOver)), "{refused:?}");
        drop(tx);
        // Another worker of the same process takes nothing from the first.
        worker(&new).await;
        assert!(beat(&new, new_worker).await);
        check_tables(&db).await;
    });
}

#[test]
fn on_postgres_many_processes_work_side_by_side() {
    handbill_db::testing::on_postgres(async |db: handbill_db::Db| {
        let one = queue(&db).await;
        let other = queue(&db).await;
        enqueue(&one, &[job(1, "a"), job(1, "b")]).await;
        let (worker_one, worker_other) = (worker(&one).await, worker(&other).await);
        let a = run(&one, worker_one).await;
        let b = run(&other, worker_other).await;
        assert_eq!(settle(&one, worker_one, &[completed(&a)]).await, [a.id]);
        assert_eq!(settle(&other, worker_other, &[completed(&b)]).await, [b.id]);
    });
}
