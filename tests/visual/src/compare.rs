//! Two pictures held against each other, channel by channel.

use std::io::Cursor;

use anyhow::{Context, ensure};

/// How far a channel may be off: rounding, never a different picture.
pub const TOLERANCE: u8 = 1;

/// Straight RGBA, 8 bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
}

/// Where two pictures differ.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Pixels with a channel that is off by more than the tolerance.
    pub pixels: usize,
    /// The largest distance of any channel.
    pub largest: u8,
    /// Red where they differ, on a pale copy of the actual picture.
    pub shown: Pixels,
}

impl Pixels {
    pub fn from_png(bytes: &[u8]) -> anyhow::Result<Pixels> {
        let mut decoder = png::Decoder::new(Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
        let mut reader = decoder.read_info().context("not a PNG")?;
        let mut data = vec![0; reader.output_buffer_size().context("the picture is too large")?];
        let info = reader.next_frame(&mut data)?;
        data.truncate(info.buffer_size());
        let rgba = match info.color_type {
            png::ColorType::Rgba => data,
            png::ColorType::GrayscaleAlpha => data.chunks(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect(),
            png::ColorType::Rgb => data.chunks(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect(),
            other => anyhow::bail!("unexpected colour type {other:?}"),
        };
        Ok(Pixels { width: info.width, height: info.height, rgba })
    }

    /// A part of it: left and top, width and height.
    pub fn cut(&self, (left, top): (u32, u32), (width, height): (u32, u32)) -> anyhow::Result<Pixels> {
        ensure!(
            left + width <= self.width && top + height <= self.height,
            "{width}×{height} from {left}, {top} is not inside {}×{}",
            self.width,
            self.height
        );
        let rows = self.rgba.chunks(self.width as usize * 4).skip(top as usize).take(height as usize);
        let rgba = rows.flat_map(|row| &row[left as usize * 4..(left + width) as usize * 4]).copied().collect();
        Ok(Pixels { width, height, rgba })
    }

    /// Compressed as well as it goes: references live in git.
    pub fn to_small_png(&self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        let opaque = self.rgba.chunks(4).all(|pixel| pixel[3] == 255);
        encoder.set_color(if opaque { png::ColorType::Rgb } else { png::ColorType::Rgba });
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let data =
            if opaque { self.rgba.chunks(4).flat_map(|p| [p[0], p[1], p[2]]).collect() } else { self.rgba.clone() };
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&data)?;
        writer.finish()?;
        Ok(bytes)
    }
}

/// None when they are the same within the tolerance. Pictures of different sizes are an error.
pub fn compare(expected: &Pixels, actual: &Pixels) -> anyhow::Result<Option<Difference>> {
    ensure!(
        (expected.width, expected.height) == (actual.width, actual.height),
        "the reference is {}×{}, the picture {}×{}",
        expected.width,
        expected.height,
        actual.width,
        actual.height
    );
    let mut difference = Difference { pixels: 0, largest: 0, shown: actual.clone() };
    let pairs = expected.rgba.chunks(4).zip(actual.rgba.chunks(4));
    for ((expected, actual), shown) in pairs.zip(difference.shown.rgba.chunks_mut(4)) {
        let off = expected.iter().zip(actual).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
        difference.largest = difference.largest.max(off);
        if off > TOLERANCE {
            difference.pixels += 1;
            shown.copy_from_slice(&[230, 0, 40, 255]);
        } else {
            shown.iter_mut().take(3).for_each(|channel| *channel = 255 - (255 - *channel) / 5);
            shown[3] = 255;
        }
    }
    Ok((difference.pixels > 0).then_some(difference))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(value: u8) -> Pixels {
        Pixels { width: 2, height: 1, rgba: vec![value, 10, 20, 255, value, 10, 20, 255] }
    }

    #[test]
    fn one_step_is_tolerated_and_two_are_not() {
        assert!(compare(&plain(100), &plain(101)).unwrap().is_none());
        let difference = compare(&plain(100), &plain(102)).unwrap().unwrap();
        assert_eq!((difference.pixels, difference.largest), (2, 2));
    }

    #[test]
    fn another_size_is_an_error() {
        let wider = Pixels { width: 1, height: 1, rgba: vec![0; 4] };
        assert!(compare(&plain(0), &wider).is_err());
    }

    #[test]
    fn png_round_trip() {
        let picture = plain(77);
        assert_eq!(Pixels::from_png(&picture.to_small_png().unwrap()).unwrap(), picture);
    }
}
