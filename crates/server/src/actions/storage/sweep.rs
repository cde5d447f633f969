//! Sweeping: the store is listed and held against the rows. A file that no row names and that is old enough is deleted:
//! its render was never published, or its row was deleted by hand. A row without a file is reported.
//!
//! Only the folders of `FOLDERS` are looked at. And only a store that says it belongs to this database is swept: else a
//! new database on an old bucket, or two installations on one, would delete everything.

use std::collections::BTreeSet;

use super::{Deleted, delete_all, is_held};
use crate::actions::{ActionError, Kind, Result};
use crate::app::App;
use crate::blobs::{BlobKey, Listed};
use crate::store::chore::Lease;
use crate::store::installation;
use crate::store::object::{self, Stretch};

/// In the order of their keys.
const FOLDERS: [&str; 2] = ["private/", "server/"];
/// The file that says whose the store is.
const OWNER_FILE: &str = "handbill-installation";
/// What sorts behind every key of a folder; keys are ASCII.
const BEHIND_ALL: char = '~';
const MOST_MISSING: usize = 1000;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    /// Files in the store.
    pub files: u64,
    pub bytes: u64,
    /// Of these, those that no row names and that are old enough.
    pub orphans: Deleted,
    /// Whether the orphans were deleted.
    pub swept: bool,
    /// Keys of rows whose file is not there, at most 1000.
    pub missing: Vec<String>,
}

/// Looks at every file, and deletes the orphans if `delete` says so. Files and rows younger than `before_ms` are left
/// alone: a render may be about to publish them. With a lease, only as long as it is held.
pub async fn sweep(app: &App, before_ms: i64, delete: bool, lease: Option<&Lease>) -> Result<Sweep> {
    check_owner(app).await?;
    let mut sweep = Sweep { swept: delete, ..Sweep::default() };
    for folder in FOLDERS {
        let mut listing = app.blobs.list(folder);
        let mut after = folder.to_owned();
        while is_held(lease).await? {
            let page = listing.next_page().await?;
            let is_last = page.is_none();
            let page = page.unwrap_or_default();
            let upto = match page.last() {
                Some(file) => file.key.clone(),
                None if is_last => format!("{folder}{BEHIND_ALL}"),
                None => continue,
            };
            look_at(app, &page, Stretch { after: &after, upto: &upto }, before_ms, &mut sweep).await?;
            if is_last {
                break;
            }
            after = upto;
        }
    }
    Ok(sweep)
}

/// Everything between two keys: what is in the store there, and what should be.
async fn look_at(app: &App, page: &[Listed], stretch: Stretch<'_>, before_ms: i64, sweep: &mut Sweep) -> Result<()> {
    sweep.files += page.len() as u64;
    sweep.bytes += page.iter().map(|file| file.len).sum::<u64>();
    let keys: Vec<String> = page.iter().map(|file| file.key.clone()).collect();
    let mut conn = app.db.read().await?;
    let known: BTreeSet<String> = object::known(&mut conn, &keys).await?.into_iter().collect();
    let room = MOST_MISSING.saturating_sub(sweep.missing.len());
    if room > 0 {
        let limit = i64::try_from(room).unwrap_or(i64::MAX);
        sweep.missing.extend(object::not_among(&mut conn, stretch, before_ms, &keys, limit).await?);
    }
    drop(conn);
    let is_orphan = |file: &&Listed| {
        file.modified_ms < before_ms && !known.contains(&file.key) && BlobKey::parse(&file.key).is_ok()
    };
    let orphans: Vec<&Listed> = page.iter().filter(is_orphan).collect();
    sweep.orphans.files += orphans.len() as u64;
    sweep.orphans.bytes += orphans.iter().map(|file| file.len).sum::<u64>();
    if sweep.swept && !orphans.is_empty() {
        let keys: Vec<String> = orphans.into_iter().map(|file| file.key.clone()).collect();
        delete_all(app, &keys).await?;
    }
    Ok(())
}

/// A store that says nothing yet is ours from now on.
async fn check_owner(app: &App) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let ours = installation::id(&mut tx).await?;
    tx.commit().await?;
    let file = BlobKey::parse(OWNER_FILE).map_err(|bad| ActionError::new(Kind::Internal, bad.to_string()))?;
    match app.blobs.find(&file).await? {
        None => Ok(app.blobs.put(&file, ours).await?),
        Some(theirs) if theirs == ours.as_bytes() => Ok(()),
        Some(_) => Err(ActionError::new(
            Kind::Invalid,
            format!(
                "The store for files belongs to another installation, so nothing in it is swept. If that is this one with \
                 a new database, delete the file '{OWNER_FILE}' from the store: then every file that the new database \
                 does not know is deleted"
            ),
        )),
    }
}
