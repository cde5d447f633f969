//! WCAG 2's arithmetic: luminance, contrast, and how much of it letters of a size need.

use handbill_template::resolved::Rgba;

/// CSS pixels from which letters are large, and from which bold ones are (18 and 14 points).
const LARGE: f64 = 24.0;
const LARGE_BOLD: f64 = 18.66;

/// The contrast that the modules of a code need on what is behind them, as all graphics that must be told apart (1.4.11).
pub(super) const NEEDED_BY_CODES: f64 = 3.0;

/// The contrast that letters need at least (level AA).
pub(super) fn needed(is_large: bool) -> f64 {
    if is_large { 3.0 } else { 4.5 }
}

pub(super) fn is_large(css_px: f64, is_bold: bool) -> bool {
    css_px >= if is_bold { LARGE_BOLD } else { LARGE }
}

/// The contrast ratio, 1 to 21; alpha is ignored.
pub(crate) fn contrast_ratio(one: Rgba, other: Rgba) -> f64 {
    let ratio = darkness(one, other);
    ratio.max(1.0 / ratio)
}

/// The contrast ratio of a colour on a ground, below 1 where it is the lighter one.
pub(super) fn darkness(color: Rgba, ground: Rgba) -> f64 {
    (luminance(ground) + 0.05) / (luminance(color) + 0.05)
}

/// Relative luminance.
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
