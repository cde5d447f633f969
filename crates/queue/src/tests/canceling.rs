//! Cancelling: final at once, wherever the job is.

use std::time::Duration;

use handbill_db::db_test;

use super::{check_tables, claim, completed, enqueue, find, job, queue, run, settle, worker};
use crate::{Canceling, JobId, NewJob, Start, State};

db_test!(
    async fn a_job_is_canceled_wherever_it_is(db: Db) {
        let queue = queue(&db).await;
        let mut jobs: Vec<NewJob> = ["running", "done", "waiting"].iter().map(|name| job(1, name)).collect();
        jobs.push(NewJob { start: Start::After(Duration::from_secs(60)), ..job(1, "delayed") });
        let ids = enqueue(&queue, &jobs).await;
        let worker = worker(&queue).await;
        let running = run(&queue, worker).await;
        let done = run(&queue, worker).await;
        settle(&queue, worker, &[completed(&done)]).await;

        let mut all = ids.clone();
        all.push(JobId(999));
        let mut tx = db.begin().await.unwrap();
        let answers = queue.cancel(&mut tx, &all).await.unwrap();
        tx.commit().await.unwrap();
        let answers: Vec<Canceling> = all.iter().map(|id| answers[id]).collect();
        use Canceling::{Canceled, HadEnded, NoSuchJob};
        assert_eq!(answers, [Canceled, HadEnded, Canceled, Canceled, NoSuchJob]);
        for id in [ids[0], ids[2], ids[3]] {
            assert_eq!(find(&queue, id).await.state, State::Canceled);
        }
        assert_eq!(settle(&queue, worker, &[completed(&running)]).await, []);
        assert_eq!(claim(&queue, worker, 5).await, []);
        check_tables(&db).await;
    }
);

db_test!(
    async fn cancel_and_work_at_the_same_time_agree(db: Db) {
        let queue = queue(&db).await;
        let jobs: Vec<NewJob> = (0..400).map(|n| job(1, &n.to_string())).collect();
        let ids = enqueue(&queue, &jobs).await;
        let at_work = {
            let (queue, worker) = (queue.clone(), worker(&queue).await);
            tokio::spawn(async move {
                let mut done = 0;
                loop {
                    let batch = claim(&queue, worker, 7).await;
                    if batch.is_empty() {
                        return done;
                    }
                    let outcomes: Vec<_> = batch.iter().map(completed).collect();
                    done += settle(&queue, worker, &outcomes).await.len();
                }
            })
        };
        let mut canceled = 0;
        for some in ids.chunks(9).rev() {
            let mut tx = db.begin().await.unwrap();
            let answers = queue.cancel(&mut tx, some).await.unwrap();
            tx.commit().await.unwrap();
            canceled += answers.values().filter(|answer| **answer == Canceling::Canceled).count();
        }
        assert_eq!(at_work.await.unwrap() + canceled, 400);
        check_tables(&db).await;
    }
);
