//! Opening a database, and handing out connections to it.

use std::path::Path;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, SqlitePool};

use crate::conn::Link;
use crate::{Conn, Dialect, Error, Listener, Result, Target, Tx};

/// An open database; cheap to clone.
#[derive(Clone)]
pub struct Db(Pools);

#[derive(Clone)]
enum Pools {
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    Postgres { writers: PgPool, readers: PgPool },
}

#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// Connections. SQLite: for reading, it has one more for writing. PostgreSQL: in all, half of them for reading,
    /// but never less than one of each.
    pub max_connections: u32,
    /// How long to wait for a free connection, and for SQLite's write lock.
    pub acquire_timeout: Duration,
}

impl Default for OpenOptions {
    fn default() -> OpenOptions {
        OpenOptions { max_connections: 8, acquire_timeout: Duration::from_secs(10) }
    }
}

impl Db {
    /// Opens the database; a SQLite file that does not exist is made, its folder is not.
    pub async fn open(target: &Target, options: &OpenOptions) -> Result<Db> {
        let pools = match target {
            Target::Sqlite(path) => {
                open_sqlite(path, options).await.map_err(|source| Error::OpenSqlite { path: path.clone(), source })?
            }
            Target::Postgres(server) => open_postgres(server, options).await.map_err(|source| Error::OpenPostgres {
                host: server.get_host().to_owned(),
                name: server.get_database().unwrap_or_default().to_owned(),
                source,
            })?,
        };
        Ok(Db(pools))
    }

    pub fn dialect(&self) -> Dialect {
        match self.0 {
            Pools::Sqlite { .. } => Dialect::Sqlite,
            Pools::Postgres { .. } => Dialect::Postgres,
        }
    }

    /// A connection that only reads.
    pub async fn read(&self) -> Result<Conn> {
        Ok(Conn::new(match &self.0 {
            Pools::Sqlite { readers, .. } => Link::SqliteRead(readers.acquire().await?),
            Pools::Postgres { readers, .. } => Link::PgRead(readers.acquire().await?),
        }))
    }

    /// A transaction that writes. On SQLite there is one at a time: the next one waits here, and does not fail later.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx::new(match &self.0 {
            Pools::Sqlite { writer, .. } => {
                Link::SqliteTx(writer.begin_with("PRAGMA synchronous = FULL; BEGIN IMMEDIATE").await?)
            }
            Pools::Postgres { writers, .. } => Link::PgTx(writers.begin().await?),
        }))
    }

    /// The same without waiting for the disk: a commit of the last moments may be lost, whole, when the machine (or the
    /// PostgreSQL server) goes down; not when this process does. For what is worth nothing after that, like a lease.
    pub async fn begin_lazy(&self) -> Result<Tx> {
        Ok(Tx::new(match &self.0 {
            Pools::Sqlite { writer, .. } => {
                Link::SqliteTx(writer.begin_with("PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE").await?)
            }
            Pools::Postgres { writers, .. } => {
                Link::PgTx(writers.begin_with("BEGIN; SET LOCAL synchronous_commit = off").await?)
            }
        }))
    }

    /// The same database for a thread with a runtime of its own, which must be the caller's: on PostgreSQL through two
    /// connections of its own (one reads, one writes), opened when first used. A connection belongs to the runtime
    /// it was opened in, and stalls with it. SQLite's connections have their own threads and are shared.
    pub fn detached(&self, acquire_timeout: Duration) -> Db {
        match &self.0 {
            Pools::Sqlite { .. } => self.clone(),
            Pools::Postgres { writers, .. } => {
                let server = writers.connect_options();
                let pool = || PgPoolOptions::new().max_connections(1).acquire_timeout(acquire_timeout);
                Db(Pools::Postgres {
                    writers: pool().connect_lazy_with((*server).clone()),
                    readers: read_only(pool()).connect_lazy_with((*server).clone()),
                })
            }
        }
    }

    /// Hears what PostgreSQL's NOTIFY says on the channel, through a connection of its own; `None` on SQLite.
    pub async fn listen(&self, channel: &str) -> Result<Option<Listener>> {
        match &self.0 {
            Pools::Sqlite { .. } => Ok(None),
            Pools::Postgres { writers, .. } => {
                Listener::open((*writers.connect_options()).clone(), channel).await.map(Some)
            }
        }
    }

    /// Closes every connection, waiting for those in use.
    pub async fn close(&self) {
        match &self.0 {
            // The writer last: it is the one that may clean up the write-ahead log.
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres { writers, readers } => {
                readers.close().await;
                writers.close().await;
            }
        }
    }
}

async fn open_sqlite(path: &Path, options: &OpenOptions) -> sqlx::Result<Pools> {
    let file = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(options.acquire_timeout)
        // As PostgreSQL has it; SQLite's own default takes `a` for `A`.
        .pragma("case_sensitive_like", "ON");
    let pool = || {
        let pool = SqlitePoolOptions::new().acquire_timeout(options.acquire_timeout);
        pool.idle_timeout(None).max_lifetime(None)
    };
    // First the writer: it makes the file and turns on the write-ahead log, which a read-only connection cannot.
    let writer = pool().max_connections(1).connect_with(file.clone()).await?;
    let readers = pool().max_connections(options.max_connections.max(1)).connect_with(file.read_only(true)).await?;
    Ok(Pools::Sqlite { writer, readers })
}

async fn open_postgres(server: &PgConnectOptions, options: &OpenOptions) -> sqlx::Result<Pools> {
    let for_reading = options.max_connections.div_ceil(2).max(1);
    let for_writing = options.max_connections.saturating_sub(for_reading).max(1);
    let pool = |size| PgPoolOptions::new().max_connections(size).acquire_timeout(options.acquire_timeout);
    let writers = pool(for_writing).connect_with(server.clone()).await?;
    let readers = read_only(pool(for_reading)).connect_with(server.clone()).await?;
    Ok(Pools::Postgres { writers, readers })
}

fn read_only(pool: PgPoolOptions) -> PgPoolOptions {
    pool.after_connect(|connection, _| {
        Box::pin(async move {
            sqlx::query("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY").execute(connection).await?;
            Ok(())
        })
    })
}
