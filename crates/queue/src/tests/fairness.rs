//! Accounts take turns, however much one of them has waiting.

use std::time::Duration;

use handbill_db::db_test;

use super::{check_tables, claim, completed, enqueue, job, promote, queue, settle, worker};
use crate::{Job, NewJob, Queue, Start, WorkerId};

async fn work(queue: &Queue, worker: WorkerId, most: i64) -> Vec<Job> {
    let jobs = claim(queue, worker, most).await;
    let outcomes: Vec<_> = jobs.iter().map(completed).collect();
    settle(queue, worker, &outcomes).await;
    jobs
}

fn of(account: i64, count: usize) -> Vec<NewJob> {
    (0..count).map(|n| job(account, &n.to_string())).collect()
}

fn count_of(account: i64, jobs: &[Job]) -> usize {
    jobs.iter().filter(|job| job.account == account).count()
}

db_test!(
    async fn a_newcomer_does_not_wait_behind_a_crowd(db: Db) {
        let queue = queue(&db).await;
        let worker = worker(&queue).await;
        enqueue(&queue, &of(1, 30_100)).await;
        for _ in 0..4 {
            work(&queue, worker, 50).await;
        }
        enqueue(&queue, &of(2, 50)).await;
        let rounds = [work(&queue, worker, 50).await, work(&queue, worker, 50).await];
        assert_eq!(count_of(2, &rounds[0]) + count_of(2, &rounds[1]), 50);
        assert!(count_of(1, &rounds[0]) >= 20, "the crowd goes on, too");
        check_tables(&db).await;
    }
);

db_test!(
    async fn whoever_was_away_gains_nothing_by_it(db: Db) {
        let queue = queue(&db).await;
        let worker = worker(&queue).await;
        // The first account works for long, alone; then both have much to do.
        enqueue(&queue, &of(1, 500)).await;
        while !work(&queue, worker, 50).await.is_empty() {}
        enqueue(&queue, &of(2, 300)).await;
        enqueue(&queue, &of(1, 300)).await;
        let jobs = work(&queue, worker, 100).await;
        assert!((48..=52).contains(&count_of(1, &jobs)), "{}", count_of(1, &jobs));
    }
);

db_test!(
    async fn cost_is_what_is_shared(db: Db) {
        let queue = queue(&db).await;
        let worker = worker(&queue).await;
        let dear: Vec<NewJob> = of(1, 100).into_iter().map(|job| NewJob { cost: 4, ..job }).collect();
        enqueue(&queue, &dear).await;
        enqueue(&queue, &of(2, 200)).await;
        let jobs = work(&queue, worker, 100).await;
        assert_eq!((count_of(1, &jobs), count_of(2, &jobs)), (20, 80));
    }
);

db_test!(
    async fn a_delay_is_no_way_past_the_others(db: Db) {
        let queue = queue(&db).await;
        let worker = worker(&queue).await;
        let start = Start::After(Duration::from_secs(1));
        let delayed: Vec<NewJob> = of(1, 200).into_iter().map(|job| NewJob { start, ..job }).collect();
        enqueue(&queue, &delayed).await;
        enqueue(&queue, &of(2, 200)).await;
        work(&queue, worker, 50).await;
        queue.jump(Duration::from_secs(2));
        while promote(&queue).await > 0 {}
        let jobs = work(&queue, worker, 100).await;
        assert!((48..=52).contains(&count_of(1, &jobs)), "{}", count_of(1, &jobs));
    }
);

db_test!(
    async fn an_urgent_job_does_not_carry_its_accounts_crowd_along(db: Db) {
        let queue = queue(&db).await;
        let worker = worker(&queue).await;
        enqueue(&queue, &of(1, 300)).await;
        enqueue(&queue, &[NewJob { priority: 5, ..job(1, "urgent") }]).await;
        assert_eq!(work(&queue, worker, 1).await[0].payload, "urgent");
        enqueue(&queue, &of(2, 50)).await;
        assert_eq!(count_of(2, &work(&queue, worker, 100).await), 50);
    }
);
