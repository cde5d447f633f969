//! WebP: lossy, lossless, with alpha; of an animation the first frame.

use std::io::Cursor;

use image_webp::WebPDecoder;

use super::{Failure, Profile, Stored, to_rgba};
use crate::images::ImageInfo;

pub(super) fn decode(bytes: &[u8], info: &ImageInfo) -> Result<Stored, Failure> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(Failure::said)?;
    let (width, height) = decoder.dimensions();
    if (width, height) != info.stored_size() {
        return Err(Failure::damaged("its headers differ in size"));
    }
    let pixels = width as usize * height as usize;
    decoder.set_memory_limit(pixels * 16 + (16 << 20));
    if decoder.is_animated() {
        // Without this the first frame would be drawn on the colour the file suggests for its surroundings.
        decoder.set_background_color([0, 0, 0, 0]).map_err(Failure::said)?;
    }
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    let mut samples = vec![0; pixels * channels];
    decoder.read_image(&mut samples).map_err(Failure::said)?;
    let profile = decoder.icc_profile().map_err(Failure::said)?.map(Profile::Icc);
    Ok(Stored { width, height, rgba: to_rgba(samples, channels), profile })
}
