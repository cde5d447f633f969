//! Counts, pace, and places in the line.

use std::time::Duration;

use handbill_db::db_test;

use super::{KIND, begin, check_tables, claim, completed, enqueue, failed, job, let_leases_end, queue, settle, worker};
use crate::{Ahead, Fault, JobId, NewJob, Start, Stats};

db_test!(
    async fn stats_count_what_there_is(db: Db) {
        let queue = queue(&db).await;
        let mut conn = db.read().await.unwrap();
        assert_eq!(queue.stats(&mut conn, KIND).await.unwrap(), Stats::default());
        drop(conn);
        let mut jobs: Vec<NewJob> = (0..10).map(|n| job(n % 2, &n.to_string())).collect();
        jobs.push(NewJob { start: Start::After(Duration::from_secs(60)), ..job(1, "later") });
        jobs.push(NewJob::new("webhook", 1, "of another kind"));
        enqueue(&queue, &jobs).await;
        let (one, _other) = (worker(&queue).await, worker(&queue).await);
        let claimed = claim(&queue, one, 6).await;
        begin(&queue, one, &claimed[..4]).await;
        let ends = [completed(&claimed[0]), completed(&claimed[1]), failed(&claimed[2], Fault::permanent("bad"))];
        settle(&queue, one, &ends).await;
        let expected = Stats {
            waiting: 6,
            delayed: 1,
            active: 1,
            completed: 2,
            failed: 1,
            workers: 2,
            slots: 8,
            per_minute: 3,
            average: Some(Duration::from_millis(20)),
            paused: false,
        };
        for _ in 0..3 {
            assert_eq!(queue.stats(&mut db.read().await.unwrap(), KIND).await.unwrap(), expected);
            // Folding changes how it is written, not what it says.
            let mut tx = db.begin().await.unwrap();
            crate::tally::fold(&mut tx).await.unwrap();
            let (now_ms,): (i64,) = tx.one(crate::rows::NOW, (queue.0.clock.day(),)).await.unwrap();
            crate::pace::fold(&mut tx, now_ms).await.unwrap();
            tx.commit().await.unwrap();
            check_tables(&db).await;
        }
        let_leases_end(&queue);
        queue.jump(Duration::from_secs(3600));
        let mut tx = db.begin().await.unwrap();
        let (now_ms,): (i64,) = tx.one(crate::rows::NOW, (queue.0.clock.day(),)).await.unwrap();
        crate::pace::fold(&mut tx, now_ms).await.unwrap();
        tx.commit().await.unwrap();
        let later = queue.stats(&mut db.read().await.unwrap(), KIND).await.unwrap();
        assert_eq!(later, Stats { workers: 0, slots: 0, per_minute: 0, ..expected });
        let rows: (i64,) = db.read().await.unwrap().one("SELECT count(*) FROM queue_pace", ()).await.unwrap();
        assert_eq!(rows, (1,));
    }
);

db_test!(
    async fn a_place_in_the_line_counts_those_before_it(db: Db) {
        let queue = queue(&db).await;
        let jobs: Vec<NewJob> = (0..4).map(|n| job(1, &n.to_string())).collect();
        let mut ids = enqueue(&queue, &jobs).await;
        ids.extend(enqueue(&queue, &[job(2, "another's"), NewJob { priority: 1, ..job(1, "urgent") }]).await);
        let mut conn = db.read().await.unwrap();
        let mut places = Vec::new();
        for id in &ids {
            places.push(queue.ahead_of(&mut conn, *id).await.unwrap().unwrap().jobs);
        }
        assert_eq!(places, [1, 3, 4, 5, 2, 0]);
        drop(conn);
        let worker = worker(&queue).await;
        assert_eq!(claim(&queue, worker, 1).await[0].id, ids[5]);
        let mut conn = db.read().await.unwrap();
        assert_eq!(queue.ahead_of(&mut conn, ids[5]).await.unwrap(), None);
        assert_eq!(queue.ahead_of(&mut conn, JobId(999)).await.unwrap(), None);
        assert_eq!(queue.ahead_of(&mut conn, ids[0]).await.unwrap(), Some(Ahead { jobs: 0, or_more: false }));
    }
);

#[test]
fn an_estimate_counts_rounds_of_all_slots() {
    let stats = Stats { slots: 4, average: Some(Duration::from_millis(100)), ..Stats::default() };
    for (jobs, active, millis) in [(0, 0, 100), (4, 0, 200), (40, 0, 1100), (38, 4, 1100), (1000, 4, 25_150)] {
        let estimate = Stats { active, ..stats.clone() }.estimate(Ahead { jobs, or_more: false });
        assert_eq!(estimate, Some(Duration::from_millis(millis)), "{jobs} ahead, {active} active");
    }
    assert_eq!(Stats::default().estimate(Ahead { jobs: 3, or_more: false }), None);
}
