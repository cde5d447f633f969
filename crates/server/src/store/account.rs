//! Accounts: whose templates, tokens and files things are.

use handbill_db::{Conn, FromRow, Result, Row, Tx};

/// An account. `id` is the `profile_id` in the paths of its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: i64,
    pub name: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    /// By its IANA name, as in `Europe/Berlin`.
    pub time_zone: String,
    pub created_at_ms: i64,
}

/// An account that has no number yet.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub name: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub time_zone: String,
    pub created_at_ms: i64,
}

impl FromRow for Account {
    fn from_row(row: Row<'_>) -> Result<Account> {
        Ok(Account {
            id: row.get("id")?,
            name: row.get("name")?,
            email: row.get("email")?,
            first_name: row.get("first_name")?,
            last_name: row.get("last_name")?,
            time_zone: row.get("time_zone")?,
            created_at_ms: row.get("created_at_ms")?,
        })
    }
}

/// An e-mail address that exists already, in whatever case, is a unique violation.
pub(crate) async fn insert(tx: &mut Tx, new: NewAccount) -> Result<Account> {
    tx.one(
        "INSERT INTO accounts (name, email, first_name, last_name, time_zone, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING *",
        (new.name, new.email, new.first_name, new.last_name, new.time_zone, new.created_at_ms),
    )
    .await
}

pub(crate) async fn find(conn: &mut Conn, id: i64) -> Result<Option<Account>> {
    conn.opt("SELECT * FROM accounts WHERE id = $1", (id,)).await
}

/// The account with the lowest number.
pub(crate) async fn find_first(conn: &mut Conn) -> Result<Option<Account>> {
    conn.opt("SELECT * FROM accounts ORDER BY id LIMIT 1", ()).await
}

/// By number, beginning after `after`.
pub(crate) async fn list(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<Account>> {
    conn.all("SELECT * FROM accounts WHERE id > $1 ORDER BY id LIMIT $2", (after, limit)).await
}
