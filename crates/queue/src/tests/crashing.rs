//! Workers that die: whose fault it may have been, and who must not suffer for it.

use handbill_db::db_test;

use super::{
    KIND, begin, check_tables, claim, completed, enqueue, find, job, let_leases_end, options, payloads, queue,
    queue_with, settle, worker,
};
use crate::{Hooks, State};

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
        for (id, crashes) in [(ids[0], 1), (ids[1], 0), (ids[2], 0)] {
            let view = find(&queue, id).await;
            assert_eq!((view.state, view.failures, view.crashes), (State::Waiting, 0, crashes), "{id:?}");
        }
        check_tables(&db).await;
    }
);

db_test!(
    async fn a_suspect_is_claimed_alone_and_dead_after_three_crashes(db: Db) {
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
        assert_eq!(alone[0].crashes, 1);
        begin(&queue, second, &alone).await;
        let third = worker(&queue).await;
        let alone = claim(&queue, third, 50).await;
        assert_eq!(payloads(&alone), ["beside"]);
        settle(&queue, third, &[completed(&alone[0])]).await;
        assert_eq!(payloads(&claim(&queue, third, 50).await), ["buffered"]);
        let_leases_end(&queue);
        queue.rescue().await.unwrap();
        assert_eq!(find(&queue, ids[0]).await.crashes, 2);
        let fourth = worker(&queue).await;
        let alone = claim(&queue, fourth, 50).await;
        begin(&queue, fourth, &alone).await;
        let_leases_end(&queue);
        queue.rescue().await.unwrap();
        let view = find(&queue, ids[0]).await;
        assert_eq!((view.state, view.crashes, view.failures), (State::Dead, 3, 0));
        assert_eq!(view.error.as_deref(), Some("its worker died 3 times while it ran"));
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
        for _ in 0..3 {
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
