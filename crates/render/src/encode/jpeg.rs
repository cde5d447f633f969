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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &[u8]) -> Vec<u8> {
        let cursor = zune_jpeg::zune_core::bytestream::ZCursor::new(file);
        zune_jpeg::JpegDecoder::new(cursor).decode().unwrap()
    }

    #[test]
    fn transparent_pictures_lie_on_white() {
        let half = [100, 0, 0, 128].repeat(16 * 16);
        let pixels = read(&encode(&Pixmap::from_premultiplied(half, 16, 16, false), 90).unwrap());
        let near = |a: u8, b: u8| a.abs_diff(b) <= 3;
        assert!(pixels.chunks(3).all(|p| near(p[0], 227) && near(p[1], 127) && near(p[2], 127)), "{:?}", &pixels[..3]);
    }

    #[test]
    fn high_quality_keeps_colour_sharp() {
        // Columns of red and blue: at half resolution their colours would run together.
        let data: Vec<u8> =
            (0..64 * 64).flat_map(|n| if n % 2 == 0 { [255, 0, 0, 255] } else { [0, 0, 255, 255] }).collect();
        let pixmap = Pixmap::from_premultiplied(data, 64, 64, true);
        let error = |quality: u8| {
            let pixels = read(&encode(&pixmap, quality).unwrap());
            let rgb = pixmap.data().chunks(4).flat_map(|pixel| pixel[..3].to_vec());
            pixels.iter().zip(rgb).map(|(a, b)| u64::from(a.abs_diff(b))).sum::<u64>() / (64 * 64 * 3)
        };
        assert!(error(95) < 10, "{}", error(95));
        assert!(error(90) > 30, "{}", error(90));
    }
}
