//! Arguments in, columns out: the same values and the same refusals on both.

use super::with_things;
use crate::{Error, FromRow, Result, Row, db_test};
use sqlx::types::Uuid;

#[derive(Debug, PartialEq, Clone)]
struct Thing {
    id: i64,
    name: Option<String>,
    size: Option<f64>,
    ok: Option<bool>,
    raw: Option<Vec<u8>>,
    uid: Option<Uuid>,
}

impl FromRow for Thing {
    fn from_row(row: Row<'_>) -> Result<Thing> {
        Ok(Thing {
            id: row.get("id")?,
            name: row.get("name")?,
            size: row.get("size")?,
            ok: row.get("ok")?,
            raw: row.get("raw")?,
            uid: row.get("uid")?,
        })
    }
}

const INSERT: &str = "INSERT INTO things (id, name, size, ok, raw, uid) VALUES ($1, $2, $3, $4, $5, $6)";

db_test!(
    async fn every_kind_of_value_comes_back_as_it_went(db: Db) {
        with_things(&db).await;
        let full = Thing {
            id: i64::MAX,
            name: Some("naïve ❤️ 名前 '\"; --".to_owned()),
            size: Some(-0.1),
            ok: Some(true),
            raw: Some(vec![0, 255, 10]),
            uid: Some(Uuid::from_u128(0x0190_1234_5678_7abc_8def_0123_4567_89ab)),
        };
        let empty = Thing { id: i64::MIN, name: None, size: None, ok: None, raw: None, uid: None };
        let mut tx = db.begin().await.unwrap();
        for t in [full.clone(), empty.clone()] {
            tx.exec(INSERT, (t.id, t.name, t.size, t.ok, t.raw, t.uid)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let all: Vec<Thing> = db.read().await.unwrap().all("SELECT * FROM things ORDER BY id", ()).await.unwrap();
        assert_eq!(all, [empty, full]);
    }
);

db_test!(
    async fn null_is_refused_by_a_type_without_option(db: Db) {
        with_things(&db).await;
        let mut tx = db.begin().await.unwrap();
        tx.exec("INSERT INTO things (id) VALUES (1)", ()).await.unwrap();
        tx.commit().await.unwrap();
        let mut conn = db.read().await.unwrap();
        let max = conn.one::<(i64,)>("SELECT max(id) FROM things WHERE id > 1", ()).await;
        assert!(matches!(max, Err(Error::Null(_))), "{max:?}");
        let name = conn.one::<(String,)>("SELECT name FROM things", ()).await;
        assert!(matches!(name, Err(Error::Null(_))), "{name:?}");
        assert_eq!(conn.one::<(Option<i64>,)>("SELECT max(id) FROM things WHERE id > 1", ()).await.unwrap(), (None,));
    }
);

db_test!(
    async fn another_type_or_name_is_refused(db: Db) {
        with_things(&db).await;
        let mut tx = db.begin().await.unwrap();
        tx.exec("INSERT INTO things (id, name) VALUES (1, '12')", ()).await.unwrap();
        tx.commit().await.unwrap();
        let mut conn = db.read().await.unwrap();
        conn.one::<(i64,)>("SELECT name FROM things", ()).await.unwrap_err();
        conn.one::<(String,)>("SELECT id FROM things", ()).await.unwrap_err();
        conn.one::<(i64, i64)>("SELECT id FROM things", ()).await.unwrap_err();
        conn.one::<Thing>("SELECT id, name FROM things", ()).await.unwrap_err();
    }
);

db_test!(
    async fn values_that_do_not_fit_the_column_are_refused(db: Db) {
        with_things(&db).await;
        for sql in ["INSERT INTO things (id) VALUES ('twelve')", "INSERT INTO things (id, raw) VALUES (1, 5)"] {
            let mut tx = db.begin().await.unwrap();
            assert!(tx.exec(sql, ()).await.is_err(), "{sql}");
        }
    }
);

db_test!(
    async fn foreign_keys_hold(db: Db) {
        with_things(&db).await;
        let mut tx = db.begin().await.unwrap();
        let orphan = tx.exec("INSERT INTO things (id, parent) VALUES (1, 99)", ()).await;
        assert!(orphan.unwrap_err().is_foreign_key_violation());
    }
);

db_test!(
    async fn opt_and_one_answer_with_the_first_row(db: Db) {
        with_things(&db).await;
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.exec("INSERT INTO things (id) VALUES (1), (2)", ()).await.unwrap(), 2);
        assert_eq!(tx.opt::<(i64,)>("SELECT id FROM things ORDER BY id", ()).await.unwrap(), Some((1,)));
        assert_eq!(tx.one::<(i64,)>("SELECT id FROM things ORDER BY id DESC", ()).await.unwrap(), (2,));
        assert_eq!(tx.opt::<(i64,)>("SELECT id FROM things WHERE id > 2", ()).await.unwrap(), None);
        let (back,): (i64,) = tx.one("INSERT INTO things (id) VALUES (7) RETURNING id", ()).await.unwrap();
        assert_eq!(back, 7);
        assert_eq!(tx.exec("DELETE FROM things WHERE id > $1", (1,)).await.unwrap(), 2);
        tx.commit().await.unwrap();
    }
);
