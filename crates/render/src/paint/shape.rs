//! Shapes: rectangles, ellipses, polygons, stars and paths. Lines are `line.rs`.

use handbill_template::resolved::{self, Shadow, ShapeKind};
use kurbo::PathEl;

use super::{Drawing, Painter, Silhouette, Site, effects, outline};
use crate::display::{FillRule, Shape};
use crate::error::RenderError;

impl Painter<'_> {
    pub(super) fn shape(
        &mut self,
        shape: &resolved::Shape,
        shadows: &[Shadow],
        site: Site<'_>,
    ) -> Result<Drawing, RenderError> {
        if shape.shape == ShapeKind::Line {
            return Ok(Drawing::plain(self.line(shape, site)));
        }
        let outline =
            outline::of_shape(shape, site.area()).map_err(|reason| effects::bad_path(site.id, "path", &reason))?;
        let rule = match shape.fill_rule {
            resolved::FillRule::Nonzero => FillRule::NonZero,
            resolved::FillRule::Evenodd => FillRule::EvenOdd,
        };
        let is_box = matches!(shape.shape, ShapeKind::Rect | ShapeKind::Ellipse);
        let mut items = self.fill(&shape.fill, &outline, rule, site);
        let is_filled = !items.is_empty();
        if is_box && is_filled {
            items.extend(self.inset_shadows(shadows, &outline, site));
        }
        let stroke = if is_open(&outline) && shape.stroke.align.is_none() {
            self.stroke_centred(&shape.stroke, &outline, shape.stroke.width, site)
        } else {
            self.stroke(&shape.stroke, &outline, site)
        };
        items.extend(stroke);
        let opaque = self.is_opaque(&shape.fill);
        let silhouette = (is_box && is_filled).then_some(Silhouette { shape: outline, opaque });
        Ok(Drawing { items, silhouette })
    }
}

/// A path of which some part does not return to its start.
fn is_open(shape: &Shape) -> bool {
    let Shape::Path(path) = shape else { return false };
    let mut open = false;
    for (index, element) in path.elements().iter().enumerate() {
        let ends = matches!(path.elements().get(index + 1), None | Some(PathEl::MoveTo(_)));
        open |= ends && !matches!(element, PathEl::ClosePath | PathEl::MoveTo(_));
    }
    open
}
