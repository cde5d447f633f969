//! The files beside a template: pictures and fonts that it names by a path. Only what lies in the template's own folder
//! can be reached, whatever the path says.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::gallery;

/// Larger than any picture or font that makes sense beside a template.
pub(super) const MAX_FILE_BYTES: u64 = 64 << 20;
/// All files beside one template.
pub(super) const MAX_ALL_BYTES: u64 = 128 << 20;
pub(super) const MAX_FILES: usize = 500;

/// Files by their path from the template's folder, with slashes; without the template itself.
pub type FileMap = BTreeMap<String, Arc<[u8]>>;

/// Where a template's files are.
#[derive(Clone, Debug)]
pub enum TemplateFiles {
    /// In the program.
    Embedded(&'static [gallery::File]),
    /// In a folder on this machine.
    Folder(PathBuf),
    /// Read before, or made by the program.
    Memory(Arc<FileMap>),
}

impl TemplateFiles {
    /// A file's bytes, or one sentence for people.
    pub fn read(&self, path: &str) -> Result<Arc<[u8]>, String> {
        let path = plain_path(path).ok_or_else(|| {
            format!("'{path}' is not the path of a file beside the template; write one such as assets/picture.jpg")
        })?;
        match self {
            TemplateFiles::Embedded(files) => {
                let file = files.iter().find(|file| file.path == path);
                file.map(|file| Arc::from(file.bytes)).ok_or_else(|| missing(path))
            }
            TemplateFiles::Folder(folder) => read_within(folder, path),
            TemplateFiles::Memory(files) => files.get(path).cloned().ok_or_else(|| missing(path)),
        }
    }

    /// Every file. Hidden ones do not count, nor does the template itself.
    ///
    /// # Errors
    /// One sentence for people: what cannot be read, or is too much.
    pub fn all(&self) -> Result<FileMap, String> {
        match self {
            TemplateFiles::Embedded(files) => {
                let beside = files.iter().filter(|file| file.path != super::FILE_NAME);
                Ok(beside.map(|file| (file.path.to_owned(), Arc::from(file.bytes))).collect())
            }
            TemplateFiles::Folder(folder) => read_all(folder),
            TemplateFiles::Memory(files) => Ok(FileMap::clone(files)),
        }
    }
}

/// The path without a leading `./`; nothing if it could lead out of the folder or means something else elsewhere.
pub(super) fn plain_path(path: &str) -> Option<&str> {
    let path = path.strip_prefix("./").unwrap_or(path);
    let is_plain = !path.is_empty()
        && !path.contains(['\\', '\0', ':'])
        && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    is_plain.then_some(path)
}

fn missing(path: &str) -> String {
    format!("there is no file '{path}' beside the template")
}

fn read_within(folder: &Path, path: &str) -> Result<Arc<[u8]>, String> {
    let told = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => missing(path),
        _ => format!("the file '{path}' beside the template cannot be read: {error}"),
    };
    let root = folder.canonicalize().map_err(told)?;
    // A link may lead anywhere; what counts is where it ends.
    let place = root.join(path).canonicalize().map_err(told)?;
    if !place.starts_with(&root) {
        return Err(format!("'{path}' is a link that leads out of the template's folder"));
    }
    let file = File::open(&place).map_err(told)?;
    if !file.metadata().map_err(told)?.is_file() {
        return Err(format!("'{path}' beside the template is not a file"));
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(told)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(format!("the file '{path}' beside the template is larger than {} MB", MAX_FILE_BYTES >> 20));
    }
    Ok(bytes.into())
}

fn read_all(folder: &Path) -> Result<FileMap, String> {
    let mut paths = Vec::new();
    collect_paths(folder, "", &mut paths).map_err(|error| format!("{} cannot be read: {error}", folder.display()))?;
    paths.retain(|path| path != super::FILE_NAME);
    if paths.len() > MAX_FILES {
        return Err(too_many());
    }
    let (mut files, mut all) = (FileMap::new(), 0);
    for path in paths {
        let bytes = read_within(folder, &path)?;
        all += bytes.len() as u64;
        if all > MAX_ALL_BYTES {
            return Err(too_large());
        }
        files.insert(path, bytes);
    }
    Ok(files)
}

pub(super) fn too_many() -> String {
    format!("there are more than {MAX_FILES} files beside the template")
}

pub(super) fn too_large() -> String {
    format!("the files beside the template are larger than {} MB together", MAX_ALL_BYTES >> 20)
}

/// The paths of visible files below a folder. Links are followed to files alone, and only within the folder, when they are
/// read.
fn collect_paths(folder: &Path, prefix: &str, found: &mut Vec<String>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || found.len() > MAX_FILES {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect_paths(&entry.path(), &format!("{prefix}{name}/"), found)?;
        } else {
            found.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn only_files_of_the_folder_are_read() {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path().join("card");
        fs::create_dir_all(folder.join("assets")).unwrap();
        fs::write(folder.join("assets/a.png"), b"a").unwrap();
        fs::write(around.path().join("secret"), b"s").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("../../secret", folder.join("assets/link")).unwrap();
        let files = TemplateFiles::Folder(folder.clone());
        assert_eq!(&*files.read("assets/a.png").unwrap(), b"a");
        assert_eq!(&*files.read("./assets/a.png").unwrap(), b"a");
        let absolute = around.path().join("secret");
        for path in [
            "../secret",
            "assets/../../secret",
            "assets/./a.png/..",
            "assets\\a.png",
            "C:secret",
            "",
            ".",
            "assets",
            "assets/link",
            "assets/b.png",
            absolute.to_str().unwrap(),
        ] {
            assert!(files.read(path).is_err(), "{path}");
        }
    }

    #[test]
    fn embedded_files_are_found_by_their_path_alone() {
        static FILES: [gallery::File; 1] = [gallery::File { path: "assets/a.png", bytes: b"a" }];
        let files = TemplateFiles::Embedded(&FILES);
        assert_eq!(&*files.read("assets/a.png").unwrap(), b"a");
        for path in ["a.png", "/assets/a.png", "../card/assets/a.png"] {
            assert!(files.read(path).is_err(), "{path}");
        }
        assert_eq!(files.read("assets/b.png").unwrap_err(), "there is no file 'assets/b.png' beside the template");
    }
}
