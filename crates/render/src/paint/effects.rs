//! What may be done to any node once it is drawn: mask, blur, shadows beneath, opacity, flip, rotation, blend (decision
//! 30), and what it means to those who read instead of look.

use handbill_template::resolved::{Blend, Flip, Mask, MaskShapeKind, Node, NodeKind};
use kurbo::{Affine, Rect};

use super::{Drawing, Painter, Site, outline, paints};
use crate::display::{self, Clip, FillRule, Group, ImageItem, Item, Meaning, MeaningRole, Shape};
use crate::error::RenderError;
use crate::layout::LaidBox;

/// From a node's own coordinates to the page: its place in its parent, turned and mirrored about its centre.
pub(super) fn transform(laid: &LaidBox<'_>, parent: Affine) -> Affine {
    let effects = &laid.node.effects;
    let place = parent * Affine::translate((laid.x, laid.y));
    if effects.rotation == 0.0 && effects.flip.is_none() && effects.matrix.is_none() {
        return place;
    }
    let (sin, cos) = paints::sin_cos_degrees(effects.rotation);
    let turn = Affine::new([cos, sin, -sin, cos, 0.0, 0.0]);
    let mirror = match effects.flip {
        None => Affine::IDENTITY,
        Some(Flip::X) => Affine::scale_non_uniform(-1.0, 1.0),
        Some(Flip::Y) => Affine::scale_non_uniform(1.0, -1.0),
        Some(Flip::Xy) => Affine::scale_non_uniform(-1.0, -1.0),
    };
    let center = kurbo::Vec2::new(laid.width / 2.0, laid.height / 2.0);
    let matrix = effects.matrix.map_or(Affine::IDENTITY, Affine::new);
    place * Affine::translate(center) * turn * mirror * matrix * Affine::translate(-center)
}

impl Painter<'_> {
    pub(super) fn effects(&mut self, node: &Node, site: Site<'_>, drawing: Drawing) -> Result<Vec<Item>, RenderError> {
        let effects = &node.effects;
        let Drawing { mut items, mut silhouette } = drawing;
        if let Some(mask) = &effects.mask {
            items = vec![self.masked(mask, items, site)?];
            silhouette = None;
        }
        if effects.blur > 0.0 {
            items = vec![Item::Group(Group { items, blur: effects.blur, ..Group::default() })];
            silhouette = None;
        }
        if effects.shadows.iter().any(|shadow| !shadow.inset) {
            let mut beneath = self.shadows(&effects.shadows, silhouette.as_ref(), &items, site.transform);
            beneath.append(&mut items);
            items = beneath;
        }
        items = blended(items, effects.opacity.clamp(0.0, 1.0), effects.blend);
        Ok(match self.meaning(node, site) {
            Some(meaning) if !items.is_empty() => {
                vec![Item::Group(Group { items, meaning: Some(meaning), ..Group::default() })]
            }
            _ => items,
        })
    }

    fn masked(&mut self, mask: &Mask, items: Vec<Item>, site: Site<'_>) -> Result<Item, RenderError> {
        let area = site.area();
        let clip = |shape: Shape| {
            let clip = Some(Clip { shape, rule: FillRule::NonZero, transform: site.transform });
            Group { clip, ..Group::default() }
        };
        let group = match mask {
            Mask::Shape { shape, corner_radius, sides, inner_radius } => clip(match shape {
                MaskShapeKind::Rect => outline::corners(area, *corner_radius),
                MaskShapeKind::Ellipse => Shape::Ellipse(area),
                MaskShapeKind::Polygon => Shape::Path(outline::polygon(area, *sides)),
                MaskShapeKind::Star => Shape::Path(outline::star(area, *sides, *inner_radius)),
            }),
            Mask::Path { path, view_box } => {
                let path =
                    outline::svg_path(path, *view_box, area).map_err(|reason| bad_path(site.id, "mask", &reason))?;
                clip(Shape::Path(path))
            }
            Mask::Image { src, luminance } => match self.images.get(src) {
                Ok(image) => {
                    let picture = ImageItem {
                        image,
                        source: super::fitting::cropped(self.images, image, None),
                        target: area,
                        clip: None,
                        cropped: false,
                        filter: None,
                        opacity: 1.0,
                        transform: site.transform,
                    };
                    let mask = display::Mask { items: vec![Item::Image(picture)], luminance: *luminance };
                    Group { mask: Some(mask), ..Group::default() }
                }
                // Without its mask a picture is better whole than gone.
                Err(problem) => {
                    self.warn_failed(src, &problem.to_string(), site.id);
                    Group::default()
                }
            },
        };
        Ok(Item::Group(Group { items, ..group }))
    }

    /// What an item means where it means something: texts, pictures, links, and whatever has words for it.
    fn meaning(&self, node: &Node, site: Site<'_>) -> Option<Meaning> {
        let alt = node.alt.clone().filter(|alt| !alt.trim().is_empty());
        let mut lang = None;
        let role = match &node.kind {
            NodeKind::Text(text) => {
                lang = Some(text.lang.clone()).filter(|lang| lang != self.lang);
                MeaningRole::Text
            }
            NodeKind::Image(_) | NodeKind::Svg(_) if alt.is_none() && node.link.is_none() => MeaningRole::Artifact,
            _ if alt.is_some() => MeaningRole::Figure,
            _ if node.link.is_some() => MeaningRole::Link,
            _ => return None,
        };
        let bounds = page_bounds(site.area(), site.transform);
        Some(Meaning { role, alt, link: node.link.clone(), lang, bounds })
    }
}

/// Items as one, on what is beneath. A single one needs no picture of its own to be fainter.
fn blended(mut items: Vec<Item>, opacity: f64, blend: Blend) -> Vec<Item> {
    if opacity >= 1.0 && blend == Blend::Normal {
        return items;
    }
    if let ([item], Blend::Normal) = (items.as_mut_slice(), blend)
        && item.fade(opacity)
    {
        return items;
    }
    vec![Item::Group(Group { items, opacity, blend, ..Group::default() })]
}

/// The upright rectangle on the page that holds a rectangle in a node's coordinates.
pub(super) fn page_bounds(area: Rect, transform: Affine) -> Rect {
    transform.transform_rect_bbox(area)
}

pub(super) fn bad_path(node: &str, property: &str, reason: &str) -> RenderError {
    let reason = format!("its path is not SVG path data: {reason}");
    RenderError::Output { what: format!("{node}: '{property}'"), reason }
}
