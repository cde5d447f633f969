//! JPEG: baseline and progressive; grey, YCbCr, RGB, CMYK and YCCK.

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{Failure, Profile, Stored, profile, to_rgba};
use crate::images::{ImageInfo, jpeg_file};

pub(super) fn decode(bytes: &[u8], info: &ImageInfo) -> Result<Stored, Failure> {
    let end = jpeg_file::end(bytes).ok_or_else(|| Failure::damaged("it ends too early"))?;
    let bytes = &bytes[..end];
    let (width, height) = info.stored_size();
    let mut headers = decoder(bytes, info, ColorSpace::RGB);
    headers.decode_headers().map_err(failure)?;
    let stored_as = headers.input_colorspace().unwrap_or(ColorSpace::YCbCr);
    let icc = headers.icc_profile();
    let wanted = match stored_as {
        ColorSpace::CMYK | ColorSpace::YCCK | ColorSpace::RGB => stored_as,
        ColorSpace::YCbCr | ColorSpace::Luma => ColorSpace::RGBA,
        other => return Err(Failure::Unsupported(format!("its colours are {other:?}"))),
    };
    let samples = decoder(bytes, info, wanted).decode().map_err(failure)?;
    match stored_as {
        ColorSpace::CMYK | ColorSpace::YCCK => {
            let cmyk = ink(samples, stored_as == ColorSpace::YCCK, bytes);
            let rgba = profile::cmyk_to_srgb(icc.as_deref(), &cmyk);
            Ok(Stored { width, height, rgba, profile: None })
        }
        ColorSpace::RGB => Ok(Stored { width, height, rgba: to_rgba(samples, 3), profile: icc.map(Profile::Icc) }),
        _ => Ok(Stored { width, height, rgba: samples, profile: icc.map(Profile::Icc) }),
    }
}

fn decoder<'a>(bytes: &'a [u8], info: &ImageInfo, out: ColorSpace) -> JpegDecoder<ZCursor<&'a [u8]>> {
    let (width, height) = info.stored_size();
    let options = DecoderOptions::new_fast()
        .jpeg_set_out_colorspace(out)
        .set_max_width(width as usize)
        .set_max_height(height as usize)
        // Anything else draws grey where data is missing or wrong.
        .set_strict_mode(true);
    JpegDecoder::new_with_options(ZCursor::new(bytes), options)
}

fn failure(error: impl std::fmt::Debug) -> Failure {
    let text = format!("{error:?}");
    if text.contains("nsupported") || text.contains("not supported") {
        Failure::Unsupported(text)
    } else {
        Failure::Damaged(text)
    }
}

/// Amounts of ink, 0 for none, from what the file stores: Adobe's programs store them inverted.
fn ink(mut samples: Vec<u8>, ycck: bool, bytes: &[u8]) -> Vec<u8> {
    if ycck {
        for pixel in samples.chunks_exact_mut(4) {
            let [r, g, b] = ycc_to_rgb([pixel[0], pixel[1], pixel[2]]);
            pixel[..3].copy_from_slice(&[255 - r, 255 - g, 255 - b]);
        }
    }
    let adobe = jpeg_file::segments(bytes).any(|(marker, body)| marker == 0xee && body.starts_with(b"Adobe"));
    if adobe {
        samples.iter_mut().for_each(|sample| *sample = 255 - *sample);
    }
    samples
}

/// JFIF's YCbCr, in 16.16 fixed point.
fn ycc_to_rgb([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (i32::from(y) << 16, i32::from(cb) - 128, i32::from(cr) - 128);
    let channel = |value: i32| ((value + (1 << 15)) >> 16).clamp(0, 255) as u8;
    [channel(y + 91_881 * cr), channel(y - 22_554 * cb - 46_802 * cr), channel(y + 116_130 * cb)]
}
