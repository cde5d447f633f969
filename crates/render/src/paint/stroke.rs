//! Strokes along outlines: inside, centred or outside, always drawn as centred ones.

use handbill_template::resolved::{self, Cap, Join, StrokeAlign};
use kurbo::Stroke;

use super::{Painter, Site, outline};
use crate::display::{Clip, FillRule, Group, Item, Shape, StrokeItem};
use crate::outlines;

/// As SVG and browsers have it.
const MITER_LIMIT: f64 = 4.0;

impl Painter<'_> {
    /// A closed outline's stroke, lowest paint first.
    pub(super) fn stroke(&mut self, stroke: &resolved::Stroke, shape: &Shape, site: Site<'_>) -> Vec<Item> {
        if stroke.paint.is_empty() || stroke.width <= 0.0 {
            return Vec::new();
        }
        let half = stroke.width / 2.0;
        let by = match stroke.align.unwrap_or(StrokeAlign::Inside) {
            StrokeAlign::Center => return self.stroke_centred(stroke, shape, stroke.width, site),
            StrokeAlign::Inside => -half,
            StrokeAlign::Outside => half,
        };
        if let Shape::Path(_) = shape {
            return self.stroke_half(stroke, shape, by > 0.0, site);
        }
        match outline::grown(shape, by) {
            Some(middle) => self.stroke_centred(stroke, &middle, stroke.width, site),
            // An inside stroke that meets itself is the whole shape.
            None => self.fill(&stroke.paint, shape, FillRule::NonZero, site),
        }
    }

    /// A stroke centred on its outline: lines, open paths.
    pub(super) fn stroke_centred(
        &mut self,
        stroke: &resolved::Stroke,
        shape: &Shape,
        width: f64,
        site: Site<'_>,
    ) -> Vec<Item> {
        let pen = pen(stroke, width);
        let mut items = Vec::new();
        for paint in &stroke.paint {
            if let Some(paint) = self.paint(paint, site.area(), site) {
                let item = StrokeItem { shape: shape.clone(), stroke: pen.clone(), paint, transform: site.transform };
                items.push(Item::Stroke(item));
            }
        }
        items
    }

    /// The inner or outer half of a stroke of twice the width: how any outline gets an aligned stroke.
    fn stroke_half(&mut self, stroke: &resolved::Stroke, shape: &Shape, outside: bool, site: Site<'_>) -> Vec<Item> {
        let items = self.stroke_centred(stroke, shape, 2.0 * stroke.width, site);
        if items.is_empty() {
            return items;
        }
        let (shape, rule) = if outside {
            let reach = 2.0 * stroke.width * MITER_LIMIT;
            let mut around = outlines::rect(outline::bounds(shape).inflate(reach, reach));
            around.extend(outlines::path(shape));
            (Shape::Path(around), FillRule::EvenOdd)
        } else {
            (shape.clone(), FillRule::NonZero)
        };
        let clip = Some(Clip { shape, rule, transform: site.transform });
        vec![Item::Group(Group { items, clip, ..Group::default() })]
    }
}

/// A stroke's pen without its paint.
pub(super) fn pen(stroke: &resolved::Stroke, width: f64) -> Stroke {
    let cap = match stroke.cap {
        Cap::Butt => kurbo::Cap::Butt,
        Cap::Round => kurbo::Cap::Round,
        Cap::Square => kurbo::Cap::Square,
    };
    let join = match stroke.join {
        Join::Miter => kurbo::Join::Miter,
        Join::Round => kurbo::Join::Round,
        Join::Bevel => kurbo::Join::Bevel,
    };
    let pen = Stroke::new(width).with_caps(cap).with_join(join).with_miter_limit(MITER_LIMIT);
    let shows_dashes =
        stroke.dash.iter().all(|length| *length >= 0.0) && stroke.dash.iter().any(|length| *length > 0.0);
    if shows_dashes { pen.with_dashes(0.0, stroke.dash.iter().copied()) } else { pen }
}
