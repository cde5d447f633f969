//! Colours that stay open until the pictures are there: picked ones, and what stands out on them.

use handbill_template::resolved::{Color, Rgba};

use super::Painter;
use crate::contrast::contrast_ratio;

impl Painter<'_> {
    /// A colour's value. One picked from a picture that is not there is its fallback.
    pub(super) fn color(&self, color: &Color) -> Rgba {
        match color {
            Color::Rgba(rgba) => *rgba,
            Color::Picked { src, pick, fallback, alpha } => {
                let picked = self.images.get(src).and_then(|id| self.images.pick(id, *pick)).ok().flatten();
                let Rgba([r, g, b, a]) = picked.unwrap_or(*fallback);
                Rgba([r, g, b, (f64::from(a) * alpha.clamp(0.0, 1.0)).round() as u8])
            }
        }
    }

    /// Whichever of two colours is read more easily on a ground.
    pub(super) fn contrast(&self, on: &Color, light: &Color, dark: &Color) -> Rgba {
        let [on, light, dark] = [on, light, dark].map(|color| self.color(color));
        if contrast_ratio(light, on) >= contrast_ratio(dark, on) { light } else { dark }
    }
}
