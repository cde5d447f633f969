//! Outlines: boxes with corners, ellipses, polygons, stars and paths, all filling a box.

use handbill_template::resolved::{self, ShapeKind};
use kurbo::{Affine, BezPath, Point, Rect, RoundedRect, Shape as _, Size, Vec2};

use crate::display::Shape;
use crate::outlines;

/// Coordinates of a parsed path are rounded to this: its arcs come from the platform's sine, whose last bits differ
/// between CPUs.
const GRAIN: f64 = 1.0 / 65_536.0;

/// A box with corner radii (top left, top right, bottom right, bottom left). As in CSS, radii that do not fit beside
/// each other shrink together.
pub(super) fn corners(area: Rect, radii: [f64; 4]) -> Shape {
    let [tl, tr, br, bl] = fit_radii(area, radii);
    if [tl, tr, br, bl] == [0.0; 4] {
        return Shape::Rect(area);
    }
    let half = area.width().min(area.height()) / 2.0;
    if [tl, tr, br, bl].iter().all(|radius| *radius <= half) {
        return Shape::RoundedRect(RoundedRect::from_rect(area, (tl, tr, br, bl)));
    }
    // A radius above half of the short side is beyond the simple form.
    Shape::Path(outlines::rounded(area, [tl, tr, br, bl].map(|radius| Size::new(radius, radius))))
}

fn fit_radii(area: Rect, radii: [f64; 4]) -> [f64; 4] {
    let [tl, tr, br, bl] = radii.map(|radius| radius.max(0.0));
    let sides = [(area.width(), tl + tr), (area.width(), bl + br), (area.height(), tl + bl), (area.height(), tr + br)];
    let factor = sides.into_iter().filter(|(_, sum)| *sum > 0.0).map(|(side, sum)| side / sum).fold(1.0, f64::min);
    [tl, tr, br, bl].map(|radius| radius * factor)
}

/// A polygon whose corners lie on the ellipse in the box, the first on top.
pub(super) fn polygon(area: Rect, sides: u32) -> BezPath {
    closed((0..sides).map(|index| on_ellipse(area, index, sides, 1.0)))
}

/// A star of `points` tips; its inner corners lie at `inner` of the radius.
pub(super) fn star(area: Rect, points: u32, inner: f64) -> BezPath {
    let corners = 2 * points;
    closed((0..corners).map(|index| on_ellipse(area, index, corners, if index % 2 == 0 { 1.0 } else { inner })))
}

/// A closed path through fractions of the box.
pub(super) fn through(area: Rect, points: &[[f64; 2]]) -> BezPath {
    closed(points.iter().map(|point| fraction(area, *point)))
}

pub(super) fn fraction(area: Rect, [x, y]: [f64; 2]) -> Point {
    Point::new(area.x0 + x * area.width(), area.y0 + y * area.height())
}

fn on_ellipse(area: Rect, index: u32, of: u32, radius: f64) -> Point {
    let angle = std::f64::consts::TAU * f64::from(index) / f64::from(of);
    let (sin, cos) = libm::sincos(angle);
    area.center() + Vec2::new(radius * sin * area.width() / 2.0, -radius * cos * area.height() / 2.0)
}

fn closed(points: impl Iterator<Item = Point>) -> BezPath {
    let mut path = BezPath::new();
    for point in points {
        if path.elements().is_empty() {
            path.move_to(point);
        } else {
            path.line_to(point);
        }
    }
    if !path.elements().is_empty() {
        path.close_path();
    }
    path
}

/// SVG path data, stretched so that its view box (its own bounds without one) fills the box. The error says what is
/// wrong with the data.
pub(super) fn svg_path(data: &str, view_box: Option<[f64; 4]>, area: Rect) -> Result<BezPath, String> {
    let mut path = BezPath::from_svg(data).map_err(|error| error.to_string())?;
    let from = match view_box {
        Some([x, y, width, height]) => Rect::new(x, y, x + width, y + height),
        None => path.bounding_box(),
    };
    // A straight horizontal or vertical path has no extent to stretch in the other direction.
    let stretch = |from: f64, to: f64| if from > 0.0 { to / from } else { 1.0 };
    let scale = Affine::scale_non_uniform(stretch(from.width(), area.width()), stretch(from.height(), area.height()));
    path.apply_affine(Affine::translate(area.origin().to_vec2()) * scale * Affine::translate(-from.origin().to_vec2()));
    let round = |value: f64| (value / GRAIN).round() * GRAIN;
    let round_point = |point: Point| Point::new(round(point.x), round(point.y));
    Ok(path.iter().map(|element| map_points(element, round_point)).collect())
}

fn map_points(element: kurbo::PathEl, map: impl Fn(Point) -> Point) -> kurbo::PathEl {
    use kurbo::PathEl::{ClosePath, CurveTo, LineTo, MoveTo, QuadTo};
    match element {
        MoveTo(to) => MoveTo(map(to)),
        LineTo(to) => LineTo(map(to)),
        QuadTo(handle, to) => QuadTo(map(handle), map(to)),
        CurveTo(first, second, to) => CurveTo(map(first), map(second), map(to)),
        ClosePath => ClosePath,
    }
}

/// A shape node's outline in its box. Lines are `line.rs`.
pub(super) fn of_shape(shape: &resolved::Shape, area: Rect) -> Result<Shape, String> {
    Ok(match shape.shape {
        ShapeKind::Rect => corners(area, shape.corner_radius),
        ShapeKind::Ellipse => Shape::Ellipse(area),
        ShapeKind::Polygon if !shape.points.is_empty() => Shape::Path(through(area, &shape.points)),
        ShapeKind::Polygon => Shape::Path(polygon(area, shape.sides)),
        ShapeKind::Star => Shape::Path(star(area, shape.sides, shape.inner_radius)),
        ShapeKind::Path => Shape::Path(svg_path(shape.path.as_deref().unwrap_or_default(), shape.view_box, area)?),
        ShapeKind::Line => Shape::Path(super::line::stations(area, &shape.points)),
    })
}

/// The upright rectangle that holds a shape.
pub(super) fn bounds(shape: &Shape) -> Rect {
    match shape {
        Shape::Rect(rect) | Shape::Ellipse(rect) => *rect,
        Shape::RoundedRect(rounded) => rounded.rect(),
        Shape::Path(path) => path.bounding_box(),
    }
}

/// The shape grown by `by` on all sides (shrunk when negative); None when nothing is left or it is not a simple one.
pub(super) fn grown(shape: &Shape, by: f64) -> Option<Shape> {
    let grow = |rect: Rect| Some(rect.inflate(by, by)).filter(|rect| rect.width() > 0.0 && rect.height() > 0.0);
    match shape {
        Shape::Rect(rect) => grow(*rect).map(Shape::Rect),
        Shape::Ellipse(rect) => grow(*rect).map(Shape::Ellipse),
        Shape::RoundedRect(rounded) => {
            // A sharp corner stays sharp, a round one keeps its centre.
            let radius = |radius: f64| if radius > 0.0 { (radius + by).max(0.0) } else { 0.0 };
            let radii = rounded.radii();
            let radii = [radii.top_left, radii.top_right, radii.bottom_right, radii.bottom_left].map(radius);
            grow(rounded.rect()).map(|rect| corners(rect, radii))
        }
        Shape::Path(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Shape, corners, grown, polygon, star, svg_path};
    use kurbo::{Rect, Shape as _};

    const AREA: Rect = Rect::new(0.0, 0.0, 100.0, 50.0);

    #[test]
    fn radii_shrink_together() {
        let cases = [
            ([10.0, 10.0, 10.0, 10.0], [10.0, 10.0, 10.0, 10.0]),
            ([500.0, 500.0, 500.0, 500.0], [25.0, 25.0, 25.0, 25.0]),
            ([50.0, 0.0, 0.0, 50.0], [25.0, 0.0, 0.0, 25.0]),
            ([10.0, 0.0, 0.0, 90.0], [5.0, 0.0, 0.0, 45.0]),
        ];
        for (given, expected) in cases {
            assert_eq!(super::fit_radii(AREA, given), expected, "{given:?}");
        }
    }

    #[test]
    fn simple_corners_stay_simple() {
        assert_eq!(corners(AREA, [0.0; 4]), Shape::Rect(AREA));
        assert!(matches!(corners(AREA, [25.0; 4]), Shape::RoundedRect(_)));
        let one_large = corners(AREA, [40.0, 0.0, 0.0, 0.0]);
        let Shape::Path(path) = &one_large else { panic!("a radius above half needs a path") };
        assert_eq!(path.bounding_box(), AREA);
        let missing = 40.0 * 40.0 * (1.0 - std::f64::consts::FRAC_PI_4);
        assert!((path.area().abs() - (5000.0 - missing)).abs() < 1.0, "{}", path.area());
    }

    #[test]
    fn polygons_and_stars_begin_on_top() {
        let square = polygon(AREA, 4);
        assert_eq!(square.bounding_box(), AREA);
        let first = |path: &kurbo::BezPath| path.elements()[0];
        assert_eq!(first(&square), kurbo::PathEl::MoveTo((50.0, 0.0).into()));
        let star = star(AREA, 5, 0.382);
        assert_eq!(first(&star), kurbo::PathEl::MoveTo((50.0, 0.0).into()));
        assert_eq!(star.elements().len(), 11, "ten corners and the closing");
    }

    #[test]
    fn paths_stretch_to_the_box() {
        let cases = [
            ("M10 10 h10 v10 h-10z", None, AREA),
            ("M10 10 h10 v10 h-10z", Some([0.0, 0.0, 20.0, 20.0]), Rect::new(50.0, 25.0, 100.0, 50.0)),
            ("M0 0 H10", None, Rect::new(0.0, 0.0, 100.0, 0.0)),
        ];
        for (data, view_box, expected) in cases {
            let path = svg_path(data, view_box, AREA).unwrap();
            assert_eq!(path.bounding_box(), expected, "{data}");
        }
        assert!(svg_path("M0 0 L10", None, AREA).is_err());
        assert!(svg_path("hello", None, AREA).is_err());
    }

    #[test]
    fn shapes_grow() {
        let rounded = corners(AREA, [10.0, 0.0, 10.0, 10.0]);
        let Some(Shape::RoundedRect(larger)) = grown(&rounded, 5.0) else { panic!("still rounded") };
        assert_eq!(larger.rect(), AREA.inflate(5.0, 5.0));
        assert_eq!((larger.radii().top_left, larger.radii().top_right), (15.0, 0.0));
        assert_eq!(grown(&Shape::Rect(AREA), -25.0), None);
    }
}
