//! Taking jobs in: with the caller's transaction, in order, by priority, later, within limits.

use std::time::Duration;

use handbill_db::db_test;

use super::{
    KIND, check_tables, claim, completed, enqueue, find, job, options, payloads, promote, queue, queue_with, settle,
    worker,
};
use crate::{Error, Full, GroupId, Hooks, Limits, NewJob, Options, Scope, Start, State};

db_test!(
    async fn a_job_exists_with_its_transaction_only(db: Db) {
        let queue = queue(&db).await;
        let worker = worker(&queue).await;
        let mut tx = db.begin().await.unwrap();
        queue.enqueue(&mut tx, job(1, "rolled back")).await.unwrap();
        drop(tx);
        assert_eq!(claim(&queue, worker, 10).await, []);
        let payload = "{\"text\": \"naïve \\\"quotes\\\" ❤️ \u{1f469}\u{200d}\u{1f467}\"}";
        let ids = enqueue(&queue, &[job(7, payload)]).await;
        assert_eq!(find(&queue, ids[0]).await.state, State::Waiting);
        let claimed = claim(&queue, worker, 10).await;
        assert_eq!((claimed[0].id, claimed[0].account, claimed[0].attempt), (ids[0], 7, 1));
        assert_eq!(payloads(&claimed), [payload]);
        check_tables(&db).await;
    }
);

db_test!(
    async fn many_at_once_keep_their_order(db: Db) {
        let queue = queue(&db).await;
        let jobs: Vec<NewJob> = (0..5001).map(|n| job(1, &n.to_string())).collect();
        let ids = enqueue(&queue, &jobs).await;
        assert_eq!(ids.len(), 5001);
        assert!(ids.is_sorted());
        assert_eq!(enqueue(&queue, &[]).await, []);
        let worker = worker(&queue).await;
        for n in 0..3 {
            let claimed = claim(&queue, worker, 1700).await;
            let first = n * 1700;
            for (at, claimed) in claimed.iter().enumerate() {
                assert_eq!((claimed.id, &claimed.payload), (ids[first + at], &(first + at).to_string()));
            }
        }
        check_tables(&db).await;
    }
);

db_test!(
    async fn a_higher_priority_goes_first(db: Db) {
        let queue = queue(&db).await;
        let with = |priority, payload: &str| NewJob { priority, ..job(1, payload) };
        enqueue(&queue, &[with(0, "b"), with(-3, "d"), with(9, "a"), with(0, "c")]).await;
        let worker = worker(&queue).await;
        assert_eq!(payloads(&claim(&queue, worker, 3).await), ["a", "b", "c"]);
        assert_eq!(payloads(&claim(&queue, worker, 3).await), ["d"]);
    }
);

db_test!(
    async fn kinds_do_not_meet(db: Db) {
        let queue = queue(&db).await;
        enqueue(&queue, &[NewJob::new("webhook", 1, "other"), job(1, "mine")]).await;
        let worker = worker(&queue).await;
        assert_eq!(payloads(&claim(&queue, worker, 5).await), ["mine"]);
        let mut tx = db.begin().await.unwrap();
        assert_eq!(payloads(&queue.claim(&mut tx, worker, "webhook", 5).await.unwrap()), ["other"]);
    }
);

db_test!(
    async fn a_delayed_job_waits_for_its_time(db: Db) {
        let queue = queue(&db).await;
        let worker = worker(&queue).await;
        let later = NewJob { start: Start::After(Duration::from_secs(5)), ..job(1, "later") };
        let past = NewJob { start: Start::At(1_600_000_000_000), ..job(1, "past") };
        let ids = enqueue(&queue, &[later, past]).await;
        let State::Delayed { until_ms } = find(&queue, ids[0]).await.state else { panic!("it is delayed") };
        let wait = until_ms - find(&queue, ids[0]).await.created_at_ms;
        assert_eq!(wait, 5000);
        assert_eq!(promote(&queue).await, 0);
        assert_eq!(payloads(&claim(&queue, worker, 5).await), ["past"]);
        check_tables(&db).await;
        queue.jump(Duration::from_secs(6));
        assert_eq!(promote(&queue).await, 1);
        check_tables(&db).await;
        assert_eq!(payloads(&claim(&queue, worker, 5).await), ["later"]);
        assert_eq!(promote(&queue).await, 0);
    }
);

db_test!(
    async fn limits_hold_for_an_account_and_for_all(db: Db) {
        let limits = Limits { whole: Some(5), per_account: Some(3) };
        let options = Options { limits: [(KIND.to_owned(), limits)].into(), ..options() };
        let queue = queue_with(&db, options, Hooks::default()).await;
        let later = NewJob { start: Start::After(Duration::from_secs(60)), ..job(1, "later") };
        enqueue(&queue, &[job(1, "a"), job(1, "b"), later]).await;

        let mut tx = db.begin().await.unwrap();
        let Err(Error::Full(full)) = queue.enqueue(&mut tx, job(1, "one too many")).await else { panic!("it is full") };
        let scope = Scope::Account(1);
        let unknown_pace = Duration::from_secs(10);
        let expected = Full { kind: KIND.to_owned(), scope, depth: 3, limit: 3, retry_after: unknown_pace };
        assert_eq!(full, expected);
        // Refusing is no failure of the transaction: what fits goes in.
        queue.enqueue_all(&mut tx, &[job(2, "c"), job(2, "d")]).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = db.begin().await.unwrap();
        let Err(Error::Full(full)) = queue.enqueue(&mut tx, job(3, "one too many")).await else { panic!("it is full") };
        assert_eq!((full.scope, full.depth, full.limit), (Scope::Whole, 5, 5));
        // Another kind has no limit.
        queue.enqueue(&mut tx, NewJob::new("webhook", 1, "e")).await.unwrap();
        tx.commit().await.unwrap();

        let worker = worker(&queue).await;
        let claimed = claim(&queue, worker, 2).await;
        let outcomes: Vec<_> = claimed.iter().map(completed).collect();
        settle(&queue, worker, &outcomes).await;
        enqueue(&queue, &[job(3, "f"), job(3, "g")]).await;
        let mut tx = db.begin().await.unwrap();
        let Err(Error::Full(full)) = queue.enqueue(&mut tx, job(3, "one too many")).await else { panic!("it is full") };
        assert_eq!(full.retry_after, Duration::from_secs(30), "at two a minute");
        drop(tx);
        check_tables(&db).await;
    }
);

db_test!(
    async fn a_batch_that_does_not_fit_goes_in_not_at_all(db: Db) {
        let limits = Limits { whole: None, per_account: Some(3) };
        let options = Options { limits: [(KIND.to_owned(), limits)].into(), ..options() };
        let queue = queue_with(&db, options, Hooks::default()).await;
        let jobs: Vec<NewJob> = (0..4).map(|n| job(1, &n.to_string())).collect();
        let mut tx = db.begin().await.unwrap();
        assert!(matches!(queue.enqueue_all(&mut tx, &jobs).await, Err(Error::Full(_))));
        tx.commit().await.unwrap();
        let worker = worker(&queue).await;
        assert_eq!(claim(&queue, worker, 9).await, []);
        enqueue(&queue, &jobs[..3]).await;
    }
);

db_test!(
    async fn a_group_that_is_not_there_is_refused(db: Db) {
        let queue = queue(&db).await;
        let mut tx = db.begin().await.unwrap();
        let closed = queue.create_group(&mut tx).await.unwrap();
        queue.close_group(&mut tx, closed).await.unwrap();
        for group in [closed, GroupId(999)] {
            let stray = NewJob { group: Some(group), ..job(1, "stray") };
            let refused = queue.enqueue(&mut tx, stray).await;
            assert!(matches!(refused, Err(Error::NoOpenGroup(refused)) if refused == group));
        }
    }
);

#[test]
fn both_folders_hold_the_listed_migrations() {
    let listed: Vec<String> = crate::MIGRATIONS.iter().map(|migration| format!("{}.sql", migration.name)).collect();
    for folder in ["sqlite", "postgres"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
        let entries = std::fs::read_dir(path).unwrap();
        let mut found: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        found.sort();
        assert_eq!(found, listed, "{folder}");
    }
}
