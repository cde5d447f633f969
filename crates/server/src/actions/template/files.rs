//! The files beside templates, among the blobs: each content once in an account.

use std::sync::Arc;

use handbill_db::Tx;

use super::super::storage::record;
use super::super::{ActionError, Kind, Result};
use crate::app::App;
use crate::blobs::BlobKey;
use crate::clock;
use crate::store::object::{self, NewObject, ObjectKind};
use crate::store::template::{self, FileRef};
use crate::templates::FileMap;

/// An upload may take so long between its file and its template.
const GRACE_MS: i64 = 60 * 60 * 1000;
const SWEPT_AT_ONCE: i64 = 200;

/// Stores what is not there yet. The transaction that names them has to [publish] them.
pub(super) async fn keep(app: &App, account_id: i64, files: &FileMap, refs: &[FileRef]) -> Result<()> {
    if refs.is_empty() {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    let stored = template::touch_assets(&mut tx, account_id, refs, clock::now_ms()).await?;
    tx.commit().await?;
    for (bytes, file) in files.values().zip(refs) {
        if !stored.contains(&file.sha256) {
            app.blobs.put(&key(account_id, &file.sha256)?, Arc::clone(bytes)).await?;
        }
    }
    Ok(())
}

/// They are there and named from now on.
pub(super) async fn publish(tx: &mut Tx, account_id: i64, refs: &[FileRef], now_ms: i64) -> Result<()> {
    let mut new = Vec::new();
    for (sha256, bytes) in template::mark_stored(tx, account_id, refs, now_ms).await? {
        new.push(NewObject { key: key(account_id, &sha256)?, bytes });
    }
    record(tx, account_id, ObjectKind::Asset, &new).await
}

/// Reads the files of a version.
pub(super) async fn load(app: &App, account_id: i64, refs: &[FileRef]) -> Result<FileMap> {
    let mut files = FileMap::new();
    for file in refs {
        let key = key(account_id, &file.sha256)?;
        let bytes = app.blobs.find(&key).await?.ok_or_else(|| {
            let broken = ActionError::new(Kind::Internal, "A file of the template is missing on the server");
            broken.because(format!("there is no blob {key}, which {} should be", file.path))
        })?;
        files.insert(file.path.clone(), bytes.into());
    }
    Ok(files)
}

/// Deletes the files that no template names any longer, as many as may be done at once. Answers how many.
pub async fn sweep_assets(app: &App) -> Result<usize> {
    let mut tx = app.db.begin().await?;
    let gone = template::delete_unnamed_assets(&mut tx, clock::now_ms() - GRACE_MS, SWEPT_AT_ONCE).await?;
    let mut forgotten = Vec::new();
    for (account_id, sha256) in &gone {
        let key = key(*account_id, sha256)?;
        app.blobs.delete(&key).await?;
        forgotten.push(key.to_string());
    }
    object::forget(&mut tx, &forgotten).await?;
    tx.commit().await?;
    Ok(gone.len())
}

fn key(account_id: i64, sha256: &str) -> Result<BlobKey> {
    let key = BlobKey::parse(&format!("private/{account_id}/assets/{sha256}"));
    key.map_err(|bad| ActionError::new(Kind::Internal, "Something went wrong on the server").because(bad))
}
