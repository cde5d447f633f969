//! The drawing library's numbers and shapes as ours.

use kurbo::{Affine, BezPath, Cap, Join, Rect, Stroke};
use usvg::tiny_skia_path::PathSegment;
use usvg::{LineCap, LineJoin, NonZeroRect, Transform};

use super::super::DrawingProblem;
use crate::display::FillRule;

/// Layout pixels. Nothing that is meant to be seen lies as far out.
const FARTHEST: f64 = 1e7;

pub(super) fn affine(transform: Transform) -> Affine {
    let Transform { sx, ky, kx, sy, tx, ty } = transform;
    Affine::new([sx, ky, kx, sy, tx, ty].map(f64::from))
}

pub(super) fn rect(rect: NonZeroRect) -> Rect {
    let [x0, y0, x1, y1] = [rect.left(), rect.top(), rect.right(), rect.bottom()].map(f64::from);
    Rect::new(x0, y0, x1, y1)
}

pub(super) fn path(path: &usvg::tiny_skia_path::Path) -> BezPath {
    let point = |p: usvg::tiny_skia_path::Point| kurbo::Point::new(f64::from(p.x), f64::from(p.y));
    let mut out = BezPath::with_capacity(path.len());
    for segment in path.segments() {
        match segment {
            PathSegment::MoveTo(p) => out.move_to(point(p)),
            PathSegment::LineTo(p) => out.line_to(point(p)),
            PathSegment::QuadTo(a, p) => out.quad_to(point(a), point(p)),
            PathSegment::CubicTo(a, b, p) => out.curve_to(point(a), point(b), point(p)),
            PathSegment::Close => out.close_path(),
        }
    }
    out
}

/// # Errors
/// When a path leaves the range in which it can be drawn.
pub(super) fn check_range(path: &BezPath, to_page: Affine) -> Result<(), DrawingProblem> {
    let reach = to_page.transform_rect_bbox(path.control_box());
    let farthest = [reach.x0, reach.y0, reach.x1, reach.y1].into_iter().map(f64::abs).fold(0.0, f64::max);
    if reach.is_nan() || farthest > FARTHEST {
        return Err(DrawingProblem::NotDrawn("coordinates of more than ten million pixels".to_owned()));
    }
    Ok(())
}

pub(super) fn fill_rule(rule: usvg::FillRule) -> FillRule {
    match rule {
        usvg::FillRule::NonZero => FillRule::NonZero,
        usvg::FillRule::EvenOdd => FillRule::EvenOdd,
    }
}

pub(super) fn stroke(stroke: &usvg::Stroke) -> Stroke {
    let cap = match stroke.linecap() {
        LineCap::Butt => Cap::Butt,
        LineCap::Round => Cap::Round,
        LineCap::Square => Cap::Square,
    };
    let join = match stroke.linejoin() {
        LineJoin::Miter | LineJoin::MiterClip => Join::Miter,
        LineJoin::Round => Join::Round,
        LineJoin::Bevel => Join::Bevel,
    };
    let pen = Stroke::new(f64::from(stroke.width().get()))
        .with_caps(cap)
        .with_join(join)
        .with_miter_limit(f64::from(stroke.miterlimit().get()));
    match stroke.dasharray() {
        Some(dashes) => pen.with_dashes(f64::from(stroke.dashoffset()), dashes.iter().map(|&dash| f64::from(dash))),
        None => pen,
    }
}
