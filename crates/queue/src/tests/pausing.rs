//! Pauses, of a kind and of all.

use handbill_db::db_test;

use super::{KIND, claim, completed, enqueue, job, queue, run, settle, worker};

db_test!(
    async fn nothing_is_handed_out_in_a_pause(db: Db) {
        let queue = queue(&db).await;
        let worker = worker(&queue).await;
        enqueue(&queue, &[job(1, "a"), job(1, "b"), job(1, "c")]).await;
        let running = run(&queue, worker).await;
        for (kind, paused) in [(Some(KIND), true), (Some("other"), false), (None, true)] {
            let mut tx = db.begin().await.unwrap();
            queue.pause(&mut tx, kind).await.unwrap();
            queue.pause(&mut tx, kind).await.unwrap();
            assert_eq!(queue.is_paused(&mut tx, KIND).await.unwrap(), paused, "{kind:?}");
            assert_eq!(queue.claim(&mut tx, worker, KIND, 1).await.unwrap().is_empty(), paused, "{kind:?}");
            queue.resume(&mut tx, kind).await.unwrap();
            assert!(!queue.is_paused(&mut tx, KIND).await.unwrap());
            drop(tx);
        }
        let mut tx = db.begin().await.unwrap();
        queue.pause(&mut tx, None).await.unwrap();
        tx.commit().await.unwrap();
        // Jobs are still taken in, and what runs goes on.
        enqueue(&queue, &[job(1, "d")]).await;
        assert_eq!(settle(&queue, worker, &[completed(&running)]).await.len(), 1);
        let mut tx = db.begin().await.unwrap();
        queue.resume(&mut tx, None).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(claim(&queue, worker, 9).await.len(), 3);
    }
);
