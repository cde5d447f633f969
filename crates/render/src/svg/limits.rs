//! How much a drawing may ask for. Everything is counted as it would be drawn: an element that is used a thousand
//! times counts a thousand times.

use super::DrawingProblem;

/// Of the file, unpacked; and of the attributes (paths, above all) of all elements drawn.
pub(super) const MAX_BYTES: u64 = 8 * 1024 * 1024;
pub(super) const MAX_ENTITIES: u64 = 1_000;
/// Elements, texts and comments in the file.
pub(super) const MAX_NODES: u32 = 200_000;
/// Elements drawn.
pub(super) const MAX_ELEMENTS: u64 = 100_000;
/// Of the pictures of all elements drawn, as they are written.
pub(super) const MAX_PICTURE_BYTES: u64 = 32 * 1024 * 1024;
/// Characters shaped: see [`super::check`].
pub(super) const MAX_TEXT: u64 = 400_000;
/// Elements inside each other, counting those that paint, clip or mask as inside what they are used by.
pub(super) const MAX_DEPTH: u64 = 64;
/// Groups and steps of filters inside each other, once everything is resolved.
pub(super) const MAX_DRAWN_DEPTH: u64 = 200;
/// Selectors looked at.
pub(super) const MAX_STYLE_WORK: u64 = 20_000_000;
/// Commas × declarations of the style sheets, which the parser may multiply.
pub(super) const MAX_STYLE_PRODUCT: u64 = 1_000_000;
/// Pictures inside the drawing and inside drawings inside it.
pub(super) const MAX_PICTURES: u64 = 200;

/// Drawings inside drawings.
pub(super) const MAX_LEVELS: u64 = 3;

/// # Errors
/// [`DrawingProblem::TooMuch`] when `actual` is above `limit`.
pub(super) fn within(what: &'static str, actual: u64, limit: u64) -> Result<(), DrawingProblem> {
    if actual > limit { Err(DrawingProblem::TooMuch { what, actual, limit }) } else { Ok(()) }
}
