//! The fonts to draw with: those in the binary, and files that the operator added to the data folder, a folder for each
//! family. The server reads the files once and hands them to every engine process, so that all draw the same.

mod vet;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use handbill_bundle::BundledFace;
use handbill_render::fonts::{FaceSource, FontError, FontLibrary};

pub use vet::{BadFont, FontAxis, FontFacts, vet};

/// Larger than any font that makes sense.
pub(crate) const MAX_FILE_BYTES: u64 = 64 << 20;

/// A font file beside those in the binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedFont {
    /// The name that templates use: that of its folder.
    pub family: String,
    /// Its name there.
    pub file: String,
    pub bytes: Arc<[u8]>,
}

/// The faces in the binary, in the order of their families.
pub fn bundled(extra: bool) -> impl Iterator<Item = &'static BundledFace> {
    let extra = if extra { handbill_bundle::extra_faces() } else { &[] };
    handbill_bundle::default_faces().iter().chain(extra)
}

/// What an engine draws with. An added family takes the place of one in the binary of the same name.
///
/// # Errors
/// When an added file is not a font.
pub fn library(extra: bool, added: &[AddedFont]) -> Result<FontLibrary, FontError> {
    let is_added = |family: &str| added.iter().any(|font| font.family.eq_ignore_ascii_case(family));
    let mut faces: Vec<FaceSource> = bundled(extra).filter(|face| !is_added(face.family)).map(source_of).collect();
    for font in added {
        let italic = vet::facts(&font.bytes).is_ok_and(|facts| facts.italic);
        faces.push(FaceSource::from_file(&font.family, None, italic, &font.bytes)?);
    }
    FontLibrary::new(faces)
}

fn source_of(face: &'static BundledFace) -> FaceSource {
    FaceSource::embedded(face.family, face.weight, face.italic, face.data, face.unicode_ranges)
}

/// The name that templates use a font by: the one that is given, else what the font says of itself. It is a folder's name,
/// too.
///
/// # Errors
/// One sentence for people.
pub(crate) fn family_name(given: Option<&str>, facts: &FontFacts) -> Result<String, String> {
    let Some(name) = given.or(facts.family.as_deref()) else {
        return Err("the font does not say which family it is of; name one".to_owned());
    };
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = |c: char| !c.is_control() && !"/\\:*?\"<>|".contains(c);
    if name.is_empty() || name.len() > 100 || name.starts_with('.') || !name.chars().all(plain) {
        return Err(format!("'{name}' cannot be a family's name here; name one such as \"Brand Sans\""));
    }
    Ok(name)
}

/// The folder that added fonts are in.
pub fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("fonts")
}

/// The added fonts, in the order of families and files. A file that cannot be used is left out and told.
pub fn added(folder: &Path) -> io::Result<(Vec<AddedFont>, Vec<String>)> {
    let (mut fonts, mut complaints) = (Vec::new(), Vec::new());
    for family_dir in sorted_entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        let family = name(&family_dir);
        for path in sorted_entries(&family_dir)?.into_iter().filter(|path| path.is_file()) {
            match read(&path).and_then(|bytes| vet::facts(&bytes).map(|_| bytes).map_err(|bad| bad.to_string())) {
                Ok(bytes) => fonts.push(AddedFont { family: family.clone(), file: name(&path), bytes }),
                Err(why) => complaints.push(format!("the font {} is left out: {why}", path.display())),
            }
        }
    }
    Ok((fonts, complaints))
}

/// A font file's bytes.
pub fn read(path: &Path) -> Result<Arc<[u8]>, String> {
    let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > MAX_FILE_BYTES {
        return Err(format!("it is larger than {} MB", MAX_FILE_BYTES >> 20));
    }
    fs::read(path).map(Arc::from).map_err(|error| error.to_string())
}

/// Visible entries by name; none where there is no such folder.
fn sorted_entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| !name(path).starts_with('.'));
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_added_family_takes_the_place_of_a_bundled_one() {
        let anton = bundled(false).find(|face| face.family == "Anton").unwrap();
        let added =
            |family: &str| AddedFont { family: family.to_owned(), file: "a.ttf".to_owned(), bytes: anton.data.into() };
        let plain = library(false, &[]).unwrap();
        let own = library(false, &[added("Brand Sans")]).unwrap();
        assert_eq!(own.family_names().count(), plain.family_names().count() + 1);
        assert!(own.family_names().any(|name| name == "Brand Sans"));
        let replaced = library(false, &[added("inter")]).unwrap();
        assert_eq!(replaced.family_names().filter(|name| name.eq_ignore_ascii_case("inter")).count(), 1);
    }

    #[test]
    fn added_files_go_by_their_folder_and_broken_ones_are_told() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(added(&dir.path().join("none")).unwrap(), (Vec::new(), Vec::new()));
        let anton = bundled(false).find(|face| face.family == "Anton").unwrap();
        fs::create_dir(dir.path().join("Brand Sans")).unwrap();
        fs::write(dir.path().join("Brand Sans/regular.ttf"), anton.data).unwrap();
        fs::write(dir.path().join("Brand Sans/broken.ttf"), b"no font").unwrap();
        fs::write(dir.path().join("README"), b"").unwrap();
        let (fonts, complaints) = added(dir.path()).unwrap();
        assert_eq!(fonts.len(), 1);
        assert_eq!((fonts[0].family.as_str(), fonts[0].file.as_str()), ("Brand Sans", "regular.ttf"));
        assert!(complaints[0].contains("broken.ttf") && complaints.len() == 1, "{complaints:?}");
    }
}
