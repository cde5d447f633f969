//! Connections and transactions: the four ways to run a statement.

use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Postgres, Sqlite, Transaction};

use crate::{Args, Dialect, Error, FromRow, Result, Row, Sql};

/// Something to read through: a connection that only reads, or (by coercion) a [`Tx`].
pub struct Conn {
    link: Link,
    /// A statement did not succeed. Kept here and not in `Tx`, so that a read through `&mut Conn` cannot lose it.
    failed: bool,
}

/// A transaction that writes; dropped without [`Tx::commit`] it is rolled back. It has no lifetime, so it crosses crates.
pub struct Tx {
    conn: Conn,
    after_commit: Vec<Box<dyn FnOnce() + Send>>,
}

pub(crate) enum Link {
    SqliteRead(PoolConnection<Sqlite>),
    SqliteTx(Transaction<'static, Sqlite>),
    PgRead(PoolConnection<Postgres>),
    PgTx(Transaction<'static, Postgres>),
}

enum Raw<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Link {
    fn raw(&mut self) -> Raw<'_> {
        match self {
            Link::SqliteRead(c) => Raw::Sqlite(c),
            Link::SqliteTx(c) => Raw::Sqlite(c),
            Link::PgRead(c) => Raw::Postgres(c),
            Link::PgTx(c) => Raw::Postgres(c),
        }
    }
}

impl Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

impl Conn {
    pub(crate) fn new(link: Link) -> Conn {
        Conn { link, failed: false }
    }

    /// For what cannot be said with one [`Sql`] and the same arguments.
    pub fn dialect(&self) -> Dialect {
        match self.link {
            Link::SqliteRead(_) | Link::SqliteTx(_) => Dialect::Sqlite,
            Link::PgRead(_) | Link::PgTx(_) => Dialect::Postgres,
        }
    }

    /// Every row.
    pub async fn all<T: FromRow>(&mut self, sql: impl Into<Sql>, args: impl Args) -> Result<Vec<T>> {
        let sql = sql.into();
        self.watched(async |raw| match raw {
            Raw::Sqlite(c) => {
                let rows = sqlx::query_with(sql.sqlite, args.sqlite()?).fetch_all(c).await?;
                rows.iter().map(|row| T::from_row(Row::Sqlite(row))).collect()
            }
            Raw::Postgres(c) => {
                let rows = sqlx::query_with(sql.postgres, args.postgres()?).fetch_all(c).await?;
                rows.iter().map(|row| T::from_row(Row::Postgres(row))).collect()
            }
        })
        .await
    }

    /// The first row, if there is one.
    pub async fn opt<T: FromRow>(&mut self, sql: impl Into<Sql>, args: impl Args) -> Result<Option<T>> {
        let sql = sql.into();
        self.watched(async |raw| match raw {
            Raw::Sqlite(c) => {
                let row = sqlx::query_with(sql.sqlite, args.sqlite()?).fetch_optional(c).await?;
                row.as_ref().map(|row| T::from_row(Row::Sqlite(row))).transpose()
            }
            Raw::Postgres(c) => {
                let row = sqlx::query_with(sql.postgres, args.postgres()?).fetch_optional(c).await?;
                row.as_ref().map(|row| T::from_row(Row::Postgres(row))).transpose()
            }
        })
        .await
    }

    /// The first row; [`Error::NoRow`] if there is none, which leaves a transaction as good as it was.
    pub async fn one<T: FromRow>(&mut self, sql: impl Into<Sql>, args: impl Args) -> Result<T> {
        self.opt(sql, args).await?.ok_or(Error::NoRow)
    }

    /// Runs a statement and remembers if it did not succeed: by an error, or because its future was dropped half-way.
    async fn watched<T>(&mut self, statement: impl AsyncFnOnce(Raw<'_>) -> Result<T>) -> Result<T> {
        let failed_before = std::mem::replace(&mut self.failed, true);
        let answer = statement(self.link.raw()).await?;
        self.failed = failed_before;
        Ok(answer)
    }
}

impl Tx {
    pub(crate) fn new(link: Link) -> Tx {
        Tx { conn: Conn::new(link), after_commit: Vec::new() }
    }

    /// Runs `then` once this transaction has been committed, and never if it is not: to wake whoever waits for the
    /// change. It must not block.
    pub fn after_commit(&mut self, then: impl FnOnce() + Send + 'static) {
        self.after_commit.push(Box::new(then));
    }

    /// Runs a statement and answers with the number of rows it changed.
    pub async fn exec(&mut self, sql: impl Into<Sql>, args: impl Args) -> Result<u64> {
        let sql = sql.into();
        self.conn
            .watched(async |raw| match raw {
                Raw::Sqlite(c) => Ok(sqlx::query_with(sql.sqlite, args.sqlite()?).execute(c).await?.rows_affected()),
                Raw::Postgres(c) => {
                    Ok(sqlx::query_with(sql.postgres, args.postgres()?).execute(c).await?.rows_affected())
                }
            })
            .await
    }

    /// Runs several statements, separated by semicolons, without arguments.
    pub(crate) async fn script(&mut self, sql: Sql) -> Result<()> {
        self.conn
            .watched(async |raw| match raw {
                Raw::Sqlite(c) => Ok(sqlx::raw_sql(sql.sqlite).execute(c).await.map(|_| ())?),
                Raw::Postgres(c) => Ok(sqlx::raw_sql(sql.postgres).execute(c).await.map(|_| ())?),
            })
            .await
    }

    /// Makes the changes last. [`Error::FailedTransaction`], and none of them, if a statement did not succeed:
    /// PostgreSQL would answer the COMMIT with a silent ROLLBACK, SQLite would keep the other statements.
    pub async fn commit(self) -> Result<()> {
        if self.conn.failed {
            return Err(Error::FailedTransaction);
        }
        match self.conn.link {
            Link::SqliteTx(tx) => tx.commit().await?,
            Link::PgTx(tx) => tx.commit().await?,
            Link::SqliteRead(_) | Link::PgRead(_) => unreachable!("a Tx is never made of a read connection"),
        }
        self.after_commit.into_iter().for_each(|then| then());
        Ok(())
    }
}
