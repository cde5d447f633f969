//! Ends of attempts: completed with what follows, behind the fence; failed, again later, or dead.

use std::time::Duration;

use handbill_db::{Db, db_test};

use super::{
    KIND, beat, check_tables, claim, completed, enqueue, enqueue_one, failed, find, job, let_leases_end, options,
    payloads, promote, queue, queue_with, run, settle, worker,
};
use crate::{End, Error, Fault, Hooks, JobId, NewJob, State};

/// A table beside the queue, and hooks that write into it: what was said to whom, as webhooks are.
async fn with_outbox(db: &Db) -> Hooks {
    let mut tx = db.begin().await.unwrap();
    tx.exec("CREATE TABLE outbox (job_id BIGINT, said TEXT)", ()).await.unwrap();
    tx.commit().await.unwrap();
    Hooks::default().on_end(KIND, |tx, ended| {
        Box::pin(async move {
            for job in ended {
                let said = match &job.end {
                    End::Completed { result } => result.clone(),
                    End::Dead { error } => format!("dead: {error}"),
                    End::Canceled => "canceled".to_owned(),
                };
                if said.contains("unspeakable") {
                    return Err("the hook refuses".into());
                }
                tx.exec("INSERT INTO outbox (job_id, said) VALUES ($1, $2)", (job.job.0, said)).await?;
            }
            Ok(())
        })
    })
}

async fn outbox(db: &Db) -> Vec<(i64, String)> {
    let mut conn = db.read().await.unwrap();
    conn.all("SELECT job_id, said FROM outbox ORDER BY job_id", ()).await.unwrap()
}

db_test!(
    async fn completion_keeps_the_result_and_writes_what_follows(db: Db) {
        let queue = queue_with(&db, options(), with_outbox(&db).await).await;
        let ids = enqueue(&queue, &[job(1, "a"), job(2, "b")]).await;
        let worker = worker(&queue).await;
        let jobs = claim(&queue, worker, 2).await;
        let outcomes: Vec<_> = jobs.iter().map(completed).collect();
        assert_eq!(settle(&queue, worker, &outcomes).await, ids);
        let view = find(&queue, ids[0]).await;
        assert_eq!(view.state, State::Completed { result: "result of a".to_owned() });
        assert_eq!((view.attempt, view.failures, view.crashes, view.error), (1, 0, 0, None));
        assert!(view.finished_at_ms.is_some());
        let said = [(ids[0].0, "result of a".to_owned()), (ids[1].0, "result of b".to_owned())];
        assert_eq!(outbox(&db).await, said);
        // Once more, as after an answer that was lost.
        assert_eq!(settle(&queue, worker, &outcomes).await, []);
        assert_eq!(outbox(&db).await, said);
        check_tables(&db).await;
    }
);

db_test!(
    async fn without_what_follows_there_is_no_completion(db: Db) {
        let queue = queue_with(&db, options(), with_outbox(&db).await).await;
        let ids = enqueue(&queue, &[job(1, "fine"), job(1, "unspeakable")]).await;
        let worker = worker(&queue).await;
        let jobs = claim(&queue, worker, 2).await;
        let outcomes: Vec<_> = jobs.iter().map(completed).collect();
        let mut tx = db.begin().await.unwrap();
        let refused = queue.settle(&mut tx, worker, &outcomes).await;
        assert!(matches!(refused, Err(Error::Hook { .. })), "{refused:?}");
        drop(tx);
        assert_eq!(outbox(&db).await, []);
        assert_eq!(find(&queue, ids[0]).await.state, State::Waiting);
        assert_eq!(settle(&queue, worker, &outcomes[..1]).await, ids[..1]);
        check_tables(&db).await;
    }
);

db_test!(
    async fn a_completion_that_comes_too_late_is_refused(db: Db) {
        let queue = queue_with(&db, options(), with_outbox(&db).await).await;
        let id = enqueue_one(&queue).await;
        let slow = worker(&queue).await;
        let late = run(&queue, slow).await;
        let_leases_end(&queue);
        assert_eq!(queue.rescue().await.unwrap(), 1);
        // Before the job has gone to anybody else, and after.
        assert_eq!(settle(&queue, slow, &[completed(&late)]).await, []);
        let other = worker(&queue).await;
        let again = run(&queue, other).await;
        assert_eq!((again.id, again.attempt), (id, 2));
        assert_eq!(settle(&queue, slow, &[completed(&late)]).await, []);
        assert_eq!(outbox(&db).await, []);
        assert_eq!(settle(&queue, other, &[completed(&again)]).await, [id]);
        assert_eq!(settle(&queue, slow, &[completed(&late)]).await, []);
        assert_eq!(outbox(&db).await.len(), 1);
        check_tables(&db).await;
    }
);

db_test!(
    async fn an_attempt_of_the_same_worker_is_told_from_its_next_one(db: Db) {
        let queue = queue(&db).await;
        let id = enqueue_one(&queue).await;
        let worker = worker(&queue).await;
        let first = run(&queue, worker).await;
        let mut tx = db.begin().await.unwrap();
        queue.release(&mut tx, worker).await.unwrap();
        tx.commit().await.unwrap();
        let second = run(&queue, worker).await;
        assert_eq!((second.attempt, second.failures, second.crashes), (2, 0, 0));
        assert_eq!(settle(&queue, worker, &[completed(&first)]).await, []);
        assert_eq!(settle(&queue, worker, &[completed(&second)]).await, [id]);
        check_tables(&db).await;
    }
);

db_test!(
    async fn a_failure_rests_and_tries_again_until_it_is_dead(db: Db) {
        let queue = queue_with(&db, options(), with_outbox(&db).await).await;
        let id = enqueue(&queue, &[NewJob { max_attempts: 3, ..job(1, "flaky") }]).await[0];
        let worker = worker(&queue).await;
        for failures in 1..3 {
            let job = run(&queue, worker).await;
            settle(&queue, worker, &[failed(&job, Fault::passing(format!("no luck {failures}")))]).await;
            let view = find(&queue, id).await;
            let State::Delayed { until_ms } = view.state else { panic!("it rests: {view:?}") };
            let rest = until_ms - view.created_at_ms;
            assert!(rest > 5000, "{rest}");
            assert_eq!((view.failures, view.error), (failures, Some(format!("no luck {failures}"))));
            assert_eq!(claim(&queue, worker, 1).await, []);
            check_tables(&db).await;
            queue.jump(Duration::from_secs(9));
            assert_eq!(promote(&queue).await, 1);
            beat(&queue, worker).await;
        }
        assert_eq!(outbox(&db).await, []);
        let job = run(&queue, worker).await;
        assert_eq!((job.attempt, job.failures), (3, 2));
        settle(&queue, worker, &[failed(&job, Fault::passing("no luck 3"))]).await;
        let view = find(&queue, id).await;
        assert_eq!((view.state, view.failures, view.error.as_deref()), (State::Dead, 3, Some("no luck 3")));
        assert_eq!(outbox(&db).await, [(id.0, "dead: no luck 3".to_owned())]);
        check_tables(&db).await;
    }
);

db_test!(
    async fn a_permanent_fault_is_not_tried_again(db: Db) {
        let queue = queue_with(&db, options(), with_outbox(&db).await).await;
        let id = enqueue_one(&queue).await;
        let worker = worker(&queue).await;
        let job = run(&queue, worker).await;
        settle(&queue, worker, &[failed(&job, Fault::permanent("bad data"))]).await;
        assert_eq!(find(&queue, id).await.state, State::Dead);
        assert_eq!(outbox(&db).await, [(id.0, "dead: bad data".to_owned())]);
    }
);

db_test!(
    async fn a_fault_may_say_when_to_try_again(db: Db) {
        let queue = queue(&db).await;
        let id = enqueue_one(&queue).await;
        let worker = worker(&queue).await;
        let job = run(&queue, worker).await;
        settle(&queue, worker, &[failed(&job, Fault::after("come back later", Duration::from_secs(7200)))]).await;
        let view = find(&queue, id).await;
        let State::Delayed { until_ms } = view.state else { panic!("it rests: {view:?}") };
        let rest = until_ms - view.created_at_ms;
        assert!((7_200_000..7_260_000).contains(&rest), "{rest}");
    }
);

db_test!(
    async fn dead_jobs_are_listed_and_live_again(db: Db) {
        let queue = queue_with(&db, options(), with_outbox(&db).await).await;
        let ids = enqueue(&queue, &[job(1, "a"), job(2, "b"), job(1, "c")]).await;
        let worker = worker(&queue).await;
        let jobs = claim(&queue, worker, 3).await;
        let bury: Vec<_> = jobs.iter().map(|job| failed(job, Fault::permanent("bad data"))).collect();
        settle(&queue, worker, &bury).await;
        let mut conn = db.read().await.unwrap();
        let dead = queue.dead(&mut conn, KIND, JobId(0), 2).await.unwrap();
        assert_eq!(dead.iter().map(|dead| dead.payload.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((dead[0].error.as_str(), dead[0].failures), ("bad data", 1));
        let rest = queue.dead(&mut conn, KIND, dead[1].id, 2).await.unwrap();
        assert_eq!(rest.iter().map(|dead| dead.id).collect::<Vec<_>>(), ids[2..]);
        drop(conn);

        let mut tx = db.begin().await.unwrap();
        assert_eq!(queue.replay(&mut tx, &[ids[0], ids[2], JobId(999)]).await.unwrap(), [ids[0], ids[2]]);
        assert_eq!(queue.replay(&mut tx, &ids[..1]).await.unwrap(), [], "it is not dead any more");
        tx.commit().await.unwrap();
        check_tables(&db).await;
        let again = claim(&queue, worker, 3).await;
        assert_eq!(payloads(&again), ["a", "c"]);
        // A new attempt, so that no file of the old one is written over; and all its tries before it.
        assert_eq!((again[0].attempt, again[0].failures), (2, 0));
        let outcomes: Vec<_> = again.iter().map(completed).collect();
        settle(&queue, worker, &outcomes).await;
        assert_eq!(find(&queue, ids[0]).await.state, State::Completed { result: "result of a".to_owned() });
        check_tables(&db).await;
    }
);
