//! Commit, rollback, and everything that must keep a broken transaction from being committed.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use super::{names, with_things};
use crate::{Conn, Db, Error, OpenOptions, Target, db_test};

const INSERT: &str = "INSERT INTO things (id, name) VALUES ($1, $2)";

db_test!(
    async fn commit_keeps_and_drop_rolls_back(db: Db) {
        with_things(&db).await;
        let mut kept = db.begin().await.unwrap();
        assert_eq!(kept.exec(INSERT, (1, "kept")).await.unwrap(), 1);
        kept.commit().await.unwrap();
        let mut dropped = db.begin().await.unwrap();
        dropped.exec(INSERT, (2, "dropped")).await.unwrap();
        drop(dropped);
        assert_eq!(names(&db).await, ["kept"]);
    }
);

db_test!(
    async fn a_transaction_reads_its_own_writes_and_others_do_not(db: Db) {
        async fn count(conn: &mut Conn) -> i64 {
            conn.one::<(i64,)>("SELECT count(*) FROM things", ()).await.unwrap().0
        }
        with_things(&db).await;
        let mut tx = db.begin().await.unwrap();
        tx.exec(INSERT, (1, "new")).await.unwrap();
        assert_eq!(count(&mut tx).await, 1);
        assert_eq!(count(&mut db.read().await.unwrap()).await, 0);
    }
);

db_test!(
    async fn commit_after_a_failed_exec_is_an_error_and_keeps_nothing(db: Db) {
        with_things(&db).await;
        let mut tx = db.begin().await.unwrap();
        tx.exec(INSERT, (1, "one")).await.unwrap();
        assert!(tx.exec(INSERT, (1, "again")).await.unwrap_err().is_unique_violation());
        assert!(matches!(tx.commit().await, Err(Error::FailedTransaction)));
        assert_eq!(names(&db).await, Vec::<String>::new());
    }
);

db_test!(
    async fn commit_after_a_failed_read_through_conn_is_an_error(db: Db) {
        async fn find(conn: &mut Conn) -> crate::Result<Option<(i64,)>> {
            conn.opt("SELECT id FROM nothing_of_the_kind", ()).await
        }
        with_things(&db).await;
        let mut tx = db.begin().await.unwrap();
        tx.exec(INSERT, (1, "one")).await.unwrap();
        find(&mut tx).await.unwrap_err();
        assert!(matches!(tx.commit().await, Err(Error::FailedTransaction)));
        assert_eq!(names(&db).await, Vec::<String>::new());
    }
);

db_test!(
    async fn a_later_success_does_not_mend_a_failure(db: Db) {
        with_things(&db).await;
        let mut tx = db.begin().await.unwrap();
        tx.all::<(i64,)>("SELECT nonsense", ()).await.unwrap_err();
        // PostgreSQL refuses this one, SQLite runs it.
        let _ = tx.exec(INSERT, (1, "one")).await;
        assert!(matches!(tx.commit().await, Err(Error::FailedTransaction)));
        assert_eq!(names(&db).await, Vec::<String>::new());
    }
);

db_test!(
    async fn a_missing_row_does_not_spoil_a_transaction(db: Db) {
        with_things(&db).await;
        let mut tx = db.begin().await.unwrap();
        let missing = tx.one::<(i64,)>("SELECT id FROM things WHERE id = $1", (9,)).await;
        assert!(matches!(missing, Err(Error::NoRow)));
        tx.exec(INSERT, (1, "one")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(names(&db).await, ["one"]);
    }
);

db_test!(
    async fn a_statement_given_up_half_way_spoils_a_transaction(db: Db) {
        with_things(&db).await;
        let mut tx = db.begin().await.unwrap();
        tx.exec(INSERT, (1, "one")).await.unwrap();
        // Long enough that it cannot be done when it is polled for the first time.
        const COUNT_FAR: &str = "INSERT INTO things (id) WITH RECURSIVE n (i) AS
            (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT max(i) FROM n";
        {
            let mut statement = pin!(tx.exec(COUNT_FAR, ()));
            let polled = statement.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(polled.is_pending(), "a statement that is done at the first poll proves nothing");
        }
        assert!(matches!(tx.commit().await, Err(Error::FailedTransaction)));
        assert_eq!(names(&db).await, Vec::<String>::new());
    }
);

db_test!(
    async fn a_read_connection_refuses_to_write(db: Db) {
        with_things(&db).await;
        let mut conn = db.read().await.unwrap();
        let written = conn.all::<(i64,)>("INSERT INTO things (id, name) VALUES (1, 'sly') RETURNING id", ()).await;
        let why = written.unwrap_err().to_string();
        assert!(why.contains("read-only") || why.contains("readonly"), "{why}");
        assert_eq!(names(&db).await, Vec::<String>::new());
    }
);

db_test!(
    async fn many_writers_at_once_all_succeed(db: Db) {
        with_things(&db).await;
        let writers: Vec<_> = (0..40_i64)
            .map(|id| {
                let db = db.clone();
                tokio::spawn(async move {
                    let mut tx = db.begin().await.unwrap();
                    // Read, then write: on SQLite this is what fails with BUSY_SNAPSHOT unless BEGIN takes the lock.
                    let (count,): (i64,) = tx.one("SELECT count(*) FROM things", ()).await.unwrap();
                    tx.exec(INSERT, (id, format!("{id} after {count}"))).await.unwrap();
                    tx.commit().await.unwrap();
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        assert_eq!(names(&db).await.len(), 40);
    }
);

/// Two transactions that each want the row the other one has.
#[test]
fn a_deadlock_on_postgres_is_retryable_and_spoils_the_loser() {
    crate::testing::on_postgres(async |db: Db| {
        const UPDATE: &str = "UPDATE things SET name = $2 WHERE id = $1";
        with_things(&db).await;
        let mut tx = db.begin().await.unwrap();
        tx.exec("INSERT INTO things (id, name) VALUES (1, 'a'), (2, 'b')", ()).await.unwrap();
        tx.commit().await.unwrap();
        let (mut first, mut second) = (db.begin().await.unwrap(), db.begin().await.unwrap());
        first.exec(UPDATE, (1, "first")).await.unwrap();
        second.exec(UPDATE, (2, "second")).await.unwrap();
        let (one, two) = tokio::join!(first.exec(UPDATE, (2, "first too")), async {
            let outcome = second.exec(UPDATE, (1, "second too")).await;
            drop(second);
            outcome
        });
        let (loser_is_first, lost) = match (one, two) {
            (Err(lost), Ok(_)) => (true, lost),
            (Ok(_), Err(lost)) => (false, lost),
            other => panic!("exactly one loses: {other:?}"),
        };
        assert!(lost.is_retryable(), "{lost}");
        assert_eq!(first.commit().await.is_err(), loser_is_first);
    });
}

/// Another process (a command beside the server) holds SQLite's write lock longer than we wait.
#[test]
fn a_locked_sqlite_file_is_retryable() {
    let dir = tempfile::tempdir().unwrap();
    let target = Target::Sqlite(dir.path().join("shared.db"));
    let impatient = OpenOptions { acquire_timeout: Duration::from_secs(1), ..Default::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let one = Db::open(&target, &OpenOptions::default()).await.unwrap();
        let other = Db::open(&target, &impatient).await.unwrap();
        let held = one.begin().await.unwrap();
        let Err(busy) = other.begin().await else { panic!("two transactions write at once") };
        assert!(busy.is_retryable() && busy.is_outage(), "{busy}");
        drop(held);
        one.close().await;
        other.begin().await.unwrap();
    });
}
