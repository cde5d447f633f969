//! Shapes as paths. Arcs are cubics of an eighth of a circle with constant handles: off by 4 millionths of the radius,
//! and free of sines, whose last bits differ between machines.

use kurbo::{Affine, BezPath, Point, Rect, RoundedRectRadii, Size, Vec2};

use crate::display::Shape;

/// 4/3 · tan(π/16): how far a handle of an eighth of a circle reaches, in radii.
const HANDLE: f64 = 0.265_216_489_839_544_16;
/// cos 45°.
const DIAGONAL: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// A shape's outline in its own coordinates.
pub(crate) fn path(shape: &Shape) -> BezPath {
    match shape {
        Shape::Rect(rect) => self::rect(*rect),
        Shape::RoundedRect(rounded) => {
            self::rounded(rounded.rect(), device_radii(rounded.radii(), rounded.rect(), Affine::IDENTITY))
        }
        Shape::Ellipse(rect) => ellipse(*rect),
        Shape::Path(path) => path.clone(),
    }
}

pub(crate) fn rect(rect: Rect) -> BezPath {
    let mut path = BezPath::new();
    path.move_to((rect.x0, rect.y0));
    path.line_to((rect.x1, rect.y0));
    path.line_to((rect.x1, rect.y1));
    path.line_to((rect.x0, rect.y1));
    path.close_path();
    path
}

pub(crate) fn ellipse(bounds: Rect) -> BezPath {
    let radius = Size::new(bounds.width() / 2.0, bounds.height() / 2.0);
    rounded(bounds, [radius; 4])
}

/// Corner radii under an upright transform, top left first and clockwise; too large ones are reduced together, as in
/// CSS. A transform that mirrors moves them to other corners.
pub(crate) fn device_radii(radii: RoundedRectRadii, rect: Rect, transform: Affine) -> [Size; 4] {
    let mut corners = [radii.top_left, radii.top_right, radii.bottom_right, radii.bottom_left].map(|r| r.max(0.0));
    let sides = [rect.width(), rect.height(), rect.width(), rect.height()].map(f64::abs);
    let fit = |from: usize, to: usize, side: f64| {
        let needed = corners[from] + corners[to];
        if needed > side { side / needed } else { 1.0 }
    };
    let factor = (0..4).map(|n| fit(n, (n + 1) % 4, sides[n])).fold(1.0, f64::min);
    corners = corners.map(|r| r * factor);
    let [a, _, _, d, _, _] = transform.as_coeffs();
    if a < 0.0 {
        corners.swap(0, 1);
        corners.swap(2, 3);
    }
    if d < 0.0 {
        corners.swap(0, 3);
        corners.swap(1, 2);
    }
    corners.map(|r| Size::new(r * a.abs(), r * d.abs()))
}

/// A rectangle with elliptic corners, top left first and clockwise.
pub(crate) fn rounded(rect: Rect, radii: [Size; 4]) -> BezPath {
    let corners = [
        (Point::new(rect.x0, rect.y0), Vec2::new(-1.0, 0.0), Vec2::new(0.0, -1.0)),
        (Point::new(rect.x1, rect.y0), Vec2::new(0.0, -1.0), Vec2::new(1.0, 0.0)),
        (Point::new(rect.x1, rect.y1), Vec2::new(1.0, 0.0), Vec2::new(0.0, 1.0)),
        (Point::new(rect.x0, rect.y1), Vec2::new(0.0, 1.0), Vec2::new(-1.0, 0.0)),
    ];
    let mut path = BezPath::new();
    for (n, ((corner, from, to), radius)) in corners.into_iter().zip(radii).enumerate() {
        let scaled = |v: Vec2| Vec2::new(v.x * radius.width, v.y * radius.height);
        let (from, to) = (scaled(from), scaled(to));
        let center = corner - from - to;
        let start = center + from;
        if n == 0 {
            path.move_to(start);
        } else {
            path.line_to(start);
        }
        if radius.width > 0.0 && radius.height > 0.0 {
            quarter(&mut path, center, from, to);
        }
    }
    path.close_path();
    path
}

/// From `center + from` to `center + to`, two vectors a quarter apart.
fn quarter(path: &mut BezPath, center: Point, from: Vec2, to: Vec2) {
    let middle = (from + to) * DIAGONAL;
    let tangent = (to - from) * DIAGONAL;
    path.curve_to(center + from + to * HANDLE, center + middle - tangent * HANDLE, center + middle);
    path.curve_to(center + middle + tangent * HANDLE, center + to + from * HANDLE, center + to);
}

#[cfg(test)]
mod tests {
    use super::*;
    use kurbo::{ParamCurve, Shape as _};

    #[test]
    fn circles_are_round() {
        let circle = ellipse(Rect::new(-100.0, -100.0, 100.0, 100.0));
        for segment in circle.segments() {
            for n in 0..=20 {
                let distance = segment.eval(f64::from(n) / 20.0).to_vec2().hypot();
                assert!((distance - 100.0).abs() < 0.001, "{distance}");
            }
        }
        assert!((circle.area() - std::f64::consts::PI * 10_000.0).abs() < 0.5);
    }

    #[test]
    fn large_radii_are_reduced_together() {
        let rect = Rect::new(0.0, 0.0, 100.0, 40.0);
        let radii = |tl, tr, br, bl| device_radii(RoundedRectRadii::new(tl, tr, br, bl), rect, Affine::IDENTITY);
        assert_eq!(radii(999.0, 999.0, 999.0, 999.0).map(|size| size.width), [20.0; 4]);
        assert_eq!(radii(60.0, 0.0, 0.0, 20.0).map(|size| size.width), [30.0, 0.0, 0.0, 10.0]);
        assert_eq!(radii(10.0, 5.0, 0.0, 0.0).map(|size| size.width), [10.0, 5.0, 0.0, 0.0]);
        let mirrored =
            device_radii(RoundedRectRadii::new(1.0, 2.0, 3.0, 4.0), rect, Affine::scale_non_uniform(-2.0, 1.0));
        assert_eq!(mirrored.map(|size| (size.width, size.height)), [(4.0, 2.0), (2.0, 1.0), (8.0, 4.0), (6.0, 3.0)]);
    }
}
