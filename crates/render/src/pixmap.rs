//! Pixels: premultiplied sRGB with alpha, 8 bits each, rows top down. Decoded pictures, scaled copies and finished pages.

use std::borrow::Cow;
use std::sync::Arc;

use vello_cpu::PixelMetadata;
use vello_cpu::peniko::ImageAlphaType;

/// The largest side of any picture, read or written (the rasteriser counts in 16 bits).
pub const MAX_SIDE: u32 = 65_535;

/// A finished picture; cloning it shares the pixels.
#[derive(Debug, Clone)]
pub struct Pixmap {
    // The rasteriser's own type, so that a picture can be drawn without a copy.
    inner: Arc<vello_cpu::Pixmap>,
}

impl Pixmap {
    /// `data` holds `width × height × 4` premultiplied bytes; `opaque` says that every alpha is 255.
    pub(crate) fn from_premultiplied(data: Vec<u8>, width: u16, height: u16, opaque: bool) -> Self {
        // The rasteriser's pixels are 4 bytes, and a vector keeps its capacity when it becomes one of pixels.
        let data = if data.capacity().is_multiple_of(4) { data } else { data.into_boxed_slice().into_vec() };
        let meta = PixelMetadata::new(ImageAlphaType::AlphaPremultiplied, !opaque);
        Pixmap { inner: Arc::new(vello_cpu::Pixmap::from_parts(data, width, height, meta)) }
    }

    /// Pixels.
    pub fn width(&self) -> u32 {
        u32::from(self.inner.width())
    }

    /// Pixels.
    pub fn height(&self) -> u32 {
        u32::from(self.inner.height())
    }

    /// `width × height × 4` bytes: red, green, blue (each times alpha), alpha.
    pub fn data(&self) -> &[u8] {
        self.inner.data_as_u8_slice()
    }

    /// Whether every pixel is known to be opaque.
    pub fn opaque(&self) -> bool {
        !self.inner.may_have_transparency()
    }

    /// The pixel at a position inside, premultiplied.
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 4] {
        let at = (y as usize * self.width() as usize + x as usize) * 4;
        let data = self.data();
        [data[at], data[at + 1], data[at + 2], data[at + 3]]
    }

    /// As [`Pixmap::data`], with colours that are no longer multiplied by alpha.
    pub(crate) fn straight(&self) -> Cow<'_, [u8]> {
        if self.opaque() {
            return Cow::Borrowed(self.data());
        }
        let mut data = self.data().to_vec();
        for pixel in data.chunks_exact_mut(4) {
            let alpha = u32::from(pixel[3]);
            if alpha != 0 && alpha != 255 {
                pixel[..3].iter_mut().for_each(|c| *c = ((u32::from(*c) * 255 + alpha / 2) / alpha).min(255) as u8);
            }
        }
        Cow::Owned(data)
    }

    /// The memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.data().len()
    }

    pub(crate) fn shared(&self) -> Arc<vello_cpu::Pixmap> {
        Arc::clone(&self.inner)
    }
}

/// Multiplies colours by their alpha; true when every alpha was 255.
pub(crate) fn premultiply(data: &mut [u8]) -> bool {
    let mut opaque = true;
    for pixel in data.chunks_exact_mut(4) {
        let alpha = u32::from(pixel[3]);
        if alpha != 255 {
            opaque = false;
            for channel in &mut pixel[..3] {
                *channel = div255(u32::from(*channel) * alpha);
            }
        }
    }
    opaque
}

/// x / 255 rounded to nearest, for x up to 255².
pub(crate) fn div255(x: u32) -> u8 {
    let x = x + 128;
    ((x + (x >> 8)) >> 8) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn div255_rounds_to_nearest() {
        for x in 0..=255 * 255u32 {
            assert_eq!(u32::from(div255(x)), (f64::from(x) / 255.0).round() as u32, "{x}");
        }
    }

    #[test]
    fn straight_colours_are_those_before() {
        let data = vec![10, 20, 30, 255, 50, 25, 0, 50, 0, 0, 0, 0, 64, 64, 64, 128];
        let pixmap = Pixmap::from_premultiplied(data, 2, 2, false);
        assert_eq!(*pixmap.straight(), [10, 20, 30, 255, 255, 128, 0, 50, 0, 0, 0, 0, 128, 128, 128, 128]);
    }

    #[test]
    fn premultiply_tells_whether_all_is_opaque() {
        let mut opaque = [10, 20, 30, 255];
        assert!(premultiply(&mut opaque));
        assert_eq!(opaque, [10, 20, 30, 255]);
        let mut half = [200, 100, 0, 128, 1, 2, 3, 0];
        assert!(!premultiply(&mut half));
        assert_eq!(half, [100, 50, 0, 128, 0, 0, 0, 0]);
    }
}
