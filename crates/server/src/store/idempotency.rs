//! What requests with an `Idempotency-Key` have made, so that the same request again makes nothing new.

use handbill_db::{Conn, FromRow, Result, Row, Tx};

/// One request that was remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    pub request_sha256: Vec<u8>,
    /// The number of what it made.
    pub made: String,
    pub created_at_ms: i64,
}

impl FromRow for Remembered {
    fn from_row(row: Row<'_>) -> Result<Remembered> {
        Ok(Remembered {
            request_sha256: row.get("request_sha256")?,
            made: row.get("made")?,
            created_at_ms: row.get("created_at_ms")?,
        })
    }
}

/// Whose key it is, and at which endpoint.
#[derive(Clone, Copy, Debug)]
pub struct KeyOf<'a> {
    pub account_id: i64,
    pub endpoint: &'static str,
    pub key: &'a str,
}

/// Remembers what a request makes; false if its key is taken. Another transaction that is about to take the same key is
/// waited for.
pub(crate) async fn insert(tx: &mut Tx, of: KeyOf<'_>, new: &Remembered) -> Result<bool> {
    const INSERT: &str = "INSERT INTO idempotency_keys
            (account_id, endpoint, idempotency_key, request_sha256, made, created_at_ms)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let values = (of.account_id, of.endpoint, of.key, new.request_sha256.clone(), new.made.as_str(), new.created_at_ms);
    Ok(tx.exec(INSERT, values).await? > 0)
}

pub(crate) async fn find(conn: &mut Conn, of: KeyOf<'_>) -> Result<Option<Remembered>> {
    const FIND: &str = "SELECT request_sha256, made, created_at_ms FROM idempotency_keys
        WHERE account_id = $1 AND endpoint = $2 AND idempotency_key = $3";
    conn.opt(FIND, (of.account_id, of.endpoint, of.key)).await
}

/// Forgets one, unless it is younger.
pub(crate) async fn delete_older(tx: &mut Tx, of: KeyOf<'_>, than_ms: i64) -> Result<()> {
    const DELETE: &str = "DELETE FROM idempotency_keys
        WHERE account_id = $1 AND endpoint = $2 AND idempotency_key = $3 AND created_at_ms < $4";
    tx.exec(DELETE, (of.account_id, of.endpoint, of.key, than_ms)).await?;
    Ok(())
}

/// Forgets all that are older; answers with their number.
pub(crate) async fn prune(tx: &mut Tx, than_ms: i64) -> Result<u64> {
    tx.exec("DELETE FROM idempotency_keys WHERE created_at_ms < $1", (than_ms,)).await
}
