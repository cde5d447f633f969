//! Colours that stay open until the pictures are there: picked ones, and what stands out on them.

use handbill_template::resolved::{Color, Rgba};

use super::Painter;

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

/// WCAG 2's contrast ratio, 1 to 21; alpha is ignored.
fn contrast_ratio(one: Rgba, other: Rgba) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// WCAG 2's relative luminance.
fn luminance(Rgba([r, g, b, _]): Rgba) -> f64 {
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { libm::pow((value + 0.055) / 1.055, 2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

#[cfg(test)]
mod tests {
    use super::contrast_ratio;
    use handbill_template::resolved::Rgba;

    #[test]
    fn contrast_is_wcags() {
        let rgb = |r, g, b| Rgba([r, g, b, 255]);
        let cases = [
            (Rgba::WHITE, Rgba::BLACK, 21.0),
            (Rgba::WHITE, Rgba::WHITE, 1.0),
            (rgb(0x3b, 0x5b, 0xfd), Rgba::WHITE, 5.12),
            (rgb(0x77, 0x77, 0x77), Rgba::WHITE, 4.48),
            (rgb(255, 0, 0), rgb(0x11, 0x11, 0x11), 4.72),
        ];
        for (one, other, expected) in cases {
            let ratio = contrast_ratio(one, other);
            assert!((ratio - expected).abs() < 0.01, "{one:?} on {other:?}: {ratio}, expected {expected}");
            assert_eq!(ratio, contrast_ratio(other, one));
        }
    }
}
