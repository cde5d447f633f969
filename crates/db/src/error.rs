//! What can go wrong, and the questions a caller asks about it without knowing the database.

use std::path::PathBuf;

use sqlx::error::{BoxDynError, ErrorKind};

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `Conn::one` found nothing.
    #[error("there is no such row")]
    NoRow,
    /// A statement of the transaction failed, or was given up half-way (its future was dropped).
    #[error("a statement of this transaction did not succeed, so it cannot be committed")]
    FailedTransaction,
    #[error("column {0} is NULL, which its type does not allow")]
    Null(String),
    #[error("cannot open the database {path}: {source}", path = path.display())]
    OpenSqlite { path: PathBuf, source: sqlx::Error },
    #[error("cannot reach the PostgreSQL database {name} on {host}: {source}")]
    OpenPostgres { host: String, name: String, source: sqlx::Error },
    #[error(
        "the database has the migration {0}, which this program does not know: \
         it was used by a newer version; run that one, or restore a backup from before"
    )]
    UnknownMigration(String),
    #[error("the migration {0} was changed after it was applied to this database")]
    ChangedMigration(String),
    #[error("the migration {name} failed: {source}")]
    Migration { name: &'static str, source: Box<Error> },
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
}

impl Error {
    pub(crate) fn encode(why: BoxDynError) -> Error {
        Error::Sql(sqlx::Error::Encode(why))
    }

    /// A column holds a text that its type cannot be made of.
    pub fn decode(column: &str, why: impl Into<BoxDynError>) -> Error {
        Error::Sql(sqlx::Error::ColumnDecode { index: column.to_owned(), source: why.into() })
    }

    /// A row with this key exists already.
    pub fn is_unique_violation(&self) -> bool {
        self.kind() == Some(ErrorKind::UniqueViolation)
    }

    /// The row points to one that does not exist, or is pointed to.
    pub fn is_foreign_key_violation(&self) -> bool {
        self.kind() == Some(ErrorKind::ForeignKeyViolation)
    }

    /// The whole transaction may be tried again: it lost against another one.
    pub fn is_retryable(&self) -> bool {
        match self.code().as_deref() {
            // PostgreSQL: serialization failure, deadlock, lock not available.
            Some("40001" | "40P01" | "55P03") => true,
            // SQLite: the low byte is the primary code; 5 is BUSY.
            Some(code) => code.parse::<i32>().is_ok_and(|code| self.is_sqlite() && code & 0xff == 5),
            None => false,
        }
    }

    /// No connection became free in time.
    pub fn is_pool_exhausted(&self) -> bool {
        matches!(self.sqlx(), Some(sqlx::Error::PoolTimedOut))
    }

    /// The disk is full.
    pub fn is_disk_full(&self) -> bool {
        match self.code().as_deref() {
            Some("53100") => true,
            Some(code) => code.parse::<i32>().is_ok_and(|code| self.is_sqlite() && code & 0xff == 13),
            None => false,
        }
    }

    /// The database was not there, or had no room, whatever the statement was: it may be tried again later.
    pub fn is_outage(&self) -> bool {
        if let Some(sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed) =
            self.sqlx()
        {
            return true;
        }
        let Some(code) = self.code() else { return false };
        if self.is_sqlite() {
            // Low bytes: BUSY, LOCKED, NOMEM, IOERR, FULL, CANTOPEN.
            return code.parse::<i32>().is_ok_and(|code| [5, 6, 7, 10, 13, 14].contains(&(code & 0xff)));
        }
        // PostgreSQL's classes: connection, resources, operator intervention, system.
        ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class))
    }

    fn kind(&self) -> Option<ErrorKind> {
        self.sqlx().and_then(sqlx::Error::as_database_error).map(sqlx::error::DatabaseError::kind)
    }

    fn code(&self) -> Option<String> {
        self.sqlx()?.as_database_error()?.code().map(std::borrow::Cow::into_owned)
    }

    fn is_sqlite(&self) -> bool {
        let database = self.sqlx().and_then(sqlx::Error::as_database_error);
        database.is_some_and(|e| e.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some())
    }

    fn sqlx(&self) -> Option<&sqlx::Error> {
        match self {
            Error::Sql(e) | Error::OpenSqlite { source: e, .. } | Error::OpenPostgres { source: e, .. } => Some(e),
            Error::Migration { source, .. } => source.sqlx(),
            _ => None,
        }
    }
}
