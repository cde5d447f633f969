//! Forgetting what has ended.

use std::time::Duration;

use handbill_db::db_test;

use super::{
    KIND, beat, check_tables, claim, completed, enqueue, failed, find, job, options, queue, queue_with, settle, worker,
};
use crate::prune::{Retention, Step};
use crate::{Fault, Hooks, Job, JobId, Lane, NewJob, Options, Prune, Queue, Worker};

const MINUTE: Duration = Duration::from_secs(60);

fn retention() -> Retention {
    Retention { done: Some(MINUTE), dead: Some(10 * MINUTE) }
}

async fn are_there(queue: &Queue, jobs: &[JobId]) -> Vec<bool> {
    let mut there = Vec::new();
    for job in jobs {
        there.push(queue.find(&mut queue.db().read().await.unwrap(), *job).await.unwrap().is_some());
    }
    there
}

async fn begin_walk(queue: &Queue) -> Option<i64> {
    let mut tx = queue.db().begin().await.unwrap();
    let reached = queue.begin_walk(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    reached
}

async fn walk(queue: &Queue, reached: &mut i64) -> Step {
    let mut tx = queue.db().begin().await.unwrap();
    let step = queue.walk(&mut tx, retention(), reached).await.unwrap();
    tx.commit().await.unwrap();
    step
}

async fn forget_groups(queue: &Queue) -> u64 {
    let mut tx = queue.db().begin().await.unwrap();
    let forgotten = queue.forget_groups(&mut tx, retention()).await.unwrap();
    tx.commit().await.unwrap();
    forgotten
}

db_test!(
    async fn what_ended_long_ago_is_forgotten_and_nothing_else(db: Db) {
        let queue = queue(&db).await;
        let mut tx = db.begin().await.unwrap();
        let group = queue.create_group(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let jobs: Vec<NewJob> = (0..5).map(|n| NewJob { group: Some(group), ..job(1, &n.to_string()) }).collect();
        let ids = enqueue(&queue, &jobs).await;
        let mut tx = db.begin().await.unwrap();
        queue.close_group(&mut tx, group).await.unwrap();
        tx.commit().await.unwrap();
        let worker = worker(&queue).await;
        let claimed = claim(&queue, worker, 4).await;
        settle(&queue, worker, &[completed(&claimed[0]), failed(&claimed[1], Fault::permanent("bad"))]).await;
        let mut reached = begin_walk(&queue).await.expect("nobody walks");
        assert_eq!(begin_walk(&queue).await, None, "somebody walks");
        assert_eq!(walk(&queue, &mut reached).await, Step { forgotten: 0, goes_on: false });

        queue.jump(2 * MINUTE);
        assert_eq!(begin_walk(&queue).await, None, "the last walk was a short time ago");
        queue.jump(9 * MINUTE);
        beat(&queue, worker).await;
        settle(&queue, worker, &[completed(&claimed[2])]).await;
        let mut reached = begin_walk(&queue).await.expect("it is time");
        assert_eq!(walk(&queue, &mut reached).await, Step { forgotten: 2, goes_on: false });
        assert_eq!(are_there(&queue, &ids).await, [false, false, true, true, true]);
        assert_eq!(forget_groups(&queue).await, 0);

        settle(&queue, worker, &[completed(&claimed[3])]).await;
        settle(&queue, worker, &[completed(&claim(&queue, worker, 1).await[0])]).await;
        check_tables_but_groups(&queue).await;
        queue.jump(11 * MINUTE);
        let mut reached = begin_walk(&queue).await.expect("it is time again");
        assert_eq!(walk(&queue, &mut reached).await, Step { forgotten: 3, goes_on: false });
        assert_eq!(forget_groups(&queue).await, 1);
        check_tables(&db).await;
    }
);

/// A group counts jobs that are forgotten.
async fn check_tables_but_groups(queue: &Queue) {
    let mut conn = queue.db().read().await.unwrap();
    let (hot,): (i64,) =
        conn.one("SELECT (SELECT count(*) FROM queue_ready) + (SELECT count(*) FROM queue_running)", ()).await.unwrap();
    assert_eq!(hot, 0);
}

db_test!(
    async fn a_walk_goes_on_where_another_died(db: Db) {
        let queue = queue(&db).await;
        let ids = enqueue(&queue, &(0..2500).map(|n| job(1, &n.to_string())).collect::<Vec<_>>()).await;
        let mut tx = db.begin().await.unwrap();
        queue.cancel(&mut tx, &ids).await.unwrap();
        tx.commit().await.unwrap();
        let waiting = enqueue(&queue, &[job(1, "waits")]).await;
        queue.jump(2 * MINUTE);
        let mut reached = begin_walk(&queue).await.unwrap();
        assert_eq!(walk(&queue, &mut reached).await, Step { forgotten: 1000, goes_on: true });
        assert_eq!(begin_walk(&queue).await, None);
        // It dies here.
        queue.jump(2 * MINUTE);
        let mut taken_over = begin_walk(&queue).await.expect("nobody walks any more");
        assert_eq!(taken_over, ids[999].0);
        assert_eq!(walk(&queue, &mut taken_over).await, Step { forgotten: 1000, goes_on: true });
        // It was only frozen.
        assert_eq!(walk(&queue, &mut reached).await, Step { forgotten: 0, goes_on: false });
        assert_eq!(walk(&queue, &mut taken_over).await, Step { forgotten: 500, goes_on: false });
        assert_eq!(are_there(&queue, &waiting).await, [true]);
        check_tables(&db).await;
    }
);

db_test!(
    async fn a_worker_keeps_what_it_is_told_to(db: Db) {
        let brisk = Options { poll: Duration::from_millis(20), ..options() };
        let queue = queue_with(&db, brisk, Hooks::default()).await;
        let handler = |job: Job| async move {
            if job.payload == "bad" { Err(Fault::permanent("bad")) } else { Ok(String::new()) }
        };
        let worker = || Worker::new(queue.clone()).lane(Lane::new(KIND, 1, handler));
        let working = worker().start().await.unwrap();
        let ids = enqueue(&queue, &[job(1, "bad"), job(1, "good")]).await;
        while find(&queue, ids[1]).await.finished_at_ms.is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        working.shut_down(Duration::from_secs(10)).await.unwrap();
        let working = worker().keep(Prune::Done, Duration::ZERO).start().await.unwrap();
        while are_there(&queue, &ids).await[1] {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(find(&queue, ids[0]).await.state, crate::State::Dead);
        working.shut_down(Duration::from_secs(10)).await.unwrap();
    }
);
