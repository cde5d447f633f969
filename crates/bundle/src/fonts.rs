//! The embedded fonts and their licences: tables that the build wrote, over packs of bytes.
//!
//! A family comes in slices, as its publisher cut it for the web: several faces with the same family, weight and
//! slant, each for other characters. They are not merged, because some licences reserve the name for unmodified files.

/// One font file of a family.
#[derive(Debug, Clone, Copy)]
pub struct BundledFace {
    /// The name that templates use. Not always the name inside the file ("Noto Sans JP Thin").
    pub family: &'static str,
    /// Lightest and heaviest CSS weight, both included; equal when the file has no weight axis.
    pub weight: (u16, u16),
    pub italic: bool,
    /// The file's variation axes. The default weight can be other than 400, so always set it.
    pub axes: &'static [FontAxis],
    /// The code points that the file's `cmap` maps to a glyph: sorted ranges, both ends included.
    /// Slices overlap (nearly all have the space and "A"): of several that cover a text, take the first in the list.
    pub unicode_ranges: &'static [(u32, u32)],
    /// Package, version and file: a name for exactly these bytes, `@fontsource/anton@5.3.0/anton-latin-400-normal`.
    pub source: &'static str,
    /// The font as sfnt (TrueType outlines), starting at a multiple of 8 bytes.
    pub data: &'static [u8],
}

impl BundledFace {
    /// Whether the font has a glyph for this character.
    #[must_use]
    pub fn covers(&self, character: char) -> bool {
        let code_point = u32::from(character);
        let after = self.unicode_ranges.partition_point(|&(first, _)| first <= code_point);
        after > 0 && code_point <= self.unicode_ranges[after - 1].1
    }
}

/// A variation axis, in the axis's own units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FontAxis {
    /// Four characters, `wght`.
    pub tag: &'static str,
    pub min: f32,
    pub default: f32,
    pub max: f32,
}

/// What has to be shown with a family when it is passed on.
#[derive(Debug, Clone, Copy)]
pub struct FontLicence {
    pub family: &'static str,
    /// An SPDX expression, `OFL-1.1`.
    pub spdx: &'static str,
    /// The copyright line of the font itself, with reserved names; for Twemoji its attribution.
    pub copyright: &'static str,
    /// npm package and version.
    pub source: &'static str,
    /// Family, copyright and the whole licence.
    pub text: &'static str,
}

/// The colour emoji font (COLR version 0). Sequences (families, flags, keycaps) are ligatures in it.
pub const EMOJI_FAMILY: &str = "Twemoji";

/// The family to draw with when nothing else fits; its `.notdef` is the box for missing characters.
pub const LAST_RESORT_FAMILY: &str = "Noto Sans";

/// Where to look for characters that the wanted family lacks, in this order. Families of the extra pack are missing
/// from [`default_faces`]. Open Sans is here for mathematical signs; emoji are not: they depend on more than cover.
pub const FALLBACK_FAMILIES: &[&str] = &[
    LAST_RESORT_FAMILY,
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Noto Sans Symbols",
    "Noto Sans Symbols 2",
    "Open Sans",
    "Noto Sans JP",
];

/// The faces that every binary has. Slices of a family follow each other, the preferred one (Latin) first.
#[must_use]
pub fn default_faces() -> &'static [BundledFace] {
    DEFAULT_FACES
}

/// The faces of the feature `extra-fonts`; none without it. Ordered as [`default_faces`].
#[must_use]
pub fn extra_faces() -> &'static [BundledFace] {
    EXTRA_FACES
}

/// One entry per embedded family.
#[must_use]
pub fn licences() -> &'static [FontLicence] {
    LICENCES
}

#[repr(C, align(8))]
struct Aligned<const LENGTH: usize>([u8; LENGTH]);

const fn within(pack: &'static [u8], start: usize, length: usize) -> &'static [u8] {
    pack.split_at(start).1.split_at(length).0
}

include!(concat!(env!("OUT_DIR"), "/fonts.rs"));
