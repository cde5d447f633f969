//! Lists as arguments, what follows a commit, commits that do not wait for the disk, listening, detached threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::{names, with_things};
use crate::{Dialect, List, Sql, db_test};

const INSERT: &str = "INSERT INTO things (id, name) VALUES ($1, $2)";

db_test!(
    async fn a_list_is_one_argument(db: Db) {
        with_things(&db).await;
        let mut tx = db.begin().await.unwrap();
        for (id, name) in [(1, "one"), (2, "t\"w,o"), (3, "three")] {
            tx.exec(INSERT, (id, name)).await.unwrap();
        }
        const BY_ID: Sql = Sql {
            sqlite: "SELECT id FROM things WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id",
            postgres: "SELECT id FROM things WHERE id = ANY($1) ORDER BY id",
        };
        const BY_NAME: Sql = Sql {
            sqlite: "SELECT id FROM things WHERE name IN (SELECT value FROM json_each($1)) ORDER BY id",
            postgres: "SELECT id FROM things WHERE name = ANY($1) ORDER BY id",
        };
        let ids: Vec<(i64,)> = tx.all(BY_ID, (List(vec![3_i64, 1, 9]),)).await.unwrap();
        assert_eq!(ids, [(1,), (3,)]);
        assert_eq!(tx.all::<(i64,)>(BY_ID, (List(Vec::<i64>::new()),)).await.unwrap(), []);
        let named = List(vec![Some("t\"w,o".to_owned()), None]);
        assert_eq!(tx.all::<(i64,)>(BY_NAME, (named,)).await.unwrap(), [(2,)]);
    }
);

db_test!(
    async fn what_follows_a_commit_follows_no_rollback(db: Db) {
        with_things(&db).await;
        let ran = Arc::new(AtomicU32::new(0));
        let run = |by: u32| {
            let ran = ran.clone();
            move || {
                ran.fetch_add(by, Ordering::SeqCst);
            }
        };
        let mut dropped = db.begin().await.unwrap();
        dropped.after_commit(run(1));
        drop(dropped);
        let mut failed = db.begin().await.unwrap();
        failed.after_commit(run(10));
        failed.exec("SELECT nonsense", ()).await.unwrap_err();
        failed.commit().await.unwrap_err();
        let mut kept = db.begin().await.unwrap();
        kept.after_commit(run(100));
        kept.after_commit(run(1000));
        assert_eq!(ran.load(Ordering::SeqCst), 0);
        kept.commit().await.unwrap();
        assert_eq!(ran.load(Ordering::SeqCst), 1100);
    }
);

db_test!(
    async fn a_lazy_transaction_does_not_make_the_next_one_lazy(db: Db) {
        async fn durability(tx: &mut crate::Tx) -> String {
            match tx.dialect() {
                Dialect::Sqlite => tx.one::<(i64,)>("PRAGMA synchronous", ()).await.unwrap().0.to_string(),
                Dialect::Postgres => tx.one::<(String,)>("SHOW synchronous_commit", ()).await.unwrap().0,
            }
        }
        with_things(&db).await;
        let mut durable = db.begin().await.unwrap();
        let full = durability(&mut durable).await;
        drop(durable);
        for (id, commit) in [(1, true), (2, false)] {
            let mut lazy = db.begin_lazy().await.unwrap();
            assert_ne!(durability(&mut lazy).await, full);
            lazy.exec(INSERT, (id, format!("lazy {id}"))).await.unwrap();
            if commit {
                lazy.commit().await.unwrap();
            }
        }
        assert_eq!(durability(&mut db.begin().await.unwrap()).await, full);
        assert_eq!(names(&db).await, ["lazy 1"]);
    }
);

db_test!(
    async fn another_thread_with_its_own_runtime_reads_and_writes(db: Db) {
        with_things(&db).await;
        let theirs = db.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let db = theirs.detached(Duration::from_secs(5));
                let mut tx = db.begin().await.unwrap();
                tx.exec(INSERT, (1, "from the thread")).await.unwrap();
                tx.commit().await.unwrap();
                assert_eq!(names(&db).await, ["from the thread"]);
            });
        });
        tokio::task::spawn_blocking(move || thread.join().unwrap()).await.unwrap();
        assert_eq!(names(&db).await, ["from the thread"]);
    }
);

db_test!(
    async fn a_listener_hears_what_is_committed(db: Db) {
        let Some(mut listener) = db.listen("things").await.unwrap() else {
            assert_eq!(db.dialect(), Dialect::Sqlite);
            return;
        };
        for (said, commit) in [("lost", false), ("heard", true)] {
            let mut tx = db.begin_lazy().await.unwrap();
            tx.exec("SELECT pg_notify('things', $1)", (said,)).await.unwrap();
            if commit {
                tx.commit().await.unwrap();
            }
        }
        let heard = tokio::time::timeout(Duration::from_secs(10), listener.next()).await.unwrap().unwrap();
        assert_eq!(heard.as_deref(), Some("heard"));
    }
);

/// The server ends the connection, as it does when it shuts down.
#[test]
fn an_ended_connection_is_an_outage_and_a_wrong_statement_is_none() {
    crate::testing::on_postgres(async |db: crate::Db| {
        let mut conn = db.read().await.unwrap();
        let ended = conn.all::<(bool,)>("SELECT pg_terminate_backend(pg_backend_pid())", ()).await.unwrap_err();
        assert!(ended.is_outage(), "{ended}");
        let after = conn.all::<(i64,)>("SELECT 1::BIGINT", ()).await.unwrap_err();
        assert!(after.is_outage(), "{after}");
        let wrong = db.read().await.unwrap().all::<(i64,)>("SELECT nonsense", ()).await.unwrap_err();
        assert!(!wrong.is_outage(), "{wrong}");
    });
}
