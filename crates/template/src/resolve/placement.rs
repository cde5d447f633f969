//! Where a node stands and what is done to it once it is drawn: the properties that every node has.

use super::evaluate::{Here, SlideResolver};
use crate::color::Rgba;
use crate::document::{self, AlignSelf, Blend, Common, Corners, Gap, Length as DocumentLength, Number, Sides};
use crate::resolved::{Align, AssetRef, DesignedSize, Effects, Length, Mask, Pin, PinTo, Placement, Shadow, Stroke};
use crate::warning::WarningCode;

const SHADOW: Rgba = Rgba([0, 0, 0, 0x40]);
const STAR_INNER_RADIUS: f64 = 0.382;
const CORNERS_OF_A_POLYGON: u32 = 5;

/// What one `use`, or the node itself, says about a node's place.
#[derive(Clone, Copy)]
pub(super) struct Layer<'a> {
    /// Where its bindings are evaluated.
    pub(super) here: Here<'a>,
    pub(super) common: &'a Common,
    /// Width and height before any `at`.
    pub(super) designed: &'a [Option<DocumentLength>; 2],
    pub(super) placed_for_size: bool,
}

/// The common properties of a node, under those of the `use`s that place it: the outermost first.
#[derive(Clone, Copy)]
pub(super) struct Commons<'a> {
    pub(super) layers: &'a [Layer<'a>],
}

impl<'a> Commons<'a> {
    /// The first layer that has a property, and the place its bindings are evaluated at.
    pub(super) fn pick<T>(&self, get: impl Fn(&'a Common) -> Option<T>) -> Option<(Here<'a>, T)> {
        self.layers.iter().find_map(|layer| get(layer.common).map(|value| (layer.here, value)))
    }
}

/// A stroke's properties, wherever they stand.
pub(super) struct StrokeProperties<'a> {
    pub(super) paint: Option<&'a document::Paints>,
    pub(super) width: Option<&'a Number>,
    pub(super) dash: &'a [Number],
    pub(super) align: Option<&'a document::Bound<document::StrokeAlign>>,
    pub(super) join: Option<&'a document::Bound<document::Join>>,
    pub(super) cap: Option<&'a document::Bound<document::Cap>>,
}

impl SlideResolver<'_> {
    pub(super) fn placement(&mut self, commons: Commons<'_>, designed_parent: Option<DesignedSize>) -> Placement {
        let number = |resolver: &mut Self, get: fn(&Common) -> Option<&Number>| {
            commons.pick(get).and_then(|(here, property)| resolver.number(here, Some(property)))
        };
        let px = |resolver: &mut Self, get| number(resolver, get).map(|n| n * resolver.shared.setup.px_per_unit);
        let length = |resolver: &mut Self, get: fn(&Common) -> Option<&DocumentLength>| {
            commons.pick(get).and_then(|(here, property)| resolver.length(here, property))
        };
        let whole = |resolver: &mut Self, get: fn(&Common) -> Option<&document::Whole>| {
            commons.pick(get).and_then(|(here, property)| resolver.bound(here, Some(property)))
        };
        Placement {
            x: px(self, |c| c.x.as_ref()).unwrap_or(0.0),
            y: px(self, |c| c.y.as_ref()).unwrap_or(0.0),
            width: length(self, |c| c.width.as_ref()).unwrap_or_default(),
            height: length(self, |c| c.height.as_ref()).unwrap_or_default(),
            min_width: length(self, |c| c.min_width.as_ref()),
            max_width: length(self, |c| c.max_width.as_ref()),
            min_height: length(self, |c| c.min_height.as_ref()),
            max_height: length(self, |c| c.max_height.as_ref()),
            aspect_ratio: number(self, |c| c.aspect_ratio.as_ref()).filter(|ratio| *ratio > 0.0),
            margin: match commons.pick(|c| c.margin.as_ref()) {
                Some((here, margin)) => self.sides(here, Some(margin)),
                None => [0.0; 4],
            },
            grow: number(self, |c| c.grow.as_ref()).unwrap_or(0.0).max(0.0),
            shrink: number(self, |c| c.shrink.as_ref()).map(|shrink| shrink.max(0.0)),
            align_self: commons
                .pick(|c| c.align_self.as_ref())
                .and_then(|(here, property)| self.bound(here, Some(property)))
                .map(align_of),
            absolute: commons
                .pick(|c| c.absolute.as_ref())
                .and_then(|(here, property)| self.bound(here, Some(property)))
                .unwrap_or(false),
            column: whole(self, |c| c.column.as_ref()).filter(|n| *n > 0),
            row: whole(self, |c| c.row.as_ref()).filter(|n| *n > 0),
            column_span: whole(self, |c| c.column_span.as_ref()).unwrap_or(1).max(1),
            row_span: whole(self, |c| c.row_span.as_ref()).unwrap_or(1).max(1),
            pin: match commons.pick(|c| c.pin.as_ref()) {
                Some((here, pin)) => pin_of(&self.text(here, pin)),
                None => Pin::default(),
            },
            placed_for_size: commons.layers.iter().any(|layer| layer.placed_for_size),
            designed_parent,
        }
    }

    pub(super) fn effects(&mut self, commons: Commons<'_>) -> Effects {
        let number = |resolver: &mut Self, get: fn(&Common) -> Option<&Number>| {
            commons.pick(get).and_then(|(here, property)| resolver.number(here, Some(property)))
        };
        Effects {
            rotation: number(self, |c| c.rotation.as_ref()).unwrap_or(0.0),
            opacity: number(self, |c| c.opacity.as_ref()).unwrap_or(1.0).clamp(0.0, 1.0),
            blend: commons
                .pick(|c| c.blend.as_ref())
                .and_then(|(here, property)| self.bound(here, Some(property)))
                .unwrap_or(Blend::Normal),
            shadows: match commons.pick(|c| c.shadow.as_ref()) {
                Some((here, shadows)) => shadows.iter().map(|shadow| self.shadow(here, shadow)).collect(),
                None => Vec::new(),
            },
            blur: number(self, |c| c.blur.as_ref()).unwrap_or(0.0).max(0.0) * self.shared.setup.px_per_unit,
            mask: commons.pick(|c| c.mask.as_ref()).and_then(|(here, mask)| self.mask(here, mask)),
            flip: commons.pick(|c| c.flip.as_ref()).and_then(|(here, property)| self.bound(here, Some(property))),
            matrix: commons.pick(|c| c.matrix.as_ref()).map(|(here, matrix)| self.matrix(here, matrix)),
        }
    }

    /// What a binding leaves open is as if nothing were done.
    fn matrix(&mut self, here: Here<'_>, matrix: &[Number; 6]) -> [f64; 6] {
        const IDENTITY: [f64; 6] = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
        let px_per_unit = self.shared.setup.px_per_unit;
        let mut found = IDENTITY;
        for (index, number) in matrix.iter().enumerate() {
            let factor = if index < 4 { 1.0 } else { px_per_unit };
            found[index] = self.number(here, Some(number)).map_or(found[index], |number| number * factor);
        }
        found
    }

    fn shadow(&mut self, here: Here<'_>, shadow: &document::Shadow) -> Shadow {
        Shadow {
            x: self.px(here, shadow.x.as_ref()).unwrap_or(0.0),
            y: self.px(here, shadow.y.as_ref()).unwrap_or(0.0),
            blur: self.positive_px(here, shadow.blur.as_ref()).unwrap_or(0.0),
            spread: self.px(here, shadow.spread.as_ref()).unwrap_or(0.0),
            color: self.color_or(here, shadow.color.as_ref(), SHADOW),
            inset: self.bound(here, shadow.inset.as_ref()).unwrap_or(false),
        }
    }

    fn mask(&mut self, here: Here<'_>, mask: &document::Mask) -> Option<Mask> {
        Some(match mask {
            document::Mask::Shape(mask) => Mask::Shape {
                shape: mask.shape,
                corner_radius: self.corners(here, mask.corner_radius.as_ref()),
                sides: self.polygon_sides(here, mask.sides.as_ref()),
                inner_radius: self.star_radius(here, mask.inner_radius.as_ref()),
            },
            document::Mask::Path(mask) => {
                Mask::Path { path: self.filled_text(here, Some(&mask.path))?, view_box: mask.view_box }
            }
            document::Mask::Image(mask) => Mask::Image {
                src: AssetRef(self.filled_text(here, Some(&mask.src))?),
                luminance: self.bound(here, mask.luminance.as_ref()).unwrap_or(false),
            },
        })
    }

    pub(super) fn polygon_sides(&mut self, here: Here<'_>, sides: Option<&document::Whole>) -> u32 {
        self.bound(here, sides).unwrap_or(CORNERS_OF_A_POLYGON).clamp(3, 100)
    }

    pub(super) fn star_radius(&mut self, here: Here<'_>, radius: Option<&Number>) -> f64 {
        self.number(here, radius).unwrap_or(STAR_INNER_RADIUS).clamp(0.0, 1.0)
    }

    pub(super) fn stroke(&mut self, here: Here<'_>, stroke: &StrokeProperties<'_>) -> Stroke {
        Stroke {
            paint: self.paints(here, stroke.paint).unwrap_or_default(),
            width: self.positive_px(here, stroke.width).unwrap_or(self.shared.setup.px_per_unit),
            dash: stroke.dash.iter().filter_map(|dash| self.positive_px(here, Some(dash))).collect(),
            align: self.bound(here, stroke.align),
            join: self.bound(here, stroke.join).unwrap_or_default(),
            cap: self.bound(here, stroke.cap).unwrap_or_default(),
        }
    }

    /// None when its binding is empty or gives no length.
    pub(super) fn length(&mut self, here: Here<'_>, length: &DocumentLength) -> Option<Length> {
        let px_per_unit = self.shared.setup.px_per_unit;
        let text = match length {
            DocumentLength::Value(value) => return Some(Length::Px(value.max(0.0) * px_per_unit)),
            DocumentLength::Text(text) => self.value(here, text).to_text(),
        };
        let parsed = match text.as_str() {
            "" => return None,
            "auto" => Some(Length::Auto),
            "fill" => Some(Length::Fill),
            text => match text.strip_suffix('%') {
                Some(percent) => percent.trim().parse().ok().map(|percent: f64| Length::Fraction(percent / 100.0)),
                None => text.parse().ok().map(|value: f64| Length::Px(value * px_per_unit)),
            },
        };
        let allowed = parsed.filter(|length| match length {
            Length::Px(value) | Length::Fraction(value) => value.is_finite() && *value >= 0.0,
            Length::Auto | Length::Fill => true,
        });
        if allowed.is_none() {
            let message = format!("'{text}' is no size; write a number from 0, a percentage, fill or auto");
            self.warn(here.node, WarningCode::InvalidValue, message);
        }
        allowed
    }

    /// top, right, bottom, left
    pub(super) fn sides(&mut self, here: Here<'_>, sides: Option<&Sides>) -> [f64; 4] {
        let mut px = |number: &Number| self.px(here, Some(number)).unwrap_or(0.0);
        match sides {
            None => [0.0; 4],
            Some(Sides::All(all)) => [px(all); 4],
            Some(Sides::Two([vertical, horizontal])) => {
                let (vertical, horizontal) = (px(vertical), px(horizontal));
                [vertical, horizontal, vertical, horizontal]
            }
            Some(Sides::Four([top, right, bottom, left])) => [px(top), px(right), px(bottom), px(left)],
        }
    }

    /// top-left, top-right, bottom-right, bottom-left
    pub(super) fn corners(&mut self, here: Here<'_>, corners: Option<&Corners>) -> [f64; 4] {
        let mut px = |number: &Number| self.positive_px(here, Some(number)).unwrap_or(0.0);
        match corners {
            None => [0.0; 4],
            Some(Corners::All(all)) => [px(all); 4],
            Some(Corners::Four([a, b, c, d])) => [px(a), px(b), px(c), px(d)],
        }
    }

    /// row, column
    pub(super) fn gap(&mut self, here: Here<'_>, gap: Option<&Gap>) -> [f64; 2] {
        let mut px = |number: &Number| self.positive_px(here, Some(number)).unwrap_or(0.0);
        match gap {
            None => [0.0; 2],
            Some(Gap::Both(both)) => [px(both); 2],
            Some(Gap::RowColumn([row, column])) => [px(row), px(column)],
        }
    }
}

fn align_of(align: AlignSelf) -> Align {
    match align {
        AlignSelf::Start => Align::Start,
        AlignSelf::Center => Align::Center,
        AlignSelf::End => Align::End,
        AlignSelf::Stretch => Align::Stretch,
        AlignSelf::Baseline => Align::Baseline,
    }
}

fn pin_of(text: &str) -> Pin {
    let mut words = text.split_whitespace().map(|word| match word {
        "left" | "top" => PinTo::Start,
        "right" | "bottom" => PinTo::End,
        "center" => PinTo::Center,
        "stretch" => PinTo::Stretch,
        "scale" => PinTo::Scale,
        _ => PinTo::Auto,
    });
    Pin { x: words.next().unwrap_or_default(), y: words.next().unwrap_or_default() }
}
