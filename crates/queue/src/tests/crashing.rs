//! Workers that die: whose fault it may have been, and who must not suffer for it.

use std::time::Duration;

use handbill_db::db_test;

use super::{
    KIND, beat, begin, check_tables, claim, completed, enqueue, failed, find, job, let_leases_end, options, payloads,
    promote, queue, queue_with, settle, worker,
};
use crate::{Fault, Hooks, NewJob, State};

db_test!(
    async fn what_sat_in_the_buffer_loses_nothing(db: Db) {
        let queue = queue(&db).await;
        let ids = enqueue(&queue, &[job(1, "begun"), job(1, "buffered"), job(2, "waiting")]).await;
        let dying = worker(&queue).await;
        let jobs = claim(&queue, dying, 2).await;
        assert_eq!(payloads(&jobs), ["begun", "waiting"], "accounts take turns");
        begin(&queue, dying, &jobs[..1]).await;
        let_leases_end(&queue);
        assert_eq!(queue.rescue().await.unwrap(), 2);
        assert_eq!(queue.rescue().await.unwrap(), 0);
        for id in ids {
            let view = find(&queue, id).await;
            assert_eq!((view.state, view.failures, view.crashes), (State::Waiting, 0, 0), "{id:?}");
        }
        let next = worker(&queue).await;
        let suspect = claim(&queue, next, 50).await;
        assert_eq!((payloads(&suspect), suspect[0].suspect), (vec!["begun"], true));
        let others = claim(&queue, next, 50).await;
        assert!(others.len() == 2 && others.iter().all(|job| !job.suspect));
        check_tables(&db).await;
    }
);

db_test!(
    async fn a_suspect_is_claimed_alone_and_dead_after_three_crashes_alone(db: Db) {
        let queue = queue(&db).await;
        let ids = enqueue(&queue, &[job(1, "poison"), job(1, "beside"), job(1, "buffered")]).await;
        let first = worker(&queue).await;
        let jobs = claim(&queue, first, 3).await;
        begin(&queue, first, &jobs[..2]).await;
        let_leases_end(&queue);
        queue.rescue().await.unwrap();
        // Both that were begun are suspects now, and go before the rest, one by one.
        let second = worker(&queue).await;
        let alone = claim(&queue, second, 50).await;
        assert_eq!(payloads(&alone), ["poison"]);
        assert_eq!((alone[0].suspect, alone[0].crashes), (true, 0), "it was not alone when its worker died");
        begin(&queue, second, &alone).await;
        let third = worker(&queue).await;
        let alone = claim(&queue, third, 50).await;
        assert_eq!(payloads(&alone), ["beside"]);
        settle(&queue, third, &[completed(&alone[0])]).await;
        assert_eq!(payloads(&claim(&queue, third, 50).await), ["buffered"]);
        let_leases_end(&queue);
        queue.rescue().await.unwrap();
        for crashes in [1, 2] {
            let view = find(&queue, ids[0]).await;
            assert_eq!((view.state, view.crashes), (State::Waiting, crashes));
            let dying = worker(&queue).await;
            let alone = claim(&queue, dying, 50).await;
            begin(&queue, dying, &alone).await;
            let_leases_end(&queue);
            queue.rescue().await.unwrap();
        }
        let view = find(&queue, ids[0]).await;
        assert_eq!((view.state, view.crashes, view.failures), (State::Dead, 3, 0));
        assert_eq!(view.error.as_deref(), Some("its worker died 3 times while it ran alone"));
        let view = find(&queue, ids[2]).await;
        assert_eq!((view.state, view.crashes), (State::Waiting, 0));
        check_tables(&db).await;
    }
);

db_test!(
    async fn a_dead_jobs_hook_that_fails_holds_up_nobody(db: Db) {
        let hooks = Hooks::default().on_end(KIND, |_, _| Box::pin(async { Err("the hook refuses".into()) }));
        let queue = queue_with(&db, options(), hooks).await;
        let ids = enqueue(&queue, &[job(1, "poison"), job(1, "buffered")]).await;
        for _ in 0..4 {
            let dying = worker(&queue).await;
            let jobs = claim(&queue, dying, 2).await;
            begin(&queue, dying, &jobs[..1]).await;
            let_leases_end(&queue);
            queue.rescue().await.unwrap();
        }
        assert_eq!(find(&queue, ids[0]).await.state, State::Dead);
        assert_eq!(find(&queue, ids[1]).await.state, State::Waiting);
        assert_eq!(queue.rescue().await.unwrap(), 0);
        check_tables(&db).await;
    }
);

db_test!(
    async fn a_suspect_that_was_not_begun_is_not_blamed(db: Db) {
        let queue = queue(&db).await;
        let ids = enqueue(&queue, &[job(1, "suspect")]).await;
        for begins in [true, false, false, false, false] {
            let dying = worker(&queue).await;
            let jobs = claim(&queue, dying, 1).await;
            if begins {
                begin(&queue, dying, &jobs).await;
            }
            let_leases_end(&queue);
            assert_eq!(queue.rescue().await.unwrap(), 1);
        }
        let view = find(&queue, ids[0]).await;
        assert_eq!((view.state, view.crashes, view.attempt), (State::Waiting, 0, 5));
        check_tables(&db).await;
    }
);

db_test!(
    async fn a_job_that_kills_its_own_process_is_dead_after_three(db: Db) {
        let queue = queue_with(&db, options(), Hooks::default()).await;
        let ids = enqueue(&queue, &[NewJob { max_attempts: 1, ..job(1, "greedy") }]).await;
        let worker = worker(&queue).await;
        for crashes in 1..=3 {
            let jobs = claim(&queue, worker, 5).await;
            assert!(!jobs[0].suspect, "it harmed nobody else, and need not run alone");
            settle(&queue, worker, &[failed(&jobs[0], Fault::crash("the engine died"))]).await;
            let view = find(&queue, ids[0]).await;
            assert_eq!((view.crashes, view.failures), (crashes, 0));
            assert_eq!((view.state == State::Dead, view.error.as_deref()), (crashes == 3, Some("the engine died")));
            queue.jump(Duration::from_secs(9));
            beat(&queue, worker).await;
            promote(&queue).await;
        }
        assert_eq!(queue.replay(&mut db.begin().await.unwrap(), &ids).await.unwrap(), ids);
        check_tables(&db).await;
    }
);
