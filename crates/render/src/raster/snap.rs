//! Whole device pixels (decision 35): edges of unrotated fills, pictures and clips, and baselines.

use kurbo::{Affine, Rect};

/// Whether a transform leaves upright rectangles upright: it scales, moves and mirrors, and does not rotate or skew.
pub(super) fn is_upright(transform: Affine) -> bool {
    let [a, b, c, d, _, _] = transform.as_coeffs();
    // What is left of a rotation by a multiple of 360°, or of one undone.
    let small = 1e-9 * (a.abs() + d.abs());
    b.abs() <= small && c.abs() <= small && a != 0.0 && d != 0.0
}

pub(super) trait Snap {
    /// The rectangle in device pixels, its edges on the nearest whole ones; never thinner than a pixel.
    fn snap(&self, rect: Rect) -> Rect;
}

impl Snap for Affine {
    fn snap(&self, rect: Rect) -> Rect {
        let device = self.transform_rect_bbox(rect);
        let (x0, x1) = span(device.x0, device.x1);
        let (y0, y1) = span(device.y0, device.y1);
        Rect::new(x0, y0, x1, y1)
    }
}

/// Both ends to the nearest whole number; something thin stays one pixel, nothing stays nothing.
fn span(from: f64, to: f64) -> (f64, f64) {
    let (start, end) = (nearest(from), nearest(to));
    if start == end && to > from { (from.floor(), from.floor() + 1.0) } else { (start, end) }
}

/// Half goes up, also below zero, so that two shapes that touch still do.
pub(super) fn nearest(x: f64) -> f64 {
    (x + 0.5).floor()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_snap_and_thin_things_stay() {
        let cases = [
            (1.0, Rect::new(0.4, 0.6, 9.5, 9.4), Rect::new(0.0, 1.0, 10.0, 9.0)),
            (2.0, Rect::new(0.4, 0.6, 9.5, 9.4), Rect::new(1.0, 1.0, 19.0, 19.0)),
            (1.0, Rect::new(-1.5, -0.5, -0.5, 0.5), Rect::new(-1.0, 0.0, 0.0, 1.0)),
            (1.0, Rect::new(3.1, 5.6, 3.3, 5.9), Rect::new(3.0, 5.0, 4.0, 6.0)),
            (1.0, Rect::new(3.0, 5.0, 3.0, 9.0), Rect::new(3.0, 5.0, 3.0, 9.0)),
        ];
        for (scale, rect, expected) in cases {
            assert_eq!(Affine::scale(scale).snap(rect), expected, "{rect:?} × {scale}");
        }
    }

    #[test]
    fn upright_is_scaling_moving_and_mirroring() {
        let turn = Affine::new([0.0, 1.0, -1.0, 0.0, 0.0, 0.0]);
        assert!(is_upright(Affine::translate((3.3, 4.4)) * Affine::scale_non_uniform(-2.0, 0.5)));
        assert!(is_upright(turn * turn), "half a turn");
        assert!(!is_upright(turn), "a quarter turn");
        assert!(!is_upright(Affine::skew(0.1, 0.0)));
        assert!(!is_upright(Affine::scale_non_uniform(0.0, 1.0)), "nothing is left of it");
    }
}
