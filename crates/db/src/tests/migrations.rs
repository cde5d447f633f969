//! Migrations: each once, in order, all or none, and never behind the back of a newer program.

use crate::{Db, Error, Migration, Sql, db_test};

const fn step(name: &'static str, sql: &'static str) -> Migration {
    Migration { name, sql: Sql { sqlite: sql, postgres: sql } }
}

const FIRST: Migration = step("0001_a", "CREATE TABLE a (id BIGINT PRIMARY KEY); INSERT INTO a VALUES (1)");
const SECOND: Migration = step("0002_b", "ALTER TABLE a ADD COLUMN name TEXT; UPDATE a SET name = 'one';");
const BROKEN: Migration = step("0003_c", "CREATE TABLE c (id BIGINT); INSERT INTO no_such_table VALUES (1)");

async fn tables(db: &Db) -> Vec<(String,)> {
    const TABLES: Sql = Sql {
        sqlite: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
        postgres: "SELECT tablename::TEXT FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
    };
    db.read().await.unwrap().all(TABLES, ()).await.unwrap()
}

db_test!(
    async fn each_is_applied_once_and_in_order(db: Db) {
        assert_eq!(db.migrate("test", &[FIRST]).await.unwrap(), ["0001_a"]);
        assert_eq!(db.migrate("test", &[FIRST, SECOND]).await.unwrap(), ["0002_b"]);
        assert!(db.migrate("test", &[FIRST, SECOND]).await.unwrap().is_empty());
        let row: (i64, String) = db.read().await.unwrap().one("SELECT id, name FROM a", ()).await.unwrap();
        assert_eq!(row, (1, "one".to_owned()));
    }
);

db_test!(
    async fn what_is_missing_can_be_asked_for_without_a_change(db: Db) {
        assert_eq!(db.missing("test", &[FIRST, SECOND]).await.unwrap(), ["0001_a", "0002_b"]);
        assert!(tables(&db).await.is_empty());
        db.migrate("test", &[FIRST]).await.unwrap();
        assert_eq!(db.missing("test", &[FIRST, SECOND]).await.unwrap(), ["0002_b"]);
        assert_eq!(db.missing("other", &[FIRST]).await.unwrap(), ["0001_a"]);
    }
);

db_test!(
    async fn a_failing_one_undoes_the_whole_run_and_is_named(db: Db) {
        let why = db.migrate("test", &[FIRST, SECOND, BROKEN]).await.unwrap_err().to_string();
        assert!(why.contains("0003_c") && why.contains("no_such_table"), "{why}");
        assert_eq!(tables(&db).await, []);
        db.migrate("test", &[FIRST, SECOND]).await.unwrap();
    }
);

db_test!(
    async fn a_changed_or_unknown_one_is_refused(db: Db) {
        db.migrate("test", &[FIRST, SECOND]).await.unwrap();
        let changed = step("0002_b", "ALTER TABLE a ADD COLUMN title TEXT");
        assert!(
            matches!(db.migrate("test", &[FIRST, changed]).await, Err(Error::ChangedMigration(name)) if name == "0002_b")
        );
        assert!(matches!(db.migrate("test", &[FIRST]).await, Err(Error::UnknownMigration(name)) if name == "0002_b"));
    }
);

db_test!(
    async fn lists_of_different_owners_do_not_meet(db: Db) {
        db.migrate("one", &[FIRST]).await.unwrap();
        let theirs = step("0001_a", "CREATE TABLE b (id BIGINT PRIMARY KEY)");
        assert_eq!(db.migrate("other", &[theirs]).await.unwrap(), ["0001_a"]);
    }
);

db_test!(
    async fn starting_many_at_once_applies_each_once(db: Db) {
        let starts: Vec<_> = (0..8)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move { db.migrate("test", &[FIRST, SECOND]).await.unwrap().len() })
            })
            .collect();
        let mut applied = 0;
        for start in starts {
            applied += start.await.unwrap();
        }
        assert_eq!(applied, 2);
    }
);

/// The server and a command are two processes: each has its own pool on the same file.
#[test]
fn two_programs_on_one_sqlite_file_migrate_it_once() {
    let dir = tempfile::tempdir().unwrap();
    let target = crate::Target::Sqlite(dir.path().join("shared.db"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let applied = runtime.block_on(async {
        let starts: Vec<_> = (0..6)
            .map(|_| {
                let target = target.clone();
                tokio::spawn(async move {
                    let db = Db::open(&target, &crate::OpenOptions::default()).await.unwrap();
                    db.migrate("test", &[FIRST, SECOND]).await.unwrap().len()
                })
            })
            .collect();
        let mut applied = 0;
        for start in starts {
            applied += start.await.unwrap();
        }
        applied
    });
    assert_eq!(applied, 2);
}
