//! Shadows: of simple shapes as one soft shape, of everything else as its blurred silhouette; inside ones.

use handbill_template::resolved::{Rgba, Shadow};
use kurbo::{Affine, RoundedRect, Vec2};

use super::{Painter, Silhouette, Site, outline};
use crate::display::{Clip, FillItem, FillRule, Group, Item, Paint, ShadowItem, Shape};
use crate::outlines;

/// A Gaussian is nothing beyond this many σ.
const REACH: f64 = 3.0;

impl Painter<'_> {
    /// The shadows beneath a node, lowest first.
    pub(super) fn shadows(
        &self,
        shadows: &[Shadow],
        silhouette: Option<&Silhouette>,
        items: &[Item],
        transform: Affine,
    ) -> Vec<Item> {
        let outer = shadows.iter().filter(|shadow| !shadow.inset);
        outer.filter_map(|shadow| self.shadow(shadow, silhouette, items, transform)).collect()
    }

    fn shadow(
        &self,
        shadow: &Shadow,
        silhouette: Option<&Silhouette>,
        items: &[Item],
        transform: Affine,
    ) -> Option<Item> {
        let color = self.color(&shadow.color);
        if color.0[3] == 0 || items.is_empty() {
            return None;
        }
        let offset = Vec2::new(shadow.x, shadow.y);
        if let Some(shape) = silhouette.and_then(|silhouette| rounded(&silhouette.shape)) {
            let Some(Shape::RoundedRect(cast)) =
                outline::grown(&Shape::RoundedRect(shape), shadow.spread).map(as_rounded)
            else {
                return None;
            };
            let knockout =
                silhouette.filter(|silhouette| !silhouette.opaque).map(|silhouette| silhouette.shape.clone());
            // The knockout stands where the node stands, the shadow is moved.
            let shape = RoundedRect::from_rect(cast.rect() + offset, cast.radii());
            return Some(Item::Shadow(ShadowItem { shape, sigma: shadow.blur / 2.0, color, knockout, transform }));
        }
        let [a, b, c, d, _, _] = transform.as_coeffs();
        let on_page = Vec2::new(a * offset.x + c * offset.y, b * offset.x + d * offset.y);
        let Rgba([red, green, blue, alpha]) = color;
        Some(Item::Group(Group {
            items: moved(items, on_page),
            blur: shadow.blur / 2.0,
            tint: Some(Rgba([red, green, blue, 255])),
            opacity: f64::from(alpha) / 255.0,
            ..Group::default()
        }))
    }

    /// Shadows that fall into a shape from its edge, lowest first; they lie on its fill.
    pub(super) fn inset_shadows(&self, shadows: &[Shadow], shape: &Shape, site: Site<'_>) -> Vec<Item> {
        let inset = shadows.iter().filter(|shadow| shadow.inset);
        inset.filter_map(|shadow| self.inset_shadow(shadow, shape, site)).collect()
    }

    fn inset_shadow(&self, shadow: &Shadow, shape: &Shape, site: Site<'_>) -> Option<Item> {
        let color = self.color(&shadow.color);
        if color.0[3] == 0 {
            return None;
        }
        let sigma = shadow.blur / 2.0;
        let offset = Vec2::new(shadow.x, shadow.y);
        // Everything around the light that falls in: a plate with a hole.
        let margin = REACH * sigma + offset.x.abs().max(offset.y.abs()) + shadow.spread.abs() + 1.0;
        let mut plate = outlines::rect(outline::bounds(shape).inflate(margin, margin));
        if let Some(hole) = outline::grown(shape, -shadow.spread) {
            plate.extend(Affine::translate(offset) * outlines::path(&hole));
        }
        let transform = site.transform;
        let plate = Item::Fill(FillItem {
            shape: Shape::Path(plate),
            rule: FillRule::EvenOdd,
            paint: Paint::Solid(color),
            transform,
        });
        let items = vec![Item::Group(Group { items: vec![plate], blur: sigma, ..Group::default() })];
        let clip = Some(Clip { shape: shape.clone(), rule: FillRule::NonZero, transform });
        Some(Item::Group(Group { items, clip, ..Group::default() }))
    }
}

/// A shape as a rectangle with round corners, if it is one: also a sharp rectangle and a circle.
fn rounded(shape: &Shape) -> Option<RoundedRect> {
    match shape {
        Shape::Rect(rect) => Some(RoundedRect::from_rect(*rect, 0.0)),
        Shape::RoundedRect(rounded) => Some(*rounded),
        Shape::Ellipse(rect) if (rect.width() - rect.height()).abs() < 1e-6 => {
            Some(RoundedRect::from_rect(*rect, rect.width() / 2.0))
        }
        Shape::Ellipse(_) | Shape::Path(_) => None,
    }
}

fn as_rounded(shape: Shape) -> Shape {
    match shape {
        Shape::Rect(rect) => Shape::RoundedRect(RoundedRect::from_rect(rect, 0.0)),
        other => other,
    }
}

/// Items drawn again elsewhere on the page.
fn moved(items: &[Item], by: Vec2) -> Vec<Item> {
    items.iter().map(|item| moved_item(item, by)).collect()
}

fn moved_item(item: &Item, by: Vec2) -> Item {
    let mut item = item.clone();
    let shift = Affine::translate(by);
    match &mut item {
        Item::Fill(fill) => fill.transform = shift * fill.transform,
        Item::Stroke(stroke) => stroke.transform = shift * stroke.transform,
        Item::Image(image) => image.transform = shift * image.transform,
        Item::Glyphs(glyphs) => glyphs.transform = shift * glyphs.transform,
        Item::Shadow(shadow) => shadow.transform = shift * shadow.transform,
        Item::Modules(modules) => modules.transform = shift * modules.transform,
        Item::Group(group) => {
            group.items = moved(&group.items, by);
            if let Some(clip) = &mut group.clip {
                clip.transform = shift * clip.transform;
            }
            if let Some(mask) = &mut group.mask {
                mask.items = moved(&mask.items, by);
            }
            // A shadow says nothing: it is neither read aloud nor clicked.
            group.meaning = None;
        }
    }
    item
}
