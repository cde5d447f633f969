//! The files of an account's templates by their content: which there are, and which nothing names any longer.

use handbill_db::{Conn, List, Result, Sql, Tx};

use super::FileRef;

/// Notes that these are about to be stored. Answers with the hashes of those whose bytes are there already.
pub(crate) async fn touch_assets(tx: &mut Tx, account_id: i64, files: &[FileRef], now_ms: i64) -> Result<Vec<String>> {
    let mut stored = Vec::new();
    for file in files {
        let (stored_at_ms,): (Option<i64>,) = tx
            .one(
                "INSERT INTO assets (account_id, sha256, bytes, touched_at_ms) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (account_id, sha256) DO UPDATE SET touched_at_ms = excluded.touched_at_ms
                 RETURNING stored_at_ms",
                (account_id, file.sha256.as_str(), file.bytes, now_ms),
            )
            .await?;
        if stored_at_ms.is_some() {
            stored.push(file.sha256.clone());
        }
    }
    Ok(stored)
}

/// Notes that their bytes are there. Answers with those of which nobody had noted it before: hashes and sizes.
pub(crate) async fn mark_stored(
    tx: &mut Tx,
    account_id: i64,
    files: &[FileRef],
    now_ms: i64,
) -> Result<Vec<(String, i64)>> {
    let hashes: List<&str> = files.iter().map(|file| file.sha256.as_str()).collect();
    tx.all(
        Sql {
            sqlite: "UPDATE assets SET stored_at_ms = $3 WHERE account_id = $1 AND stored_at_ms IS NULL
                       AND sha256 IN (SELECT value FROM json_each($2)) RETURNING sha256, bytes",
            postgres: "UPDATE assets SET stored_at_ms = $3 WHERE account_id = $1 AND stored_at_ms IS NULL
                         AND sha256 = ANY($2) RETURNING sha256, bytes",
        },
        (account_id, hashes, now_ms),
    )
    .await
}

/// Forgets those that no version names and nobody touched since; answers with account and hash of each. Their bytes have to
/// be deleted before the transaction ends: until then nobody else can be about to store them.
pub(crate) async fn delete_unnamed_assets(
    tx: &mut Tx,
    touched_before_ms: i64,
    limit: i64,
) -> Result<Vec<(i64, String)>> {
    let unnamed: Vec<(i64, String)> = unnamed(tx, touched_before_ms, limit).await?;
    let mut deleted = Vec::new();
    for (account_id, sha256) in unnamed {
        // Asked again: somebody may have come first.
        let gone = tx
            .exec(
                "DELETE FROM assets WHERE account_id = $1 AND sha256 = $2 AND touched_at_ms < $3 AND NOT EXISTS (
                     SELECT 1 FROM template_files f WHERE f.account_id = $1 AND f.sha256 = $2
                 )",
                (account_id, sha256.as_str(), touched_before_ms),
            )
            .await?;
        if gone > 0 {
            deleted.push((account_id, sha256));
        }
    }
    Ok(deleted)
}

async fn unnamed(conn: &mut Conn, touched_before_ms: i64, limit: i64) -> Result<Vec<(i64, String)>> {
    conn.all(
        "SELECT a.account_id, a.sha256 FROM assets a WHERE a.touched_at_ms < $1 AND NOT EXISTS (
             SELECT 1 FROM template_files f WHERE f.account_id = a.account_id AND f.sha256 = a.sha256
         ) LIMIT $2",
        (touched_before_ms, limit),
    )
    .await
}
