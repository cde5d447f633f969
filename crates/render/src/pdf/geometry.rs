//! Numbers and shapes in the PDF library's types. Coordinates stay layout pixels, y down: the page's transform, set
//! once, makes points of them.

use kurbo::{Affine, BezPath, PathEl, Rect};

use crate::display::Shape;
use crate::outlines;

/// None for a path without an area that could be drawn, or with coordinates that are not numbers.
pub(super) fn shape(shape: &Shape) -> Option<krilla::geom::Path> {
    path(&outlines::path(shape))
}

pub(super) fn path(path: &BezPath) -> Option<krilla::geom::Path> {
    let mut out = krilla::geom::PathBuilder::new();
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(p) => out.move_to(p.x as f32, p.y as f32),
            PathEl::LineTo(p) => out.line_to(p.x as f32, p.y as f32),
            PathEl::QuadTo(a, p) => out.quad_to(a.x as f32, a.y as f32, p.x as f32, p.y as f32),
            PathEl::CurveTo(a, b, p) => {
                out.cubic_to(a.x as f32, a.y as f32, b.x as f32, b.y as f32, p.x as f32, p.y as f32);
            }
            PathEl::ClosePath => out.close(),
        }
    }
    out.finish()
}

pub(super) fn rect_path(rect: Rect) -> Option<krilla::geom::Path> {
    path(&outlines::rect(rect))
}

pub(super) fn rect(rect: Rect) -> Option<krilla::geom::Rect> {
    let rect = rect.abs();
    krilla::geom::Rect::from_ltrb(rect.x0 as f32, rect.y0 as f32, rect.x1 as f32, rect.y1 as f32)
}

pub(super) fn transform(affine: Affine) -> krilla::geom::Transform {
    let [a, b, c, d, e, f] = affine.as_coeffs().map(|n| n as f32);
    krilla::geom::Transform::from_row(a, b, c, d, e, f)
}

/// A share from 0 to 1.
pub(super) fn share(value: f64) -> krilla::num::NormalizedF32 {
    let value = if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) };
    krilla::num::NormalizedF32::new(value as f32).unwrap_or(krilla::num::NormalizedF32::ONE)
}

pub(super) fn fill_rule(rule: crate::display::FillRule) -> krilla::paint::FillRule {
    match rule {
        crate::display::FillRule::NonZero => krilla::paint::FillRule::NonZero,
        crate::display::FillRule::EvenOdd => krilla::paint::FillRule::EvenOdd,
    }
}
