//! A part of a picture, resampled to the size it is drawn at.
//!
//! Premultiplied throughout, so that a transparent pixel's colour never bleeds into its neighbours. CatmullRom: sharp,
//! with little ringing, and its weights are sums and products only, so they are the same on every processor.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use kurbo::Rect;

use crate::pixmap::Pixmap;

/// The `source` part (pixels of `picture`, may be fractional; cut to the picture) as `width` × `height` pixels.
/// None when there is nothing to show.
pub(super) fn scale(picture: &Pixmap, source: Rect, width: u16, height: u16) -> Option<Pixmap> {
    let whole = Rect::new(0.0, 0.0, f64::from(picture.width()), f64::from(picture.height()));
    let source = source.intersect(whole);
    if source.width() <= 0.0 || source.height() <= 0.0 || width == 0 || height == 0 {
        return None;
    }
    if source == whole && (u32::from(width), u32::from(height)) == (picture.width(), picture.height()) {
        return Some(picture.clone());
    }
    let from = ImageRef::new(picture.width(), picture.height(), picture.data(), PixelType::U8x4).ok()?;
    let mut to = Image::new(u32::from(width), u32::from(height), PixelType::U8x4);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom))
        .crop(source.x0, source.y0, source.width(), source.height())
        // The alpha is already multiplied in.
        .use_alpha(false);
    Resizer::new().resize(&from, &mut to, &options).ok()?;
    let mut data = to.into_vec();
    if !picture.opaque() {
        // The filter overshoots at edges: a colour above its alpha would glow.
        for pixel in data.chunks_exact_mut(4) {
            let alpha = pixel[3];
            pixel[..3].iter_mut().for_each(|channel| *channel = (*channel).min(alpha));
        }
    }
    Some(Pixmap::from_premultiplied(data, width, height, picture.opaque()))
}
