//! Fonts that an account uploaded: what each is, and where its bytes are.

use handbill_db::{Conn, Error, FromRow, List, Result, Row, Sql, Tx};

use crate::blobs::BlobKey;
use crate::fonts::FontFacts;

/// A font of an account.
#[derive(Clone, Debug, PartialEq)]
pub struct Font {
    pub id: i64,
    pub account_id: i64,
    /// The name that templates use.
    pub family: String,
    pub facts: FontFacts,
    pub sha256: String,
    pub bytes: i64,
    pub(crate) key: BlobKey,
    pub created_at_ms: i64,
}

/// A font that has no number yet.
#[derive(Clone, Debug)]
pub(crate) struct NewFont {
    pub(crate) account_id: i64,
    pub(crate) family: String,
    pub(crate) facts: FontFacts,
    pub(crate) sha256: String,
    pub(crate) bytes: i64,
    pub(crate) key: BlobKey,
    pub(crate) created_at_ms: i64,
}

impl FromRow for Font {
    fn from_row(row: Row<'_>) -> Result<Font> {
        let (facts, key): (String, String) = (row.get("facts")?, row.get("blob_key")?);
        Ok(Font {
            id: row.get("id")?,
            account_id: row.get("account_id")?,
            family: row.get("family")?,
            facts: serde_json::from_str(&facts).map_err(|why| Error::decode("facts", why.to_string()))?,
            sha256: row.get("sha256")?,
            bytes: row.get("bytes")?,
            key: BlobKey::parse(&key).map_err(|why| Error::decode("blob_key", why.to_string()))?,
            created_at_ms: row.get("created_at_ms")?,
        })
    }
}

/// The same bytes under the same name are a unique violation.
pub(crate) async fn insert(tx: &mut Tx, new: NewFont) -> Result<Font> {
    let facts = serde_json::to_string(&new.facts).map_err(|why| Error::decode("facts", why.to_string()))?;
    tx.one(
        "INSERT INTO fonts
         (account_id, family, family_key, weight_min, weight_max, italic, facts, sha256, bytes, blob_key, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING *",
        (
            new.account_id,
            new.family.as_str(),
            new.family.to_lowercase(),
            i64::from(new.facts.weight.0),
            i64::from(new.facts.weight.1),
            new.facts.italic,
            facts,
            new.sha256.as_str(),
            new.bytes,
            new.key.to_string(),
            new.created_at_ms,
        ),
    )
    .await
}

pub(crate) async fn find(conn: &mut Conn, account_id: i64, id: i64) -> Result<Option<Font>> {
    conn.opt("SELECT * FROM fonts WHERE account_id = $1 AND id = $2", (account_id, id)).await
}

pub(crate) async fn count(conn: &mut Conn, account_id: i64) -> Result<i64> {
    let (count,): (i64,) = conn.one("SELECT count(*) FROM fonts WHERE account_id = $1", (account_id,)).await?;
    Ok(count)
}

/// Another text when fonts were added or deleted.
pub(crate) async fn stamp(conn: &mut Conn, account_id: i64) -> Result<String> {
    let (count, newest): (i64, i64) =
        conn.one("SELECT count(*), coalesce(max(id), 0) FROM fonts WHERE account_id = $1", (account_id,)).await?;
    Ok(format!("{count}-{newest}"))
}

/// By number, beginning after `after`.
pub(crate) async fn list(conn: &mut Conn, account_id: i64, after: i64, limit: i64) -> Result<Vec<Font>> {
    conn.all("SELECT * FROM fonts WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3", (account_id, after, limit))
        .await
}

/// The faces of families, given in small letters; the oldest first.
pub(crate) async fn of_families(conn: &mut Conn, account_id: i64, families: &[String]) -> Result<Vec<Font>> {
    conn.all(
        Sql {
            sqlite: "SELECT * FROM fonts WHERE account_id = $1
                       AND family_key IN (SELECT value FROM json_each($2)) ORDER BY id",
            postgres: "SELECT * FROM fonts WHERE account_id = $1 AND family_key = ANY($2) ORDER BY id",
        },
        (account_id, families.iter().cloned().collect::<List<String>>()),
    )
    .await
}

/// Whether it was there.
pub(crate) async fn delete(tx: &mut Tx, account_id: i64, id: i64) -> Result<bool> {
    Ok(tx.exec("DELETE FROM fonts WHERE account_id = $1 AND id = $2", (account_id, id)).await? > 0)
}
