//! Claims: in batches, to one worker each, under a lease.

use std::collections::BTreeSet;

use handbill_db::db_test;

use super::{
    KIND, begin, check_tables, claim, completed, enqueue, enqueue_one, find, job, let_leases_end, queue, settle, worker,
};
use crate::{Error, JobId, NewJob, State, WorkerId};

db_test!(
    async fn a_claim_takes_as_many_as_asked_for(db: Db) {
        let queue = queue(&db).await;
        let jobs: Vec<NewJob> = (0..70).map(|n| job(n % 3, &n.to_string())).collect();
        let ids = enqueue(&queue, &jobs).await;
        let worker = worker(&queue).await;
        let mut claimed = BTreeSet::new();
        for expected in [50, 20, 0] {
            let batch = claim(&queue, worker, 50).await;
            assert_eq!(batch.len(), expected);
            claimed.extend(batch.iter().map(|job| job.id));
        }
        assert_eq!(claimed, ids.into_iter().collect());
        check_tables(&db).await;
    }
);

db_test!(
    async fn no_job_goes_to_two_workers(db: Db) {
        let queue = queue(&db).await;
        let jobs: Vec<NewJob> = (0..2000).map(|n| job(n % 5, &n.to_string())).collect();
        let ids = enqueue(&queue, &jobs).await;
        let mut claimers = Vec::new();
        for _ in 0..6 {
            let (queue, worker) = (queue.clone(), worker(&queue).await);
            claimers.push(tokio::spawn(async move {
                let mut mine: Vec<JobId> = Vec::new();
                loop {
                    let batch = claim(&queue, worker, 17).await;
                    if batch.is_empty() {
                        return mine;
                    }
                    mine.extend(batch.iter().map(|job| job.id));
                    let outcomes: Vec<_> = batch.iter().map(completed).collect();
                    assert_eq!(settle(&queue, worker, &outcomes).await.len(), batch.len());
                }
            }));
        }
        let mut claimed = Vec::new();
        for claimer in claimers {
            claimed.extend(claimer.await.unwrap());
        }
        claimed.sort();
        assert_eq!(claimed, ids);
        check_tables(&db).await;
    }
);

db_test!(
    async fn without_a_lease_there_is_no_claim(db: Db) {
        let queue = queue(&db).await;
        enqueue_one(&queue).await;
        let worker = worker(&queue).await;
        let_leases_end(&queue);
        let mut tx = db.begin().await.unwrap();
        let refused = queue.claim(&mut tx, worker, KIND, 1).await;
        assert!(matches!(refused, Err(Error::LeaseLost(lost)) if lost == worker), "{refused:?}");
        assert!(matches!(queue.claim(&mut tx, WorkerId(999), KIND, 1).await, Err(Error::LeaseLost(_))));
        // Nobody has noticed: it may come back.
        assert!(queue.beat(&mut tx, worker).await.unwrap());
        assert_eq!(queue.claim(&mut tx, worker, KIND, 1).await.unwrap().len(), 1);
    }
);

db_test!(
    async fn a_buffered_job_waits_until_it_is_begun(db: Db) {
        let queue = queue(&db).await;
        let id = enqueue_one(&queue).await;
        let worker = worker(&queue).await;
        let jobs = claim(&queue, worker, 5).await;
        let view = find(&queue, id).await;
        assert_eq!((view.state, view.started_at_ms), (State::Waiting, None));
        assert_eq!(begin(&queue, worker, &jobs).await, [id]);
        let view = find(&queue, id).await;
        assert_eq!(view.state, State::Running);
        assert!(view.started_at_ms.unwrap() >= view.created_at_ms);
    }
);

db_test!(
    async fn only_what_is_still_held_can_be_begun(db: Db) {
        let queue = queue(&db).await;
        let ids = enqueue(&queue, &[job(1, "held"), job(1, "canceled"), job(1, "given back")]).await;
        let worker = worker(&queue).await;
        let jobs = claim(&queue, worker, 2).await;
        let third = claim(&queue, worker, 1).await;
        let mut tx = db.begin().await.unwrap();
        queue.cancel(&mut tx, &[ids[1]]).await.unwrap();
        tx.commit().await.unwrap();
        let mut stale = third[0].clone();
        stale.attempt += 1;
        let all = [jobs[0].clone(), jobs[1].clone(), stale];
        assert_eq!(begin(&queue, worker, &all).await, [ids[0]]);
        assert_eq!(begin(&queue, WorkerId(999), &jobs).await, []);
    }
);

/// The planner remembers the line as short: it must not have all of it read and sorted.
#[test]
fn on_postgres_a_claim_reads_what_it_takes_and_not_the_whole_line() {
    handbill_db::testing::on_postgres(async |db: handbill_db::Db| {
        let queue = queue(&db).await;
        enqueue(&queue, &[job(1, "first"), job(2, "second")]).await;
        let mut tx = db.begin().await.unwrap();
        tx.exec("ANALYZE queue_ready", ()).await.unwrap();
        tx.commit().await.unwrap();
        enqueue(&queue, &(0..20_000).map(|n| job(n % 7, "one of many")).collect::<Vec<_>>()).await;
        let worker = worker(&queue).await;
        const READ: &str = "SELECT (seq_tup_read + coalesce(idx_tup_fetch, 0))::BIGINT FROM pg_stat_xact_user_tables
            WHERE relname = 'queue_ready'";
        let mut tx = db.begin().await.unwrap();
        let (before,): (i64,) = tx.one(READ, ()).await.unwrap();
        assert_eq!(queue.claim(&mut tx, worker, KIND, 50).await.unwrap().len(), 50);
        let (after,): (i64,) = tx.one(READ, ()).await.unwrap();
        assert!((50..1000).contains(&(after - before)), "{} rows were read", after - before);
    });
}
