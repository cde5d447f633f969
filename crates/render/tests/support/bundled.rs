//! The fonts of the bundle, for tests and benches: the same way within the crate and beside it.

use std::sync::OnceLock;

use handbill_bundle::{BundledFace, default_faces, extra_faces};
use handbill_render::fonts::{FaceSource, FontLibrary};

/// The faces that are always there, or with the extra pack all of them. The former have the same numbers in both.
pub(crate) fn bundled(with_extra: bool) -> &'static FontLibrary {
    static DEFAULT: OnceLock<FontLibrary> = OnceLock::new();
    static ALL: OnceLock<FontLibrary> = OnceLock::new();
    let (library, extra) = if with_extra { (&ALL, extra_faces()) } else { (&DEFAULT, [].as_slice()) };
    library.get_or_init(|| {
        FontLibrary::new(default_faces().iter().chain(extra).map(source)).expect("the bundled faces are fonts")
    })
}

fn source(face: &BundledFace) -> FaceSource {
    FaceSource::embedded(face.family, face.weight, face.italic, face.data, face.unicode_ranges)
}
