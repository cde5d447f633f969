//! Pictures that were fetched before, in a folder that all processes of the machine share. Which account asked for which
//! URL leads to the bytes, and what the origin said about how long they hold; the bytes themselves lie there once,
//! named by their hash. So one account cannot find out what another has fetched, and nothing is kept twice.
//!
//! Nothing here has to last: files are not synced, and what is read is held against its hash.

mod evict;
mod freshness;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::Fetched;
use super::kind::ImageKind;
use crate::random;

pub(super) use freshness::Holds;

/// After so much new the folder is looked through, as a part of its bound.
const LOOK_AFTER: u64 = 16;
/// A use within this time of the last one is not noted.
const NOTED_EVERY: Duration = Duration::from_secs(3600);

/// An account's URL, as a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct CacheKey([u8; 32]);

/// What the folder knows about a URL.
#[derive(Clone, Debug)]
pub(super) struct Cached {
    pub(super) picture: Fetched,
    pub(super) is_fresh: bool,
    pub(super) validators: Validators,
}

/// What a request sends along to ask whether its copy still holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Validators {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_modified: Option<String>,
}

/// Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    folder: Arc<Path>,
    max_bytes: u64,
    /// Written since the folder was last looked through; at first as if it were full.
    new_bytes: Arc<AtomicU64>,
}

/// A file of the index.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    sha256: String,
    fresh_until_ms: i64,
    #[serde(flatten)]
    validators: Validators,
}

impl CacheKey {
    pub(super) fn of(account_id: Option<i64>, url: &Url) -> Self {
        let mut hash = Sha256::new();
        hash.update(account_id.unwrap_or(-1).to_le_bytes());
        // What follows # is not sent.
        hash.update(url.as_str().split('#').next().unwrap_or_default());
        Self(hash.finalize().into())
    }
}

impl Validators {
    pub(super) fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

impl Cache {
    /// The folder is made when something is put into it.
    pub(super) fn new(folder: PathBuf, max_bytes: u64) -> Self {
        Self { folder: folder.into(), max_bytes, new_bytes: Arc::new(AtomicU64::new(max_bytes)) }
    }

    pub(super) async fn find(&self, key: CacheKey, now_ms: i64) -> Option<Cached> {
        let cache = self.clone();
        tokio::task::spawn_blocking(move || cache.read(key, now_ms)).await.ok().flatten()
    }

    /// Keeps the picture for as long as it holds. A cache that does not work makes nothing fail.
    pub(super) async fn store(&self, key: CacheKey, picture: &Fetched, holds: Holds, now_ms: i64) {
        let (cache, bytes) = (self.clone(), Arc::clone(&picture.bytes));
        let write = move || {
            if bytes.len() as u64 > cache.max_bytes / LOOK_AFTER {
                return Ok(()); // it would push out too much else
            }
            cache.write(key, &bytes, holds, now_ms)
        };
        if let Ok(Err(error)) = tokio::task::spawn_blocking(write).await {
            tracing::warn!(%error, "a fetched picture could not be kept in the cache");
        }
    }

    fn read(&self, key: CacheKey, now_ms: i64) -> Option<Cached> {
        let index = self.index(key);
        let entry: Entry = serde_json::from_slice(&fs::read(&index).ok()?).ok()?;
        let path = self.content(&entry.sha256)?;
        let bytes = fs::read(&path).ok()?;
        let kind = ImageKind::sniff(&bytes).ok().filter(|_| hex(&Sha256::digest(&bytes)) == entry.sha256);
        let Some(kind) = kind else {
            let _ = fs::remove_file(&path); // half of a file, from a crash
            return None;
        };
        note_use(&index);
        note_use(&path);
        Some(Cached {
            picture: Fetched { bytes: bytes.into(), kind },
            is_fresh: now_ms < entry.fresh_until_ms,
            validators: entry.validators,
        })
    }

    fn write(&self, key: CacheKey, bytes: &[u8], holds: Holds, now_ms: i64) -> io::Result<()> {
        let sha256 = hex(&Sha256::digest(bytes));
        let Some(path) = self.content(&sha256) else { return Ok(()) };
        if !path.is_file() {
            self.put(&path, bytes)?;
        }
        let entry =
            Entry { sha256, fresh_until_ms: now_ms.saturating_add(holds.fresh_ms), validators: holds.validators };
        self.put(&self.index(key), &serde_json::to_vec(&entry)?)?;
        let before = self.new_bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        if before + bytes.len() as u64 >= self.max_bytes / LOOK_AFTER {
            self.new_bytes.store(0, Ordering::Relaxed);
            evict::down_to(&self.folder, self.max_bytes)?;
        }
        Ok(())
    }

    /// Written under another name first, so that no other process reads half of it.
    fn put(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(path.parent().unwrap_or(&self.folder))?;
        let draft = path.with_extension(random::spell(&random::bytes::<10>(), random::BASE32));
        let put = fs::write(&draft, bytes).and_then(|()| fs::rename(&draft, path));
        if put.is_err() {
            let _ = fs::remove_file(&draft);
        }
        put
    }

    fn index(&self, key: CacheKey) -> PathBuf {
        self.place("urls", &hex(&key.0))
    }

    /// Nothing where the index was tampered with.
    fn content(&self, sha256: &str) -> Option<PathBuf> {
        let is_hash = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hash.then(|| self.place("pictures", sha256))
    }

    fn place(&self, folder: &str, hash: &str) -> PathBuf {
        self.folder.join(folder).join(&hash[..2]).join(hash)
    }
}

/// The time of change is the time of use: what was not used for longest goes first.
fn note_use(path: &Path) {
    let now = SystemTime::now();
    let last = path.metadata().and_then(|metadata| metadata.modified());
    if last.is_ok_and(|last| now.duration_since(last).is_ok_and(|ago| ago > NOTED_EVERY)) {
        let _ = File::options().write(true).open(path).and_then(|file| file.set_modified(now));
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
