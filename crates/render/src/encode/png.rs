//! PNG: RGB when every pixel is opaque, else RGBA; marked as sRGB; without dates or names. `small` also tries a palette
//! and grey, and every way to prepare the rows.

use std::borrow::Cow;
use std::collections::BTreeMap;

use png::{BitDepth, ColorType, DeflateCompression, Encoder, Filter, SrgbRenderingIntent};

use crate::error::RenderError;
use crate::input::Compression;
use crate::pixmap::Pixmap;

/// The picture as a PNG file.
///
/// # Errors
/// When the encoder refuses it.
pub fn encode(pixmap: &Pixmap, compression: Compression) -> Result<Vec<u8>, RenderError> {
    let samples = Samples::of(pixmap);
    let made = match compression {
        Compression::Fast => samples.fast(),
        Compression::Balanced => samples.balanced(),
        Compression::Small => samples.smallest(),
    };
    made.map_err(|error| RenderError::Output { what: "the PNG".into(), reason: error.to_string() })
}

/// Pixels as PNG says them.
struct Samples<'a> {
    width: u32,
    height: u32,
    color: ColorType,
    depth: BitDepth,
    data: Cow<'a, [u8]>,
    palette: Option<Palette>,
}

/// Colours of a palette, and the alphas of as many as are not opaque.
struct Palette {
    rgb: Vec<u8>,
    alpha: Vec<u8>,
}

impl<'a> Samples<'a> {
    fn of(pixmap: &'a Pixmap) -> Samples<'a> {
        let (color, data) = match pixmap.opaque() {
            true => (ColorType::Rgb, Cow::Owned(rgb(pixmap.data()))),
            false => (ColorType::Rgba, pixmap.straight()),
        };
        let (width, height) = (pixmap.width(), pixmap.height());
        Samples { width, height, color, depth: BitDepth::Eight, data, palette: None }
    }

    /// No search for what repeats: on designs a tenth of the time of a balanced one, and up to a third larger.
    fn fast(&self) -> Result<Vec<u8>, png::EncodingError> {
        self.write(DeflateCompression::FdeflateUltraFast, Filter::Adaptive)
    }

    fn balanced(&self) -> Result<Vec<u8>, png::EncodingError> {
        let fast = self.fast()?;
        // In photographs nothing repeats: to search takes twenty times as long, and finds less than it costs.
        let is_photo = fast.len() > self.data.len() / 4;
        if is_photo {
            return Ok(fast);
        }
        let searched = self.write(DeflateCompression::Level(3), Filter::Adaptive)?;
        Ok(if searched.len() <= fast.len() { searched } else { fast })
    }

    /// Of all ways the one with the fewest bytes; the first of equals.
    fn smallest(&self) -> Result<Vec<u8>, png::EncodingError> {
        let reduced = [self.with_palette(), self.as_grey()];
        let mut best = self.fast()?;
        for samples in reduced.iter().flatten().chain([self]) {
            for filter in [Filter::NoFilter, Filter::Adaptive] {
                let file = samples.write(DeflateCompression::Level(9), filter)?;
                if file.len() < best.len() {
                    best = file;
                }
            }
        }
        Ok(best)
    }

    fn write(&self, compression: DeflateCompression, filter: Filter) -> Result<Vec<u8>, png::EncodingError> {
        let mut file = Vec::with_capacity(self.data.len() / 4);
        let mut encoder = Encoder::new(&mut file, self.width, self.height);
        encoder.set_depth(self.depth);
        encoder.set_color(self.color);
        encoder.set_deflate_compression(compression);
        encoder.set_filter(filter);
        encoder.set_source_srgb(SrgbRenderingIntent::Perceptual);
        if let Some(palette) = &self.palette {
            encoder.set_palette(&palette.rgb[..]);
            if !palette.alpha.is_empty() {
                encoder.set_trns(&palette.alpha[..]);
            }
        }
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.data)?;
        writer.finish()?;
        Ok(file)
    }

    fn pixels(&self) -> impl Iterator<Item = [u8; 4]> {
        let channels = self.color.samples();
        self.data.chunks_exact(channels).map(move |s| [s[0], s[1], s[2], if channels == 4 { s[3] } else { 255 }])
    }

    /// With at most 256 colours, which are numbered: those that are not opaque first, then by value.
    fn with_palette(&self) -> Option<Samples<'static>> {
        let key = |[r, g, b, a]: [u8; 4]| [a, r, g, b];
        let mut colors = BTreeMap::new();
        let mut last = None;
        for pixel in self.pixels() {
            // Flat art repeats itself.
            if last == Some(pixel) {
                continue;
            }
            last = Some(pixel);
            colors.insert(key(pixel), 0_u8);
            if colors.len() > 256 {
                return None;
            }
        }
        (0..=255).zip(colors.values_mut()).for_each(|(number, index)| *index = number);
        let depth = match colors.len() {
            0..=2 => BitDepth::One,
            3..=4 => BitDepth::Two,
            5..=16 => BitDepth::Four,
            _ => BitDepth::Eight,
        };
        let indices = self.pixels().map(|pixel| colors[&key(pixel)]);
        let data = packed(&indices.collect::<Vec<u8>>(), self.width as usize, depth);
        let palette = Palette {
            rgb: colors.keys().flat_map(|[_, rgb @ ..]| *rgb).collect(),
            alpha: colors.keys().map(|[a, ..]| *a).take_while(|a| *a < 255).collect(),
        };
        let (width, height) = (self.width, self.height);
        Some(Samples { width, height, color: ColorType::Indexed, depth, data: data.into(), palette: Some(palette) })
    }

    /// One or two bytes a pixel, where all of them are grey.
    fn as_grey(&self) -> Option<Samples<'static>> {
        if !self.pixels().all(|[r, g, b, _]| r == g && g == b) {
            return None;
        }
        let (color, data): (_, Vec<u8>) = match self.color {
            ColorType::Rgb => (ColorType::Grayscale, self.pixels().map(|[r, ..]| r).collect()),
            _ => (ColorType::GrayscaleAlpha, self.pixels().flat_map(|[r, _, _, a]| [r, a]).collect()),
        };
        let (width, height) = (self.width, self.height);
        Some(Samples { width, height, color, depth: BitDepth::Eight, data: data.into(), palette: None })
    }
}

/// Numbers of fewer bits side by side; each row begins with a whole byte.
fn packed(indices: &[u8], width: usize, depth: BitDepth) -> Vec<u8> {
    let bits = depth as usize;
    let byte = |part: &[u8]| part.iter().enumerate().fold(0, |byte, (n, index)| byte | index << (8 - bits * (n + 1)));
    indices.chunks(width).flat_map(|row| row.chunks(8 / bits).map(byte)).collect()
}

fn rgb(rgba: &[u8]) -> Vec<u8> {
    rgba.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
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
        for compression in Compression::ALL {
            let file = encode(&pixmap, compression).unwrap();
            let (info, samples) = read(&file);
            assert_eq!((info.width, info.height, info.color_type), (30, 20, ColorType::Rgb));
            assert_eq!(samples, rgb(pixmap.data()));
            assert_eq!(chunks(&file), ["IHDR", "sRGB", "IDAT", "IEND"]);
        }
    }

    #[test]
    fn transparent_pictures_keep_their_alpha() {
        let data = vec![10, 20, 30, 255, 50, 25, 0, 50, 0, 0, 0, 0, 64, 64, 64, 128];
        let (info, samples) =
            read(&encode(&Pixmap::from_premultiplied(data, 2, 2, false), Compression::Balanced).unwrap());
        assert_eq!(info.color_type, ColorType::Rgba);
        assert_eq!(samples, [10, 20, 30, 255, 255, 128, 0, 50, 0, 0, 0, 0, 128, 128, 128, 128]);
    }

    /// Straight RGBA, whatever the file holds.
    fn pixels(file: &[u8]) -> (png::ColorType, BitDepth, Vec<u8>) {
        let mut decoder = png::Decoder::new(Cursor::new(file));
        decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
        let mut reader = decoder.read_info().unwrap();
        let (color, depth) = (reader.info().color_type, reader.info().bit_depth);
        let mut samples = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut samples).unwrap();
        let rgba = match info.color_type {
            ColorType::GrayscaleAlpha => samples.chunks(2).flat_map(|s| [s[0], s[0], s[0], s[1]]).collect(),
            _ => samples,
        };
        (color, depth, rgba)
    }

    #[test]
    fn small_files_say_the_same_with_less() {
        // Blotches of as many colours, the first of them half transparent where one is.
        let blotches = |colors: usize, faint: bool| {
            let pixel = |n: usize| {
                let level = ((n as u32).wrapping_pow(3).wrapping_mul(0x9e37_79b1) >> 13) as usize % colors;
                match faint && level == 0 {
                    true => [0, 0, 0, 128],
                    false => [level as u8, 255 - level as u8, (level / 200) as u8, 255],
                }
            };
            let data = (0..300 * 40).flat_map(|n| pixel(n / 3)).collect();
            Pixmap::from_premultiplied(data, 300, 40, !faint)
        };
        for (colors, faint, color, depth) in [
            (2, false, ColorType::Indexed, BitDepth::One),
            (4, true, ColorType::Indexed, BitDepth::Two),
            (7, false, ColorType::Indexed, BitDepth::Four),
            (250, true, ColorType::Indexed, BitDepth::Eight),
            (250, false, ColorType::Indexed, BitDepth::Eight),
            (300, false, ColorType::Rgb, BitDepth::Eight),
            (300, true, ColorType::Rgba, BitDepth::Eight),
        ] {
            let pixmap = blotches(colors, faint);
            let [fast, balanced, small] = Compression::ALL.map(|compression| encode(&pixmap, compression).unwrap());
            let name = format!("{colors} colours, faint {faint}");
            let (found, found_depth, rgba) = pixels(&small);
            assert_eq!((found, found_depth), (color, depth), "{name}");
            assert!(rgba == *pixmap.straight(), "{name}");
            assert!(pixels(&fast).2 == rgba && pixels(&balanced).2 == rgba, "{name}");
            assert!(small.len() <= balanced.len(), "{name}: {} and {}", small.len(), balanced.len());
        }
    }

    #[test]
    fn grey_is_a_byte_a_pixel_where_a_palette_does_not_do() {
        let level = |n: usize| (n % 64 * 4).min(n / 64 * 4) as u8;
        let grey = |alpha: fn(usize) -> u8| (0..64 * 64).flat_map(move |n| [level(n), level(n), level(n), alpha(n)]);
        let opaque = Pixmap::from_premultiplied(grey(|_| 255).collect(), 64, 64, true);
        let faint = Pixmap::from_premultiplied(grey(|n| (n / 64 * 4) as u8).collect(), 64, 64, false);
        for (pixmap, expected) in [(opaque, ColorType::Grayscale), (faint, ColorType::GrayscaleAlpha)] {
            let (color, _, rgba) = pixels(&encode(&pixmap, Compression::Small).unwrap());
            assert_eq!(color, expected);
            assert!(rgba == *pixmap.straight());
        }
    }
}
