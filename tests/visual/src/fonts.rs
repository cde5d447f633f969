//! The bundled fonts as the engine takes them.

use std::sync::Arc;

use handbill_bundle::{default_faces, extra_faces};
use handbill_render::fonts::{FaceSource, FontError, FontLibrary};

pub fn library() -> Result<FontLibrary, FontError> {
    FontLibrary::new(default_faces().iter().chain(extra_faces()).map(|face| FaceSource {
        family: face.family.to_owned(),
        weight: face.weight,
        italic: face.italic,
        data: Arc::new(face.data),
        index: 0,
        cover: Some(face.unicode_ranges.into()),
    }))
}
