//! The faces an engine can draw with: which there are, which of a family fits a weight, which has a character.
//!
//! A library is made once and shared: nothing is registered or parsed per render. It chooses faces itself; nothing
//! of the system's fonts is ever seen.

mod container;
mod face;
mod family;
mod proof;
mod script;
mod substitute;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

pub use face::{Face, FaceSource};
pub(crate) use face::{FaceMetrics, Variation};
pub(crate) use family::{Family, Match};
pub use proof::Proof;
pub(crate) use script::{families_for_any_script, families_for_script};
pub(crate) use substitute::substitutes;

/// A face of a [`FontLibrary`], by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FaceId(pub u32);

/// A family of a [`FontLibrary`], by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FamilyId(u32);

/// Families of colour emoji, the preferred one first.
pub(crate) const EMOJI_FAMILIES: &[&str] = &["Twemoji", "Noto Color Emoji"];

/// Why a font cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FontError {
    #[error("font '{family}': {reason}")]
    Unreadable { family: String, reason: String },
    #[error("there is no font at all; text cannot be drawn")]
    NoFaces,
}

/// All faces of a render. Cheap to clone; clones share the faces and what was computed for them.
#[derive(Debug, Clone)]
pub struct FontLibrary {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    faces: Vec<Arc<Face>>,
    families: Vec<Arc<Family>>,
    /// Lower-case name → family.
    by_name: BTreeMap<String, FamilyId>,
}

impl FontLibrary {
    /// A library of these faces. The faces of a family may come in slices that cover different characters; of several
    /// that cover one, the first is taken.
    ///
    /// # Errors
    /// When there is no face, or one is not a font.
    pub fn new(faces: impl IntoIterator<Item = FaceSource>) -> Result<FontLibrary, FontError> {
        let faces = faces.into_iter().map(|source| Face::new(source).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
        if faces.is_empty() {
            return Err(FontError::NoFaces);
        }
        Ok(FontLibrary::build(faces, 0, Vec::new(), BTreeMap::new()))
    }

    /// This library with a document's own faces. A family that the document brings hides one of the same name.
    /// Faces keep their numbers. What cannot be read is left out and told.
    pub fn with_document_faces(&self, faces: Vec<FaceSource>) -> (FontLibrary, Vec<FontError>) {
        if faces.is_empty() {
            return (self.clone(), Vec::new());
        }
        let own = self.inner.faces.len();
        let mut all = self.inner.faces.clone();
        let mut errors = Vec::new();
        for source in faces {
            match Face::new(source) {
                Ok(face) => all.push(Arc::new(face)),
                Err(error) => errors.push(error),
            }
        }
        let Inner { families, by_name, .. } = &*self.inner;
        (FontLibrary::build(all, own, families.clone(), by_name.clone()), errors)
    }

    /// Adds the families of the faces from `first` on to those that are known.
    fn build(
        faces: Vec<Arc<Face>>,
        first: usize,
        mut families: Vec<Arc<Family>>,
        mut by_name: BTreeMap<String, FamilyId>,
    ) -> FontLibrary {
        for (name, members) in members_by_family(&faces, first..faces.len()) {
            let id = FamilyId(u32::try_from(families.len()).unwrap_or(u32::MAX));
            by_name.insert(name.to_lowercase(), id);
            families.push(Arc::new(Family::new(name, &members, &faces)));
        }
        FontLibrary { inner: Arc::new(Inner { faces, families, by_name }) }
    }

    /// The face of this number.
    ///
    /// # Panics
    /// When the number is of another library.
    pub fn face(&self, id: FaceId) -> &Face {
        &self.inner.faces[id.0 as usize]
    }

    /// Names of all families that can be asked for, sorted.
    pub fn family_names(&self) -> impl Iterator<Item = &str> {
        self.inner.by_name.values().map(|&id| self.family(id).name.as_str())
    }

    /// Whether any face has a glyph for a character.
    pub(crate) fn has_character(&self, character: char) -> bool {
        self.inner.faces.iter().any(|face| face.covers(character))
    }

    /// The family of a name, whatever its case.
    pub(crate) fn find_family(&self, name: &str) -> Option<FamilyId> {
        self.inner.by_name.get(&name.trim().to_lowercase()).copied()
    }

    pub(crate) fn family(&self, id: FamilyId) -> &Family {
        &self.inner.families[id.0 as usize]
    }

    /// Some family, for when nothing else is there.
    pub(crate) fn first_family(&self) -> FamilyId {
        FamilyId(0)
    }

    /// All families that are not hidden, by name.
    pub(crate) fn family_ids(&self) -> impl Iterator<Item = FamilyId> {
        self.inner.by_name.values().copied()
    }
}

/// Family names in order of appearance, with their faces.
fn members_by_family(faces: &[Arc<Face>], range: Range<usize>) -> Vec<(String, Vec<FaceId>)> {
    let mut found: Vec<(String, Vec<FaceId>)> = Vec::new();
    for index in range {
        let id = FaceId(u32::try_from(index).unwrap_or(u32::MAX));
        let name = faces[index].family();
        match found.iter_mut().rev().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, members)) => members.push(id),
            None => found.push((name.to_owned(), vec![id])),
        }
    }
    found
}
