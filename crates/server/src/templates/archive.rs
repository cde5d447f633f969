//! A template's folder as a zip: read with suspicion, since anybody may have made it, and written so that the same folder
//! always gives the same bytes.

use std::collections::BTreeSet;
use std::io::{Cursor, Read as _, Write as _};
use std::sync::Arc;

use zip::read::ZipFile;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::FILE_NAME;
use super::files::{FileMap, MAX_ALL_BYTES, MAX_FILE_BYTES, MAX_FILES, plain_path, too_large, too_many};

/// What is in an archive.
#[derive(Debug)]
pub(crate) struct Unpacked {
    /// `template.json`.
    pub(crate) json: Vec<u8>,
    /// The files beside it.
    pub(crate) files: FileMap,
}

/// Reads a zip of a template's folder, or of what is in it.
///
/// # Errors
/// One sentence for people.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Unpacked, String> {
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| format!("it is not a zip that can be read ({error})"))?;
    // Folders and hidden files count as well: going through them takes time, too.
    if archive.len() > MAX_FILES * 2 {
        return Err(too_many());
    }
    let names = archive.file_names().map(|name| name.map(std::borrow::Cow::into_owned)).collect::<Result<Vec<_>, _>>();
    let names = names.map_err(|error| format!("a name in the zip cannot be read ({error})"))?;
    let root = root_of(&names)?;
    let (mut json, mut files, mut left, mut seen) = (None, FileMap::new(), MAX_ALL_BYTES, BTreeSet::new());
    for index in 0..archive.len() {
        let mut file =
            archive.by_index(index).map_err(|error| format!("a file in the zip cannot be read ({error})"))?;
        let Some(path) = wanted_path(&file, &root)? else { continue };
        if !seen.insert(path.to_lowercase()) {
            return Err(format!("'{path}' is in the zip twice"));
        }
        let bytes = read_bounded(&mut file, &path, left)?;
        left -= bytes.len() as u64;
        if path == FILE_NAME {
            json = Some(bytes);
        } else if files.len() < MAX_FILES {
            files.insert(path, Arc::from(bytes));
        } else {
            return Err(too_many());
        }
    }
    let json = json.ok_or_else(|| format!("there is no {FILE_NAME} in the zip"))?;
    Ok(Unpacked { json, files })
}

/// The folder in the zip that is the template's: the one with the uppermost `template.json`, with a slash at its end.
fn root_of(names: &[String]) -> Result<String, String> {
    let roots = names.iter().filter_map(|name| name.strip_suffix(FILE_NAME)).filter(|root| {
        (root.is_empty() || root.ends_with('/'))
            && !root.split('/').any(|part| part.starts_with('.') || part == "__MACOSX")
    });
    let depth = |root: &&str| root.matches('/').count();
    let root = roots.min_by_key(depth).ok_or_else(|| format!("there is no {FILE_NAME} in the zip"))?;
    Ok(root.to_owned())
}

/// The path from the template's folder; nothing for what is not looked at: folders, hidden files, what is elsewhere.
fn wanted_path<R: std::io::Read>(file: &ZipFile<'_, R>, root: &str) -> Result<Option<String>, String> {
    let name = file.name().map_err(|error| format!("a name in the zip cannot be read ({error})"))?;
    if name.split(['/', '\\']).any(|part| part == "..") || name.starts_with(['/', '\\']) {
        return Err(format!("'{name}' in the zip leads out of its folder"));
    }
    let Some(path) = name.strip_prefix(root) else { return Ok(None) };
    if file.is_dir() || path.split('/').any(|part| part.starts_with('.') || part == "__MACOSX") {
        return Ok(None);
    }
    if file.is_symlink() {
        return Err(format!("'{name}' in the zip is a link; put the file itself there"));
    }
    let plain = plain_path(path).filter(|path| path.len() <= 200 && !path.chars().any(char::is_control));
    match plain {
        Some(path) => Ok(Some(path.to_owned())),
        None => Err(format!("'{name}' in the zip is no usable name; use letters, digits, - _ . and / between folders")),
    }
}

/// What the archive says of a size proves nothing: it is counted.
fn read_bounded<R: std::io::Read>(file: &mut ZipFile<'_, R>, path: &str, left: u64) -> Result<Vec<u8>, String> {
    let limit = left.min(MAX_FILE_BYTES);
    let mut bytes = Vec::new();
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("'{path}' in the zip is damaged ({error})"))?;
    if bytes.len() as u64 <= limit {
        return Ok(bytes);
    }
    Err(if limit < MAX_FILE_BYTES {
        too_large()
    } else {
        format!("'{path}' in the zip is larger than {} MB", MAX_FILE_BYTES >> 20)
    })
}

/// Writes a folder as a zip: `template.json` first, then the files by name; without times, so that it is always the same.
pub(crate) fn pack(json: &[u8], files: &FileMap) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().last_modified_time(DateTime::default()).unix_permissions(0o644);
    writer.start_file(FILE_NAME, options.compression_method(CompressionMethod::Deflated))?;
    writer.write_all(json)?;
    for (path, bytes) in files {
        // Pictures and fonts are compressed already.
        writer.start_file(path.as_str(), options.compression_method(CompressionMethod::Stored))?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A zip of these, as somebody might make it.
    fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn a_packed_folder_is_unpacked_as_it_was() {
        let files: FileMap = [("assets/a.png".to_owned(), Arc::from(&b"a"[..]))].into();
        let packed = pack(b"{}", &files).unwrap();
        assert_eq!(packed, pack(b"{}", &files).unwrap());
        let unpacked = unpack(&packed).unwrap();
        assert_eq!((unpacked.json, unpacked.files), (b"{}".to_vec(), files));
    }

    #[test]
    fn the_folder_may_be_in_it_and_hidden_files_are_left_out() {
        let bytes = zip(&[
            ("card/assets/a.png", b"a"),
            ("card/template.json", b"{}"),
            ("card/.git/config", b"x"),
            ("card/examples/template.json", b"x"),
            ("__MACOSX/card/._template.json", b"x"),
        ]);
        let unpacked = unpack(&bytes).unwrap();
        assert_eq!(unpacked.json, b"{}");
        assert_eq!(unpacked.files.keys().collect::<Vec<_>>(), ["assets/a.png", "examples/template.json"]);
    }

    #[test]
    fn what_leads_elsewhere_or_is_too_much_is_refused() {
        let huge = vec![0_u8; (MAX_FILE_BYTES + 1) as usize];
        for (entries, words) in [
            (vec![("template.json", &b"{}"[..]), ("../evil", b"x")], "leads out"),
            (vec![("template.json", b"{}"), ("/etc/passwd", b"x")], "leads out"),
            (vec![("template.json", b"{}"), ("assets/..\\..\\evil", b"x")], "leads out"),
            (vec![("template.json", b"{}"), ("C:evil", b"x")], "no usable name"),
            (vec![("template.json", b"{}"), ("a\n.png", b"x")], "no usable name"),
            (vec![("template.json", b"{}"), ("a.png", b"x"), ("A.png", b"x")], "twice"),
            (vec![("template.json", b"{}"), ("zeros.png", &huge)], "larger than 64 MB"),
            (vec![("other.json", b"{}")], "no template.json"),
            (vec![(".hidden/template.json", b"{}")], "no template.json"),
        ] {
            let error = unpack(&zip(&entries)).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
        let many: Vec<String> = (0..=MAX_FILES * 2).map(|n| format!("{n}.png")).collect();
        let entries: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
        assert!(unpack(&zip(&entries)).unwrap_err().contains("more than 500"));
        for bytes in [&b""[..], b"PK", b"<html>", &zip(&[("template.json", b"{}")])[..40]] {
            assert!(unpack(bytes).unwrap_err().contains("not a zip"));
        }
    }

    #[test]
    fn links_are_refused() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file("template.json", SimpleFileOptions::default()).unwrap();
        writer.write_all(b"{}").unwrap();
        writer.add_symlink("assets", "/etc", SimpleFileOptions::default()).unwrap();
        let error = unpack(&writer.finish().unwrap().into_inner()).unwrap_err();
        assert!(error.contains("is a link"), "{error}");
    }
}
