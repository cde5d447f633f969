//! Keeping the cache's folder within its bound: what was not used for longest goes first. Several processes may do it at
//! once; what one has deleted is gone for the other too.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A block of the disk: a small file takes that much too.
const BLOCK: u64 = 4096;
/// A draft that is older was left by a crash.
const DRAFT_AGE: Duration = Duration::from_secs(3600);

/// Deletes files until nine tenths of the bound are left, if they are more than the bound.
pub(super) fn down_to(folder: &Path, max_bytes: u64) -> io::Result<()> {
    let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    for part in ["urls", "pictures"] {
        for hashes in entries(&folder.join(part))? {
            for file in entries(&hashes)? {
                let Ok(metadata) = file.metadata() else { continue };
                let used = metadata.modified()?;
                if file.extension().is_some() && used.elapsed().is_ok_and(|age| age > DRAFT_AGE) {
                    let _ = fs::remove_file(file);
                    continue;
                }
                files.push((used, metadata.len().next_multiple_of(BLOCK), file));
            }
        }
    }
    let mut total: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
    if total <= max_bytes {
        return Ok(());
    }
    files.sort_unstable();
    for (_, bytes, file) in files {
        if total <= max_bytes / 10 * 9 {
            break;
        }
        if fs::remove_file(file).is_ok() {
            total -= bytes;
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path())).collect(),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str, age_s: u64| {
            let path = folder.path().join("pictures/aa").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, vec![0; 10_000]).unwrap(); // three blocks
            let file = fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(age_s)).unwrap();
        };
        for (name, age_s) in [("new", 10), ("oldest", 9_000), ("old", 5_000), ("a.draft", 20), ("a.olddraft", 9_000)] {
            at(name, age_s);
        }
        let left = || {
            let mut names: Vec<_> =
                fs::read_dir(folder.path().join("pictures/aa")).unwrap().map(|e| e.unwrap().file_name()).collect();
            names.sort();
            names
        };
        down_to(folder.path(), 4 * 3 * BLOCK).unwrap();
        assert_eq!(left(), ["a.draft", "new", "old", "oldest"]);
        down_to(folder.path(), 3 * 3 * BLOCK).unwrap();
        assert_eq!(left(), ["a.draft", "new"]); // below nine tenths
    }
}
