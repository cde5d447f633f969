//! AVIF: with its transparency, colour at full resolution, 10 bits a channel.
//!
//! ravif is built without threads: with them it cuts the picture into as many tiles as there are, and the bytes would
//! depend on the machine.

use ravif::{Encoder, Img, RGBA8};

use crate::error::RenderError;
use crate::pixmap::Pixmap;

/// ravif's 1 (slow) to 10. At 9 and 10 the files are no smaller than WebP of the same look; 6 takes half as long again for
/// a fourteenth less.
const SPEED: u8 = 8;

/// The picture as an AVIF file; `quality` 1 to 100.
///
/// # Errors
/// When the encoder refuses it.
pub fn encode(pixmap: &Pixmap, quality: u8) -> Result<Vec<u8>, RenderError> {
    let pixels: Vec<RGBA8> =
        pixmap.straight().chunks_exact(4).map(|pixel| RGBA8::new(pixel[0], pixel[1], pixel[2], pixel[3])).collect();
    let quality = f32::from(quality.clamp(1, 100));
    // What shows of a soft edge is worth more bytes than what shows of a colour.
    let alpha_quality = (quality * 1.25 + 2.0).min((quality + 100.0) / 2.0);
    let encoder = Encoder::new().with_quality(quality).with_alpha_quality(alpha_quality).with_speed(SPEED);
    encoder
        .encode_rgba(Img::new(&pixels, pixmap.width() as usize, pixmap.height() as usize))
        .map(|encoded| encoded.avif_file)
        .map_err(|error| RenderError::Output { what: "the AVIF".into(), reason: error.to_string() })
}
