//! What the binary carries besides code: the fonts, as bytes. Pure: no file, no network, no decoding at run time.
//! How the bytes come here: `build.rs`; which families: `build/catalogue.rs`; why: `docs/adr/0001-fonts-in-the-binary.md`.

mod fonts;

pub use fonts::{
    BundledFace, EMOJI_FAMILY, FALLBACK_FAMILIES, FontAxis, FontLicence, LAST_RESORT_FAMILY, default_faces,
    extra_faces, licences,
};
