//! JPEG: flattened on white; colour at half resolution up to quality 90, at full resolution above.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::error::RenderError;
use crate::pixmap::Pixmap;

/// The picture as a JPEG file; `quality` 1 to 100.
pub fn encode(pixmap: &Pixmap, quality: u8) -> Result<Vec<u8>, RenderError> {
    let failed = |reason: String| RenderError::Output { what: "the JPEG".into(), reason };
    let side = |side: u32| u16::try_from(side).map_err(|error| failed(error.to_string()));
    let (width, height) = (side(pixmap.width())?, side(pixmap.height())?);
    let mut file = Vec::with_capacity(pixmap.data().len() / 8);
    let mut encoder = Encoder::new(&mut file, quality.clamp(1, 100));
    encoder.set_sampling_factor(if quality > 90 { SamplingFactor::F_1_1 } else { SamplingFactor::F_2_2 });
    let encoded = if pixmap.opaque() {
        encoder.encode(pixmap.data(), width, height, ColorType::Rgba)
    } else {
        encoder.encode(&on_white(pixmap), width, height, ColorType::Rgb)
    };
    encoded.map_err(|error| failed(error.to_string()))?;
    Ok(file)
}

fn on_white(pixmap: &Pixmap) -> Vec<u8> {
    let pixels = pixmap.data().chunks_exact(4);
    pixels.flat_map(|pixel| [0, 1, 2].map(|n| pixel[n].saturating_add(255 - pixel[3]))).collect()
}
