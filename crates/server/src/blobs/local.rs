//! Blobs as files in a folder. A file is written beside the others under a name of its own, made durable, and renamed
//! into its place; so a crash leaves the old file, the new one, or something in `.tmp` that nobody looks at.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, UNIX_EPOCH};

use super::Listed;
use super::keys::{BlobKey, random_128};

/// No key begins with a dot, so nothing of it is ever served.
const UNFINISHED: &str = ".tmp";
/// Other processes share the folder; what is younger may still be written.
const ABANDONED_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
const PAGE: usize = 1000;

#[derive(Clone, Debug)]
pub(super) struct LocalFolder {
    root: Arc<Path>,
    /// Held for writing while an emptied folder is removed, so that no file is on its way into it.
    folders: Arc<RwLock<()>>,
}

impl LocalFolder {
    pub(super) fn open(root: PathBuf) -> io::Result<Self> {
        let unfinished = root.join(UNFINISHED);
        fs::create_dir_all(&unfinished)?;
        for entry in fs::read_dir(&unfinished)? {
            let entry = entry?;
            let age = entry.metadata().and_then(|metadata| metadata.modified()).map(|time| time.elapsed());
            if matches!(age, Ok(Ok(age)) if age > ABANDONED_AFTER) {
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(Self { root: root.into(), folders: Arc::default() })
    }

    pub(super) fn put(&self, key: &BlobKey, bytes: &[u8]) -> io::Result<()> {
        let unfinished = self.root.join(UNFINISHED).join(random_128()?);
        let result = write_whole(&unfinished, bytes).and_then(|()| self.put_in_place(&unfinished, key));
        if result.is_err() {
            let _ = fs::remove_file(&unfinished); // makes the room again that it took
        }
        result
    }

    fn put_in_place(&self, unfinished: &Path, key: &BlobKey) -> io::Result<()> {
        let path = self.path(key);
        let folder = path.parent().unwrap_or(&self.root);
        let _folders_stay = self.folders.read().unwrap_or_else(PoisonError::into_inner);
        self.make_folders(folder)?;
        let renamed = match fs::rename(unfinished, &path) {
            // Another process deleted the folder's last file in between.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.make_folders(folder)?;
                fs::rename(unfinished, &path)
            }
            result => result,
        };
        renamed?;
        sync_folder(folder)
    }

    /// Makes what is missing of the folders down to this one, durably.
    fn make_folders(&self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        let mut path = self.root.to_path_buf();
        for name in folder.strip_prefix(&self.root).unwrap_or(Path::new("")) {
            let parent = path.clone();
            path.push(name);
            match fs::create_dir(&path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => sync_folder(&parent)?,
            }
        }
        Ok(())
    }

    pub(super) fn find(&self, key: &BlobKey) -> io::Result<Option<Vec<u8>>> {
        let Some((mut file, len)) = self.open_file(key)? else { return Ok(None) };
        let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or_default());
        file.read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    /// The file and its length in bytes.
    pub(super) fn open_file(&self, key: &BlobKey) -> io::Result<Option<(File, u64)>> {
        let Some(file) = unless_missing(File::open(self.path(key)))? else { return Ok(None) };
        let metadata = file.metadata()?;
        Ok(metadata.is_file().then_some((file, metadata.len())))
    }

    pub(super) fn delete(&self, key: &BlobKey) -> io::Result<()> {
        let path = self.path(key);
        if !path.is_file() {
            return Ok(());
        }
        unless_missing(fs::remove_file(&path))?;
        if let Some(folder) = path.parent().filter(|folder| *folder != &*self.root) {
            let _no_file_is_coming = self.folders.write().unwrap_or_else(PoisonError::into_inner);
            let _ = fs::remove_dir(folder); // only works on an empty one
        }
        Ok(())
    }

    /// Whether a file can be written.
    pub(super) fn check(&self) -> io::Result<()> {
        let probe = self.root.join(UNFINISHED).join(random_128()?);
        let written = write_whole(&probe, b"x");
        let _ = fs::remove_file(&probe);
        written
    }

    pub(super) fn walk(&self, prefix: &str) -> Walk {
        Walk { root: Arc::clone(&self.root), prefix: prefix.to_owned(), levels: None }
    }

    fn path(&self, key: &BlobKey) -> PathBuf {
        self.root.join(key.as_str())
    }
}

/// A listing under way: what is left to visit, the deepest folder last. Holds the names of the folders it is in.
#[derive(Debug)]
pub(super) struct Walk {
    root: Arc<Path>,
    prefix: String,
    levels: Option<Vec<std::vec::IntoIter<Name>>>,
}

/// The key of a file, or what the keys in a folder begin with, slash included: so names sort as keys do.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name(String);

impl Walk {
    /// The next files, in the order of their keys.
    pub(super) fn page(&mut self) -> io::Result<Option<Vec<Listed>>> {
        let mut levels = match self.levels.take() {
            Some(levels) => levels,
            None => vec![self.names("")?.into_iter()],
        };
        let mut page = Vec::new();
        while let Some(level) = levels.last_mut().filter(|_| page.len() < PAGE) {
            match level.next() {
                None => _ = levels.pop(),
                Some(Name(folder)) if folder.ends_with('/') => levels.push(self.names(&folder)?.into_iter()),
                Some(Name(key)) => page.extend(self.listed(key)?),
            }
        }
        self.levels = Some(levels);
        Ok((!page.is_empty()).then_some(page))
    }

    fn names(&self, folder: &str) -> io::Result<Vec<Name>> {
        let mut names = Vec::new();
        let Some(entries) = unless_missing(fs::read_dir(self.root.join(folder)))? else { return Ok(names) };
        for entry in entries {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let slash = if entry.file_type()?.is_dir() { "/" } else { "" };
            let key = format!("{folder}{name}{slash}");
            let leads_there = key.starts_with(&self.prefix) || (!slash.is_empty() && self.prefix.starts_with(&key));
            if leads_there && !name.starts_with('.') {
                names.push(Name(key));
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Nothing, where it has gone since.
    fn listed(&self, key: String) -> io::Result<Option<Listed>> {
        let Some(metadata) = unless_missing(fs::metadata(self.root.join(&key)))? else { return Ok(None) };
        let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let modified_ms = i64::try_from(modified.as_millis()).unwrap_or(i64::MAX);
        Ok(metadata.is_file().then_some(Listed { key, len: metadata.len(), modified_ms }))
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes new names in a folder durable.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Nothing, where there is no such file, or a file where the key has a folder.
fn unless_missing<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blobs::{BlobError, Blobs};

    fn key(text: &str) -> BlobKey {
        BlobKey::parse(text).unwrap()
    }

    fn unfinished(root: &Path) -> usize {
        fs::read_dir(root.join(UNFINISHED)).unwrap().count()
    }

    #[tokio::test]
    async fn readers_see_whole_files_while_writers_write() {
        let root = tempfile::tempdir().unwrap();
        let blobs = Blobs::in_folder(root.path().to_owned()).await.unwrap();
        let place = key("a/b.png");
        let mut writers = tokio::task::JoinSet::new();
        for byte in 0..8 {
            let (blobs, place) = (blobs.clone(), place.clone());
            writers.spawn(async move {
                for _ in 0..10 {
                    blobs.put(&place, vec![byte; 100_000]).await.unwrap();
                    blobs.delete(&place).await.unwrap();
                }
            });
        }
        while !writers.is_empty() {
            if let Some(bytes) = blobs.find(&place).await.unwrap() {
                assert!(bytes.len() == 100_000 && bytes.iter().all(|byte| *byte == bytes[0]));
            }
            if let Some(done) = writers.try_join_next() {
                done.unwrap();
            }
        }
    }

    #[test]
    fn a_failed_put_leaves_nothing_behind() {
        let root = tempfile::tempdir().unwrap();
        let folder = LocalFolder::open(root.path().to_owned()).unwrap();
        folder.put(&key("a/b"), b"a file").unwrap();
        assert!(folder.put(&key("a/b/c.png"), b"under a file").is_err());
        fs::create_dir_all(root.path().join("d.png/e")).unwrap();
        assert!(folder.put(&key("d.png"), b"over a folder").is_err());
        assert_eq!(unfinished(root.path()), 0);
        assert_eq!(folder.find(&key("a/b")).unwrap().unwrap(), b"a file");
    }

    #[test]
    fn only_what_is_long_abandoned_is_cleared_away() {
        let root = tempfile::tempdir().unwrap();
        LocalFolder::open(root.path().to_owned()).unwrap();
        let (young, old) = (root.path().join(UNFINISHED).join("young"), root.path().join(UNFINISHED).join("old"));
        fs::write(&young, "x").unwrap();
        let file = File::create(&old).unwrap();
        file.set_modified(std::time::SystemTime::now() - ABANDONED_AFTER - Duration::from_secs(60)).unwrap();
        LocalFolder::open(root.path().to_owned()).unwrap();
        assert_eq!((young.exists(), old.exists()), (true, false));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_from_other_faults() {
        let mut full = File::options().write(true).open("/dev/full").unwrap();
        let error = BlobError::from(full.write_all(b"x").unwrap_err());
        assert!(matches!(error, BlobError::StorageFull(_)), "{error:?}");
        let error = BlobError::from(File::open("/no/such/file").unwrap_err());
        assert!(matches!(error, BlobError::Io(_)), "{error:?}");
    }
}
