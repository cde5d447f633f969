//! Groups: counted exactly, ended once.

use handbill_db::{Db, db_test};

use super::{check_tables, claim, completed, enqueue, failed, job, options, queue_with, settle, worker};
use crate::{Fault, Group, GroupId, Hooks, NewJob, Queue};

/// A queue whose groups leave a line when they end.
async fn queue(db: &Db) -> Queue {
    let mut tx = db.begin().await.unwrap();
    tx.exec("CREATE TABLE ends (group_id BIGINT, done BIGINT, failed BIGINT)", ()).await.unwrap();
    tx.commit().await.unwrap();
    let hooks = Hooks::default().on_group_end(|tx, group| {
        Box::pin(async move {
            const INSERT: &str = "INSERT INTO ends (group_id, done, failed) VALUES ($1, $2, $3)";
            tx.exec(INSERT, (group.id.0, group.done, group.failed)).await?;
            Ok(())
        })
    });
    queue_with(db, options(), hooks).await
}

async fn ends(db: &Db) -> Vec<(i64, i64, i64)> {
    db.read().await.unwrap().all("SELECT group_id, done, failed FROM ends ORDER BY 1, 2", ()).await.unwrap()
}

async fn create(queue: &Queue) -> GroupId {
    let mut tx = queue.db().begin().await.unwrap();
    let group = queue.create_group(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    group
}

async fn close(queue: &Queue, group: GroupId) -> Group {
    let mut tx = queue.db().begin().await.unwrap();
    let group = queue.close_group(&mut tx, group).await.unwrap();
    tx.commit().await.unwrap();
    group
}

async fn find(queue: &Queue, group: GroupId) -> Group {
    queue.find_group(&mut queue.db().read().await.unwrap(), group).await.unwrap().unwrap()
}

fn jobs(group: GroupId, count: i64) -> Vec<NewJob> {
    (0..count).map(|n| NewJob { group: Some(group), ..job(1, &n.to_string()) }).collect()
}

db_test!(
    async fn it_ends_with_its_last_job_however_that_ends(db: Db) {
        let queue = queue(&db).await;
        let group = create(&queue).await;
        let ids = enqueue(&queue, &jobs(group, 3)).await;
        close(&queue, group).await;
        let worker = worker(&queue).await;
        let claimed = claim(&queue, worker, 2).await;
        let outcomes = [completed(&claimed[0]), failed(&claimed[1], Fault::permanent("bad"))];
        settle(&queue, worker, &outcomes).await;
        let now = find(&queue, group).await;
        assert_eq!((now.total, now.done, now.failed, now.finished_at_ms), (3, 1, 1, None));
        assert_eq!(ends(&db).await, []);
        let mut tx = db.begin().await.unwrap();
        assert_eq!(queue.cancel_group(&mut tx, group).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let now = find(&queue, group).await;
        assert_eq!((now.done, now.failed, now.canceled), (1, 1, 1));
        assert!(now.finished_at_ms.is_some());
        assert_eq!(ends(&db).await, [(group.0, 1, 1)]);

        // A dead job that lives again reopens it, and it ends once more.
        let mut tx = db.begin().await.unwrap();
        queue.replay(&mut tx, &ids).await.unwrap();
        tx.commit().await.unwrap();
        let now = find(&queue, group).await;
        assert_eq!((now.done, now.failed, now.finished_at_ms), (1, 0, None));
        let again = claim(&queue, worker, 2).await;
        settle(&queue, worker, &[completed(&again[0])]).await;
        assert_eq!(ends(&db).await, [(group.0, 1, 1), (group.0, 2, 0)]);
        check_tables(&db).await;
    }
);

db_test!(
    async fn an_open_one_does_not_end(db: Db) {
        let queue = queue(&db).await;
        let group = create(&queue).await;
        enqueue(&queue, &jobs(group, 1)).await;
        let worker = worker(&queue).await;
        let claimed = claim(&queue, worker, 1).await;
        settle(&queue, worker, &[completed(&claimed[0])]).await;
        assert_eq!(find(&queue, group).await.finished_at_ms, None);
        enqueue(&queue, &jobs(group, 1)).await;
        assert_eq!(close(&queue, group).await.finished_at_ms, None);
        let claimed = claim(&queue, worker, 1).await;
        settle(&queue, worker, &[completed(&claimed[0])]).await;
        assert_eq!(ends(&db).await, [(group.0, 2, 0)]);
        let empty = create(&queue).await;
        assert!(close(&queue, empty).await.finished_at_ms.is_some());
        assert_eq!(ends(&db).await.len(), 2);
    }
);

db_test!(
    async fn many_workers_count_exactly_and_end_it_once(db: Db) {
        let queue = queue(&db).await;
        let groups = [create(&queue).await, create(&queue).await];
        let mut all = jobs(groups[0], 300);
        all.extend(jobs(groups[1], 300));
        enqueue(&queue, &all).await;
        for group in groups {
            close(&queue, group).await;
        }
        let mut workers = Vec::new();
        for _ in 0..4 {
            let (queue, worker) = (queue.clone(), worker(&queue).await);
            workers.push(tokio::spawn(async move {
                loop {
                    let batch = claim(&queue, worker, 10).await;
                    if batch.is_empty() {
                        return;
                    }
                    let outcomes: Vec<_> = batch
                        .iter()
                        .map(|job| if job.id.0 % 10 == 0 { failed(job, Fault::permanent("x")) } else { completed(job) })
                        .collect();
                    settle(&queue, worker, &outcomes).await;
                }
            }));
        }
        for worker in workers {
            worker.await.unwrap();
        }
        assert_eq!(ends(&db).await, [(groups[0].0, 270, 30), (groups[1].0, 270, 30)]);
        check_tables(&db).await;
    }
);
