//! WebP: with its transparency; colour at half resolution, but at quality 100 every pixel as it is.

use handbill_webp::Quality;

use crate::error::RenderError;
use crate::pixmap::Pixmap;

/// The longest side that the format can say, in pixels.
pub const MAX_SIDE: u32 = handbill_webp::MAX_SIDE;

/// The picture as a WebP file; `quality` 1 to 100.
///
/// # Errors
/// When a side is longer than [`MAX_SIDE`], or memory runs out.
pub fn encode(pixmap: &Pixmap, quality: u8) -> Result<Vec<u8>, RenderError> {
    let quality = if quality >= 100 { Quality::Lossless } else { Quality::Lossy(quality) };
    handbill_webp::encode(&pixmap.straight(), pixmap.width(), pixmap.height(), quality)
        .map_err(|error| RenderError::Output { what: "the WebP".into(), reason: error.to_string() })
}
