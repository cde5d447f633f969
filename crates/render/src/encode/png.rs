//! PNG: RGB when every pixel is opaque, else RGBA; marked as sRGB; without dates or names.

use png::{BitDepth, ColorType, Compression, Encoder, Filter, SrgbRenderingIntent};

use crate::error::RenderError;
use crate::pixmap::Pixmap;

/// The picture as a PNG file.
pub fn encode(pixmap: &Pixmap) -> Result<Vec<u8>, RenderError> {
    let mut file = Vec::with_capacity(pixmap.data().len() / 4);
    write(pixmap, &mut file)
        .map_err(|error| RenderError::Output { what: "the PNG".into(), reason: error.to_string() })?;
    Ok(file)
}

fn write(pixmap: &Pixmap, file: &mut Vec<u8>) -> Result<(), png::EncodingError> {
    let mut encoder = Encoder::new(file, pixmap.width(), pixmap.height());
    encoder.set_depth(BitDepth::Eight);
    encoder.set_color(if pixmap.opaque() { ColorType::Rgb } else { ColorType::Rgba });
    encoder.set_compression(Compression::Balanced);
    encoder.set_filter(Filter::Adaptive);
    encoder.set_source_srgb(SrgbRenderingIntent::Perceptual);
    let mut writer = encoder.write_header()?;
    let samples = if pixmap.opaque() { rgb(pixmap) } else { straight(pixmap) };
    writer.write_image_data(&samples)?;
    writer.finish()
}

fn rgb(pixmap: &Pixmap) -> Vec<u8> {
    pixmap.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
}

/// Colours no longer multiplied by alpha.
fn straight(pixmap: &Pixmap) -> Vec<u8> {
    let mut samples = pixmap.data().to_vec();
    for pixel in samples.chunks_exact_mut(4) {
        let alpha = u32::from(pixel[3]);
        if alpha != 0 && alpha != 255 {
            pixel[..3].iter_mut().for_each(|c| *c = ((u32::from(*c) * 255 + alpha / 2) / alpha).min(255) as u8);
        }
    }
    samples
}
