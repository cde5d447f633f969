//! How a database is opened: its settings, and what is said when it cannot be.

use crate::{Db, OpenOptions, Target};

async fn pragma(db: &Db, sql: &'static str) -> String {
    let mut conn = db.read().await.unwrap();
    conn.one::<(String,)>(sql, ()).await.unwrap().0
}

fn block_on(body: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(body);
}

#[test]
fn sqlite_is_opened_for_safety() {
    crate::testing::on_sqlite(async |db: Db| {
        assert_eq!(pragma(&db, "SELECT journal_mode FROM pragma_journal_mode").await, "wal");
        let mut tx = db.begin().await.unwrap();
        for (sql, expected) in [
            ("SELECT synchronous FROM pragma_synchronous", 2),
            ("SELECT foreign_keys FROM pragma_foreign_keys", 1),
            ("SELECT timeout FROM pragma_busy_timeout", 10_000),
        ] {
            assert_eq!(tx.one::<(i64,)>(sql, ()).await.unwrap(), (expected,), "{sql}");
        }
    });
}

#[test]
fn what_was_committed_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let target = Target::Sqlite(dir.path().join("a b%20c?.db"));
    block_on(async {
        let db = Db::open(&target, &OpenOptions::default()).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.exec("CREATE TABLE t (id INTEGER PRIMARY KEY)", ()).await.unwrap();
        tx.exec("INSERT INTO t VALUES (5)", ()).await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
        let db = Db::open(&target, &OpenOptions::default()).await.unwrap();
        assert_eq!(db.read().await.unwrap().one::<(i64,)>("SELECT id FROM t", ()).await.unwrap(), (5,));
        db.close().await;
    });
    let files: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, ["a b%20c?.db"], "the log is cleaned up on closing");
}

#[test]
fn what_cannot_be_opened_is_named() {
    block_on(async {
        let dir = tempfile::tempdir().unwrap();
        let not_a_database = dir.path().join("letter.txt");
        std::fs::write(&not_a_database, "Dear Sir or Madam, this is not a database, however long it is").unwrap();
        for path in [dir.path().join("no/such/folder/x.db"), not_a_database] {
            let Err(why) = Db::open(&Target::Sqlite(path.clone()), &OpenOptions::default()).await else {
                panic!("opened {path:?}");
            };
            assert!(why.to_string().contains(&path.display().to_string()), "{why}");
        }
        // Port 1 of the loopback: nobody listens there.
        let target = Target::parse("postgres://me:hush@127.0.0.1:1/things").unwrap();
        let options = OpenOptions { acquire_timeout: std::time::Duration::from_secs(2), ..Default::default() };
        let Err(why) = Db::open(&target, &options).await else { panic!("somebody answered") };
        let why = why.to_string();
        assert!(why.contains("things on 127.0.0.1") && !why.contains("hush"), "{why}");
    });
}
