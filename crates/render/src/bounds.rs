//! How far items reach after a transform (layout pixels, or device pixels): at least as far as they draw, rather more
//! than less.

use kurbo::{Affine, Rect, Shape as _, Stroke};

use crate::display::{GlyphItem, Group, Item, Shape};

/// The rectangle around all items; empty when nothing is drawn.
pub(crate) fn items(items: &[Item], to_device: Affine) -> Rect {
    items.iter().map(|item| self::item(item, to_device)).fold(Rect::ZERO, union)
}

fn item(item: &Item, to_device: Affine) -> Rect {
    // A pixel around everything for what snapping moves.
    let device = |transform: Affine, rect: Rect| (to_device * transform).transform_rect_bbox(rect).inflate(1.0, 1.0);
    match item {
        Item::Fill(fill) => device(fill.transform, shape(&fill.shape)),
        Item::Stroke(stroke) => device(stroke.transform, shape(&stroke.shape).inflate_by(width(&stroke.stroke))),
        Item::Image(image) => device(image.transform, image.target),
        Item::Glyphs(run) => device(run.transform, glyphs(run)),
        Item::Shadow(shadow) => device(shadow.transform, shadow.shape.rect().inflate_by(3.0 * shadow.sigma)),
        Item::Modules(code) => device(code.transform, code.target),
        Item::Group(group) => self::group(group, to_device),
    }
}

pub(crate) fn group(group: &Group, to_device: Affine) -> Rect {
    let inside = items(&group.items, to_device);
    let clipped = match &group.clip {
        Some(clip) => {
            let clip = (to_device * clip.transform).transform_rect_bbox(shape(&clip.shape)).inflate(1.0, 1.0);
            overlap(inside, clip)
        }
        None => inside,
    };
    clipped.inflate_by(3.0 * group.blur * scale(to_device))
}

/// Device pixels per layout pixel.
pub(crate) fn scale(to_device: Affine) -> f64 {
    to_device.determinant().abs().sqrt()
}

pub(crate) fn shape(shape: &Shape) -> Rect {
    match shape {
        Shape::Rect(rect) | Shape::Ellipse(rect) => rect.abs(),
        Shape::RoundedRect(rounded) => rounded.rect().abs(),
        Shape::Path(path) => path.bounding_box(),
    }
}

/// How far a stroke reaches out of its outline, mitres included.
fn width(stroke: &Stroke) -> f64 {
    stroke.width / 2.0 * stroke.miter_limit.max(std::f64::consts::SQRT_2)
}

/// Two em around the line: more than any letter needs.
fn glyphs(run: &GlyphItem) -> Rect {
    let size = f64::from(run.size);
    let around = 2.0 * size + run.outline.as_ref().map_or(0.0, |(stroke, _)| width(stroke));
    let glyph = |glyph: &crate::display::Glyph| {
        let (x, y, advance) = (f64::from(glyph.x), f64::from(glyph.y), f64::from(glyph.advance));
        Rect::new(x.min(x + advance), y, x.max(x + advance), y).inflate_by(around)
    };
    run.glyphs.iter().map(glyph).fold(Rect::ZERO, union)
}

/// Around both; an empty rectangle adds nothing.
fn union(a: Rect, b: Rect) -> Rect {
    if a.is_zero_area() {
        b
    } else if b.is_zero_area() {
        a
    } else {
        a.union(b)
    }
}

/// What both share, `ZERO` when nothing.
pub(crate) fn overlap(a: Rect, b: Rect) -> Rect {
    let both = a.intersect(b);
    if both.is_zero_area() { Rect::ZERO } else { both }
}

trait InflateBy {
    fn inflate_by(self, by: f64) -> Rect;
}

impl InflateBy for Rect {
    fn inflate_by(self, by: f64) -> Rect {
        self.inflate(by, by)
    }
}
