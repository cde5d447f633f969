//! Frames: fill, shadows that fall in, stroke, children.

use handbill_template::resolved::{Frame, Paint, Shadow};

use super::{Drawing, Painter, Silhouette, Site, outline};
use crate::display::{Clip, FillRule, Group, Item};
use crate::error::RenderError;
use crate::layout::LaidBox;

impl Painter<'_> {
    pub(super) fn frame(
        &mut self,
        frame: &Frame,
        shadows: &[Shadow],
        children: &[LaidBox<'_>],
        site: Site<'_>,
    ) -> Result<Drawing, RenderError> {
        let shape = outline::corners(site.area(), frame.corner_radius);
        let mut items = self.fill(&frame.fill, &shape, FillRule::NonZero, site);
        let is_filled = !items.is_empty();
        if is_filled {
            items.extend(self.inset_shadows(shadows, &shape, site));
        }
        let stroke = self.stroke(&frame.stroke, &shape, site);
        let inside = self.boxes(children, site.transform)?;
        if frame.clip {
            // What is cut at the edge would hide a stroke beneath it.
            let clip = Some(Clip { shape: shape.clone(), rule: FillRule::NonZero, transform: site.transform });
            items.push(Item::Group(Group { items: inside, clip, ..Group::default() }));
            items.extend(stroke);
        } else {
            items.extend(stroke);
            items.extend(inside);
        }
        let opaque = self.is_opaque(&frame.fill);
        let silhouette = is_filled.then_some(Silhouette { shape, opaque });
        Ok(Drawing { items, silhouette })
    }

    /// A slide's ground, over the page and its bleed.
    pub(super) fn background(&mut self, paints: &[Paint], site: Site<'_>, bleed: f64) -> Vec<Item> {
        let everything = site.area().inflate(bleed, bleed);
        let mut items = Vec::new();
        for paint in paints {
            // A picture must reach to the edge of the paper; a gradient is the page's and goes on in its end colours.
            let area = if matches!(paint, Paint::Image { .. }) { everything } else { site.area() };
            if let Some(paint) = self.paint(paint, area, site) {
                let shape = crate::display::Shape::Rect(everything);
                let rule = FillRule::NonZero;
                items.push(Item::Fill(crate::display::FillItem { shape, rule, paint, transform: site.transform }));
            }
        }
        items
    }
}
