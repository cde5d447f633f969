//! The versions of a template: what each says, and which files are beside it.

use handbill_db::{Conn, FromRow, List, Result, Row, Sql, Tx};

/// A version, without what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub template_id: i64,
    /// From 1.
    pub version: i64,
    /// SHA-256 in hexadecimal.
    pub hash: String,
    pub note: Option<String>,
    /// A token's name, or where else it came from.
    pub author: String,
    pub created_at_ms: i64,
}

/// A version that is not kept yet.
#[derive(Clone, Debug)]
pub(crate) struct NewVersion<'a> {
    pub(crate) template_id: i64,
    pub(crate) account_id: i64,
    pub(crate) version: i64,
    pub(crate) hash: &'a str,
    /// Canonical JSON.
    pub(crate) content: &'a str,
    pub(crate) note: Option<&'a str>,
    pub(crate) author: &'a str,
    pub(crate) token_id: Option<i64>,
    pub(crate) created_at_ms: i64,
    pub(crate) files: &'a [FileRef],
}

/// A file beside a template, by its content.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileRef {
    /// From the template's folder: `assets/photo.jpg`.
    pub path: String,
    /// In hexadecimal.
    pub sha256: String,
    pub bytes: i64,
}

impl FromRow for Version {
    fn from_row(row: Row<'_>) -> Result<Version> {
        Ok(Version {
            template_id: row.get("template_id")?,
            version: row.get("version")?,
            hash: row.get("hash")?,
            note: row.get("note")?,
            author: row.get("author")?,
            created_at_ms: row.get("created_at_ms")?,
        })
    }
}

/// Of a template that was found in the account before.
pub(crate) async fn find_version(conn: &mut Conn, template_id: i64, version: i64) -> Result<Option<Version>> {
    conn.opt(
        "SELECT template_id, version, hash, note, author, created_at_ms FROM template_versions
         WHERE template_id = $1 AND version = $2",
        (template_id, version),
    )
    .await
}

/// The newest of each content whose hash begins with these hexadecimal digits; two at most, which is one too many.
pub(crate) async fn find_versions_by_hash(conn: &mut Conn, template_id: i64, prefix: &str) -> Result<Vec<Version>> {
    conn.all(
        "SELECT template_id, version, hash, note, author, created_at_ms FROM template_versions v
         WHERE template_id = $1 AND hash LIKE $2 || '%' AND version = (
             SELECT max(o.version) FROM template_versions o WHERE o.template_id = v.template_id AND o.hash = v.hash
         )
         ORDER BY version DESC LIMIT 2",
        (template_id, prefix),
    )
    .await
}

/// The newest first, beginning below `below`.
pub(crate) async fn list_versions(conn: &mut Conn, template_id: i64, below: i64, limit: i64) -> Result<Vec<Version>> {
    conn.all(
        "SELECT template_id, version, hash, note, author, created_at_ms FROM template_versions
         WHERE template_id = $1 AND version < $2 ORDER BY version DESC LIMIT $3",
        (template_id, below, limit),
    )
    .await
}

/// What a version says: canonical JSON.
pub(crate) async fn content(conn: &mut Conn, template_id: i64, version: i64) -> Result<Option<String>> {
    let found: Option<(String,)> = conn
        .opt("SELECT content FROM template_versions WHERE template_id = $1 AND version = $2", (template_id, version))
        .await?;
    Ok(found.map(|(content,)| content))
}

/// The files beside a version, by path.
pub(crate) async fn files(conn: &mut Conn, template_id: i64, version: i64) -> Result<Vec<FileRef>> {
    let rows: Vec<(String, String, i64)> = conn
        .all(
            "SELECT f.path, f.sha256, a.bytes FROM template_files f
             JOIN assets a ON a.account_id = f.account_id AND a.sha256 = f.sha256
             WHERE f.template_id = $1 AND f.version = $2 ORDER BY f.path",
            (template_id, version),
        )
        .await?;
    Ok(rows.into_iter().map(|(path, sha256, bytes)| FileRef { path, sha256, bytes }).collect())
}

pub(crate) async fn insert_version(tx: &mut Tx, new: &NewVersion<'_>) -> Result<()> {
    tx.exec(
        "INSERT INTO template_versions
         (template_id, version, hash, content, note, author, token_id, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        (
            new.template_id,
            new.version,
            new.hash,
            new.content,
            new.note.map(str::to_owned),
            new.author,
            new.token_id,
            new.created_at_ms,
        ),
    )
    .await?;
    let paths: List<&str> = new.files.iter().map(|file| file.path.as_str()).collect();
    let hashes: List<&str> = new.files.iter().map(|file| file.sha256.as_str()).collect();
    tx.exec(
        Sql {
            sqlite: "INSERT INTO template_files (template_id, version, account_id, path, sha256)
                     SELECT $1, $2, $3, p.value, h.value
                     FROM json_each($4) p JOIN json_each($5) h ON h.key = p.key",
            postgres: "INSERT INTO template_files (template_id, version, account_id, path, sha256)
                       SELECT $1, $2, $3, f.path, f.sha256 FROM unnest($4, $5) AS f (path, sha256)",
        },
        (new.template_id, new.version, new.account_id, paths, hashes),
    )
    .await?;
    Ok(())
}
