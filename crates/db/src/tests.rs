//! What the crate promises, on both databases. One file per promise's place.

mod dialects;
mod extras;
mod migrations;
mod opening;
mod rows;
mod transactions;

use crate::{Db, Sql};

/// A table with one column of each kind.
const THINGS: Sql = Sql {
    sqlite: "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE, size REAL, ok INTEGER, raw BLOB, uid BLOB,
             parent INTEGER REFERENCES things (id)) STRICT",
    postgres:
        "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT UNIQUE, size DOUBLE PRECISION, ok BOOLEAN, raw BYTEA,
               uid UUID, parent BIGINT REFERENCES things (id))",
};

async fn with_things(db: &Db) {
    let mut tx = db.begin().await.unwrap();
    tx.exec(THINGS, ()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn names(db: &Db) -> Vec<String> {
    let rows: Vec<(String,)> = db.read().await.unwrap().all("SELECT name FROM things ORDER BY id", ()).await.unwrap();
    rows.into_iter().map(|(name,)| name).collect()
}
