//! A file's bytes → an upright, premultiplied sRGB picture. One file per format; each gives stored RGBA pixels, which
//! are brought to sRGB and turned here.

#[cfg(feature = "avif-decode")]
mod avif;
mod gif;
mod jpeg;
mod png;
mod profile;
mod webp;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{ImageFormat, ImageInfo, ImageProblem};
use crate::pixmap::{Pixmap, premultiply};
use profile::Profile;

/// What a format's decoder gives: straight RGBA in the file's own colour space, not yet turned.
struct Stored {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
    /// The colours that `rgba` is still to be brought to sRGB from.
    profile: Option<Profile>,
}

/// Why a decoder gave up.
pub(super) enum Failure {
    Damaged(String),
    Unsupported(String),
}

impl Failure {
    pub(super) fn damaged(reason: impl Into<String>) -> Self {
        Failure::Damaged(reason.into())
    }

    pub(super) fn of(self, format: ImageFormat) -> ImageProblem {
        match self {
            Failure::Damaged(reason) => ImageProblem::Damaged { format, reason },
            Failure::Unsupported(reason) => ImageProblem::Unsupported { format, reason },
        }
    }

    /// What a decoder said.
    fn said(error: impl std::error::Error) -> Self {
        Failure::Damaged(error.to_string())
    }
}

/// Decodes a picture whose header was probed and found within the limits.
pub(super) fn decode(bytes: &[u8], info: &ImageInfo) -> Result<Pixmap, ImageProblem> {
    // The decoders are other people's: a panic in one is a damaged file, not the end of the render.
    let stored = catch_unwind(AssertUnwindSafe(|| stored_pixels(bytes, info)))
        .unwrap_or_else(|_| Err(Failure::damaged("its parts contradict each other")));
    let stored = stored.and_then(|stored| check_size(stored, info)).map_err(|failure| failure.of(info.format))?;
    let mut rgba = info.orientation.apply(stored.rgba, stored.width as usize, stored.height as usize);
    let opaque = premultiply(&mut rgba);
    Ok(Pixmap::from_premultiplied(rgba, info.width as u16, info.height as u16, opaque))
}

fn stored_pixels(bytes: &[u8], info: &ImageInfo) -> Result<Stored, Failure> {
    let mut stored = match info.format {
        ImageFormat::Png => png::decode(bytes),
        ImageFormat::Jpeg => jpeg::decode(bytes, info),
        ImageFormat::WebP => webp::decode(bytes, info),
        ImageFormat::Gif => gif::decode(bytes, info),
        #[cfg(feature = "avif-decode")]
        ImageFormat::Avif => avif::decode(bytes, info),
    }?;
    if let Some(profile) = stored.profile.take() {
        profile.rgba_to_srgb(&mut stored.rgba);
    }
    Ok(stored)
}

fn check_size(stored: Stored, info: &ImageInfo) -> Result<Stored, Failure> {
    let pixels = stored.width as usize * stored.height as usize;
    if (stored.width, stored.height) == info.stored_size() && stored.rgba.len() == pixels * 4 {
        Ok(stored)
    } else {
        Err(Failure::damaged("its header and its pixels differ in size"))
    }
}

/// Spreads grey (`channels` 1), grey with alpha (2) or colour without alpha (3) to RGBA.
fn to_rgba(samples: Vec<u8>, channels: usize) -> Vec<u8> {
    let mut rgba = Vec::with_capacity(samples.len() / channels * 4);
    match channels {
        1 => samples.iter().for_each(|&g| rgba.extend_from_slice(&[g, g, g, 255])),
        2 => samples.chunks_exact(2).for_each(|s| rgba.extend_from_slice(&[s[0], s[0], s[0], s[1]])),
        3 => samples.chunks_exact(3).for_each(|s| rgba.extend_from_slice(&[s[0], s[1], s[2], 255])),
        _ => return samples,
    }
    rgba
}
