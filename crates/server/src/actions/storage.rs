//! What is kept for how long: files whose time has come are deleted, files that nothing names are swept away, and files
//! that should be there and are not are reported. Also what accounts take.

mod sweep;
#[cfg(test)]
mod tests;

use tokio::task::JoinSet;

use super::Result;
use crate::app::App;
use crate::blobs::{BlobError, BlobKey};
use crate::clock;
use crate::store::chore::Lease;
use crate::store::object::{self, NewObject, ObjectKind, Usage};

pub use sweep::{Sweep, sweep};

/// Files that are deleted at once, and in one transaction.
const BATCH: i64 = 500;
const DELETIONS_AT_ONCE: usize = 8;
const DAY_MS: i64 = 86_400_000;

/// What was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deleted {
    pub files: u64,
    pub bytes: u64,
}

/// Writes down files of an account that were put into the store. In the transaction that makes them known to anybody.
pub async fn record(tx: &mut handbill_db::Tx, account_id: i64, kind: ObjectKind, files: &[NewObject]) -> Result<()> {
    Ok(object::record(tx, account_id, kind, files, clock::now_ms(), None).await?)
}

/// What files take, by account and kind; of one account, or of all.
pub async fn usage(app: &App, account_id: Option<i64>) -> Result<Vec<Usage>> {
    Ok(object::usage(&mut app.db.read().await?, account_id).await?)
}

/// Deletes the files whose own end has come, or that are older than the rule for their kind allows; with a lease, only
/// as long as it is held.
pub async fn expire(app: &App, now_ms: i64, lease: Option<&Lease>) -> Result<Deleted> {
    let retention = &app.config.retention;
    let rules = [(ObjectKind::Result, retention.results_days), (ObjectKind::Upload, retention.uploads_days)];
    let mut deleted = Deleted::default();
    // First those with an end of their own.
    for rule in [None].into_iter().chain(rules.into_iter().filter(|(_, days)| *days > 0).map(Some)) {
        while is_held(lease).await? {
            let mut conn = app.db.read().await?;
            let due = match rule {
                None => object::expired(&mut conn, now_ms, BATCH).await?,
                Some((kind, days)) => {
                    let before_ms = now_ms.saturating_sub(i64::from(days) * DAY_MS);
                    object::made_before(&mut conn, kind, before_ms, BATCH).await?
                }
            };
            drop(conn);
            if due.is_empty() {
                break;
            }
            let bytes: i64 = due.iter().map(|(_, bytes)| bytes).sum();
            let keys: Vec<String> = due.into_iter().map(|(key, _)| key).collect();
            delete_all(app, &keys).await?;
            let mut tx = app.db.begin().await?;
            object::forget(&mut tx, &keys).await?;
            tx.commit().await?;
            deleted.files += keys.len() as u64;
            deleted.bytes += u64::try_from(bytes).unwrap_or_default();
        }
    }
    Ok(deleted)
}

/// Whether work may go on.
async fn is_held(lease: Option<&Lease>) -> Result<bool> {
    match lease {
        Some(lease) => Ok(lease.go_on().await?),
        None => Ok(true),
    }
}

/// Deletes files from the store, several at once; stops at the first that cannot be.
async fn delete_all(app: &App, keys: &[String]) -> std::result::Result<(), BlobError> {
    let mut under_way = JoinSet::new();
    // What is no key of ours is not deleted.
    for key in keys.iter().filter_map(|key| BlobKey::parse(key).ok()) {
        if under_way.len() == DELETIONS_AT_ONCE
            && let Some(done) = under_way.join_next().await
        {
            done.map_err(std::io::Error::other)??;
        }
        let blobs = app.blobs.clone();
        under_way.spawn(async move { blobs.delete(&key).await });
    }
    while let Some(done) = under_way.join_next().await {
        done.map_err(std::io::Error::other)??;
    }
    Ok(())
}
