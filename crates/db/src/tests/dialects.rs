//! Where the dialects differ, and how one gets the same from both.

use super::{names, with_things};
use crate::{Sql, db_test};

db_test!(
    async fn a_pair_of_texts_is_told_apart(db: Db) {
        const WHICH: Sql = Sql { sqlite: "SELECT sqlite_version()", postgres: "SELECT version()" };
        let (version,): (String,) = db.read().await.unwrap().one(WHICH, ()).await.unwrap();
        assert!(version.starts_with('3') || version.starts_with("PostgreSQL"), "{version}");
    }
);

db_test!(
    async fn like_minds_the_case(db: Db) {
        with_things(&db).await;
        let mut tx = db.begin().await.unwrap();
        tx.exec("INSERT INTO things (id, name) VALUES (1, 'Card'), (2, 'card')", ()).await.unwrap();
        const LIKE: &str = "SELECT id FROM things WHERE name LIKE $1 ORDER BY id";
        assert_eq!(tx.all::<(i64,)>(LIKE, ("C%",)).await.unwrap(), [(1,)]);
        tx.commit().await.unwrap();
        assert_eq!(db.read().await.unwrap().all::<(i64,)>(LIKE, ("c%",)).await.unwrap(), [(2,)]);
        const ANY_CASE: &str = "SELECT id FROM things WHERE lower(name) LIKE lower($1) ORDER BY id";
        assert_eq!(db.read().await.unwrap().all::<(i64,)>(ANY_CASE, ("C%",)).await.unwrap(), [(1,), (2,)]);
    }
);

db_test!(
    async fn a_sum_is_cast(db: Db) {
        with_things(&db).await;
        let mut tx = db.begin().await.unwrap();
        tx.exec("INSERT INTO things (id) VALUES (20), (22)", ()).await.unwrap();
        let sum: (i64,) = tx.one("SELECT CAST(sum(id) AS BIGINT) FROM things", ()).await.unwrap();
        assert_eq!(sum, (42,));
    }
);

db_test!(
    async fn many_rows_go_in_as_one_json_text(db: Db) {
        const INSERT: Sql = Sql {
            sqlite: "INSERT INTO things (id, name) SELECT value ->> 0, value ->> 1 FROM json_each($1)",
            postgres: "INSERT INTO things (id, name)
                   SELECT (row ->> 0)::BIGINT, row ->> 1 FROM jsonb_array_elements($1::TEXT::JSONB) AS row",
        };
        with_things(&db).await;
        let rows: Vec<String> = (1..=5000).map(|id| format!("[{id}, \"thing {id}\"]")).collect();
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.exec(INSERT, (format!("[{}]", rows.join(",")),)).await.unwrap(), 5000);
        tx.commit().await.unwrap();
        let names = names(&db).await;
        assert_eq!((names.len(), names[4999].as_str()), (5000, "thing 5000"));
    }
);
