//! Files that are kept: a row for each, written in the transaction that publishes it. The bytes are in `blobs`.

use std::fmt;

use handbill_db::{Conn, FromRow, List, Result, Row, Sql, Tx};

use crate::blobs::BlobKey;

/// What a file is to the product; each has its rule of retention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectKind {
    /// What a render made.
    Result,
    /// What somebody sent in.
    Upload,
    /// What belongs to a template, a brand kit or a font; kept until that is deleted.
    Asset,
}

impl ObjectKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Result => "result",
            Self::Upload => "upload",
            Self::Asset => "asset",
        }
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A file that lies in the store already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewObject {
    pub key: BlobKey,
    pub bytes: i64,
}

impl NewObject {
    pub fn new(key: BlobKey, bytes: usize) -> Self {
        Self { key, bytes: i64::try_from(bytes).unwrap_or(i64::MAX) }
    }
}

/// What files of one account and kind take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    pub account_id: i64,
    pub kind: String,
    pub files: i64,
    pub bytes: i64,
}

impl FromRow for Usage {
    fn from_row(row: Row<'_>) -> Result<Usage> {
        Ok(Usage {
            account_id: row.get("account_id")?,
            kind: row.get("kind")?,
            files: row.get("files")?,
            bytes: row.get("bytes")?,
        })
    }
}

/// Files of one account become known, all at one time. A key that is known already is a unique violation.
pub(crate) async fn record(
    tx: &mut Tx,
    account_id: i64,
    kind: ObjectKind,
    files: &[NewObject],
    now_ms: i64,
    expires_at_ms: Option<i64>,
) -> Result<()> {
    const INSERT: Sql = Sql {
        sqlite: "INSERT INTO objects (key, account_id, kind, bytes, content_type, created_at_ms, expires_at_ms)
                 SELECT keys.value, $1, $2, bytes.value, types.value, $3, $4
                 FROM json_each($5) keys JOIN json_each($6) bytes ON bytes.key = keys.key
                 JOIN json_each($7) types ON types.key = keys.key",
        postgres: "INSERT INTO objects (key, account_id, kind, bytes, content_type, created_at_ms, expires_at_ms)
                   SELECT file.key, $1, $2, file.bytes, file.content_type, $3, $4
                   FROM unnest($5::TEXT[], $6::BIGINT[], $7::TEXT[]) AS file (key, bytes, content_type)",
    };
    let keys: List<String> = files.iter().map(|file| file.key.as_str().to_owned()).collect();
    let bytes: List<i64> = files.iter().map(|file| file.bytes).collect();
    let types: List<String> = files.iter().map(|file| file.key.content_type().to_owned()).collect();
    tx.exec(INSERT, (account_id, kind.name(), now_ms, expires_at_ms, keys, bytes, types)).await?;
    Ok(())
}

/// Of files of a kind that are as old as `before_ms` or older, the oldest; with their sizes.
pub(crate) async fn made_before(
    conn: &mut Conn,
    kind: ObjectKind,
    before_ms: i64,
    limit: i64,
) -> Result<Vec<(String, i64)>> {
    conn.all(
        "SELECT key, bytes FROM objects WHERE kind = $1 AND created_at_ms <= $2 ORDER BY created_at_ms LIMIT $3",
        (kind.name(), before_ms, limit),
    )
    .await
}

/// Of files whose own end has come, those that it came to first; with their sizes.
pub(crate) async fn expired(conn: &mut Conn, now_ms: i64, limit: i64) -> Result<Vec<(String, i64)>> {
    conn.all(
        "SELECT key, bytes FROM objects WHERE expires_at_ms IS NOT NULL AND expires_at_ms <= $1
         ORDER BY expires_at_ms LIMIT $2",
        (now_ms, limit),
    )
    .await
}

/// They are known no more.
pub(crate) async fn forget(tx: &mut Tx, keys: &[String]) -> Result<()> {
    const DELETE: Sql = Sql {
        sqlite: "DELETE FROM objects WHERE key IN (SELECT value FROM json_each($1))",
        postgres: "DELETE FROM objects WHERE key = ANY($1)",
    };
    tx.exec(DELETE, (keys.iter().cloned().collect::<List<String>>(),)).await?;
    Ok(())
}

/// Those of the keys that are known.
pub(crate) async fn known(conn: &mut Conn, keys: &[String]) -> Result<Vec<String>> {
    const SELECT: Sql = Sql {
        sqlite: "SELECT key FROM objects WHERE key IN (SELECT value FROM json_each($1))",
        postgres: "SELECT key FROM objects WHERE key = ANY($1)",
    };
    let rows: Vec<(String,)> = conn.all(SELECT, (keys.iter().cloned().collect::<List<String>>(),)).await?;
    Ok(rows.into_iter().map(|(key,)| key).collect())
}

/// A stretch of keys, in the order of bytes: above `after`, up to `upto`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch<'a> {
    pub(crate) after: &'a str,
    pub(crate) upto: &'a str,
}

/// Files of a stretch that are known, older than `before_ms`, and not among `found`.
pub(crate) async fn not_among(
    conn: &mut Conn,
    stretch: Stretch<'_>,
    before_ms: i64,
    found: &[String],
    limit: i64,
) -> Result<Vec<String>> {
    const SELECT: Sql = Sql {
        sqlite: "SELECT key FROM objects WHERE key > $1 AND key <= $2 AND created_at_ms < $3
                 AND key NOT IN (SELECT value FROM json_each($4)) ORDER BY key LIMIT $5",
        postgres: "SELECT key FROM objects WHERE key > $1 AND key <= $2 AND created_at_ms < $3
                   AND NOT key = ANY($4) ORDER BY key LIMIT $5",
    };
    let found: List<String> = found.iter().cloned().collect();
    let rows: Vec<(String,)> = conn.all(SELECT, (stretch.after, stretch.upto, before_ms, found, limit)).await?;
    Ok(rows.into_iter().map(|(key,)| key).collect())
}

/// What files take, by account and kind.
pub(crate) async fn usage(conn: &mut Conn, account_id: Option<i64>) -> Result<Vec<Usage>> {
    conn.all(
        "SELECT account_id, kind, count(*) AS files, CAST(sum(bytes) AS BIGINT) AS bytes FROM objects
         WHERE $1 IS NULL OR account_id = $1 GROUP BY account_id, kind ORDER BY account_id, kind",
        (account_id,),
    )
    .await
}
